"""How well one passage fits one wording of the question: numbers with names.

Every feature lies in about 0..1 and grows with fit, except those whose name starts with "no" and
"topic", which says how near the question is to the bare subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from intents.matching import aspects, definition, meaning
from intents.matching.index import Index
from intents.matching.phonetics import sound
from intents.matching.rows import best
from intents.matching.shape import Shape, closed
from intents.matching.terms import Spelling, content, stem
from intents.text import words

# passages that get the full comparison
CANDIDATES = 48
# words of a question that are left out in turn; each costs 0.5 ms
MAX_PARTS = 8
# cosine of two single words from which on one may stand for the other; set by hand
SAME_WORD = 0.7
# how little a later passage of the article on a name explains that name
LATER = 0.25
# cosines of a question with an article's name: of another subject, and of a question about it
_FAR_TOPIC, _SAME_TOPIC = 0.4, 0.9


class Features(NamedTuple):
    """One passage's fit."""

    # cosine of the best sentence ("title: sentence")
    sentence: float
    # cosine of title, heading and text as a whole
    passage: float
    # cosine of the best "name: heading", or of a question the passage is known to answer
    label: float
    # cosine of the article's best name: the question's topic alone
    topic: float
    # cosine of the best sentence once the topic is taken out of both: does the rest match?
    beyond: float
    # how far the best sentence stands out of the article's sentences
    stand: float
    # BM25, as a share of what a passage with every word of the question would get
    bm25: float
    # letter and sound n-grams shared with the label
    letters: float
    sounds: float
    # how near the question's words come to words of the passage: mean, and the worst word
    covered: float
    weakest: float
    # aspects asked for of which the passage says nothing: 1 if there is a strict, a soft one
    no_strict: float
    no_soft: float
    # the meaning of a name is asked for, and the passage does not explain that name
    no_definition: float
    # ... and it does
    defines: float
    # share of the heading's own words that the question does not have: another, narrower question
    no_asked: float
    # the question says what it is about, and none of those words is near the passage
    no_subject: float
    # for questions to be answered with yes or no: how far the worst word is from the passage
    no_said: float
    # the heading is a question for yes or no, and the one that was asked is not
    no_open: float
    # 1 for the second passage under a heading and those after it: the first one introduces it
    no_first: float
    # the heading speaks of an aspect that was asked for, as far as the topic is the article's
    heads: float
    # "what causes X", and X is not what the article or the heading is about
    no_named: float
    # how much nearer the question comes to what no article answers (elsewhere.py), 0..1
    no_ours: float


_NO_SUBJECT, _NO_SAID, _NO_OURS = (
    Features._fields.index(name) for name in ("no_subject", "no_said", "no_ours")
)


@dataclass(frozen=True, slots=True)
class Question:
    """One wording, prepared."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    wanted: tuple[aspects.Aspect, ...]
    # stems of the name whose meaning is asked for
    name: tuple[str, ...]
    # words that "what causes ..." is about
    subject: tuple[str, ...]
    # to be answered with yes or no
    closed: bool
    # unit vectors of the text and of each word; None without an encoder
    vector: NDArray[np.float32] | None
    word_vectors: NDArray[np.float32] | None


def prepare(texts: Sequence[str], index: Index) -> list[Question]:
    """Return the wordings with everything that does not depend on a passage."""
    every = [tuple(dict.fromkeys(content(text))) for text in texts]
    vectors: Sequence[NDArray[np.float32] | None] = [None] * len(texts)
    known: Sequence[NDArray[np.float32] | None] = vectors
    if index.meaning is not None:
        # one run for all of them: three cost little more than one
        vectors = list(index.meaning.store.encode(texts))
        known = [index.meaning.words.of(carrying) for carrying in every]
    return [_question(*parts) for parts in zip(texts, every, vectors, known, strict=True)]


def _question(
    text: str,
    carrying: tuple[str, ...],
    vector: NDArray[np.float32] | None,
    word_vectors: NDArray[np.float32] | None,
) -> Question:
    return Question(
        text=text,
        words=carrying,
        stems=tuple(dict.fromkeys(map(stem, carrying))),
        wanted=aspects.asked(text),
        name=definition.asked_name(text),
        subject=definition.asked_subject(text),
        closed=closed(text),
        vector=vector,
        word_vectors=word_vectors,
    )


def parts(question: Question, index: Index) -> list[str]:
    """Return the question without each of its words, the rarest words first, at most MAX_PARTS."""
    if len(question.words) < 2:
        return []
    rare = sorted(question.words, key=lambda word: -index.terms.weight(stem(word)))[:MAX_PARTS]
    said = words(question.text)
    return [" ".join(w for w in said if w != word) for word in rare]


def candidates(question: Question, index: Index) -> NDArray[np.int64]:
    """Return the units worth a close look, by BM25 and by meaning."""
    size = len(index.units)
    if size <= CANDIDATES:
        return np.arange(size)
    chosen = set(best(index.terms.scores(question.stems), CANDIDATES // 2).tolist())
    if index.meaning is not None and question.vector is not None:
        chosen |= meaning.near(index.meaning, question.vector, CANDIDATES // 2)
    return np.array(sorted(chosen))


def measure(question: Question, index: Index, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the fit of each chosen unit, shape (len(chosen), len(Features._fields))."""
    out = np.zeros((len(chosen), len(Features._fields)), np.float32)
    full = sum(index.terms.weight(term) for term in question.stems) * 2.2 or 1.0
    covered = _covered(question, index, chosen)
    out[:, :6] = _meant(question, index, chosen)
    out[:, _NO_OURS] = _not_ours(question, index, out[:, :3].max(axis=1))
    out[:, 6] = index.terms.scores(question.stems)[chosen] / full
    letters, sounded = Spelling(question.words), Spelling(question.words, sound)
    said = index.terms.present(question.name, chosen).min(axis=1, initial=1.0) == 1.0
    for place, number in enumerate(chosen):
        here = index.shape(int(number))
        out[place, 7] = letters.overlap(here.label, here.letters)
        out[place, 8] = sounded.overlap(here.label, here.sounds)
        out[place, 11:_NO_OURS] = _judged(
            question, here, said=bool(said[place]), topic=out[place, 3]
        )
    if covered.size:
        out[:, 9], out[:, 10] = covered.mean(axis=1), covered.min(axis=1)
        out[:, _NO_SUBJECT] = _elsewhere(question, covered)
        out[:, _NO_SAID] = (1 - out[:, 10]) * question.closed
    return out


