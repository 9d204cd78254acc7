"""The walk from HTML elements to blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from intents.readers.draft import (
    Block,
    Heading,
    Listing,
    Paragraph,
    Silent,
    Table,
    squeeze,
)
from intents.readers.html_tree import text_of

_INLINE = frozenset(
    [
        *("a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em"),
        *("font", "i", "ins", "kbd", "label", "mark", "math", "nobr", "q", "ruby", "rb", "rt"),
        *("s", "samp", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"),
        *("mi", "mn", "mo", "mrow", "msub", "msup", "mtext", "semantics", "center", "address"),
    ]
)
_SKIPPED = frozenset(
    ["del", "strike", "rp", "annotation", "annotation-xml", "img", "hr", "form", "nav"]
)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
# a mark that only points at a note: "[12]", "1,2", "*"; and what class such marks have
_NOTE_MARK = re.compile(
    r"\[?\s*(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*|[*†‡§]+|[a-z]|note \d+)\s*\]?", re.I
)
_NOTE_CLASS = re.compile(r"\b(?:reference|footnote|noteref|fn-?ref|cite_?ref|citation)\b", re.I)
_EDIT = re.compile(r"mw-editsection|headerlink|anchor-link|permalink|sr-only|screen-reader", re.I)
_CODE = re.compile(
    r"highlight|lang(?:uage)?-|sourceCode|prettyprint|code|syntax|terminal|shell", re.I
)
_BR = "\x1d"


def is_note_mark(element: HtmlElement) -> bool:
    """Tell whether an element is a footnote or reference mark, which is never read aloud."""
    text = text_of(element)
    if not text or not _NOTE_MARK.fullmatch(text):
        return False
    marks = ("class", "id", "epub:type", "role")
    roles = " ".join(element.get(mark) or "" for mark in marks)
    links = any((a.get("href") or "").startswith("#") for a in element.iter("a"))
    return bool(_NOTE_CLASS.search(roles)) or (element.tag in {"sup", "a"} and links)


@dataclass(slots=True)
class Walk:
    """Collects blocks in reading order. `keep` says whether an element belongs to the article."""

    keep: Callable[[HtmlElement], bool] = lambda _: True
    blocks: list[Block] = field(default_factory=list)
    _buffer: list[str] = field(default_factory=list)
    # characters of the open paragraph that are link text
    _linked: int = 0
    _level: int = 1

    def run(self, root: HtmlElement) -> list[Block]:
        """Walk `root`; return its blocks."""
        self._inside(root)
        self._flush()
        return self.blocks

    def _flush(self) -> None:
        """End the open paragraph; two line breaks in a row had ended one as well."""
        text = "".join(self._buffer)
        linked, self._linked = self._linked, 0
        self._buffer.clear()
        if linked and linked >= 0.95 * len(squeeze(text.replace(_BR, " "))):
            # the stored text keeps it; nobody can follow it by ear
            line = squeeze(text.replace(_BR, " "))
            self.blocks += [Silent(line, "link to another page")] if line else []
            return
        for part in re.split(rf"{_BR}\s*{_BR}[\s{_BR}]*", text):
            if line := squeeze(part.replace(_BR, " ")):
                self.blocks.append(Paragraph(line))

    def _inside(self, element: HtmlElement) -> None:
        self._buffer.append(element.text or "")
        for child in element:
            self._element(child)
            self._buffer.append(child.tail or "")

    def _element(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag == "br":
            # readability drops these; they are kept wherever their surroundings are
            self._buffer.append(_BR)
        elif not isinstance(tag, str) or tag in _SKIPPED or not self.keep(element):
            return
        elif tag in _INLINE:
            self._inline(element)
        elif tag == "button":
            return
        else:
            self._flush()
            self._block(element, tag)
            self._flush()

    def _inline(self, element: HtmlElement) -> None:
        if is_note_mark(element) or _EDIT.search(element.get("class") or ""):
            return
        if element.tag == "a" and element.get("href"):
            self._linked += len(text_of(element))
        if element.tag == "q":
            self._buffer.append("“")
        self._inside(element)
        if element.tag == "q":
            self._buffer.append("”")

    def _block(self, element: HtmlElement, tag: str) -> None:
        if tag in _HEADINGS:
            self._heading(inline_text(element), _HEADINGS[tag])
        elif tag in {"ul", "ol", "menu"}:
            self._list(element, ordered=tag == "ol")
        elif tag == "dl":
            self._definitions(element)
        elif tag == "details":
            self._details(element)
        elif tag in {"figcaption", "caption"}:
            self._silent(element, "figure caption")
        elif tag == "pre" and _is_code(element):
            self._silent(element, "program code")
        elif tag == "table" and is_data_table(element):
            self._table(element)
        else:
            self._inside(element)

    def _silent(self, element: HtmlElement, why: str) -> None:
        if text := text_of(element):
            self.blocks.append(Silent(text, why))

    def _heading(self, text: str, level: int, *, question: bool = False) -> None:
        if text:
            self._level = level
            self.blocks.append(Heading(text, level, question))

    def _details(self, element: HtmlElement) -> None:
        """Make a summary that asks a question with its answer, another one a heading."""
        level = self._level
        for summary in element.iter("summary"):
            text = inline_text(summary)
            self._heading(text, min(6, level + 1), question=text.endswith("?"))
            summary.clear()
            break
        self._inside(element)
        self._flush()
        self._level = level

    def _list(self, element: HtmlElement, *, ordered: bool) -> None:
        # some pages put a list straight into a list
        items = list(element.iterchildren("li", "ul", "ol"))
        if any(_holds_blocks(item) for item in items):
            # sections dressed as a list: each item is read as what it holds
            self._inside(element)
            return
        texts = [t for item in items if self.keep(item) for t in _item_texts(item, self.keep)]
        if texts:
            self.blocks.append(Listing(tuple(texts), ordered))

    def _definitions(self, element: HtmlElement) -> None:
        term, items = "", []
        for child in element.iter("dt", "dd"):
            text = inline_text(child)
            if child.tag == "dt":
                items += [term] if term else []
                term = text
            elif text:
                items.append(f"{term.rstrip(':')}: {text}" if term else text)
                term = ""
        items += [term] if term else []
        if items:
            self.blocks.append(Listing(tuple(items)))

    def _table(self, element: HtmlElement) -> None:
        for caption in element.iterchildren("caption"):
            self.blocks += [Paragraph(text)] if (text := text_of(caption)) else []
        self.blocks.append(table_of(element))


def _is_code(element: HtmlElement) -> bool:
    names = [
        element.get("class") or "",
        (element.getparent().get("class") or "") if element.getparent() is not None else "",
    ]
    return any(True for _ in element.iter("code", "samp")) or any(map(_CODE.search, names))


def _holds_blocks(item: HtmlElement) -> bool:
    """Tell whether a list item is a section: it has a heading, or several long paragraphs."""
    if any(True for _ in item.iter(*_HEADINGS, "table", "details")):
        return True
    return sum(len(text_of(p)) > 80 for p in item.iter("p")) > 1


def inline_text(element: HtmlElement) -> str:
    """Return the text of an element on one line, without note marks; buttons in it count."""
    parts: list[str] = []

    def visit(node: HtmlElement) -> None:
        parts.append(node.text or "")
        for child in node:
            if isinstance(child.tag, str) and child.tag not in _SKIPPED:
                if child.tag == "br" or child.tag not in _INLINE:
                    parts.append(" ")
                if not is_note_mark(child) and not _EDIT.search(child.get("class") or ""):
                    visit(child)
                if child.tag not in _INLINE:
                    parts.append(" ")
            parts.append(child.tail or "")

    visit(element)
    return squeeze("".join(parts))


def _item_texts(item: HtmlElement, keep: Callable[[HtmlElement], bool]) -> Iterator[str]:
    """Yield a list item's own text, then the texts of the lists nested in it."""
    nested = [e for e in item.iter("ul", "ol", "dl") if e is not item]
    outer = [e for e in nested if not any(a in nested for a in e.iterancestors())]
    copies: list[HtmlElement] = []
    for inner in outer:
        parent = inner.getparent()
        if parent is not None:
            copies.append(inner)
            inner.drop_tree()
    if text := inline_text(item):
        yield text
    for inner in copies:
        for child in inner.iter("li", "dt", "dd"):
            yield from _item_texts(child, keep)


