"""The language model: probabilities add up, the library's sentences count, junk words stay out."""

from __future__ import annotations

import numpy as np
import pytest

from models.lexicon import dictionary
from models.starter.fst import Fst
from models.starter.language import (
    UNKNOWN,
    LanguageSettings,
    Mixture,
    common_words,
)
from models.starter.ngrams import START, STOP
from models.starter.sphinx_lm import LanguageModel, read_language_model

SENTENCES = ["what causes cachexia", "how is cachexia treated", "what is muscle wasting"]

OURS = ("cachexia", "wasting", "muscle", "treated")


@pytest.fixture(scope="module")
def general() -> LanguageModel:
    return read_language_model()


@pytest.fixture(scope="module")
def words(general: LanguageModel) -> tuple[str, ...]:
    return (UNKNOWN, *common_words(general, dictionary(), 1000), "causes", *OURS)


@pytest.fixture(scope="module")
def mixture(general: LanguageModel, words: tuple[str, ...]) -> Mixture:
    return Mixture(words, general, SENTENCES, LanguageSettings(bigrams=8000, trigrams=4000))


def labels(words: tuple[str, ...]) -> dict[str, int]:
    return {word: 2 * k + 1 for k, word in enumerate(words)}


def chances(fst: Fst, state: int) -> dict[int, float]:
    """Return label -> probability of arcs and of ending (-1) from a state; back-off is 0."""
    arcs = fst.arcs[fst.first[state] : fst.first[state + 1]]
    found = {int(a["ilabel"]): float(np.exp(-a["weight"])) for a in arcs}
    if np.isfinite(fst.final[state]):
        found[-1] = float(np.exp(-fst.final[state]))
    return found


def spread(fst: Fst, state: int) -> dict[int, float]:
    """Return label -> probability with everything that backing off gives; ends are -1."""
    here = chances(fst, state)
    back = here.pop(0, None)
    if back is None:
        return here
    arcs = fst.arcs[fst.first[state] : fst.first[state + 1]]
    (lower,) = arcs["next"][arcs["ilabel"] == 0].tolist()
    below = spread(fst, lower)
    return here | {label: back * p for label, p in below.items() if label not in here}


def test_every_history_gives_probabilities_that_sum_to_one(
    mixture: Mixture, words: tuple[str, ...]
) -> None:
    fst = mixture.to_fst(labels(words))
    assert sum(spread(fst, 1).values()) == pytest.approx(1, abs=1e-4)
    # histories of one word and of two; the share left for backing off is at least two percent
    for state in (*range(2, 900, 37), *range(fst.states - 900, fst.states, 37)):
        assert sum(spread(fst, state).values()) == pytest.approx(1, abs=0.03)


def test_two_words_of_history_count(mixture: Mixture, words: tuple[str, ...]) -> None:
    fst, label = mixture.to_fst(labels(words)), labels(words)

    def walk(*said: str) -> int:
        state = fst.start
        for word in said:
            arcs = fst.arcs[fst.first[state] : fst.first[state + 1]]
            state = int(arcs["next"][arcs["ilabel"] == label[word]][0])
        return state

    after_what = spread(fst, walk("what", "is"))[label["muscle"]]
    after_how = spread(fst, walk("how", "is"))[label["muscle"]]
    assert after_what > 3 * after_how


def test_labels_are_sorted_so_that_composition_works(
    mixture: Mixture, words: tuple[str, ...]
) -> None:
    fst = mixture.to_fst(labels(words))
    for state in range(fst.states):
        here = fst.arcs["ilabel"][fst.first[state] : fst.first[state + 1]]
        assert (np.diff(here) > 0).all()
    assert (fst.arcs["ilabel"] == fst.arcs["olabel"]).all()
    assert np.isfinite(fst.arcs["weight"]).all()


def test_library_sentences_raise_their_word_pairs(
    general: LanguageModel, words: tuple[str, ...], mixture: Mixture
) -> None:
    plain = Mixture(words, general, [], LanguageSettings(bigrams=8000, trigrams=4000))
    place = {word: k for k, word in enumerate(mixture.words)}

    def chance(model: Mixture, first: str, second: str) -> float:
        newer, word = np.array([place[first]]), np.array([place[second]])
        return float(model.pair_chance(newer, word)[0])

    assert chance(mixture, "causes", "cachexia") > 0.1
    assert chance(plain, "causes", "cachexia") < 1e-4
    assert chance(mixture, START, "what") > 5 * chance(plain, START, "what")
    assert mixture.unigram[place["cachexia"]] > 50 * plain.unigram[place["cachexia"]]
    assert mixture.unigram[place[START]] == 0
    assert mixture.unigram[place[STOP]] > 0


def test_sentences_of_unknown_words_only_do_no_harm(
    general: LanguageModel, words: tuple[str, ...]
) -> None:
    model = Mixture(words, general, ["zzyzx qwrtp", ""], LanguageSettings(bigrams=100, trigrams=9))
    assert model.unigram.sum() == pytest.approx(1)
    assert np.isfinite(model.to_fst(labels(words)).arcs["weight"]).all()


def test_common_words_are_words(general: LanguageModel) -> None:
    chosen = common_words(general, dictionary(), 20_000)
    assert len(chosen) == len(set(chosen)) == 20_000
    assert set(chosen[:5]) == {"the", "to", "i", "and", "a"}
    assert not [w for w in chosen if not w[0].isalpha() or "." in w or "_" in w]
    assert {"causes", "muscle", "hospital", "arthritis", "don't"} <= set(chosen)
