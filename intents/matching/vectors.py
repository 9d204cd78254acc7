"""A store of sentence vectors on disk: every text is encoded once, ever.

Two files that only grow: `keys` (16 bytes a text: a hash) and `vectors` (384 float16 a text).
Vectors are on disk before their keys, so a crash between the two leaves only unused bytes. A lock
file keeps two processes apart. Without a folder the store lives in memory. Every encoder has a
folder of its own: vectors of two models have nothing to say to each other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import weakref
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.errors import ReadbackError

WIDTH = 384
KEY_BYTES = 16
ROW_BYTES = 2 * WIDTH
# texts between two reports of progress
CHUNK = 256
# float16 keeps the length of a vector to 0.001; garbage has any other
_LENGTHS = (0.9, 1.1)

Progress = Callable[[int, int], None]
Halves = NDArray[np.float16]


class DamagedError(ReadbackError):
    """What was prepared of the library is damaged; it is made again from the articles."""


class Encoder(Protocol):
    """Sentences to vectors of unit length."""

    @property
    def stamp(self) -> str:
        """A name for a folder: two encoders with the same one give the same vectors."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text, shape (len(texts), 384)."""
        ...


def silent(_done: int, _total: int) -> None:
    """Report no progress."""


def place_in(cache: Path, encoder: Encoder) -> Path:
    """Return the folder for an encoder's vectors; when it is made, those of others are removed.

    OSError when nothing can be kept.
    """
    place = cache / "vectors" / encoder.stamp
    if not place.is_dir():
        place.mkdir(parents=True, exist_ok=True)
        for other in place.parent.iterdir():
            if other.is_dir() and other != place:
                shutil.rmtree(other, ignore_errors=True)
            elif other != place:
                # an earlier version kept its files here, of whatever encoder there was
                other.unlink(missing_ok=True)
    return place


