"""What Readback keeps between two runs: places and bookmark, speed and loudness set by voice.

One small JSON file in the user's state folder (XDG_STATE_HOME), written whole and replaced in one
step, so that a power cut leaves the old or the new one. No audio, and no word that was heard.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from intents.archive import write_whole
from intents.errors import ReadbackError
from intents.remembered import Remembered, Spot
from intents.types import ArticleId

# The file's format that this version writes and reads.
FORMAT = 1


class MemoryFileError(ReadbackError):
    """A memory file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Voiced:
    """A setting that was changed by voice, and what the settings file said at that time.

    Once the owner writes another value into the file, the file counts again.
    """

    value: float
    instead_of: float

    def over(self, setting: float) -> float:
        """Return which of the two counts now."""
        return self.value if setting == self.instead_of else setting


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything that is kept."""

    rate_wpm: Voiced | None = None
    volume: Voiced | None = None
    conversation: Remembered = field(default_factory=Remembered)


def default_path() -> Path:
    """Return where the memory is: the user's state folder for Readback."""
    return Path(platformdirs.user_state_dir("readback", appauthor=False)) / "memory.json"


def load(path: Path | None = None) -> Memory:
    """Return what was kept; nothing when there is no file.

    Raises MemoryFileError when the file is broken or from a later version.
    """
    target = path or default_path()
    try:
        return _read(target)
    except MemoryFileError as error:
        raise MemoryFileError(f"{error}; run `readback memory clear` to begin anew") from error


def load_or_begin(notice: Callable[[str], None], path: Path | None = None) -> Memory:
    """Return what was kept; a broken file is set aside, told, and all begins anew.

    Nobody who lies in bed can repair a file, and without it everything else still works.
    """
    target = path or default_path()
    try:
        return _read(target)
    except MemoryFileError as error:
        broken = target.with_name(target.name + ".broken")
        told = f"{error}; all begins anew."
        with contextlib.suppress(OSError):
            target.replace(broken)
            told += f" It was set aside as {broken.name}."
        notice(told)
        return Memory()


def save(memory: Memory, path: Path | None = None) -> None:
    """Write everything, safe against a power cut; MemoryFileError when the disk refuses."""
    target = path or default_path()
    content = json.dumps({"format": FORMAT, **dataclasses.asdict(memory)})
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(target, content.encode("utf-8"))
    except OSError as error:
        raise MemoryFileError(
            f"{target} cannot be written ({error.strerror}); free some space or set XDG_STATE_HOME"
        ) from error


def clear(path: Path | None = None) -> bool:
    """Forget everything; tell whether there was anything."""
    target = path or default_path()
    there = target.exists()
    target.unlink(missing_ok=True)
    return there


def _read(target: Path) -> Memory:
    """Return what was kept; MemoryFileError says what is wrong, and no step."""
    try:
        return _memory(json.loads(target.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Memory()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise MemoryFileError(f"What was kept in {target} cannot be read ({error})") from error


def _memory(content: dict[str, Any]) -> Memory:
    if content["format"] != FORMAT:
        raise ValueError(f"its format is {content['format']}, not {FORMAT}")
    kept = content["conversation"]
    return Memory(
        rate_wpm=_voiced(content["rate_wpm"]),
        volume=_voiced(content["volume"]),
        conversation=Remembered(
            bookmark=_spot(kept["bookmark"]) if kept["bookmark"] else None,
            left=tuple(map(_spot, kept["left"])),
            answers=tuple(map(_spot, kept["answers"])),
        ),
    )


def _spot(kept: dict[str, Any]) -> Spot:
    return Spot(ArticleId(str(kept["article"])), int(kept["offset"]))


def _voiced(kept: dict[str, Any] | None) -> Voiced | None:
    return Voiced(float(kept["value"]), float(kept["instead_of"])) if kept else None
