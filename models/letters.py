"""Letters to phones as the CMU dictionary does it: learned from its own words, by analogy.

Each letter is given none, one or two phones (expectation-maximization over alignments, one Viterbi
path a word). A new word's letter takes what was commonest for the longest stretch of letters around
it that the dictionary has (IGTree: Daelemans, van den Bosch, Weijters 1997: "IGTree: using trees
for compression and classification in lazy learning algorithms"). It reads unknown names as American
readers do, where eSpeak's rules have other habits.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Phones = tuple[str, ...]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

_WORD = re.compile("[a-z]{2,}")
# Letters that are looked at, nearest first; 0 is the letter itself. More of them changes nothing.
_WINDOW = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_LETTERS = 27
_ROUNDS = 5
_IMPOSSIBLE = 1e6
# Words whose letters and phones cannot be matched well are abbreviations and foreign names.
_WORST = 4.0


@dataclass(frozen=True, slots=True)
class Letters:
    """What was learned: for each width of the window its stretches of letters and their phones."""

    # [stretches] sorted keys, and what each gives as a row of `chunks`
    tables: tuple[tuple[I64, I64], ...]
    chunks: tuple[Phones, ...]

    def read(self, word: str) -> Phones:
        """Return the phones of a word; empty unless it is made of the letters a to z."""
        if not _WORD.fullmatch(word):
            return ()
        keys = _keys(_numbers([word], len(word)))
        given = np.zeros(len(word), dtype=np.int64)
        for depth, (known, chunk) in enumerate(self.tables):
            at = np.minimum(np.searchsorted(known, keys[depth][0]), len(known) - 1)
            found = known[at] == keys[depth][0]
            given = np.where(found, chunk[at], given)
        return tuple(phone for row in given for phone in self.chunks[int(row)])


def learn(words: Mapping[str, Sequence[Phones]]) -> Letters:
    """Learn from words and the first pronunciation of each (4 s for the whole dictionary)."""
    pairs = [(w, tuple(p[0])) for w, p in words.items() if _WORD.fullmatch(w) and p and p[0]]
    phones = sorted({phone for _, row in pairs for phone in row})
    shapes = _shapes(pairs, {phone: k + 1 for k, phone in enumerate(phones)})
    aligned = _align(shapes, len(phones) + 1)
    size = len(phones) + 1
    names = np.unique(np.concatenate([chunk.ravel() for _, chunk in aligned]))
    chunks = tuple(_chunk_name(int(name), size, phones) for name in names)
    keys = [[] for _ in _WINDOW]  # type: list[list[I64]]
    given = []
    for letters, chunk in aligned:
        for depth, key in enumerate(_keys(letters)):
            keys[depth].append(key.ravel())
        given.append(np.searchsorted(names, chunk.ravel()))
    every = [np.concatenate(rows) for rows in keys]
    return Letters(_tables(every, np.concatenate(given), len(names)), chunks)


def _chunk_name(code: int, size: int, phones: Sequence[str]) -> Phones:
    first, second = divmod(code, size)
    return tuple(phones[k - 1] for k in (first, second) if k)


def _numbers(words: Sequence[str], length: int) -> I64:
    """Return [words, length + 8]: letters 1 to 26, with 0 before and behind."""
    pad = max(map(abs, _WINDOW))
    found = np.zeros((len(words), length + 2 * pad), dtype=np.int64)
    for k, word in enumerate(words):
        found[k, pad : pad + length] = np.frombuffer(word.encode(), dtype=np.uint8) - 96
    return found


def _keys(letters: I64) -> list[I64]:
    """Return for each depth [words, length]: the first `depth + 1` letters of the window."""
    pad = max(map(abs, _WINDOW))
    length = letters.shape[1] - 2 * pad
    found, key = [], np.zeros((letters.shape[0], length), dtype=np.int64)
    for offset in _WINDOW:
        key = key * _LETTERS + letters[:, pad + offset : pad + offset + length]
        found.append(key)
    return found


def _shapes(
    pairs: Sequence[tuple[str, Phones]], number: Mapping[str, int]
) -> list[tuple[I64, I64]]:
    """Return words of one length and number of phones together: ([words, n + 8], [words, m])."""
    groups: defaultdict[tuple[int, int], list[tuple[str, Phones]]] = defaultdict(list)
    for word, row in pairs:
        if len(row) <= 2 * len(word):
            groups[len(word), len(row)].append((word, row))
    return [
        (
            _numbers([word for word, _ in group], length),
            np.array([[number[phone] for phone in row] for _, row in group], dtype=np.int64),
        )
        for (length, _), group in groups.items()
    ]


def _align(shapes: Sequence[tuple[I64, I64]], size: int) -> list[tuple[I64, I64]]:
    """Return (letters, chunk codes [words, n]); a chunk is first phone * size + second."""
    cost = _first_cost(size)
    found: list[tuple[I64, I64]] = []
    for _ in range(_ROUNDS):
        found = []
        count = np.full((_LETTERS, size * size), 1e-3)
        for letters, phones in shapes:
            chunk, total = _paths(letters, phones, cost, size)
            kept = total < _WORST * chunk.shape[1]
            inner = letters[kept, 4:-4]
            np.add.at(count, (inner.ravel(), chunk[kept].ravel()), 1)
            found.append((letters[kept], chunk[kept]))
        cost = -np.log(count / count.sum(1, keepdims=True))
    return found


def _first_cost(size: int) -> F64:
    """Return [letters, chunks]: one phone a letter is likelier than none, two are rare."""
    cost = np.full((_LETTERS, size, size), 3.0)
    cost[:, 0, 0] = 2.0
    cost[:, 1:, 0] = 1.0
    cost[:, 0, 1:] = _IMPOSSIBLE
    return cost.reshape(_LETTERS, -1)


def _paths(letters: I64, phones: I64, cost: F64, size: int) -> tuple[I64, F64]:
    """Return the cheapest chunks [words, n] and their cost [words], for words of one shape."""
    inner = letters[:, 4:-4]
    words, length = inner.shape
    count = phones.shape[1]
    best = np.full((words, count + 1), _IMPOSSIBLE)
    best[:, 0] = 0
    taken = np.zeros((length, words, count + 1), dtype=np.int8)
    for at in range(length):
        letter = inner[:, at]
        ways = np.full((3, words, count + 1), _IMPOSSIBLE)
        ways[0] = best + cost[letter, 0][:, None]
        ways[1][:, 1:] = best[:, :-1] + cost[letter[:, None], phones * size]
        if count > 1:
            two = phones[:, :-1] * size + phones[:, 1:]
            ways[2][:, 2:] = best[:, :-2] + cost[letter[:, None], two]
        taken[at] = ways.argmin(0)
        best = ways.min(0)
    return _back(phones, taken, size), best[:, -1]


def _back(phones: I64, taken: npt.NDArray[np.int8], size: int) -> I64:
    length, words, _ = taken.shape
    row, place = np.arange(words), np.full(words, phones.shape[1])
    chunk = np.zeros((words, length), dtype=np.int64)
    padded = np.concatenate([phones, np.zeros((words, 1), dtype=np.int64)], axis=1)
    for at in range(length - 1, -1, -1):
        step = taken[at, row, place]
        first = padded[row, np.maximum(place - step, 0)]
        last = padded[row, np.maximum(place - 1, 0)]
        chunk[:, at] = np.where(step == 0, 0, first * size + np.where(step == 2, last, 0))
        place = np.maximum(place - step, 0)
    return chunk


def _tables(keys: Sequence[I64], given: I64, kinds: int) -> tuple[tuple[I64, I64], ...]:
    """Return for each depth the stretches whose commonest chunk is not that of the depth before."""
    tables: list[tuple[I64, I64]] = []
    above = np.full(len(given), -1, dtype=np.int64)
    for key in keys:
        both, count = np.unique(key * kinds + given, return_counts=True)
        owner = both // kinds
        # of each stretch the commonest chunk: the last after sorting by count
        order = np.lexsort((count, owner))
        last = np.append(owner[order][1:] != owner[order][:-1], True)
        stretch, chunk = owner[order][last], (both % kinds)[order][last]
        here = chunk[np.searchsorted(stretch, key)]
        changed = np.unique(np.stack([key, here], 1)[here != above], axis=0)
        tables.append((changed[:, 0], changed[:, 1]))
        above = here
    return tuple(tables)


def save(learned: Letters, path: Path) -> None:
    """Write what was learned, whole or not at all; OSError when it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    keys = [np.stack(table) for table in learned.tables]
    size = np.array([table.shape[1] for table in keys])
    fresh = path.with_name(f".{path.name}.{os.getpid()}.npz")
    names = np.array([" ".join(chunk) for chunk in learned.chunks])
    np.savez(fresh, size=size, tables=np.concatenate(keys, axis=1), chunks=names)
    fresh.replace(path)


def load(path: Path) -> Letters | None:
    """Read what `save` wrote; None when it is not there or damaged."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            parts = np.split(kept["tables"], np.cumsum(kept["size"])[:-1], axis=1)
            tables = tuple((part[0], part[1]) for part in parts)
            return Letters(tables, tuple(tuple(str(chunk).split()) for chunk in kept["chunks"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
