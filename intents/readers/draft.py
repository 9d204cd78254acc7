"""What a reader hands to `compose`: the document as a row of blocks, before any cleaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from intents.text import INVISIBLE
from intents.types import Source


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `question` marks the question of a frequently-asked-questions pair."""

    text: str
    level: int = 2
    question: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text, white space already collapsed."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; one text an item, nested items flattened in reading order."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its header row (empty when it has none)."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Silent:
    """Part of the stored text that is never spoken: program code, the caption of a picture."""

    text: str
    why: str


Block: TypeAlias = Heading | Paragraph | Listing | Table | Silent


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of the file that will not be spoken, and why."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as its reader found it. Empty title means: the composer looks for one."""

    blocks: tuple[Block, ...]
    title: str = ""
    also_called: tuple[str, ...] = ()
    source: Source = field(default_factory=Source)
    dropped: tuple[Dropped, ...] = ()


def block_text(block: Block) -> str:
    """Return the words of a block on one line, for reports and rules."""
    if isinstance(block, Listing):
        return " ".join(block.items)
    if isinstance(block, Table):
        return " ".join(" ".join(row) for row in (block.header, *block.rows))
    return block.text


def squeeze(text: str) -> str:
    """Collapse every run of white space and control characters to one space.

    Marks without width go: pages have a soft hyphen wherever a long word may be broken.
    """
    line = " ".join(text.split())
    if line.isprintable():
        return line
    seen = line.translate(INVISIBLE)
    return " ".join("".join(c if c.isprintable() else " " for c in seen).split())


def without(text: str, opening: str, closing: str) -> str:
    """Remove every part from `opening` to `closing`; linear, also when nothing is ever closed."""
    kept: list[str] = []
    at = 0
    while (start := text.find(opening, at)) >= 0:
        end = text.find(closing, start + len(opening))
        if end < 0:
            break
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join([*kept, text[at:]])


def squeezed(texts: Iterable[str]) -> tuple[str, ...]:
    """Squeeze each text and leave out the empty ones."""
    return tuple(t for t in map(squeeze, texts) if t)
