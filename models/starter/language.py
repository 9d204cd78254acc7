"""The language model of the starter model: which words, and how likely they follow each other.

General English comes from the wheel's trigram model; the library's sentences are mixed in:
P(w | h) = (1 - m) general(w | h) + m library(w | h). The result is a pruned back-off trigram
transducer whose back-off arcs are plain epsilons, as the look-ahead composition wants it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.starter.fst import Arcs, Fst, from_arcs, make_arcs
from models.starter.ngrams import START, STOP, Counted, General, Table
from models.starter.sphinx_lm import LanguageModel

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

UNKNOWN = "[unk]"
# A word as people type it: letters, apostrophes inside, hyphens inside. Keeps out the fragments
# ("'bout"), abbreviations with dots and numbers of the wheel's list.
_SPEAKABLE = re.compile(r"[a-z]+(?:['-][a-z]+)*")
# No history gives away less than this share to words that it does not list.
_LEAST_REST = 0.02
_BACKOFF_STATE = 1


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """The weights of the language model; probabilities."""

    # share of the library's sentences in every prediction
    library_share: float = 0.3
    # general n-grams kept, those that change predictions most; the trigrams lowered the word error
    # rate of 40 colloquial questions (flite, slt) from 0.268 to 0.259, pocketsphinx: 0.245
    bigrams: int = 150_000
    trigrams: int = 150_000
    # n-grams of the library kept, chosen likewise; 20 articles have about 15,000 of each, 5,486
    # documents 418,000 and 1,030,000
    library_bigrams: int = 150_000
    library_trigrams: int = 150_000
    # unigram share of a word that the general model does not know
    new_word: float = 1e-5
    # unigram share of noise and words out of vocabulary
    unknown: float = 1e-6


def common_words(model: LanguageModel, known: Mapping[str, object], count: int) -> list[str]:
    """Return the `count` likeliest words of the general model that are in `known`, in order."""
    chosen: list[str] = []
    for k in np.argsort(-model.log_prob, kind="stable"):
        word = model.words[int(k)]
        if len(chosen) == count:
            break
        if word in known and _SPEAKABLE.fullmatch(word):
            chosen.append(word)
    return chosen


class Mixture:
    """General English and the library over one vocabulary."""

    def __init__(
        self,
        words: Sequence[str],
        model: LanguageModel,
        sentences: Sequence[str],
        settings: LanguageSettings,
    ) -> None:
        self._settings = settings
        # numbers: words in their order, then start and stop
        self.words = (*words, START, STOP)
        self.index = {word: k for k, word in enumerate(self.words)}
        self._size = len(self.words)
        self._share = settings.library_share if sentences else 0.0
        self._general = General(model, self.index)
        self._library = Counted(sentences, self.index)
        self.unigram = self._unigrams()
        triples = self._listed_triples()
        self.pairs = self._pairs(triples)
        self._pair_rest = self._pair_rests()
        self.triples = self._triples(triples)

    def _unigrams(self) -> F64:
        """Return [words + 2]: the mixed probability of each word alone (start has none)."""
        general = self._general.unigram.copy()
        general[general == 0] = self._settings.new_word
        if UNKNOWN in self.index:
            general[self.index[UNKNOWN]] = self._settings.unknown
        general[self.index[START]] = 0
        general /= general.sum()
        library = self._library.unigram()
        share = self._share if library.any() else 0.0
        mixed: F64 = (1 - share) * general + share * library
        return mixed

    def _listed_triples(self) -> I64:
        """Return the keys of the trigrams worth an arc: the best general ones, the library's."""
        general = self._general.best_triples(self._settings.trigrams)
        ours = self._library.best_triples(self._settings.library_trigrams, self.unigram)
        return np.union1d(general, ours)

    def _pairs(self, triples: I64) -> Table:
        """Return P(word | newer) of the listed bigrams; those below a trigram must be listed."""
        general = self._general.best_pairs(self._settings.bigrams)
        ours = self._library.best_pairs(self._settings.library_bigrams, self.unigram)
        keys = np.union1d(np.union1d(general, ours), triples // self._size)
        newer, word = keys // self._size, keys % self._size
        mixed = (1 - self._share) * self._general.pair(newer, word, self.unigram)
        mixed += self._share * self._library.pair_chance(newer, word, self.unigram)
        return Table(keys, mixed)

    def _pair_rests(self) -> F64:
        """Return [words + 2]: the weight of backing off from each history to single words."""
        newer, word = self.pairs.keys // self._size, self.pairs.keys % self._size
        left = 1 - np.bincount(newer, weights=self.pairs.values, minlength=self._size)
        right = 1 - np.bincount(newer, weights=self.unigram[word], minlength=self._size)
        return _rest(left, right)

    def _triples(self, keys: I64) -> Table:
        """Return P(word | older, newer) of the listed trigrams."""
        context, word = keys // self._size, keys % self._size
        mixed = (1 - self._share) * self._general.triple(context, word, self.unigram)
        mixed += self._share * self._library.triple_chance(context, word, self.unigram)
        return Table(keys, mixed)

    def pair_chance(self, newer: I64, word: I64) -> F64:
        """Return P(word | newer) as the transducer will say it."""
        backed = self._pair_rest[newer] * self.unigram[word]
        return self.pairs.get(newer * self._size + word, backed)

    def to_fst(self, labels: Mapping[str, int]) -> Fst:
        """Return Gr: an acceptor over `labels`, arcs sorted by label.

        States: 1 for no history, then histories of one word, then of two.
        """
        size = self._size
        ones = np.union1d(self.pairs.keys // size, [self.index[START]])
        twos, place = np.unique(self.triples.keys // size, return_inverse=True)
        state = np.full(size, _BACKOFF_STATE)
        state[ones] = 2 + np.arange(len(ones))
        two_state = Table(twos, np.arange(len(twos), dtype=np.float64) + 2 + len(ones))
        label = np.array([labels.get(word, 0) for word in self.words])

        def target(context: I64, word: I64) -> I64:
            return two_state.get(context * size + word, state[word]).astype(np.int64)

        every = np.arange(size)
        newer, word2 = self.pairs.keys // size, self.pairs.keys % size
        context, word3 = self.triples.keys // size, self.triples.keys % size
        origin = [np.full(size, _BACKOFF_STATE), state[newer], 2 + len(ones) + place]
        said = [every, word2, word3]
        going = [state, target(newer, word2), target(context % size, word3)]
        chance = [self.unigram, self.pairs.values, self.triples.values]
        rest_origin = np.concatenate([state[ones], 2 + len(ones) + np.arange(len(twos))])
        rest = np.concatenate([self._pair_rest[ones], self._triple_rests(place, len(twos))])
        rest_target = np.concatenate([np.full(len(ones), _BACKOFF_STATE), state[twos % size]])
        back = make_arcs(0, 0, -np.log(rest), rest_target)
        return self._assemble(
            np.concatenate(origin), np.concatenate(said), np.concatenate(chance),
            np.concatenate(going), label, (rest_origin, back),
        )  # fmt: skip

    def _triple_rests(self, place: I64, count: int) -> F64:
        """Return the weight of backing off from each history of two words."""
        newer, word = self.triples.keys // self._size % self._size, self.triples.keys % self._size
        backed = self.pair_chance(newer, word)
        left = 1 - np.bincount(place, weights=self.triples.values, minlength=count)
        right = 1 - np.bincount(place, weights=backed, minlength=count)
        return _rest(left, right)

    def _assemble(
        self, origin: I64, word: I64, chance: F64, target: I64, label: I64, back: tuple[I64, Arcs]
    ) -> Fst:
        """Return the transducer of word arcs, endings and back-off arcs."""
        states = 1 + int(max(origin.max(), back[0].max(initial=0)))
        final = np.full(states, np.inf, dtype=np.float32)
        ends = word == self.index[STOP]
        final[origin[ends]] = -np.log(chance[ends])
        said = label[word] > 0
        column = label[word[said]]
        arcs = make_arcs(column, column, -np.log(chance[said]), target[said])
        source = np.concatenate([origin[said], back[0]])
        every = np.concatenate([arcs, back[1]])
        order = np.lexsort((every["ilabel"], source))
        return from_arcs(self._start_state(), final, source[order], every[order])

    def _start_state(self) -> int:
        ones = np.union1d(self.pairs.keys // self._size, [self.index[START]])
        return 2 + int(np.searchsorted(ones, self.index[START]))


def _rest(left: npt.ArrayLike, right: npt.ArrayLike) -> F64:
    rest: F64 = np.maximum(left, _LEAST_REST) / np.maximum(right, _LEAST_REST)
    return rest
