"""An EPUB book -> Draft: the chapters of its spine in order, one heading level down."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from lxml import etree

from intents.readers.draft import Block, Draft, Dropped, Heading, squeeze
from intents.readers.errors import ReadError
from intents.readers.facts import iso_date
from intents.readers.guard import open_zip, unzip
from intents.readers.html_blocks import Walk
from intents.readers.html_tree import parse, strip_unseen
from intents.readers.xml_tree import attribute, local, parse_xml
from intents.types import Source

# unzipped chapters of one book with their markup; the longest novels have 4 MiB
MAX_BOOK = 6 * 1024 * 1024
MAX_CHAPTERS = 2000
_FRONT_MATTER = re.compile(
    r"\b(?:cover|nav|toc|title-?page|copyright|colophon|dedication|index|landmarks|advert)\b", re.I
)
_METADATA = {"title", "creator", "publisher", "date", "rights", "source", "identifier"}
_LICENSED = re.compile(r"\*\*\* ?(?:START|END) OF (?:THE|THIS) PROJECT GUTENBERG", re.I)


@dataclass(frozen=True, slots=True)
class _Package:
    """What the OPF file says: metadata, and the chapters in reading order."""

    metadata: dict[str, str]
    # (path in the archive, properties)
    spine: tuple[tuple[str, str], ...]


def _container(archive: zipfile.ZipFile, name: str) -> str:
    root = parse_xml(unzip(archive, "META-INF/container.xml", name), name)
    for element in root.iter():
        if local(element) == "rootfile" and (path := attribute(element, "full-path")):
            return path
    raise ReadError(f"{name!r} does not say where its book is; download it again")


def _package(archive: zipfile.ZipFile, name: str) -> _Package:
    path = _container(archive, name)
    root = parse_xml(_without_doctype(unzip(archive, path, name)), name)
    base = posixpath.dirname(path)
    items: dict[str, tuple[str, str]] = {}
    order: list[str] = []
    metadata: dict[str, str] = {}
    for element in root.iter():
        kind = local(element)
        if kind == "item":
            href = posixpath.normpath(posixpath.join(base, unquote(attribute(element, "href"))))
            items[attribute(element, "id")] = (href, attribute(element, "properties"))
        elif kind == "itemref" and attribute(element, "linear") != "no":
            order.append(attribute(element, "idref"))
        elif kind in _METADATA and (text := squeeze("".join(map(str, element.itertext())))):
            metadata.setdefault(kind, text)
    spine = tuple(items[key] for key in order[:MAX_CHAPTERS] if key in items)
    return _Package(metadata, spine)


def _without_doctype(data: bytes) -> bytes:
    # old OPF files name a public DTD without entities; one with an internal subset is refused later
    return re.sub(rb"<!DOCTYPE[^>\[]{0,400}>", b"", data[:4096]) + data[4096:]


def _chapter(data: bytes, path: str) -> list[Block]:
    root = parse(data, path)
    for element in root.iter(etree.Element):
        roles = f"{element.get('epub:type') or ''} {element.get('role') or ''}"
        if re.search(r"footnote|endnote|pagebreak|doc-pagebreak|\btoc\b", roles):
            element.set("hidden", "hidden")
    strip_unseen(root)
    blocks = Walk().run(root.find("body") if root.find("body") is not None else root)
    return [replace(b, level=min(6, b.level + 1)) if isinstance(b, Heading) else b for b in blocks]


def _chapters(
    archive: zipfile.ZipFile, package: _Package, name: str, dropped: list[Dropped]
) -> Iterator[Block]:
    size = 0
    for path, properties in package.spine:
        if "nav" in properties.split() or _FRONT_MATTER.search(posixpath.basename(path)):
            dropped.append(Dropped(path, "front matter of the book"))
            continue
        data = unzip(archive, path, name)
        size += len(data)
        if size > MAX_BOOK:
            raise ReadError(f"{name!r} holds more than {MAX_BOOK // 2**20} MiB of text; split it")
        try:
            blocks = _chapter(data, path)
        except ReadError as error:
            dropped.append(Dropped(path, f"unreadable chapter: {error}"))
            continue
        yield from blocks


def _blocks(
    archive: zipfile.ZipFile, package: _Package, name: str, dropped: list[Dropped]
) -> list[Block]:
    blocks = list(_chapters(archive, package, name, dropped))
    marks = [n for n, b in enumerate(blocks) if _LICENSED.search(getattr(b, "text", ""))]
    if len(marks) == 2:
        # a free e-book wraps its text in licence pages, between these two lines is the book
        return blocks[marks[0] + 1 : marks[1]]
    return blocks


def read_epub(data: bytes, name: str) -> Draft:
    """Read a book. ReadError when it is broken, encrypted or hostile."""
    dropped: list[Dropped] = []
    with open_zip(io.BytesIO(data), name) as archive:
        if (
            "META-INF/encryption.xml" in archive.namelist()
            and "META-INF/rights.xml" in archive.namelist()
        ):
            raise ReadError(
                f"{name!r} is copy-protected; only books without protection can be read"
            )
        package = _package(archive, name)
        blocks = _blocks(archive, package, name, dropped)
    found = package.metadata
    address = next(
        (found[k] for k in ("source", "identifier") if found.get(k, "").startswith("http")), ""
    )
    source = Source(
        name=found.get("publisher", ""),
        author=found.get("creator", ""),
        url=address,
        date=iso_date(found.get("date", "")),
        licence=found.get("rights", ""),
    )
    return Draft(tuple(blocks), found.get("title", ""), source=source, dropped=tuple(dropped))
