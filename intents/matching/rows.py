"""Vectors of texts and words, laid out by passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.matching.codes import nearest
from intents.matching.ragged import Ints, Ragged
from intents.matching.vectors import Vectors

Floats = NDArray[np.float32]
# distinct vectors of one kind kept as float32, 1.5 kB each; more are read when they are needed
MAX_READY = 8000
# of the texts nearest by code, how many are compared by their vectors; see `closest`
SHORTLIST = 512
# words of questions kept in memory, 1.5 kB each
MAX_REMEMBERED = 2000


class Rows:
    """Vectors of texts: those of passage u are bounds[u]:bounds[u + 1]."""

    def __init__(self, store: Vectors, rows: Ragged, codes: NDArray[np.uint64] | None) -> None:
        """Remember where the vectors are; few enough of them are kept ready as float32.

        Casting 3,000 vectors from float16 for each question took 3 of its 12 ms.
        """
        self.bounds = rows.bounds
        self._store, self._rows, self._codes = store, rows.values, codes
        self._ready: Floats | None = None
        self._places: NDArray[np.intp] | None = None
        if len(self._rows) <= 8 * MAX_READY:
            distinct, places = np.unique(self._rows, return_inverse=True)
            if len(distinct) <= MAX_READY:
                self._ready, self._places = store.take(distinct), places

    def take(self, places: Ints) -> Floats:
        """Return the vectors at places of the layout, shape (len(places), 384)."""
        if self._ready is not None and self._places is not None:
            return self._ready[self._places[places]]
        return self._store.take(self._rows[places])

    def closest(self, vector: Floats, count: int) -> Ints:
        """Return the places of the `count` texts nearest to a vector, in no order.

        Among many texts, the nearest by code are compared.
        """
        if self._ready is not None and self._places is not None:
            return best((self._ready @ vector)[self._places], count)
        assert self._codes is not None
        near = nearest(self._codes, vector, SHORTLIST)
        return np.asarray(near[best(self.take(near) @ vector, count)], np.int64)


def best(scores: Floats, count: int) -> Ints:
    """Return the places of the `count` highest scores, in no order."""
    if len(scores) <= count:
        return np.arange(len(scores))
    return np.asarray(np.argpartition(-scores, count)[:count], np.int64)


class Words:
    """Vectors of the library's words, and which words each passage has."""

    def __init__(
        self,
        store: Vectors,
        numbers: Ragged,
        vectors: NDArray[np.float16],
        known: Mapping[str, int],
    ) -> None:
        """Remember everything; a small vocabulary is kept ready as float32.

        `numbers` are places in `vectors`, shape (words, 384), and `known` has them by word.
        """
        self.numbers = numbers
        self._store, self._vectors, self._known = store, vectors, known
        self._remembered: dict[str, Floats] = {}
        few = len(vectors) <= MAX_READY
        self.ready: Floats | None = vectors.astype(np.float32) if few else None

    def at(self, numbers: Ints) -> Floats:
        """Return the vectors of words of the library."""
        if self.ready is not None:
            ready: Floats = self.ready[numbers]
            return ready
        found: Floats = np.take(self._vectors, numbers, axis=0).astype(np.float32)
        return found

    def of(self, texts: Sequence[str]) -> Floats:
        """Return vectors of words of a question: the library's, or remembered, or encoded."""
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.clear()
        new = [t for t in texts if t not in self._remembered and t not in self._known]
        if new:
            self._remembered.update(zip(new, self._store.encode(new), strict=True))
        found = [self._remembered[t] if t in self._remembered else self._one(t) for t in texts]
        return np.array(found, np.float32)

    def _one(self, text: str) -> Floats:
        found: Floats = self.at(np.array([self._known[text]]))[0]
        return found


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors of the passages."""

    store: Vectors
    # title, heading and text of each passage in one vector
    passages: Rows
    # "name: heading" and questions that the passage answers
    labels: Rows
    # the article's names
    topics: Rows
    # sentences after their title and a colon
    sentences: Rows
    words: Words
    # what people ask for that no article answers, shape (wordings, 384)
    elsewhere: Floats
