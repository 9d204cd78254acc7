"""How well one passage fits one wording of the question: numbers with names.

Every feature lies in about 0..1 and grows with fit, except the ones whose name starts with "no".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from intents.matching import aspects
from intents.matching.index import Index, Meaning
from intents.matching.phonetics import sound
from intents.matching.terms import content, grams, overlap, stem

# passages that get the full comparison; the right one is among the first 48 of 16,400 of MedQuAD
# for all but a few questions, and 24 articles have 284
CANDIDATES = 48


class Features(NamedTuple):
    """One passage's fit."""

    # cosine of the best sentence ("title: sentence")
    sentence: float
    # cosine of title, heading and text as a whole
    passage: float
    # cosine of the best "name: heading"
    label: float
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


NAMES = Features._fields
# features that exist without the sentence encoder
LEXICAL = ("bm25", "letters", "sounds", "covered", "weakest", "no_strict", "no_soft")


@dataclass(frozen=True, slots=True)
class Question:
    """One wording, prepared."""

    text: str
    words: tuple[str, ...]
    stems: tuple[str, ...]
    wanted: tuple[aspects.Aspect, ...]
    # unit vectors of the text and of each word; None without an encoder
    vector: NDArray[np.float32] | None
    word_vectors: NDArray[np.float32] | None


def prepare(text: str, index: Index) -> Question:
    """Return the wording with everything that does not depend on a passage."""
    words = tuple(dict.fromkeys(content(text)))
    vector = word_vectors = None
    if index.meaning is not None:
        vectors = index.meaning.store.encode([text, *words])
        vector, word_vectors = vectors[0], vectors[1:]
    return Question(
        text=text,
        words=words,
        stems=tuple(dict.fromkeys(stem(w) for w in words)),
        wanted=aspects.asked(text),
        vector=vector,
        word_vectors=word_vectors,
    )


def candidates(question: Question, index: Index) -> NDArray[np.int64]:
    """Return the units worth a close look, by BM25 and by meaning."""
    size = len(index.units)
    if size <= CANDIDATES:
        return np.arange(size)
    chosen = set(_best(index.terms.scores(question.stems), CANDIDATES // 2))
    if index.meaning is not None and question.vector is not None:
        chosen |= set(_best(index.meaning.passages @ question.vector, CANDIDATES // 2))
        found = _best(index.meaning.labels @ question.vector, CANDIDATES // 2)
        chosen |= {int(index.meaning.label_units[i]) for i in found}
    return np.array(sorted(chosen))


def _best(scores: NDArray[np.float32], count: int) -> list[int]:
    if len(scores) <= count:
        return list(range(len(scores)))
    return [int(i) for i in np.argpartition(-scores, count)[:count]]


def measure(question: Question, index: Index, chosen: Sequence[int]) -> list[Features]:
    """Return the fit of each chosen unit."""
    scores = index.terms.scores(question.stems)
    full = sum(index.terms.weight(term) for term in question.stems) * 2.2 or 1.0
    letters = grams(" ".join(question.words))
    sounded = grams(" ".join(sound(w) for w in question.words))
    found = []
    for number in chosen:
        unit = index.units[number]
        meant = _meant(question, index.meaning, number)
        covered = _coverage(question, index, number)
        missing = aspects.misses(question.wanted, unit.plain)
        found.append(
            Features(
                *meant,
                bm25=float(scores[number]) / full,
                letters=overlap(letters, grams(unit.label)),
                sounds=overlap(sounded, grams(" ".join(map(sound, unit.label.split())))),
                covered=float(covered.mean()) if covered.size else 0.0,
                weakest=float(covered.min()) if covered.size else 0.0,
                no_strict=float(any(a.strict for a in missing)),
                no_soft=float(any(not a.strict for a in missing)),
            )
        )
    return found


def _meant(question: Question, meaning: Meaning | None, number: int) -> tuple[float, float, float]:
    """Return sentence, passage and label cosines."""
    if meaning is None or question.vector is None:
        return 0.0, 0.0, 0.0
    rows = meaning.sentences[meaning.bounds[number] : meaning.bounds[number + 1]]
    sentence = float((meaning.store.take(rows) @ question.vector).max())
    passage = float(meaning.passages[number] @ question.vector)
    low, high = np.searchsorted(meaning.label_units, [number, number + 1])
    return sentence, passage, float((meaning.labels[low:high] @ question.vector).max())


def _coverage(question: Question, index: Index, number: int) -> NDArray[np.float32]:
    """Return for each word of the question how near the passage comes to it, 0..1."""
    unit = index.units[number]
    there = {stem(w) for w in f"{unit.label} {unit.plain}".split()}
    exact = np.array([stem(w) in there for w in question.words], np.float32)
    if index.meaning is None or question.word_vectors is None or not question.words:
        return exact
    bounds = index.meaning.word_bounds
    rows = index.meaning.words[bounds[number] : bounds[number + 1]]
    if not len(rows):
        return exact
    near = (question.word_vectors @ index.meaning.store.take(rows).T).max(axis=1)
    return np.maximum(exact, near).astype(np.float32)
