"""BM25 over stems (Robertson & Walker 1994), with postings in three flat arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# k1 and b of the prototype; passages are short, so length counts for less than the usual 0.75
K1, B = 1.2, 0.5


@dataclass(frozen=True, slots=True)
class Bm25:
    """Scores of documents for bags of stems."""

    # stem -> row of `starts`
    rows: dict[str, int]
    # postings of row r are starts[r]:starts[r + 1]
    starts: NDArray[np.int64]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]
    idf: NDArray[np.float32]
    count: int

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the score of every document, shape (count,)."""
        out = np.zeros(self.count, np.float32)
        for term in set(terms):
            row = self.rows.get(term)
            if row is not None:
                span = slice(int(self.starts[row]), int(self.starts[row + 1]))
                out[self.documents[span]] += self.weights[span]
        return out

    def present(self, terms: Sequence[str], chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return 1 where a chosen document holds a stem, else 0; shape (len(chosen), terms)."""
        out = np.zeros((len(chosen), len(terms)), np.float32)
        for column, term in enumerate(terms):
            row = self.rows.get(term)
            if row is not None:
                found = self.documents[int(self.starts[row]) : int(self.starts[row + 1])]
                # postings ascend, for documents were counted in their order
                places = np.minimum(np.searchsorted(found, chosen), len(found) - 1)
                out[:, column] = found[places] == chosen
        return out

    def weight(self, term: str) -> float:
        """Return the idf of a stem; one that no document has weighs the most."""
        row = self.rows.get(term)
        return float(self.idf[row]) if row is not None else self.unknown

    @property
    def unknown(self) -> float:
        """The idf of a stem of no document."""
        return float(np.log(1 + (self.count + 0.5) / 0.5))


def build(documents: Sequence[Sequence[str]]) -> Bm25:
    """Index bags of stems."""
    counts = [Counter(terms) for terms in documents]
    lengths = np.array([len(terms) for terms in documents], np.float32)
    mean = float(lengths.mean()) if len(lengths) else 1.0
    found: dict[str, list[tuple[int, int]]] = {}
    for number, bag in enumerate(counts):
        for term, times in bag.items():
            found.setdefault(term, []).append((number, times))
    sizes = np.array([len(p) for p in found.values()], np.int64)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)])
    flat = np.array([pair for pairs in found.values() for pair in pairs], np.int32).reshape(-1, 2)
    idf = np.log(1 + (len(documents) - sizes + 0.5) / (sizes + 0.5)).astype(np.float32)
    often = flat[:, 1].astype(np.float32)
    longer = K1 * (1 - B + B * lengths[flat[:, 0]] / max(mean, 1.0))
    weights = np.repeat(idf, sizes) * often * (K1 + 1) / (often + longer)
    rows = {term: row for row, term in enumerate(found)}
    return Bm25(rows, starts, flat[:, 0].copy(), weights.astype(np.float32), idf, len(documents))