def is_data_table(table: HtmlElement) -> bool:
    """Tell a table of data from one that only lays out the page."""
    if table.get("role") in {"presentation", "none"} or any(
        True for t in table.iter("table") if t is not table
    ):
        return False
    rows = [list(row.iterchildren("td", "th")) for row in table.iter("tr")]
    rows = [row for row in rows if row]
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    if any(True for _ in table.iter("th", "thead", "caption")):
        return True
    cells = [text_of(cell) for row in rows for cell in row]
    even = len({len(row) for row in rows}) == 1
    return even and sum(map(len, cells)) / len(cells) < 120


def _cells(row: HtmlElement, spans: dict[int, tuple[int, str]]) -> list[str]:
    """Return the cells of a row; a cell that spans rows or columns is repeated in each."""
    texts: list[str] = []

    def fill() -> None:
        while len(texts) in spans and spans[len(texts)][0] > 0:
            left, text = spans[len(texts)]
            spans[len(texts)] = (left - 1, text)
            texts.append(text)

    for cell in row.iterchildren("td", "th"):
        fill()
        text = inline_text(cell)
        down, across = (_span(cell.get(key)) for key in ("rowspan", "colspan"))
        for _ in range(across):
            spans[len(texts)] = (down - 1, text)
            texts.append(text)
    fill()
    return texts


def _span(value: str | None) -> int:
    # a hostile page says colspan=100000; nobody needs more than this
    return (
        max(1, min(50, int(value)))
        if value and value.isascii() and value.isdigit() and len(value) < 6
        else 1
    )


def table_of(table: HtmlElement) -> Table:
    """Return the rows of a data table; the header is its row of th cells, if it has one."""
    spans: dict[int, tuple[int, str]] = {}
    header: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    for row in table.iter("tr"):
        kinds = {cell.tag for cell in row.iterchildren("td", "th")}
        texts = tuple(_cells(row, spans))
        if not rows and not header and kinds == {"th"}:
            header = texts
        elif any(texts):
            rows.append(texts)
    return Table(header, tuple(rows))
