"""BM25 over stems (Robertson & Walker 1994), with postings in three flat arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# k1 and b of the prototype; passages are short, so length counts for less than the usual 0.75
K1, B = 1.2, 0.5


@dataclass(frozen=True, slots=True)
class Postings:
    """Which documents hold a stem: those of row r are starts[r]:starts[r + 1], ascending."""

    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]
    idf: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bm25:
    """Scores of documents for bags of stems."""

    # stem -> row of the postings
    rows: Mapping[str, int]
    postings: Postings
    count: int

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the score of every document, shape (count,)."""
        out = np.zeros(self.count, np.float32)
        # in their order, so that rounding is the same in every run
        for term in dict.fromkeys(terms):
            row = self.rows.get(term)
            if row is not None:
                span = self._span(row)
                out[self.postings.documents[span]] += self.postings.weights[span]
        return out

    def present(self, terms: Sequence[str], chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return 1 where a chosen document holds a stem, else 0; shape (len(chosen), terms)."""
        out = np.zeros((len(chosen), len(terms)), np.float32)
        for column, term in enumerate(terms):
            row = self.rows.get(term)
            if row is not None:
                found = self.postings.documents[self._span(row)]
                places = np.minimum(np.searchsorted(found, chosen), len(found) - 1)
                out[:, column] = found[places] == chosen
        return out

    def weight(self, term: str) -> float:
        """Return the idf of a stem; one that no document has weighs the most."""
        row = self.rows.get(term)
        return float(self.postings.idf[row]) if row is not None else self.unknown

    @property
    def unknown(self) -> float:
        """The idf of a stem of no document."""
        return float(np.log(1 + (self.count + 0.5) / 0.5))

    def _span(self, row: int) -> slice:
        return slice(int(self.postings.starts[row]), int(self.postings.starts[row + 1]))


def build(documents: Sequence[Sequence[str]]) -> Bm25:
    """Index bags of stems."""
    flat = [term for terms in documents for term in terms]
    rows = {term: row for row, term in enumerate(dict.fromkeys(flat))}
    owners = np.repeat(np.arange(len(documents)), [len(terms) for terms in documents])
    stems = np.array([rows[term] for term in flat], np.int64)
    found = postings(stems, owners, np.ones(len(flat), np.int64), (len(rows), len(documents)))
    return Bm25(rows, found, len(documents))


def postings(
    rows: NDArray[np.int64],
    documents: NDArray[np.int64],
    times: NDArray[np.integer],
    shape: tuple[int, int],
) -> Postings:
    """Index occurrences: document d holds the stem of row r so many times.

    A stem may occur in several entries of one document. `shape` is (stems, documents); every stem
    must occur.
    """
    stems, count = shape
    pairs, inverse = np.unique(rows * max(1, count) + documents, return_inverse=True)
    often = np.bincount(inverse, times, len(pairs)).astype(np.float32)
    held, owners = pairs // max(1, count), pairs % max(1, count)
    lengths = np.bincount(documents, times, count).astype(np.float32)
    mean = float(lengths.mean()) if count else 1.0
    sizes = np.bincount(held, minlength=stems)
    idf = np.log(1 + (count - sizes + 0.5) / (sizes + 0.5)).astype(np.float32)
    longer = K1 * (1 - B + B * lengths[owners] / max(mean, 1.0))
    weights = idf[held] * often * (K1 + 1) / (often + longer)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    return Postings(starts, owners.astype(np.int32), weights.astype(np.float32), idf)
