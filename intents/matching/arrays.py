"""Tables to named arrays and back, with what is computed of all articles together."""

from __future__ import annotations

import hashlib
import os
import weakref
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.matching import elsewhere
from intents.matching.bm25 import Postings, postings
from intents.matching.ragged import Ragged
from intents.matching.storage import Arrays
from intents.matching.tables import Tables, Texts, Word
from intents.matching.vectors import DamagedError, Vectors

# what the content of the index depends on, but for the articles; a change of these makes it anew
_MAKERS = (
    "matching/aspects.py",
    "matching/aspects.toml",
    "matching/arrays.py",
    "matching/bm25.py",
    "matching/codes.py",
    "matching/definition.py",
    "matching/elsewhere.txt",
    "matching/phonetics.py",
    "matching/prepared.py",
    "matching/ragged.py",
    "matching/repair.py",
    "matching/shape.py",
    "matching/stopwords.txt",
    "matching/tables.py",
    "matching/terms.py",
    "matching/unit.py",
    "numerals.py",
    "questions.py",
    "text.py",
)


@lru_cache(maxsize=1)
def maker() -> str:
    """Return a stamp of the code and data that make an index."""
    total = hashlib.sha256()
    for name in _MAKERS:
        total.update(name.encode() + b"\0" + files("intents").joinpath(name).read_bytes())
    return total.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Derived:
    """What one more article changes for all of them."""

    postings: Postings
    # vector of each word of the vocabulary, shape (words, 384); without an encoder none
    words: NDArray[np.float16]
    # vectors of elsewhere.txt, shape (wordings, 384); without an encoder none
    elsewhere: NDArray[np.float16]


def stem_rows(vocabulary: Sequence[str]) -> dict[str, int]:
    """Return stem -> row of the postings, given the stem of each word of the vocabulary."""
    return {stem: row for row, stem in enumerate(dict.fromkeys(vocabulary))}


def derive(tables: Tables, store: Vectors | None) -> Derived:
    """Compute the postings of the stems, and look up the vectors of words and other wishes."""
    stems = [word.stem for word in tables.vocabulary]
    rows = stem_rows(stems)
    row_of = np.array([rows[stem] for stem in stems], np.int64)
    owners = np.repeat(np.arange(len(tables.words)), np.diff(tables.words.bounds))
    held = row_of[tables.words.values]
    found = postings(held, owners, tables.times, (len(rows), len(tables.words)))
    if store is None:
        none = np.zeros((0, 384), np.float16)
        return Derived(found, none, none)
    texts = ([word.text for word in tables.vocabulary], elsewhere.lines())
    vectors = (store.take(store.rows(group)).astype(np.float16) for group in texts)
    return Derived(found, *vectors)


def flatten(tables: Tables, derived: Derived) -> dict[str, NDArray[Any]]:
    """Return everything but the stamps as named arrays."""
    lines = "\n".join(f"{w.text}\t{w.stem}\t{w.sound}" for w in tables.vocabulary)
    flat: dict[str, NDArray[Any]] = {
        "articles": tables.articles,
        "shapes": tables.shapes.values,
        "shapes_bounds": tables.shapes.bounds,
        "sums": tables.sums,
        "words": tables.words.values,
        "words_bounds": tables.words.bounds,
        "times": tables.times,
        "vocabulary": np.frombuffer(lines.encode(), np.uint8),
        "postings_starts": derived.postings.starts,
        "postings_documents": derived.postings.documents,
        "postings_weights": derived.postings.weights,
        "postings_idf": derived.postings.idf,
        "word_vectors": derived.words,
        "elsewhere": derived.elsewhere,
    }
    if tables.texts is not None:
        flat |= {"whole": tables.texts.whole, "whole_codes": tables.texts.whole_codes}
        flat |= {"label_codes": tables.texts.label_codes}
        for name in ("labels", "topics", "sentences"):
            group: Ragged = getattr(tables.texts, name)
            flat |= {name: group.values, f"{name}_bounds": group.bounds}
    return flat


def restored(stamps: Mapping[str, str], arrays: Arrays) -> tuple[Tables, Derived]:
    """Return what `flatten` was given."""

    def ragged(name: str) -> Ragged:
        return Ragged(arrays[name], arrays[f"{name}_bounds"])

    texts = None
    if "whole" in arrays:
        groups = (ragged("labels"), ragged("topics"), ragged("sentences"))
        texts = Texts(arrays["whole"], *groups, arrays["whole_codes"], arrays["label_codes"])
    tables = Tables(
        stamps,
        arrays["articles"],
        ragged("shapes"),
        arrays["sums"],
        ragged("words"),
        arrays["times"],
        _words(arrays["vocabulary"]),
        texts,
    )
    parts = ("starts", "documents", "weights", "idf")
    found = Postings(*(arrays[f"postings_{part}"] for part in parts))
    return tables, Derived(found, arrays["word_vectors"], arrays["elsewhere"])


def _words(lines: NDArray[np.uint8]) -> tuple[Word, ...]:
    text = lines.tobytes().decode()
    return tuple(Word(*line.split("\t")) for line in text.split("\n")) if text else ()


class Blobs:
    """Groups of bytes with checksums, read from a file one at a time where there is one.

    A memory map would count every page that was ever touched as the process's memory.
    """

    def __init__(self, groups: Ragged, sums: NDArray[np.uint32]) -> None:
        """Take an array in memory, or a mapped one, whose file is then read."""
        self._bounds, self._sums = groups.bounds, sums
        self._values, self._offset = groups.values, 0
        mapped = groups.values
        self._file: int | None = None
        if isinstance(mapped, np.memmap) and mapped.filename is not None:
            self._file, self._offset = os.open(Path(mapped.filename), os.O_RDONLY), mapped.offset
            self._values = np.zeros(0, np.uint8)
            weakref.finalize(self, os.close, self._file)

    def __getitem__(self, number: int) -> bytes:
        """Return a group; DamagedError when it is not what was written."""
        low, high = (int(place) for place in self._bounds[number : number + 2])
        if self._file is None:
            data = self._values[low:high].tobytes()
        else:
            data = os.pread(self._file, high - low, self._offset + low)
        if zlib.crc32(data) != self._sums[number]:
            raise DamagedError(f"passage {number} of the index is damaged; it is made again")
        return data
