"""From what the owner names (files, folders, a pipe) to the files to read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from intents.readers import ReadError, Reading, read, read_data, suffixes
from intents.readers.guard import MAX_FILE
from intents.types import Source

# a folder with more files than this was named by mistake
MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read: a file, or the bytes that came through a pipe."""

    name: str
    path: Path | None = None
    data: bytes = b""

    @property
    def origin(self) -> str:
        """The file's full path, by which it is known when it is added again; "" for a pipe."""
        return str(self.path.resolve()) if self.path else ""

    def read(self, source: Source | None = None) -> Reading:
        """Read it; ReadError when it cannot be read."""
        if self.path is not None:
            return read(self.path, source=source)
        return read_data(self.data, self.name, source=source)


def _in_folder(folder: Path) -> Iterator[Item]:
    """Yield the readable files below a folder, by name; links are not followed out of it."""
    count = 0
    for root, folders, files in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root) / name
            if path.suffix.lower() not in suffixes() or name.startswith(".") or path.is_symlink():
                continue
            count += 1
            if count > MAX_FILES:
                raise ReadError(
                    f"{folder} holds more than {MAX_FILES} files; name a smaller folder"
                )
            yield Item(name, path)


def gather(paths: Sequence[str], pipe: BinaryIO) -> Iterator[Item]:
    """Yield what to read, in the order named; `-` reads `pipe` to its end.

    A missing file is yielded too: reading it fails with its own message, and the others go on.
    """
    for name in paths:
        if name == "-":
            yield Item("standard input", data=pipe.read(MAX_FILE + 1))
        elif Path(name).is_dir():
            yield from _in_folder(Path(name))
        else:
            yield Item(Path(name).name, Path(name))
