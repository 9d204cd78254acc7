"""The official models that can be fetched, with what is needed to trust a download."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from models.errors import ModelError

FILE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Entry:
    """One official model; the file's head says what each figure is."""

    name: str
    language: str
    # exact size of the archive
    bytes: int
    licence: str
    # published, in percent: LibriSpeech test-clean / TED-LIUM
    word_error_rate: str
    memory_mb: int
    url: str
    # where the checksum was found
    evidence: str
    # one of the two is set
    sha256: str = ""
    md5: str = ""


def entries(file: Path = FILE) -> tuple[Entry, ...]:
    """Return every model of the catalogue, in its order."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(Entry(name=name, **fields) for name, fields in content.items())


def entry(name: str, file: Path = FILE) -> Entry:
    """Return one model; ModelError names the nearest when there is no such name."""
    known = {found.name: found for found in entries(file)}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1, 0.4)
    hint = f"did you mean '{near[0]}'?" if near else f"it has: {', '.join(known)}."
    raise ModelError(f"There is no '{name}' in the catalogue of models; {hint}")
