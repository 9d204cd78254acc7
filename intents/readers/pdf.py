"""A PDF -> Draft: paragraphs, headings and lists found again in lines on pages."""

from __future__ import annotations

import io
import logging
import re
import struct
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from pypdf import PdfReader
from pypdf.errors import DependencyError, DeprecationError, PyPdfError

from intents.readers.draft import (
    Block,
    Draft,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    squeeze,
    squeezed,
)
from intents.readers.errors import ReadError
from intents.readers.facts import facts_of, iso_date, merge
from intents.readers.pdf_lines import PdfLine, page_lines
from intents.types import Source

MAX_PAGES = 3000
# a page takes about 0.05 s; a file that needs longer than this for its pages is a trap or a scan
MAX_SECONDS = 120.0
# what pypdf raises on broken files, besides its own errors
_BROKEN = (
    PyPdfError, DeprecationError,
    ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError,
    RecursionError, OverflowError, ZeroDivisionError, NotImplementedError, OSError, EOFError,
    zlib.error, struct.error,
)  # fmt: skip
# symbol fonts give control or private-use characters where the page shows a bullet
_BULLET = re.compile(
    r"(?:[•●○◦▪■□‣⁃∙·►–—*\x01-\x08\x7f\ue000-\uf8ff\ufffd-]|(?P<number>\(?\d{1,2}[.)]))\s+(?=\S)"
)
_PAGE_NUMBER = re.compile(
    r"(?:page )?[-–—|]?\s*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\s*[-–—|]?", re.I
)
_ENDS = (".", "!", "?", ":", ";", "”", '"')


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep pypdf's notes on small faults out of the program's output."""
    logger = logging.getLogger("pypdf")
    was, logger.propagate = logger.propagate, False
    silent = logging.NullHandler()
    logger.addHandler(silent)
    try:
        yield
    finally:
        logger.propagate = was
        logger.removeHandler(silent)


def _open(data: bytes, name: str) -> PdfReader:
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        try:
            opened = int(reader.decrypt(""))
        except (DependencyError, NotImplementedError):
            opened = 0
        if not opened:
            raise ReadError(f"{name!r} is encrypted; save a copy without a password and add that")
    if len(reader.pages) > MAX_PAGES:
        raise ReadError(f"{name!r} has more than {MAX_PAGES} pages; split it")
    return reader


def _lines(reader: PdfReader, name: str) -> list[list[PdfLine]]:
    """Return the lines of each page; a broken page is empty."""
    began = time.monotonic()
    pages: list[list[PdfLine]] = []
    for number, page in enumerate(reader.pages):
        if time.monotonic() - began > MAX_SECONDS:
            raise ReadError(
                f"{name!r} takes longer than {MAX_SECONDS:.0f} s to read; save its text"
            )
        try:
            pages.append(page_lines(page, number))
        except _BROKEN:
            pages.append([])
    return pages


def _margin(page: Sequence[PdfLine]) -> list[PdfLine]:
    """Return the lines in the outer tenth of a page, above and below."""
    return [line for line in page if line.height > 0.9 or line.height < 0.1]


def _running(pages: Sequence[Sequence[PdfLine]]) -> set[str]:
    """Return the head and foot lines that repeat on many pages, digits aside."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_mask(line.text) for line in _margin(page)})
    least = max(2, len(pages) * 0.4)
    return {text for text, count in seen.items() if count >= least}


def _mask(text: str) -> str:
    return re.sub(r"\d+", "#", text.lower())


def _body(pages: list[list[PdfLine]], dropped: list[Dropped]) -> list[PdfLine]:
    running = _running(pages)
    kept: list[PdfLine] = []
    for page in pages:
        margin = _margin(page)
        for line in page:
            if line in margin and (
                _mask(line.text) in running or _PAGE_NUMBER.fullmatch(line.text)
            ):
                dropped.append(Dropped(line.text, "running head or page number"))
            else:
                kept.append(line)
    return kept


def join_lines(before: str, line: str, known: set[str]) -> str:
    """Join two lines of a paragraph, mending a word that was broken at the end of the first.

    `known` are the words of the document: they tell "well-" + "known" from "mus-" + "cle".
    """
    if before.endswith("\u00ad"):
        return before[:-1] + line
    broken = re.search(r"([^\W\d_]+)-$", before)
    rest = re.match(r"[^\W\d_]+", line)
    if not broken or not rest or not line[0].islower():
        return f"{before} {line}"
    whole, parts = broken[1] + rest[0], f"{broken[1]}-{rest[0]}"
    keep = parts.lower() in known and whole.lower() not in known
    return before + line if keep else before[:-1] + line


