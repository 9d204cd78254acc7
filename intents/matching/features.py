"""How well one passage fits one wording of the question: numbers with names.

Every feature lies in about 0..1 and grows with fit, except those whose name starts with "no" and
"topic", which says how near the question is to the bare subject.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from intents.matching import aspects, definition, meaning
from intents.matching.index import Index, Unit, names
from intents.matching.phonetics import sound
from intents.matching.terms import Grams, content, grams, overlap, stem
from intents.text import normalize

# passages that get the full comparison
CANDIDATES = 48
# cosine of two single words from which on one may stand for the other; set by hand
SAME_WORD = 0.7
# cosines of a question with an article's name: of another subject, and of a question about it
_FAR_TOPIC, _SAME_TOPIC = 0.4, 0.9
# a clause that opens with an auxiliary; a question word just before it makes it an open question
_CLOSED = re.compile(
    r"(?:^|\b(?:and|so|but|uh|um|now|please|know if|know whether|wondering if|wonder if) |, )"
    r"(?:is|are|am|was|does|do|did|can|could|will|would|should|may|must|has|have)\b"
)


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


def prepare(text: str, index: Index) -> Question:
    """Return the wording with everything that does not depend on a passage."""
    words = tuple(dict.fromkeys(content(text)))
    vector = word_vectors = None
    if index.meaning is not None:
        vector = index.meaning.store.encode([text])[0]
        word_vectors = index.meaning.store.known(words)
    return Question(
        text=text,
        words=words,
        stems=tuple(dict.fromkeys(stem(w) for w in words)),
        wanted=aspects.asked(text),
        name=definition.asked_name(text),
        subject=definition.asked_subject(text),
        closed=_CLOSED.search(text) is not None,
        vector=vector,
        word_vectors=word_vectors,
    )


def candidates(question: Question, index: Index) -> NDArray[np.int64]:
    """Return the units worth a close look, by BM25 and by meaning."""
    size = len(index.units)
    if size <= CANDIDATES:
        return np.arange(size)
    chosen = set(meaning.best(index.terms.scores(question.stems), CANDIDATES // 2))
    if index.meaning is not None and question.vector is not None:
        chosen |= meaning.near(index.meaning, question.vector, CANDIDATES // 2)
    return np.array(sorted(chosen))


def measure(question: Question, index: Index, chosen: NDArray[np.int64]) -> list[Features]:
    """Return the fit of each chosen unit."""
    scores = index.terms.scores(question.stems)
    full = sum(index.terms.weight(term) for term in question.stems) * 2.2 or 1.0
    letters = grams(" ".join(question.words))
    sounded = grams(" ".join(sound(w) for w in question.words))
    meant, near = _meant(question, index, chosen), _near(question, index, chosen)
    found = []
    for place, number in enumerate(chosen):
        unit = index.units[number]
        covered = np.maximum(_exact(question, unit), near[place])
        missing = aspects.misses(question.wanted, unit.plain)
        found.append(
            Features(
                sentence=float(meant[place][0]),
                passage=float(meant[place][1]),
                label=float(meant[place][2]),
                topic=float(meant[place][3]),
                beyond=float(meant[place][4]),
                stand=float(meant[place][5]),
                bm25=float(scores[number]) / full,
                letters=overlap(letters, _letters(unit.label)),
                sounds=overlap(sounded, _sounds(unit.label)),
                covered=float(covered.mean()) if covered.size else 0.0,
                weakest=float(covered.min()) if covered.size else 0.0,
                no_strict=float(any(a.strict for a in missing)),
                no_soft=float(any(not a.strict for a in missing)),
                no_definition=_undefined(question, unit),
                defines=float(bool(question.name) and _undefined(question, unit) == 0.0),
                no_asked=_narrower(question, unit),
                no_subject=_elsewhere(question, covered),
                no_said=float(1 - covered.min()) if question.closed and covered.size else 0.0,
                no_open=float(not question.closed and _closed(unit.passage.heading)),
                no_first=float(unit.later),
                heads=_heads(question, unit.passage.heading, float(meant[place][3])),
                no_named=_unnamed(question, unit),
            )
        )
    return found


def _meant(question: Question, index: Index, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return sentence, passage, label, topic, beyond and stand of each unit."""
    if index.meaning is None or question.vector is None:
        return np.zeros((len(chosen), 6), np.float32)
    return meaning.compare(index.meaning, question.vector, chosen)


def _near(question: Question, index: Index, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return for each unit and word of the question the cosine of the unit's nearest word."""
    if index.meaning is None or question.word_vectors is None or not question.words:
        return np.zeros((len(chosen), len(question.words)), np.float32)
    return meaning.nearest_words(index.meaning, question.word_vectors, chosen)


def _exact(question: Question, unit: Unit) -> NDArray[np.float32]:
    there = _stems(f"{unit.label} {unit.plain}")
    return np.array([s in there for s in map(stem, question.words)], np.float32)


def _undefined(question: Question, unit: Unit) -> float:
    """Return 0 if the asked name is explained, 0.5 if only the article is about it, else 1."""
    if not question.name:
        return 0.0
    texts = [sentence.text for sentence in unit.passage.sentences]
    if definition.explains(question.name, [unit.passage.heading], texts):
        return 0.0
    if definition.explains(question.name, names(unit.article), []):
        return 0.5 if unit.passage.position else 0.0
    return 1.0


def _elsewhere(question: Question, covered: NDArray[np.float32]) -> float:
    """Return 1 if the question is about something of which no word is in or near the passage."""
    near = [covered[question.words.index(w)] for w in question.subject if w in question.words]
    return float(bool(near) and max(near) < SAME_WORD)


def _narrower(question: Question, unit: Unit) -> float:
    named = _stems(" ".join(map(_plain, names(unit.article))))
    own = [stem(w) for w in _content(unit.passage.heading) if stem(w) not in named]
    return sum(s not in question.stems for s in own) / len(own) if own else 0.0


def _unnamed(question: Question, unit: Unit) -> float:
    labels = [*names(unit.article), unit.passage.heading]
    return float(bool(question.subject) and not definition.named(question.subject, labels))


def _heads(question: Question, heading: str, topic: float) -> float:
    """Return 0 unless the heading names the aspect; then 0..1 with the topic's cosine.

    Without the cosine, every article's "Causes" competes for "what causes ..." (cross-validated, 24
    articles: the right passage first for 0.85 to 0.89 of each fold instead of 0.89).
    """
    there = aspects.spoken(_plain(heading))
    if not any(aspect.name in there for aspect in question.wanted):
        return 0.0
    return min(1.0, max(0.0, (topic - _FAR_TOPIC) / (_SAME_TOPIC - _FAR_TOPIC)))


@lru_cache(maxsize=2048)
def _closed(heading: str) -> bool:
    return _CLOSED.search(normalize(heading)) is not None


@lru_cache(maxsize=2048)
def _plain(text: str) -> str:
    return normalize(text)


@lru_cache(maxsize=2048)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in text.split())


@lru_cache(maxsize=2048)
def _content(heading: str) -> tuple[str, ...]:
    return tuple(content(heading))


@lru_cache(maxsize=2048)
def _letters(label: str) -> Grams:
    return grams(label)


@lru_cache(maxsize=2048)
def _sounds(label: str) -> Grams:
    return grams(" ".join(map(sound, label.split())))


def values(found: Sequence[Features]) -> NDArray[np.float32]:
    """Return the features as an array, one row a passage, for fitting weights."""
    return np.array(found, np.float32).reshape(-1, len(Features._fields))
