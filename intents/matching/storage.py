"""The index on disk: a folder of plain arrays that is replaced whole and never trusted blindly.

    index/<shelf>/current          one line: which folder below counts
    index/<shelf>/lock             held while one is written
    index/<shelf>/place            whose it is; an index of a library that is gone is removed
    index/<shelf>/<n>/header.json  what it was made from and by, and a checksum of each file
    index/<shelf>/<n>/*.npy        arrays, mapped into memory

A new index is written beside the old one and flushed to the disk before `current` names it: after a
power cut there is the old one or the new one. Checksums of all files but the passages' shapes are
compared when it is opened (0.05 s for 10,000 articles), those of the shapes when each is read.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.archive import write_whole
from intents.matching.vectors import DamagedError

Arrays = Mapping[str, NDArray[Any]]
_HEADER, _CURRENT, _PLACE = "header.json", "current", "place"
# read a piece at a time, each with its own checksum
PIECEWISE = frozenset({"shapes"})
# bytes read at once for a checksum
_PART = 1 << 20


class Storage:
    """The place of one shelf's index."""

    def __init__(self, folder: Path, place: str) -> None:
        """Remember where; `place` tells libraries apart."""
        name = hashlib.sha256(place.encode()).hexdigest()[:16]
        self._folder, self._place = folder / name, place

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Wait for other writers, then hold the place alone. OSError when it cannot be written."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            (self._folder / _PLACE).write_text(self._place, encoding="utf-8")
            yield

    def load(self) -> tuple[dict[str, Any], Arrays] | None:
        """Return header and arrays of the index that counts, None when there is none yet.

        Raises DamagedError for one that is not what was written.
        """
        for _ in range(3):
            current = self._current()
            if current is None:
                return None
            try:
                return _read(self._folder / current[0], current[1])
            except FileNotFoundError as error:
                # another process put a newer one in its place between the two reads
                if self._current() == current:
                    raise DamagedError(f"{error.filename} of the index is missing") from error
        raise DamagedError("the index changes while it is read")

    def save(self, header: Mapping[str, Any], arrays: Arrays) -> None:
        """Write an index and let it count; call inside `writing`. OSError when it cannot be."""
        number = 1 + max((int(p.name) for p in self._numbered()), default=0)
        folder = self._folder / str(number)
        folder.mkdir()
        try:
            sums = {name: _write(folder / f"{name}.npy", array) for name, array in arrays.items()}
            text = json.dumps({**header, "sums": sums}, separators=(",", ":")).encode()
            write_whole(folder / _HEADER, text)
            write_whole(self._folder / _CURRENT, f"{number} {zlib.crc32(text)}".encode())
        except OSError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        for other in self._numbered():
            # a process that reads it keeps its files open
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
        self._sweep()

    def discard(self) -> None:
        """Forget the index that counts."""
        with suppress(OSError):
            (self._folder / _CURRENT).unlink()

    def _sweep(self) -> None:
        """Remove what is left of libraries that are gone with the folder they were in."""
        for other in self._folder.parent.iterdir():
            with suppress(OSError, UnicodeDecodeError):
                place = (other / _PLACE).read_text(encoding="utf-8").partition("\n")[0]
                if not Path(place).parent.exists():
                    shutil.rmtree(other, ignore_errors=True)

    def _numbered(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.name.isdecimal()]

    def _current(self) -> tuple[str, int] | None:
        """Return the folder that counts and the checksum of its header."""
        try:
            text = (self._folder / _CURRENT).read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            text = ""
        found = re.fullmatch(r"(\d{1,9}) (\d{1,10})", text)
        if found is None:
            raise DamagedError(f"{self._folder / _CURRENT} names no index")
        return found[1], int(found[2])


def _read(folder: Path, total: int) -> tuple[dict[str, Any], Arrays]:
    text = (folder / _HEADER).read_bytes()
    if zlib.crc32(text) != total:
        raise DamagedError(f"{folder / _HEADER} is damaged")
    header: dict[str, Any] = json.loads(text)
    arrays = {name: _map(folder / f"{name}.npy", facts) for name, facts in header["sums"].items()}
    return header, arrays


def _write(path: Path, array: NDArray[Any]) -> list[int]:
    """Write an array; return the file's size and checksum."""
    with path.open("wb") as file:
        np.save(file, np.ascontiguousarray(array), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return [path.stat().st_size, 0 if path.stem in PIECEWISE else checksum(path)]


def _map(path: Path, facts: list[int]) -> NDArray[Any]:
    size, total = facts
    if path.stat().st_size != size:
        raise DamagedError(f"{path} is cut short")
    if path.stem not in PIECEWISE and checksum(path) != total:
        raise DamagedError(f"{path} is damaged")
    try:
        array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise DamagedError(f"{path} is no array") from error
    return array


def checksum(path: Path) -> int:
    """Return the checksum of a file.

    Read, not mapped: pages of a map that were looked at count as the process's memory (45 MB).
    """
    total, part = 0, bytearray(_PART)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(part):
            total = zlib.crc32(memoryview(part)[:size], total)
    return total
