"""HTML bytes -> a parsed tree without what no reader sees, within limits."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from intents.readers.draft import squeeze, without
from intents.readers.errors import ReadError
from intents.readers.guard import MIB, decode

# markup that is left after scripts and inlined pictures are gone; the longest pages have 2 MiB.
# Scoring takes about 1 s a MiB, so this also bounds the time.
MAX_MARKUP = 4 * MIB
MAX_ELEMENTS = 60_000

_DECLARED = re.compile(
    rb"""<(?:meta[^>]{0,200}charset|\?xml[^>]{0,80}encoding)\s*=\s*["']?\s*([\w-]{2,30})""", re.I
)
_DATA_URI = re.compile(r"""(["'(])data:[^"')]{200,}""")
_SCRIPT = re.compile(r"<(script|style|svg|template|noscript)\b[^<>]*>", re.IGNORECASE)
_JSON_LD = re.compile(r"<script\b[^>]*application/ld\+json", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(x[0-9a-f]{1,8}|[0-9]{1,9});?", re.IGNORECASE)
_LOWER = {code: code + 32 for code in range(65, 91)}
_XML_HEAD = re.compile(r"\s*<\?xml[^>]*\?>")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NEVER_SEEN = (
    *("script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "audio"),
    *("video", "map", "dialog", "select", "input", "textarea", "head"),
)


def _without_scripts(text: str) -> str:
    """Drop scripts (but not JSON-LD, which holds facts), styles, comments and inlined data."""
    text = without(text, "<!--", "-->")
    lower = text.lower() if text.isascii() else _fold(text)
    kept: list[str] = []
    at = 0
    unclosed: set[str] = set()
    for match in _SCRIPT.finditer(text):
        name = match[1].lower()
        if match.start() < at or name in unclosed or _JSON_LD.match(match[0]):
            continue
        end = lower.find(f"</{name}", match.end())
        if end < 0:
            unclosed.add(name)
            continue
        kept += [text[at : match.start()], " "]
        at = end
    return _DATA_URI.sub(r"\1", "".join([*kept, text[at:]]))


def _fold(text: str) -> str:
    """Lower the ASCII letters only, so that every offset stays."""
    return text.translate(_LOWER)


def _reference(match: re.Match[str]) -> str:
    """Drop a reference to a character that no text holds ("&#1;"); keep the others."""
    digits = match[1].lower()
    code = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    odd = (code < 32 and code not in {9, 10, 13}) or code == 127 or 0xD800 <= code <= 0xDFFF
    return "" if odd or code in {0xFFFE, 0xFFFF} or code > 0x10FFFF else match[0]


def parse(data: bytes, name: str) -> HtmlElement:
    """Parse HTML or XHTML bytes; ReadError when it is too large, too deep or has no element."""
    declared = _DECLARED.search(data[:4096])
    text = decode(data, name, declared[1].decode("ascii") if declared else "")
    text = _REFERENCE.sub(_reference, _without_scripts(_XML_HEAD.sub("", text, count=1)))
    if len(text) > MAX_MARKUP:
        raise ReadError(f"{name!r} has more than {MAX_MARKUP // MIB} MiB of markup; save its text")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True)
    try:
        root = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ReadError(f"{name!r} has no readable HTML ({error}); save the page again") from error
    if any("depth" in entry.message for entry in parser.error_log):
        raise ReadError(f"{name!r} nests elements deeper than 255 levels; save its text instead")
    if sum(1 for _ in zip(root.iter(), range(MAX_ELEMENTS + 1), strict=False)) > MAX_ELEMENTS:
        raise ReadError(
            f"{name!r} has more than {MAX_ELEMENTS} elements; split it or save its text"
        )
    return root


def _is_hidden(element: HtmlElement) -> bool:
    # a closed <details> is not hidden: its owner opens it with a click
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(element.get("style") or ""))
    )


def drop(element: HtmlElement) -> None:
    """Remove an element with its content, keeping the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    try:
        element.drop_tree()
    except ValueError:
        # the text after it holds a character that cannot be written back; it goes as well
        parent.remove(element)


def strip_unseen(root: HtmlElement) -> None:
    """Remove what a person looking at the page does not see or cannot read, in place."""
    for element in [
        *root.iter(*_NEVER_SEEN),
        *root.iter(etree.Comment, etree.ProcessingInstruction),
    ]:
        drop(element)
    for element in [e for e in root.iter(etree.Element) if _is_hidden(e)]:
        if element.tag not in {"html", "body"}:
            drop(element)


def text_of(element: HtmlElement) -> str:
    """Return an element's text on one line."""
    return squeeze(str(element.text_content()))


def link_share(element: HtmlElement) -> float:
    """Return the share (0..1) of an element's characters that are link text."""
    total = len(text_of(element))
    links = sum(len(text_of(a)) for a in element.iter("a"))
    return links / total if total else 0.0
