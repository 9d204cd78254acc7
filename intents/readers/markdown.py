"""Markdown with optional YAML front matter -> Draft."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from intents.readers.draft import (
    Block,
    Draft,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    Table,
    squeeze,
    squeezed,
    without,
)
from intents.readers.errors import ReadError
from intents.types import Source

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]]+\](?::.*)?")
# CommonMark nests without end; nobody writes deeper than this, only attackers do
MAX_NESTING = 20
# matching emphasis marks takes time in the square of their number; no paragraph is this long
MAX_PARAGRAPH = 50_000
_FRONT_LIMIT = 64 * 1024


def split_front_matter(text: str, name: str) -> tuple[Mapping[str, object], str]:
    """Return the front matter as a mapping (empty when there is none) and the rest of the text."""
    match = _FRONT.match(text)
    if not match:
        return {}, text
    if len(match[1]) > _FRONT_LIMIT or re.search(r"(?:^|[\s\[{,])[&*]\w", match[1]):
        raise ReadError(
            f"the front matter of {name!r} is longer than 64 KiB or uses YAML anchors; "
            "write plain `key: value` lines"
        )
    try:
        data = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = squeeze(str(error))[:160]
        raise ReadError(f"the front matter of {name!r} is not valid YAML ({reason})") from error
    if data is None:
        return {}, text[match.end() :]
    if not isinstance(data, dict):
        raise ReadError(f"the front matter of {name!r} must be `key: value` lines")
    return {str(k).lower().replace("-", "_"): v for k, v in data.items()}, text[match.end() :]


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return squeezed(str(v) for v in value if v is not None)
    return squeezed([str(value)])


def _first(front: Mapping[str, object], *keys: str) -> str:
    return next((found[0] for key in keys if (found := _texts(front.get(key)))), "")


def source_of(front: Mapping[str, object]) -> Source:
    """Return the source facts of a front matter; a single web address in `sources` is the url."""
    sources = _texts(front.get("sources") or front.get("source"))
    address = next((m[0] for s in sources if (m := re.search(r"https?://[^\s)>\]]+", s))), "")
    names = [re.sub(r"[\s,(<]*https?://\S+", "", s).strip(" ,;:") for s in sources]
    return Source(
        name="; ".join(n for n in names if n),
        author=", ".join(_texts(front.get("author") or front.get("authors"))),
        url=_first(front, "url", "link") or address,
        date=_first(front, "reviewed", "updated", "date"),
        licence=_first(front, "licence", "license"),
    )


@dataclass(slots=True)
class _Walk:
    """Turns markdown-it's flat token row into blocks."""

    blocks: list[Block] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    # items and order of the outermost open list
    items: list[str] = field(default_factory=list)
    ordered: bool = False
    depth: int = 0
    quotes: int = 0
    level: int = 0
    rows: list[list[str]] = field(default_factory=list)
    in_table: bool = False
    has_header: bool = False

    def feed(self, token: Token) -> None:
        """Take one token."""
        kind = token.type
        if kind in {"bullet_list_open", "ordered_list_open"}:
            self.depth += 1
            self.ordered = kind.startswith("ordered") if self.depth == 1 else self.ordered
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            self._close_list()
        elif kind == "heading_open":
            self.level = int(token.tag[1])
        elif kind == "heading_close":
            self.level = 0
        elif kind == "inline":
            self._text(inline_text(token))
        elif kind in {"fence", "code_block"}:
            self.dropped.append(Dropped(squeeze(token.content)[:200], "program code"))
        elif kind == "html_block":
            self.dropped += [Dropped(t[:200], "HTML") for t in squeezed([token.content])]
        elif kind.startswith(("table", "tr_", "thead")):
            self._table(kind)

    def _close_list(self) -> None:
        self.depth -= 1
        if self.depth == 0 and self.items:
            self.blocks.append(Listing(tuple(self.items), self.ordered))
            self.items = []

    def _table(self, kind: str) -> None:
        if kind == "table_open":
            self.rows, self.in_table, self.has_header = [], True, False
        elif kind == "tr_open":
            self.rows.append([])
        elif kind == "thead_open":
            self.has_header = True
        elif kind == "table_close":
            self.in_table = False
            head = tuple(self.rows[0]) if self.has_header and self.rows else ()
            body = self.rows[1:] if head else self.rows
            self.blocks.append(Table(head, tuple(tuple(r) for r in body if any(r))))

    def _text(self, text: str) -> None:
        if self.in_table:
            self.rows[-1].append(text)
        elif not text:
            return
        elif self.level:
            self.blocks.append(Heading(text, self.level))
        elif self.depth:
            self.items.append(text)
        else:
            self.blocks.append(Paragraph(text))


def inline_text(token: Token) -> str:
    """Return what a reader sees of an inline token: link text, no images, no footnote marks."""
    parts: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return squeeze(_FOOTNOTE.sub("", "".join(parts)))


def read_markdown(text: str, name: str) -> Draft:
    """Read Markdown; front matter: title, also_called, author, reviewed, licence, sources, url.

    Raises ReadError on a front matter that cannot be read.
    """
    front, body = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"), name)
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    walk = _Walk()
    if max(map(len, re.split(r"\n\s*\n", body)), default=0) > MAX_PARAGRAPH:
        parser.disable("emphasis")
    for token in parser.parse(without(body, "<!--", "-->")):
        walk.feed(token)
    return Draft(
        blocks=tuple(walk.blocks),
        title=_first(front, "title"),
        also_called=_texts(front.get("also_called") or front.get("synonyms")),
        source=source_of(front),
        dropped=tuple(walk.dropped),
    )
