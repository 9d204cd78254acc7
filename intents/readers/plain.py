"""Plain text, as saved from a page or written in an editor -> Draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from intents.readers.boilerplate import is_tail, why_line
from intents.readers.compose import FAQ_HEADING
from intents.readers.draft import (
    Block,
    Draft,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    Table,
    squeeze,
)
from intents.readers.facts import fact_line, facts_of

_BULLET = re.compile(r"(?P<mark>[•●○◦▪■□‣⁃∙·*+–-]|\(?\d{1,3}[.)]|[a-z][.)])[ \t\u00a0]+(?=\S)")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,}|\*{3,}|_{3,})")
_HASH = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
_ENDS = (".", ",", ";", ":", "!", "…", "—")
# lines of a paragraph that an editor wrapped are at least this long, but for the last
_WRAPPED = 45
_HEADING_WORDS = 14
# facts stand near the title; deeper "by" lines belong to the text
_FACT_LINES = 12


@dataclass(slots=True)
class _Line:
    """One logical line: its indent, its bullet or number ("" for none), its text."""

    indent: int
    mark: str
    text: str
    # its paragraph in the file (lines between two blank lines) and whether it is alone there
    chunk: int
    alone: bool
    level: int = 0
    # of a table row: browsers save tables as lines with tabs
    cells: tuple[str, ...] = ()


def _parse(raw: str, chunk: int, alone: bool) -> _Line:
    expanded = raw.expandtabs(4)
    body = expanded.lstrip()
    indent = len(expanded) - len(body)
    match = _BULLET.match(body)
    if match and len(body) > match.end():
        return _Line(indent, match["mark"], squeeze(body[match.end() :]), chunk, alone)
    if hashed := _HASH.fullmatch(body.rstrip()):
        return _Line(indent, "", squeeze(hashed[2]), chunk, alone, len(hashed[1]))
    return _Line(indent, "", squeeze(body), chunk, alone)


def _underlined(lines: list[str]) -> list[str]:
    """Turn a line underlined with === or --- into a # heading; drop rules."""
    out: list[str] = []
    for line in lines:
        if _UNDERLINE.fullmatch(line.strip()):
            if out and len(out) == 1 and not _BULLET.match(out[-1].strip()):
                out[-1] = ("# " if line.strip()[0] == "=" else "## ") + out[-1].strip()
            continue
        out.append(line)
    return out


def _wrapped(lines: Sequence[str]) -> bool:
    """Tell whether the lines are one paragraph that an editor broke."""
    stripped = [line.strip() for line in lines]
    if len(stripped) < 2:
        return False
    body = stripped[:-1]
    long_enough = sum(len(line) >= _WRAPPED for line in body) >= max(1, len(body) * 0.8)
    narrow = max(map(len, stripped)) <= 120
    unfinished = sum(not line.endswith((".", "!", "?", ":")) for line in body)
    return long_enough and narrow and unfinished * 2 >= len(body)


