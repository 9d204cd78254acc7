"""What a page says that is not the article is taken out, with the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from intents.readers.boilerplate_rules import LINE_RULES, PROSE_TAILS, TAIL
from intents.readers.draft import (
    Block,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    Silent,
    Table,
    block_text,
)
from intents.text import split_sentences

_LISTISH = re.compile(
    r"\b(?:these|following|includ\w+|below|are|is|such as|ones|as follows|steps|examples?|"
    r"namely)\b",
    re.IGNORECASE,
)
_CITATION = re.compile(
    r"(?:doi:\s?10\.|\bdoi\.org/|\b(?:19|20)\d\d;\s?\d+(?:\(\d+\))?:|\bet al\.?[,.:]? .{0,120}"
    r"\b(?:19|20)\d\d\b|\bPMID\b|\bISBN\b|Accessed (?:on )?[A-Z][a-z]+|Retrieved (?:on |"
    r"from )?[A-Z\d])"
)


def why_line(text: str) -> str:
    """Return why a line that stands alone is not part of the article, or "" when it may be."""
    line = text.strip().strip("•*·–—-|").strip()
    if not any(c.isalnum() for c in line):
        return "no words"
    if len(line) > 600:
        return ""
    for pattern, why in LINE_RULES:
        if pattern.fullmatch(line):
            return why
    return "reference" if _CITATION.search(line) and len(line) < 500 and _is_entry(line) else ""


def _is_entry(line: str) -> bool:
    """Tell a bibliography entry from a sentence that cites: it has no verb-like running text."""
    lower = sum(w.islower() for w in line.split())
    return bool(re.search(r"doi:|\d;\s?\d+|PMID|ISBN|Accessed|Retrieved", line)) and lower < 40


def is_tail(text: str) -> bool:
    """Tell whether a heading or a lone line opens the part after the article."""
    return len(text) < 80 and bool(TAIL.fullmatch(text.strip().strip("•*[]").strip()))


def _section(blocks: Sequence[Block], start: int) -> list[Block]:
    """Return the blocks from a heading to the next heading of its level or above."""
    head = blocks[start]
    level = head.level if isinstance(head, Heading) else 0
    for end in range(start + 1, len(blocks)):
        block = blocks[end]
        if isinstance(block, Heading) and block.level <= level:
            return list(blocks[start:end])
    return list(blocks[start:])


def _is_prose(section: Sequence[Block]) -> bool:
    """Tell whether a section is running text: "Sources" of vitamin D, not those of the article."""
    texts = [block_text(block) for block in section[1:]]
    prose = [
        block.text
        for block in section[1:]
        if isinstance(block, Paragraph)
        and not why_line(block.text)
        and not _CITATION.search(block.text)
        and sum(word.islower() for word in block.text.split()) > 8
    ]
    return sum(map(len, prose)) > 0.5 * sum(map(len, texts))


def _cut_tail(blocks: Sequence[Block]) -> tuple[list[Block], list[Dropped]]:
    """Drop every tail section: from its heading to the next heading of its level or above."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    at = 0
    while at < len(blocks):
        block = blocks[at]
        if isinstance(block, Heading) and is_tail(block.text):
            section = _section(blocks, at)
            if not (PROSE_TAILS.fullmatch(block.text.strip()) and _is_prose(section)):
                dropped += [Dropped(block_text(b), "after the article") for b in section]
                at += len(section)
                continue
        kept.append(block)
        at += 1
    return kept, dropped


def _clean_lines(block: Block, dropped: list[Dropped]) -> Block | None:
    """Drop a boilerplate paragraph or heading, and the boilerplate items of a list."""
    if isinstance(block, Listing):
        items: list[str] = []
        for item in block.items:
            why = why_line(item)
            dropped += [Dropped(item, why)] if why else []
            items += [] if why else [item]
        return replace(block, items=tuple(items)) if items else None
    if isinstance(block, Table):
        return block if block.rows else None
    if isinstance(block, Silent):
        caption = why_line(block.text)
        dropped.append(Dropped(block.text, caption or block.why))
        return None if caption else block
    why = why_line(block.text)
    if why:
        dropped.append(Dropped(block.text, why))
    return None if why else block


def _dangles(last: str, following: Block | None) -> bool:
    """Tell whether a sentence that ends with a colon introduces something that is not there."""
    if not last.rstrip().endswith(":"):
        return False
    if following is None or isinstance(following, Heading):
        return True
    if isinstance(following, Listing | Table):
        return False
    # prose after "he put it like this:" is fine; after "these are the ones:" a list is missing
    return bool(_LISTISH.search(last)) and following.text.rstrip().endswith((".", "!", "?"))


def _drop_dangling(blocks: Sequence[Block], dropped: list[Dropped]) -> list[Block]:
    kept: list[Block] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if not isinstance(block, Paragraph):
            kept.append(block)
            continue
        spans = split_sentences(block.text)
        if not spans or not _dangles(block.text[slice(*spans[-1])], following):
            kept.append(block)
            continue
        dropped.append(Dropped(block.text[slice(*spans[-1])], "introduces a list that is missing"))
        if len(spans) > 1:
            kept.append(Paragraph(block.text[: spans[-2][1]]))
    return kept


def _drop_empty_sections(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings with nothing under them (a higher heading over a lower one stays)."""
    kept: list[Block] = []
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        if isinstance(block, Heading) and (
            below is None or (isinstance(below, Heading) and below.level <= block.level)
        ):
            continue
        kept.append(block)
    return kept[::-1]


def clean(blocks: Sequence[Block]) -> tuple[list[Block], list[Dropped]]:
    """Return the blocks of the article proper, and what was dropped with the reason."""
    kept, dropped = _cut_tail(blocks)
    lines = [b for b in (_clean_lines(block, dropped) for block in kept) if b is not None]
    whole = _drop_dangling(lines, dropped)
    return _drop_empty_sections(whole), dropped
