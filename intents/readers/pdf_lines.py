"""The text of one PDF page as lines in reading order, with size, weight and place."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from pypdf import PageObject

from intents.readers.errors import ReadError

# drawing operators of one page; a dense page of text has 20,000, maps and traps have millions
MAX_OPERATORS = 400_000
# a character is about this wide in the fonts of running text, in units of the font size
_CHAR_WIDTH = 0.5
# columns narrower than this share of the page are no columns but table cells
_COLUMN = 0.25
_DRAWN_HYPHEN = re.compile(r"(?<=\S)\u00ad(?=\S)")


@dataclass(frozen=True, slots=True)
class PdfLine:
    """One line (or the part of it in one column); all lengths in points."""

    text: str
    x: float
    # from the bottom of the page
    y: float
    size: float
    bold: bool
    page: int
    # height on the page, 0 at the bottom, 1 at the top
    height: float
    # 0 for the left or only column
    column: int = 0

    @property
    def end(self) -> float:
        """Estimated right end."""
        return self.x + len(self.text) * self.size * _CHAR_WIDTH


def _pieces(page: PageObject, number: int) -> list[PdfLine]:
    found: list[PdfLine] = []
    tall = float(page.mediabox.height) or 1.0
    count = 0

    def before(*_: object) -> None:
        nonlocal count
        count += 1
        if count > MAX_OPERATORS:
            raise ReadError(f"page {number + 1} has more than {MAX_OPERATORS} drawing operators")

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        # text matrix times page matrix: where the piece begins, and how large its letters are
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        scale = abs(tm[3] * cm[3]) or abs(tm[1] * cm[2]) or 1.0
        name = str(font.get("/BaseFont", "")) if isinstance(font, dict) else ""
        bold = any(mark in name.lower() for mark in ("bold", "black", "heavy", "semibold"))
        for part in text.split("\n"):
            if part.strip():
                found.append(PdfLine(part, x, y, abs(size) * scale or 1.0, bold, number, y / tall))

    page.extract_text(visitor_text=visit, visitor_operand_before=before)
    return found


def _join(pieces: list[PdfLine]) -> list[PdfLine]:
    """Join the pieces of one line: same height, the next begins about where the last one ended."""
    lines: list[PdfLine] = []
    for piece in pieces:
        last = lines[-1] if lines else None
        if last and abs(last.y - piece.y) < 0.35 * max(last.size, piece.size):
            gap = piece.x - last.end
            if piece.x >= last.x - 1 and gap < 3 * last.size:
                spaced = last.text.endswith(" ") or piece.text.startswith(" ")
                close = gap < 0.1 * last.size and not piece.text[:1].isupper()
                glue = "" if spaced or close else " "
                size, bold = (
                    (last.size, last.bold)
                    if len(last.text) >= len(piece.text)
                    else (piece.size, piece.bold)
                )
                lines[-1] = replace(last, text=last.text + glue + piece.text, size=size, bold=bold)
                continue
        lines.append(piece)
    return [replace(line, text=_seen(line.text)) for line in lines]


def _seen(text: str) -> str:
    """Return a line as the page shows it: on one line, with the hyphens that are drawn.

    Encodings of fonts have the hyphen twice, the second time as U+00AD (PDF 1.7, annex D.2). Inside
    a line it is a hyphen; at its end it may be one that only breaks a word.
    """
    return _DRAWN_HYPHEN.sub("-", " ".join(text.split()))


def _gutter(lines: list[PdfLine], width: float) -> float:
    """Return where the second column begins, 0 when there is one column."""
    starts = Counter(round(line.x / 4) for line in lines if len(line.text) > 15)
    right = {
        k: n
        for k, n in starts.items()
        if 4 * k > width * (0.5 - _COLUMN / 2) and 4 * k < width * 0.7
    }
    if not right:
        return 0.0
    best = max(right, key=lambda k: right[k])
    left = sum(n for k, n in starts.items() if 4 * k < 4 * best - width * _COLUMN)
    return 4.0 * best - 4 if right[best] >= 5 and left >= 5 else 0.0


def _in_columns(lines: list[PdfLine], gutter: float) -> list[PdfLine]:
    """Put the left column before the right one, between lines that go over both."""
    ordered: list[PdfLine] = []
    left: list[PdfLine] = []
    right: list[PdfLine] = []
    for line in sorted(lines, key=lambda found: -found.y):
        if line.x >= gutter:
            right.append(replace(line, column=1))
        elif line.end > gutter + 3 * line.size:
            ordered += [*left, *right, line]
            left, right = [], []
        else:
            left.append(line)
    return [*ordered, *left, *right]


def page_lines(page: PageObject, number: int) -> list[PdfLine]:
    """Return a page's lines in reading order. Errors of a broken page pass through."""
    lines = _join(_pieces(page, number))
    width = float(page.mediabox.width)
    gutter = _gutter(lines, width)
    return _in_columns(lines, gutter) if gutter else lines
