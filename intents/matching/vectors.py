"""A store of sentence vectors on disk: every text is encoded once, ever.

Two files that only grow: `keys` (16 bytes a text: a hash) and `vectors` (384 float16 a text).
Vectors are written first, so a crash between the two leaves only unused bytes. A lock file keeps
two processes apart. Without a folder the store lives in memory.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

WIDTH = 384
KEY_BYTES = 16
ROW_BYTES = 2 * WIDTH
# texts between two reports of progress
CHUNK = 256
# words of questions kept in memory, 1.5 kB each
MAX_REMEMBERED = 2000

Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """Sentences to vectors of unit length."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector a text, shape (len(texts), 384)."""
        ...


def silent(_done: int, _total: int) -> None:
    """Report no progress."""


class Vectors:
    """Rows of float16 vectors, found by text."""

    def __init__(self, encoder: Encoder, folder: Path | None = None) -> None:
        """Open or create the store in `folder`; in memory when there is none."""
        self._encoder = encoder
        self._folder = folder
        self._rows: dict[bytes, int] = {}
        self._words: dict[str, NDArray[np.float32]] = {}
        self._table: NDArray[np.float16] = np.zeros((0, WIDTH), np.float16)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._reload()

    def rows(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.int32]:
        """Return the row of each text, encoding those that are new."""
        keys = [_key(text) for text in texts]
        if any(key not in self._rows for key in keys):
            with self._writing():
                new = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._rows}
                self._add(new, progress)
        return np.array([self._rows[key] for key in keys], np.int32)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of texts that need not be kept, such as questions."""
        return self._encoder.encode(texts)

    def known(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of single words, from the store or remembered from earlier questions."""
        if len(self._words) > MAX_REMEMBERED:
            self._words.clear()
        new = [t for t in texts if t not in self._words and _key(t) not in self._rows]
        if new:
            self._words.update(zip(new, self._encoder.encode(new), strict=True))
        return np.array([self._words[t] if t in self._words else self._row(t) for t in texts])

    def _row(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._table[self._rows[_key(text)]].astype(np.float32)
        return vector

    def take(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return the vectors of `rows`, shape (len(rows), 384)."""
        return self._table[rows].astype(np.float32)

    def _add(self, new: dict[bytes, str], progress: Progress) -> None:
        keys, texts = list(new), list(new.values())
        for start in range(0, len(texts), CHUNK):
            part = slice(start, start + CHUNK)
            fresh = self._encoder.encode(texts[part]).astype(np.float16)
            self._append(keys[part], fresh)
            progress(min(start + CHUNK, len(texts)), len(texts))
        if self._folder is not None and texts:
            self._reload()

    def _append(self, keys: list[bytes], fresh: NDArray[np.float16]) -> None:
        if self._folder is None:
            for key in keys:
                self._rows[key] = len(self._rows)
            self._table = np.concatenate([self._table, fresh])
            return
        with (self._folder / "vectors").open("r+b") as file:
            file.seek(len(self._rows) * ROW_BYTES)
            file.write(fresh.tobytes())
        with (self._folder / "keys").open("r+b") as file:
            file.seek(len(self._rows) * KEY_BYTES)
            file.write(b"".join(keys))
        for key in keys:
            self._rows[key] = len(self._rows)

    def _reload(self) -> None:
        """Read the keys and map the vectors; a torn last row is ignored, then overwritten."""
        assert self._folder is not None
        paths = [self._folder / name for name in ("keys", "vectors")]
        for path in paths:
            path.touch()
        keys = paths[0].read_bytes()
        count = min(len(keys) // KEY_BYTES, paths[1].stat().st_size // ROW_BYTES)
        self._rows = {keys[i * KEY_BYTES : (i + 1) * KEY_BYTES]: i for i in range(count)}
        if count:
            # a plain array over the map: indexing the map itself costs 20 microseconds more
            mapped = np.memmap(paths[1], np.float16, "r", shape=(count, WIDTH))
            self._table = np.asarray(mapped)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the store alone; rows that another process added meanwhile are seen."""
        if self._folder is None:
            yield
            return
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._reload()
            yield


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=KEY_BYTES).digest()
