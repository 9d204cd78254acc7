"""The owner's own pronunciations: one small text file in the user's data folder.

A line is a word, a tab, its CMU phones, a tab, and how the voice shall spell it ("" for the phones'
own spelling). The ear takes the phones, the voice the spelling. A rebuilt model reads it again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from models.errors import ModelError
from models.lexicon import WORD, Phones, parse_phones, plain


@dataclass(frozen=True, slots=True)
class Own:
    """How the owner wants one word to sound."""

    # CMU phones without stress
    phones: Phones
    # letters that make the voice say it, such as "kuh-keck-see-uh"
    spelling: str = ""


def default_path() -> Path:
    """Return the file in the user's data folder (XDG_DATA_HOME is honored)."""
    return Path(platformdirs.user_data_dir("readback", appauthor=False)) / "pronunciations.txt"


def load(path: Path | None = None) -> dict[str, Own]:
    """Return the owner's words, sorted; ModelError that names the line that cannot be used."""
    place = path or default_path()
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise ModelError(f"{place} is not UTF-8 text; correct or remove the file.") from error
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        word, *rest = line.split("\t")
        if not rest:
            raise ModelError(
                f"{place}, line {number}: a line is a word, a tab, its phones; not {line!r}"
            )
        try:
            found[checked(word)] = Own(parse_phones(rest[0]), rest[1] if rest[1:] else "")
        except ModelError as error:
            raise ModelError(f"{place}, line {number}: {error} ({line!r})") from error
    return dict(sorted(found.items()))


def checked(word: str) -> str:
    """Return a word as the recognizer writes it; ModelError when it is none."""
    lower = plain(word.strip())
    if not WORD.fullmatch(lower):
        raise ModelError(
            f"'{word}' is no word that can be heard: letters, with apostrophes or hyphens inside."
            " Give one word at a time, and write numbers out."
        )
    return lower


def put(word: str, own: Own, path: Path | None = None) -> str:
    """Keep one pronunciation, in the place of an older one; return the word as it is kept."""
    name = checked(word)
    _save(load(path) | {name: own}, path or default_path())
    return name


def remove(word: str, path: Path | None = None) -> None:
    """Forget the owner's pronunciation of a word; ModelError when there is none."""
    known = load(path)
    name = checked(word)
    if name not in known:
        raise ModelError(
            f"There is no pronunciation of yours for '{name}'; "
            "`readback pronounce --list` shows those there are."
        )
    del known[name]
    _save(known, path or default_path())


def _save(known: Mapping[str, Own], path: Path) -> None:
    """Write the file whole or not at all, and be sure that it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{word}\t{' '.join(o.phones)}\t{o.spelling}\n" for word, o in sorted(known.items())]
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