@dataclass(slots=True)
class _Builder:
    """Turns lines into blocks by size, weight, gaps, indents and bullets."""

    body: float
    leading: float
    # size -> heading level
    levels: dict[float, int]
    known: set[str]
    blocks: list[Block] = field(default_factory=list)
    open: str = ""
    items: list[str] = field(default_factory=list)
    ordered: bool = False
    item_x: float = 0.0
    last: PdfLine | None = None

    def feed(self, line: PdfLine) -> None:
        """Take the next line in reading order."""
        bullet = _BULLET.match(line.text)
        level = 0 if bullet else self._level(line)
        if level:
            self._heading(line, level)
        elif bullet:
            self._item(line, bullet)
        elif self.items and self._continues(line) and line.x > self.item_x + 2:
            self.items[-1] = join_lines(self.items[-1], line.text, self.known)
        elif self.open and self._continues(line):
            self.open = join_lines(self.open, line.text, self.known)
        else:
            self.flush()
            self.open = line.text
        self.last = line

    def flush(self) -> None:
        """Close what is open."""
        if self.items:
            self.blocks.append(Listing(squeezed(self.items), self.ordered))
        if text := squeeze(self.open):
            self.blocks.append(Paragraph(text))
        self.items, self.open = [], ""

    def _level(self, line: PdfLine) -> int:
        size = round(line.size, 1)
        if len(line.text) > 150 or not any(c.isalpha() for c in line.text):
            return 0
        if size in self.levels:
            return self.levels[size]
        alone = not self._continues(line) or (self.last is not None and self._level_of_last())
        if line.bold and alone and len(line.text) < 100 and not line.text.endswith((".", ":", ",")):
            return max(self.levels.values(), default=1) + 1
        return 0

    def _level_of_last(self) -> bool:
        return bool(self.blocks) and isinstance(self.blocks[-1], Heading) and not self.open

    def _heading(self, line: PdfLine, level: int) -> None:
        last = self.blocks[-1] if self.blocks and not self.open and not self.items else None
        near = (
            self.last is not None
            and self.last.page == line.page
            and self._gap(line) < 1.6 * line.size
        )
        if isinstance(last, Heading) and last.level == level and near:
            self.blocks[-1] = Heading(squeeze(f"{last.text} {line.text}"), level)
            return
        self.flush()
        self.blocks.append(Heading(squeeze(line.text), min(6, level)))

    def _item(self, line: PdfLine, bullet: re.Match[str]) -> None:
        if not self.items:
            self.flush()
            self.ordered = bullet["number"] is not None
        self.items.append(line.text[bullet.end() :])
        self.item_x = line.x

    def _gap(self, line: PdfLine) -> float:
        return abs(self.last.y - line.y) if self.last else 0.0

    def _continues(self, line: PdfLine) -> bool:
        """Tell whether a line goes on with the paragraph before it."""
        last = self.last
        if last is None:
            return False
        if (last.page, last.column) != (line.page, line.column):
            return not last.text.endswith(_ENDS) and (
                line.text[0].islower() or last.text.endswith("-")
            )
        indented = line.x > last.x + 0.8 * line.size and not self.items
        same_size = abs(line.size - last.size) < 0.6
        return same_size and self._gap(line) < 1.35 * self.leading and not indented


def _builder(lines: Sequence[PdfLine]) -> _Builder:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    body = sizes.most_common(1)[0][0]
    larger = sorted((s for s in sizes if s > body * 1.12), reverse=True)
    gaps = Counter(
        round(a.y - b.y, 1)
        for a, b in pairwise(lines)
        if a.page == b.page and 0.5 * body < a.y - b.y < 3 * body
    )
    leading = gaps.most_common(1)[0][0] if gaps else body * 1.2
    known = {
        w.lower()
        for line in lines
        for w in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*(?!-$)\b", line.text)
    }
    return _Builder(body, leading, {size: n + 1 for n, size in enumerate(larger[:5])}, known)


def _facts(reader: PdfReader) -> tuple[str, Source]:
    """Return title and source of the document information; typesetters leave junk titles there."""
    found: Mapping[str, object] = reader.metadata or {}
    title = squeeze(str(found.get("/Title", "") or ""))
    if re.search(r"\.(?:docx?|indd|pdf|qxd|tex)$|^untitled|^microsoft word", title, re.I):
        title = ""
    stamp = re.match(
        r"D:(\d{4})(\d\d)(\d\d)", str(found.get("/ModDate") or found.get("/CreationDate") or "")
    )
    date = iso_date("-".join(stamp.groups())) if stamp else ""
    return title, Source(author=squeeze(str(found.get("/Author", "") or "")), date=date)


def read_pdf(data: bytes, name: str) -> Draft:
    """Read a PDF. ReadError when it is broken, encrypted, or has pictures instead of text."""
    with _quiet():
        try:
            reader = _open(data, name)
            pages = _lines(reader, name)
            title, source = _facts(reader)
        except _BROKEN as error:
            raise ReadError(
                f"{name!r} is a broken PDF ({error}); save or print it again"
            ) from error
    if sum(len(line.text) for page in pages for line in page) < 20:
        raise ReadError(
            f"{name!r} has {len(pages)} pages without text, only pictures of it: it needs OCR "
            "(text recognition) first, for instance with the free program ocrmypdf"
        )
    dropped: list[Dropped] = []
    lines = _body(pages, dropped)
    if not lines:
        raise ReadError(f"{name!r} has only running heads and page numbers; check the file")
    builder = _builder(lines)
    for line in lines:
        builder.feed(line)
    builder.flush()
    printed = facts_of([line.text for line in lines[:12]])
    largest = next((b.text for b in builder.blocks if isinstance(b, Heading) and b.level == 1), "")
    return Draft(
        tuple(builder.blocks),
        largest or title,
        source=merge(printed, source),
        dropped=tuple(dropped),
    )
