"""Everything about the library that matching needs, prepared once: the index."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.matching import bm25, definition
from intents.matching.repair import Repair
from intents.matching.shape import Shape, shape
from intents.matching.terms import STOP, stem, stems
from intents.matching.unit import Unit, content_words, names, units
from intents.matching.vectors import Encoder, Progress, Vectors, silent
from intents.questions import questions
from intents.types import Article

_WHAT_IT_IS = re.compile(r"^what\b.*\b(?:is|are)\W*$|^what (?:is|are)\b", re.IGNORECASE)
# questions a passage is found by, a name
MAX_QUESTIONS = 3
# prepared units kept in memory, about 10 kB each
MAX_SHAPES = 2000
# vectors of one kind kept as float32, 1.5 kB each
MAX_READY = 8000


class Rows:
    """Vectors of texts, laid out by unit: those of unit u are bounds[u]:bounds[u + 1]."""

    def __init__(self, store: Vectors, rows: NDArray[np.int32], bounds: NDArray[np.int64]) -> None:
        """Remember where the vectors are; few enough of them are kept ready as float32.

        Casting 3,000 vectors from float16 for each question took 3 of its 12 ms.
        """
        self.bounds = bounds
        self.distinct, self.places = np.unique(rows, return_inverse=True)
        self._store = store
        few = len(self.distinct) <= MAX_READY
        self.ready: NDArray[np.float32] | None = store.take(self.distinct) if few else None

    def take(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors at places of the layout, shape (len(places), 384)."""
        return self.at(self.places[places])

    def at(self, distinct: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return vectors by their number among the distinct ones."""
        if self.ready is not None:
            return self.ready[distinct]
        return self._store.take(self.distinct[distinct])


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors of the units."""

    store: Vectors
    # title, heading and text of each unit in one vector, shape (units, 384)
    passages: NDArray[np.float32]
    # "name: heading" and questions that the unit answers, shape (labels, 384)
    labels: NDArray[np.float32]
    label_bounds: NDArray[np.int64]
    # the article's names
    topics: Rows
    # sentences after their title and a colon
    sentences: Rows
    # single words
    words: Rows


@dataclass(frozen=True, slots=True)
class Index:
    """A library made ready for questions."""

    units: tuple[Unit, ...]
    terms: bm25.Bm25
    repair: Repair
    meaning: Meaning | None
    # prepared units, filled as they come up as candidates
    shapes: dict[int, Shape] = field(default_factory=dict)

    def shape(self, number: int) -> Shape:
        """Return what is known of a unit, prepared on its first use."""
        known = self.shapes.get(number)
        if known is None:
            if len(self.shapes) >= MAX_SHAPES:
                self.shapes.clear()
            known = self.shapes[number] = shape(self.units[number])
        return known


def build(
    articles: Sequence[Article],
    encoder: Encoder | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Index:
    """Index the articles; vectors are looked up in `cache` and only new texts are encoded."""
    every = units(articles)
    split = [f"{u.label} {u.plain}".split() for u in every]
    bags = [[stem(w) for w in found if w not in STOP and len(w) > 1] for found in split]
    vocabulary = {word for found in split for word in found}
    meaning = None
    if encoder is not None and every:
        meaning = _meaning(every, Vectors(encoder, cache and cache / "vectors"), progress)
    return Index(every, bm25.build(bags), Repair(vocabulary), meaning)


def _meaning(every: Sequence[Unit], store: Vectors, progress: Progress) -> Meaning:
    whole = [f"{u.article.title}. {u.passage.heading}. {u.passage.text}" for u in every]
    labels = [_labels(u) for u in every]
    topics = [names(u.article) for u in every]
    sentences = [[f"{u.article.title}: {s.text}" for s in u.passage.sentences] for u in every]
    words = [content_words(u) for u in every]
    flat_labels, flat_topics = _flat(labels), _flat(topics)
    flat_sentences, flat_words = _flat(sentences), _flat(words)
    # one call, so that progress counts everything
    store.rows([*whole, *flat_labels, *flat_topics, *flat_sentences, *flat_words], progress)
    return Meaning(
        store=store,
        passages=store.take(store.rows(whole)),
        labels=store.take(store.rows(flat_labels)),
        label_bounds=_bounds(labels),
        topics=Rows(store, store.rows(flat_topics), _bounds(topics)),
        sentences=Rows(store, store.rows(flat_sentences), _bounds(sentences)),
        words=Rows(store, store.rows(flat_words), _bounds(words)),
    )


def _labels(unit: Unit) -> list[str]:
    """Return the labels of a unit and the questions it answers, under each name of the subject."""
    found = []
    for name in names(unit.article):
        found.append(f"{name}: {unit.passage.heading}")
        if _explained(unit):
            found.append(f"What is {name}?")
        alone = dataclasses.replace(unit.article, title=name, passages=(unit.passage,))
        found += questions(alone)[:MAX_QUESTIONS]
    return list(dict.fromkeys(found))


def _explained(unit: Unit) -> bool:
    """Return whether the unit is where the article says what its subject is."""
    texts = [sentence.text for sentence in unit.passage.sentences]
    every = (tuple(stems(name)) for name in names(unit.article))
    return any(definition.explains(n, [], texts) for n in every if n) or bool(
        _WHAT_IT_IS.search(unit.passage.heading)
    )


def _flat(groups: Iterable[Sequence[str]]) -> list[str]:
    return [text for texts in groups for text in texts]


def _bounds(groups: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    return np.concatenate(
        [np.zeros(1, np.int64), np.cumsum([len(g) for g in groups], dtype=np.int64)]
    )