def _rows(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the cells of lines that are a table: the same number of tabs in each."""
    rows = [tuple(squeeze(cell) for cell in line.strip().split("\t")) for line in lines]
    return rows if len(rows) > 1 and len(rows[0]) > 1 and len({len(r) for r in rows}) == 1 else []


def _chunk_lines(lines: list[str], chunk: int) -> Iterator[_Line]:
    lines = _underlined(lines)
    if not lines:
        return
    if rows := _rows(lines):
        for row in rows:
            yield _Line(0, "", " ".join(row).strip() or "-", chunk, alone=False, cells=row)
        return
    marked = [bool(_BULLET.match(line.strip())) for line in lines]
    if not any(marked) and _wrapped(lines):
        yield _parse(" ".join(line.strip() for line in lines), chunk, alone=True)
        return
    joined: list[str] = []
    for line, is_item in zip(lines, marked, strict=True):
        before = joined[-1] if joined else ""
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        base = len(before.expandtabs(4)) - len(before.expandtabs(4).lstrip())
        if not is_item and before and _BULLET.match(before.strip()) and indent > base:
            joined[-1] = f"{before} {line.strip()}"
        else:
            joined.append(line)
    for line in joined:
        yield _parse(line, chunk, alone=len(joined) == 1)


def _lines(text: str) -> list[_Line]:
    chunks: list[list[str]] = [[]]
    for raw in re.split(r"\r\n|[\n\r\f\v\x85\u2028\u2029]", text):
        if raw.strip(" \t\u00a0\u200b\ufeff"):
            chunks[-1].append(raw.replace("\u00a0", " ").lstrip("\ufeff"))
        elif chunks[-1]:
            chunks.append([])
    return [line for n, chunk in enumerate(chunks) for line in _chunk_lines(chunk, n) if line.text]


def _is_heading(line: _Line, following: _Line | None) -> bool:
    """Tell whether a line alone between blank lines is a heading: short, unfinished, title-like."""
    text = line.text
    if line.level:
        return True
    if line.mark or line.indent > 8 or len(text) > 90 or len(text.split()) > _HEADING_WORDS:
        return False
    if text.endswith(_ENDS) or not (text[0].isupper() or text[0].isdigit() or text[0] in '"“¿'):
        return False
    if following is not None and following.chunk == line.chunk and not following.mark:
        return False
    return following is not None


def _captions(lines: list[_Line]) -> tuple[list[_Line], list[Dropped]]:
    """Drop photo credits together with the caption line above them."""
    kept: list[_Line] = []
    dropped: list[Dropped] = []
    for line in lines:
        if why_line(line.text) != "photo credit":
            kept.append(line)
            continue
        above = kept[-1] if kept else None
        near = above is not None and len(kept) > 1 and above.chunk >= line.chunk - 1
        if near and above and len(above.text) < 160 and not above.text.endswith((*_ENDS, "?")):
            dropped.append(Dropped(kept.pop().text, "photo caption"))
        dropped.append(Dropped(line.text, "photo credit"))
    return kept, dropped


@dataclass(slots=True)
class _Builder:
    """Turns lines into blocks; knows whether a list or a question is open."""

    blocks: list[Block] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    ordered: bool = False
    item_indent: int = 0

    def flush(self) -> None:
        """Close the open list."""
        if self.items:
            self.blocks.append(Listing(tuple(self.items), self.ordered))
            self.items = []

    def item(self, line: _Line) -> None:
        """Add an item to the open list, or open one."""
        if not self.items:
            self.ordered, self.item_indent = line.mark[-1] in ".)", line.indent
        self.items.append(line.text)

    def row(self, line: _Line, before: _Line | None) -> None:
        """Add a row to the table of the same chunk, or open one; its first row is the header."""
        self.flush()
        if before is not None and before.cells and before.chunk == line.chunk:
            table = self.blocks.pop()
            rows = table.rows if isinstance(table, Table) else ()
            header = table.header if isinstance(table, Table) else ()
            self.blocks.append(Table(header, (*rows, line.cells)))
        else:
            self.blocks.append(Table(line.cells, ()))

    def heading(self, text: str, level: int, *, question: bool = False) -> None:
        """Close the list and add a heading."""
        self.flush()
        self.blocks.append(Heading(text, level, question))


def _asks(line: _Line, following: _Line | None) -> bool:
    """Tell whether a list item is a question with its answer indented below it."""
    return (
        bool(line.mark)
        and line.text.endswith("?")
        and following is not None
        and not following.mark
        and following.indent > line.indent
    )


def _implied_items(lines: Sequence[_Line], at: int) -> int:
    """Return how many bare lines from `at` are a list that lost its bullets ("...include:")."""
    count = 0
    chunk = lines[at].chunk
    for line in lines[at:]:
        short = len(line.text) <= 80 and not line.text.endswith((".", ":", "?", "!"))
        if line.mark or line.level or line.chunk != chunk or not short:
            break
        count += 1
    whole = at + count >= len(lines) or lines[at + count].chunk != chunk
    return count if count >= 2 and whole else 0


def _build(lines: list[_Line]) -> list[Block]:
    out = _Builder()
    in_faq = False
    skip = 0
    for index, line in enumerate(lines):
        if skip:
            skip -= 1
            continue
        following = lines[index + 1] if index + 1 < len(lines) else None
        if line.cells:
            out.row(line, lines[index - 1] if index else None)
        elif _asks(line, following):
            out.heading(line.text, 3, question=True)
        elif line.mark:
            out.item(line)
        elif out.items and line.indent > out.item_indent:
            out.items[-1] += " " + line.text
        elif is_tail(line.text):
            out.heading(line.text, 2)
            in_faq = False
        elif (line.alone or line.level) and _is_heading(line, following):
            asked = in_faq and line.text.endswith("?")
            in_faq = asked or bool(FAQ_HEADING.fullmatch(line.text))
            out.heading(line.text, line.level or (3 if asked else 2), question=asked)
        else:
            out.flush()
            out.blocks.append(Paragraph(line.text))
            if line.text.endswith(":") and following is not None:
                skip = _implied_items(lines, index + 1)
                if skip:
                    names = tuple(found.text for found in lines[index + 1 : index + 1 + skip])
                    out.blocks.append(Listing(names))
    out.flush()
    return out.blocks


def read_plain(text: str) -> Draft:
    """Read plain text: the first heading-like line is the title, lone short lines are headings."""
    lines, dropped = _captions(_lines(text))
    near_top = [line.text for line in lines[:_FACT_LINES]]
    source = facts_of(near_top)
    facts = {t for t in near_top if fact_line(t) is not None}
    dropped += [Dropped(t, "source fact, kept as such") for t in near_top if t in facts]
    lines = [line for n, line in enumerate(lines) if n >= _FACT_LINES or line.text not in facts]
    title = ""
    if lines and _is_heading(lines[0], lines[1] if len(lines) > 1 else None):
        title = lines.pop(0).text
    blocks = _build(lines)
    return Draft(tuple(blocks), title, source=replace(source), dropped=tuple(dropped))
