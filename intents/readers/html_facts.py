"""What a page says about itself: meta tags and schema.org JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from intents.readers.draft import squeeze
from intents.readers.facts import fact_line, iso_date
from intents.readers.html_tree import text_of
from intents.types import Source

_MAX_JSON = 1024 * 1024
_MAX_NODES = 20_000
_ARTICLES = re.compile(r"Article|BlogPosting|WebPage|Report|HowTo|Recipe|MedicalCondition")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_SITE = re.compile(
    r"\b(?:site-?(?:title|name|header)|blog-?(?:title|name)|masthead|logo|header-inner)\b"
)
_SITE_TAIL = re.compile(r"\s+(?:[|»·–—-]|::)\s+[^|»·–—]{2,60}$")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Title, source and question-answer pairs that the page declares."""

    title: str
    source: Source
    pairs: tuple[tuple[str, str], ...]


def _json_nodes(root: HtmlElement) -> Iterator[dict[str, object]]:
    """Yield every JSON-LD object of the page, nested ones too, without recursion."""
    queue: list[object] = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or len(script.text or "") > _MAX_JSON:
            continue
        try:
            queue.append(json.loads(script.text or "", strict=False))
        except (ValueError, RecursionError):
            continue
    for _ in range(_MAX_NODES):
        if not queue:
            return
        node = queue.pop(0)
        if isinstance(node, dict):
            yield node
            queue += node.values()
        elif isinstance(node, list):
            queue += node


def _is_a(node: dict[str, object], kind: re.Pattern[str]) -> bool:
    declared = node.get("@type")
    kinds = declared if isinstance(declared, list) else [declared]
    return any(isinstance(k, str) and kind.search(k) for k in kinds)


def _plain(value: object) -> str:
    """Return JSON text, which may hold HTML, as plain text."""
    if not isinstance(value, str) or not value.strip():
        return ""
    if "<" not in value and "&" not in value:
        return squeeze(value)
    try:
        return text_of(lxml.html.fromstring(f"<div>{value}</div>"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""


def _named(value: object) -> str:
    """Return the name of a person or organization, or several joined by commas."""
    if isinstance(value, list):
        return ", ".join(n for n in map(_named, value[:6]) if n)
    if isinstance(value, dict):
        return _plain(value.get("name"))
    plain = _plain(value)
    return "" if plain.startswith("http") else plain


def _pairs(nodes: list[dict[str, object]]) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if _is_a(node, re.compile(r"^(?:.*/)?Question$")):
            answers = node.get("acceptedAnswer") or node.get("suggestedAnswer")
            answer = answers[0] if isinstance(answers, list) and answers else answers
            text = _plain(answer.get("text")) if isinstance(answer, dict) else ""
            if (question := _plain(node.get("name"))) and text:
                yield question, text


def _meta(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        value = squeeze(tag.get("content") or "")
        for name in (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").split():
            if value:
                found.setdefault(name.lower().replace(".", ":"), value)
    return found


def _first(found: dict[str, str], *names: str) -> str:
    return next((found[name] for name in names if found.get(name)), "")


def _link(root: HtmlElement, relation: str) -> str:
    for tag in root.iter("link", "a"):
        if relation in (tag.get("rel") or "").lower().split():
            return (tag.get("href") or "").strip()
    return ""


def _byline(root: HtmlElement) -> str:
    """Return the author as the page shows it."""
    for element in root.iter("a", "span", "p", "div", "address"):
        marks = " ".join(element.get(name) or "" for name in ("class", "itemprop", "rel")).lower()
        if not re.search(r"\bbyline\b|\bauthor\b|author-name|\bp-author\b", marks):
            continue
        text = text_of(element)
        if 2 < len(text) < 80:
            fact = fact_line(text)
            author = fact.author if fact else text
            if author := person(author):
                return author
    return ""


def person(text: str) -> str:
    """Return a name without "by", trailing dashes and dates; "" for what is no name."""
    name = re.sub(r"(?i)^(?:written |posted |story )?by:?\s+", "", text).strip(" -–—|,·")
    return name if len(name) > 4 and not re.search(r"\d|https?:|@", name) else ""


def _of_site(heading: HtmlElement) -> bool:
    """Tell whether a top heading is the site's name: it stands in the page's header."""
    for element in (heading, *heading.iterancestors()):
        if element.tag in {"article", "main"}:
            return False
        marks = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if _SITE.search(marks):
            return True
    return False


def _title(root: HtmlElement, meta: dict[str, str], declared: str) -> str:
    heads = [t for h in root.iter("h1") if 2 < len(t := text_of(h)) < 200 and not _of_site(h)]
    page = next((text_of(t) for t in root.iter("title")), "")
    shared = declared or _first(meta, "og:title", "twitter:title", "dc:title", "parsely-title")
    for head in heads:
        # the heading that the window title repeats is the article's; others are the site's
        if head.lower() in (page or shared).lower():
            return head
    shorter = _SITE_TAIL.sub("", shared or page)
    return shorter if len(shorter.split()) > 1 or not (shared or page) else (shared or page)


def _address(root: HtmlElement, meta: dict[str, str]) -> str:
    url = _link(root, "canonical") or _first(meta, "og:url")
    return url if url.startswith(("http://", "https://")) else ""


def saved_from(head: str) -> str:
    """Return the address that a browser noted when it saved the page, or ""."""
    match = _SAVED_FROM.search(head)
    return match[1] if match else ""


def page_facts(root: HtmlElement) -> PageFacts:
    """Return the page's facts; call before scripts are removed."""
    nodes = list(_json_nodes(root))
    main: dict[str, object] = next(
        (n for n in nodes if _is_a(n, _ARTICLES) and (n.get("headline") or n.get("author"))), {}
    )
    meta = _meta(root)
    stamps = [main.get(key) for key in ("lastReviewed", "dateModified", "datePublished")]
    stamps += [
        _first(
            meta,
            "article:modified_time",
            "og:updated_time",
            "article:published_time",
            "date",
            "dc:date",
            "parsely-pub-date",
            "last-modified",
        )
    ]
    stamps += [t.get("datetime") for t in root.iter("time")][:3]
    author = _named(main.get("author")) or _first(
        meta, "author", "article:author", "dc:creator", "dc:creator:aut", "parsely-author", "byl"
    )
    source = Source(
        name=_first(meta, "og:site_name", "application-name") or _named(main.get("publisher")),
        author=person(author) or _byline(root),
        url=_address(root, meta),
        date=next((d for s in stamps if isinstance(s, str) and (d := iso_date(s))), ""),
        licence=_link(root, "license") or _first(meta, "dc:rights", "copyright"),
    )
    return PageFacts(_title(root, meta, _plain(main.get("headline"))), source, tuple(_pairs(nodes)))
