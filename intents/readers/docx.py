"""A Word document -> Draft: straight from its XML, with styles for headings and lists.

Only three parts of the archive are read (document, styles, core properties). No library is needed
for that; python-docx would bring a second parser of the same files and does not read lists.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from intents.readers.compose import FAQ_HEADING
from intents.readers.draft import (
    Block,
    Draft,
    Heading,
    Listing,
    Paragraph,
    Silent,
    Table,
    squeeze,
)
from intents.readers.facts import iso_date
from intents.readers.guard import open_zip, unzip
from intents.readers.xml_tree import attribute, local, parse_xml
from intents.types import Source

_HEADING = re.compile(r"heading ?(\d)|titre ?(\d)|überschrift ?(\d)", re.I)
_MAX_ROWS = 5000
# markup is ten times the text in Word files
_MAX_XML = 32 * 1024 * 1024


def _styles(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Return style id -> its name in lower case; some versions of Word translate the ids."""
    if "word/styles.xml" not in archive.namelist():
        return {}
    names: dict[str, str] = {}
    for style in parse_xml(unzip(archive, "word/styles.xml", name), name).iter():
        if local(style) == "style":
            title = next((attribute(c, "val") for c in style if local(c) == "name"), "")
            names[attribute(style, "styleId")] = title.lower()
    return names


def _numbered(archive: zipfile.ZipFile, name: str) -> set[str]:
    """Return the ids of the lists that count instead of showing bullets."""
    if "word/numbering.xml" not in archive.namelist():
        return set()
    root = parse_xml(unzip(archive, "word/numbering.xml", name), name)
    counting: set[str] = set()
    found: set[str] = set()
    for element in root.iter():
        if local(element) == "abstractNum":
            first = next((attribute(e, "val") for e in element.iter() if local(e) == "numFmt"), "")
            if first and first != "bullet":
                counting.add(attribute(element, "abstractNumId"))
        elif local(element) == "num":
            uses = next(
                (attribute(e, "val") for e in element.iter() if local(e) == "abstractNumId"), ""
            )
            if uses in counting:
                found.add(attribute(element, "numId"))
    return found


def _text(paragraph: etree._Element) -> str:
    """Return a paragraph's text; deleted text, note marks and field codes are not part of it."""
    parts: list[str] = []
    for element in paragraph.iter():
        kind = local(element)
        if kind == "t":
            parts.append(element.text or "")
        elif kind in {"tab", "br", "cr"}:
            parts.append(" ")
        elif kind == "noBreakHyphen":
            parts.append("-")
    return squeeze("".join(parts))


@dataclass(slots=True)
class _Body:
    """Collects blocks from the children of the document's body."""

    styles: dict[str, str]
    numbered: set[str]
    blocks: list[Block] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    ordered: bool = False
    title: str = ""

    def run(self, body: etree._Element) -> list[Block]:
        """Read every child; return the blocks."""
        for child in body:
            self.child(child)
        self.flush()
        return self.blocks

    def child(self, child: etree._Element) -> None:
        """Read a paragraph, a table, or what a content control holds."""
        kind = local(child)
        if kind == "p":
            self._paragraph(child)
        elif kind == "tbl":
            self.flush()
            self._table(child)
        elif kind in {"sdt", "sdtContent", "ins", "smartTag"}:
            for inner in child:
                self.child(inner)

    def flush(self) -> None:
        """End the open list."""
        if self.items:
            self.blocks.append(Listing(tuple(self.items), self.ordered))
            self.items = []

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = _text(paragraph)
        if not text:
            return
        style, level, number = self._look(paragraph)
        heading = _HEADING.search(style)
        if number and not heading:
            self.ordered = number in self.numbered if not self.items else self.ordered
            self.items.append(text)
            return
        self.flush()
        if heading or level:
            size = int(next(g for g in heading.groups() if g)) if heading else level
            self.blocks.append(Heading(text, size))
        elif style == "title" and not self.title:
            self.title = text
        elif style == "caption":
            self.blocks.append(Silent(text, "figure caption"))
        elif style.startswith("toc ") or style in {
            "header",
            "footer",
            "footnote text",
            "endnote text",
        }:
            return
        else:
            self.blocks.append(Paragraph(text))

    def _look(self, paragraph: etree._Element) -> tuple[str, int, str]:
        """Return style name, outline level (1..6, 0 for none) and list id of a paragraph."""
        style, level, number = "", 0, ""
        for element in paragraph.iter():
            kind, value = local(element), attribute(element, "val")
            if kind == "pStyle":
                style = self.styles.get(value, value.lower())
            elif kind == "outlineLvl" and value.isdigit() and int(value) < 6:
                level = int(value) + 1
            elif kind == "numId" and value != "0":
                number = value
        if not number and style.startswith("list") and style != "list paragraph":
            number = "style"
        if not level and not number and self._looks_like_heading(paragraph):
            level = 2
        return style, level, number

    def _looks_like_heading(self, paragraph: etree._Element) -> bool:
        """Tell a heading typed as a short bold line, or the line that opens a FAQ."""
        text = _text(paragraph)
        if FAQ_HEADING.fullmatch(text):
            return True
        runs = [r for r in paragraph.iter() if local(r) == "r" and _text(r)]
        bold = [
            r
            for r in runs
            if any(local(e) == "b" and attribute(e, "val") not in {"0", "false"} for e in r.iter())
        ]
        return (
            bool(runs)
            and len(bold) == len(runs)
            and len(text) < 90
            and not text.endswith((".", ":", ","))
        )

    def _table(self, table: etree._Element) -> None:
        rows: list[tuple[str, ...]] = []
        for row in (r for r in table if local(r) == "tr"):
            cells = [c for c in row if local(c) == "tc"]
            rows.append(tuple(" ".join(filter(None, map(_text, _paragraphs(c)))) for c in cells))
        rows = [r for r in rows if any(r)][:_MAX_ROWS]
        if rows and max(map(len, rows)) == 1:
            # a box around text
            self.blocks += [Paragraph(cell) for row in rows for cell in row if cell]
        elif rows:
            head = rows[0] if len(rows) > 1 and all(len(c) < 60 for c in rows[0]) else ()
            self.blocks.append(Table(head, tuple(rows[1:] if head else rows)))


def _paragraphs(cell: etree._Element) -> list[etree._Element]:
    return [p for p in cell.iter() if local(p) == "p"]


def _core(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    if "docProps/core.xml" not in archive.namelist():
        return {}
    root = parse_xml(unzip(archive, "docProps/core.xml", name), name)
    return {local(e): squeeze(e.text or "") for e in root if local(e)}


def read_docx(data: bytes, name: str) -> Draft:
    """Read a Word document. ReadError when it is broken, encrypted or hostile."""
    with open_zip(io.BytesIO(data), name) as archive:
        root = parse_xml(unzip(archive, "word/document.xml", name, _MAX_XML), name)
        body = _Body(_styles(archive, name), _numbered(archive, name))
        core = _core(archive, name)
    for removed in [e for e in root.iter() if local(e) in {"del", "moveFrom", "footnoteReference"}]:
        parent = removed.getparent()
        if parent is not None:
            parent.remove(removed)
    holder = next((e for e in root.iter() if local(e) == "body"), root)
    blocks = body.run(holder)
    first = next((b.text for b in blocks if isinstance(b, Heading) and b.level == 1), "")
    source = Source(
        author=core.get("creator", ""),
        date=iso_date(core.get("modified") or core.get("created", "")),
    )
    return Draft(tuple(blocks), body.title or first or core.get("title", ""), source=source)