def _covered(question: Question, index: Index, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return how near each word comes to a word of each unit, shape (units, words)."""
    exact = index.terms.present([stem(word) for word in question.words], chosen)
    if index.meaning is None or question.word_vectors is None or not question.words:
        return exact
    near = meaning.nearest_words(index.meaning, question.word_vectors, chosen)
    return np.asarray(np.maximum(exact, near), dtype=np.float32)


def _judged(question: Question, here: Shape, *, said: bool, topic: float) -> list[float]:
    """Return the features from "no_strict" on, those that coverage decides left at 0.

    `said` tells whether every word of the asked name stands in the unit: only then do its
    sentences need a look.
    """
    missing = [aspect for aspect in question.wanted if not here.speaks(aspect)]
    undefined = _undefined(question, here, said=said)
    heads = any(here.heads(aspect) for aspect in question.wanted)
    narrower = sum(s not in question.stems for s in here.own) / (len(here.own) or 1)
    return [
        float(any(a.strict for a in missing)),
        float(any(not a.strict for a in missing)),
        undefined,
        float(bool(question.name) and undefined == 0.0),
        narrower,
        0.0,
        0.0,
        float(not question.closed and here.closed),
        float(here.later),
        _nearness(topic) if heads else 0.0,
        _unnamed(question, here),
    ]


def _meant(question: Question, index: Index, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return sentence, passage, label, topic, beyond and stand of each unit."""
    if index.meaning is None or question.vector is None:
        return np.zeros((len(chosen), 6), np.float32)
    return meaning.compare(index.meaning, question.vector, chosen)


def _not_ours(question: Question, index: Index, near: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how far what is asked elsewhere lies ahead of each unit's best cosine, at least 0."""
    if index.meaning is None or question.vector is None:
        return np.zeros(len(near), np.float32)
    ahead = (index.meaning.elsewhere @ question.vector).max() - near
    return np.asarray(np.clip(ahead, 0.0, 1.0), dtype=np.float32)


def _undefined(question: Question, here: Shape, *, said: bool) -> float:
    """Return 0 if the asked name is explained, less than 1 if only the article is about it.

    An article on X explains X in its first passage, or under a heading that says so; its later
    passages also have sentences like "X is caused by ...", which explain less (MedQuAD, 100
    documents, right section first: 0.913 -> 0.923).
    """
    if not question.name:
        return 0.0
    if definition.explains(question.name, [here.heading], []):
        return 0.0
    own = definition.explains(question.name, here.names, [])
    if own and not here.position:
        return 0.0
    if said and definition.says(question.name, here.sentences):
        return LATER if own else 0.0
    return 0.5 if own else 1.0


def _elsewhere(question: Question, covered: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 where the question's subject has no word in or near the passage."""
    asked = [question.words.index(w) for w in question.subject if w in question.words]
    if not asked:
        return np.zeros(len(covered), np.float32)
    near = covered[:, asked].max(axis=1)
    return np.asarray(near < SAME_WORD, dtype=np.float32)


def _unnamed(question: Question, here: Shape) -> float:
    if not question.subject:
        return 0.0
    return float(not definition.named(question.subject, [*here.names, here.heading]))


def _nearness(topic: float) -> float:
    """Return 0..1 with the cosine of the question and the article's name.

    Without it, every article's "Causes" competes for "what causes ..." (cross-validated, 24
    articles: the right passage first for 0.85 to 0.89 of each fold instead of 0.89).
    """
    return min(1.0, max(0.0, (topic - _FAR_TOPIC) / (_SAME_TOPIC - _FAR_TOPIC)))