class Vectors:
    """Rows of float16 vectors, found by text.

    Rows are read with pread and not through a memory map: of a map, every page that was ever
    touched counts as the process's memory, and a file cut short ends the process.
    """

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """Open or create the store in `folder`; in memory when there is none."""
        self._encoder = encoder
        self._folder = folder
        self._count = 0
        self._keys: _Keys | None = None
        self._table: Halves = np.zeros((0, WIDTH), np.float16)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("keys", "vectors"):
                (folder / name).touch()
            self._file = os.open(folder / "vectors", os.O_RDONLY)
            weakref.finalize(self, os.close, self._file)
            self._count = self._counted()

    @property
    def stamp(self) -> str:
        """What tells the encoder's vectors from another's."""
        return self._encoder.stamp

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._count

    def rows(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.int32]:
        """Return the row of each text, encoding those that are new or damaged."""
        keys = [_key(text) for text in texts]
        found = self._look(keys)
        if (found < 0).any():
            with self._writing():
                found = self._look(keys)
                triples = zip(keys, texts, found.tolist(), strict=True)
                self._add({key: text for key, text, row in triples if row < 0}, progress)
                added = self._known().find(keys)
            found = np.where(found < 0, added, found)
        return found.astype(np.int32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of texts that need not be kept, such as questions."""
        return self._encoder.encode(texts)

    def take(self, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, shape (len(rows), 384); DamagedError when they are none."""
        found = self._halves(rows).astype(np.float32)
        if not _sound(found).all():
            raise DamagedError("sentence vectors on disk are damaged; they are made again")
        return found

    def seal(self, rows: NDArray[np.integer]) -> int:
        """Return a checksum of the texts that rows of a store on disk are of.

        Row numbers that are kept elsewhere are those of the same texts as long as it is the same:
        a store that was deleted or cut short gives them to others. DamagedError for missing rows.
        """
        assert self._folder is not None
        keys = np.fromfile(self._folder / "keys", f"V{KEY_BYTES}", self._count)
        if len(rows) and rows.max() >= len(keys):
            raise DamagedError("sentence vectors on disk are missing; they are made again")
        return zlib.crc32(keys[rows].view(np.uint8).data)

    def forget(self) -> None:
        """Give back the memory that finding texts took."""
        if self._folder is not None:
            self._keys = None

    def _halves(self, rows: NDArray[np.integer]) -> Halves:
        if self._folder is None or not len(rows):
            held: Halves = self._table[rows]
            return held
        wanted, inverse = np.unique(rows, return_inverse=True)
        out = np.empty((len(wanted), WIDTH), np.float16)
        view = memoryview(out).cast("B")  # type: ignore[arg-type]
        breaks = np.flatnonzero(np.diff(wanted) != 1) + 1
        for low, high in pairwise([0, *breaks.tolist(), len(wanted)]):
            part = view[low * ROW_BYTES : high * ROW_BYTES]
            if os.preadv(self._file, [part], int(wanted[low]) * ROW_BYTES) != len(part):
                raise DamagedError("sentence vectors on disk are cut short; they are made again")
        found: Halves = np.take(out, inverse, axis=0)
        return found

    def _look(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the row of each key, -1 where it is missing or its vector damaged."""
        found = self._known().find(keys)
        there = np.flatnonzero(found >= 0)
        for part in np.split(there, range(4096, len(there), 4096)):
            found[part[~_sound(self._halves(found[part]).astype(np.float32))]] = -1
        return found

    def _known(self) -> _Keys:
        if self._keys is None:
            data = b"" if self._folder is None else (self._folder / "keys").read_bytes()
            self._keys = _Keys(data[: self._count * KEY_BYTES])
        return self._keys

    def _add(self, new: dict[bytes, str], progress: Progress) -> None:
        keys, texts = list(new), list(new.values())
        for start in range(0, len(texts), CHUNK):
            part = slice(start, start + CHUNK)
            fresh = self._encoder.encode(texts[part]).astype(np.float16)
            self._append(keys[part], fresh)
            progress(min(start + CHUNK, len(texts)), len(texts))

    def _append(self, keys: list[bytes], fresh: Halves) -> None:
        known = self._known()
        if self._folder is None:
            self._table = np.concatenate([self._table, fresh])
        else:
            _write_at(self._folder / "vectors", self._count * ROW_BYTES, fresh.tobytes())
            _write_at(self._folder / "keys", self._count * KEY_BYTES, b"".join(keys))
        known.add(keys, self._count)
        self._count += len(keys)

    def _counted(self) -> int:
        """Return the number of whole rows on disk; a torn last one is overwritten later."""
        assert self._folder is not None
        sizes = [(self._folder / name).stat().st_size for name in ("keys", "vectors")]
        return min(sizes[0] // KEY_BYTES, sizes[1] // ROW_BYTES)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the store alone; rows that another process added meanwhile are seen."""
        if self._folder is None:
            yield
            return
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self._counted() != self._count:
                self._count, self._keys = self._counted(), None
            yield


class _Keys:
    """Row by key: sorted arrays for those on disk, for a dict takes ten times their 16 bytes."""

    def __init__(self, data: bytes) -> None:
        halves = np.frombuffer(data, np.uint64).reshape(-1, 2)
        # stable: of a text that was encoded again, the last row counts
        self._order = np.argsort(halves[:, 0], kind="stable")
        self._first, self._second = halves[self._order, 0], halves[:, 1]
        self._new: dict[bytes, int] = {}

    def find(self, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Return the row of each key, -1 for one that is not there."""
        halves = np.frombuffer(b"".join(keys), np.uint64).reshape(-1, 2)
        if not len(self._first):
            return np.array([self._new.get(key, -1) for key in keys], np.int64)
        places = np.searchsorted(self._first, halves[:, 0], side="right") - 1
        rows = self._order[np.maximum(places, 0)]
        same = (self._first[np.maximum(places, 0)] == halves[:, 0]) & (
            self._second[rows] == halves[:, 1]
        )
        found = np.where(same, rows, -1)
        if self._new:
            new = np.array([self._new.get(key, -1) for key in keys], np.int64)
            found = np.where(new >= 0, new, found)
        return found

    def add(self, keys: Sequence[bytes], row: int) -> None:
        """Note new keys, whose rows start at `row`."""
        self._new.update((key, row + n) for n, key in enumerate(keys))


def _sound(vectors: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which rows have the length of a vector: zeros and garbage do not."""
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("ij,ij->i", vectors, vectors)
        sound: NDArray[np.bool_] = (squares > _LENGTHS[0]) & (squares < _LENGTHS[1])
    return sound


def _write_at(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()
