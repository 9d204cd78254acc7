"""Which elements of a page are its article: readability-lxml's choice, with what it loses put back.

readability-lxml scores where the running text is and prunes around it; on our development pages
it is the best of the libraries compared (token F1 0.979; trafilatura 0.916). It also prunes
data tables, link-poor lists, definition lists, accordions and headings inside the article, which
look like furniture to it. Its choice is read back through marks on the elements, and those return.
"""

from __future__ import annotations

import logging
import re

import lxml.html
from lxml.html import HtmlElement
from readability import Document
from readability.readability import Unparseable

from intents.readers.html_blocks import is_data_table
from intents.readers.html_tree import link_share, text_of

_MARK = "rb-mark"
_MARKED = re.compile(rf'{_MARK}="(\d+)"')
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu|breadcrumbs?|cookies?|consent|gdpr|newsletter|subscri\w+|sign-?up|"
    r"share|sharing|social|related|recommend\w*|promo\w*|advert\w*|ads?|sponsor\w*|outbrain|taboola|"
    r"banner|comments?|disqus|rating|feedback|survey|pagination|pager|toc|table-of-contents|footer|"
    r"sidebar|infobox|navbox|metadata|ambox|mw-editsection|reflist|references|hatnote|catlinks|"
    r"noprint|skip-link|byline|author-bio|popular|trending|widget|paywall|modal|popup|tags)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_RESTORED = ("table", "ul", "ol", "dl", "details", "h2", "h3", "h4", "h5", "blockquote")
# a page with so little markup is a document somebody wrote, not one with furniture around it
_SMALL = 4000


class _Marked(Document):  # type: ignore[misc]
    """readability's Document, returning its tree as it is: cleaning attributes takes long."""

    def get_clean_html(self) -> str:
        """Serialize the chosen tree without touching attributes."""
        html: str = lxml.html.tostring(self._html(), encoding="unicode")
        return html


def furniture(element: HtmlElement) -> bool:
    """Tell whether an element is marked as part of the site instead of the article."""
    if element.tag in {"nav", "aside", "footer", "form", "dialog", "menu"}:
        return True
    if element.get("role") in {
        "navigation",
        "banner",
        "complementary",
        "search",
        "contentinfo",
        "dialog",
        "alert",
    }:
        return True
    return bool(_FURNITURE.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _chosen(root: HtmlElement) -> set[int]:
    """Return the marks of the elements that readability keeps."""
    for number, element in enumerate(root.iter()):
        if isinstance(element.tag, str):
            element.set(_MARK, str(number))
    logger = logging.getLogger("readability.readability")
    was, logger.disabled = logger.disabled, True
    try:
        summary = _Marked(lxml.html.tostring(root, encoding="unicode")).summary()
    except Unparseable:
        return set()
    finally:
        logger.disabled = was
    return {int(n) for n in _MARKED.findall(summary)}


def number(element: HtmlElement) -> int:
    """Return the mark of an element, -1 for one that came later."""
    return int(element.get(_MARK) or -1)


def _common(elements: list[HtmlElement]) -> HtmlElement:
    """Return the lowest element that holds them all."""
    paths = [[*reversed(list(e.iterancestors())), e] for e in elements]
    common = paths[0][0]
    for level in zip(*paths, strict=False):
        if any(e is not level[0] for e in level):
            break
        common = level[0]
    return common


def _worth_restoring(element: HtmlElement) -> bool:
    if any(furniture(e) for e in (element, *element.iterancestors())):
        return False
    text = text_of(element)
    if not text or link_share(element) > 0.33:
        return False
    if element.tag == "table":
        return is_data_table(element)
    if element.tag in {"ul", "ol"}:
        return len(text) > 40
    return True


def _restore(root: HtmlElement, kept: set[int]) -> None:
    for element in root.iter(*_RESTORED):
        if number(element) in kept or not _worth_restoring(element):
            continue
        between: list[HtmlElement] = []
        for ancestor in element.iterancestors():
            if ancestor is root or number(ancestor) in kept:
                kept.update(number(e) for e in (*element.iter(), *between))
                break
            between.append(ancestor)


def _whole_page(root: HtmlElement) -> tuple[HtmlElement, set[int]]:
    """Keep everything but the furniture."""
    body = root.find("body") if root.tag != "body" else root
    top = body if body is not None else root
    out = {e for e in top.iter() if isinstance(e.tag, str) and e is not top and furniture(e)}
    kept = {
        number(e)
        for e in top.iter()
        if e not in out and not any(a in out for a in e.iterancestors())
    }
    return top, kept


def find_article(root: HtmlElement) -> tuple[HtmlElement, set[int]]:
    """Return the element that holds the article and the marks of its elements that belong to it.

    `root` gets the marks as attributes; read them back with `number`.
    """
    kept = _chosen(root)
    elements = [
        e
        for e in root.iter()
        if isinstance(e.tag, str) and number(e) in kept and e.tag not in {"html", "body", "head"}
    ]
    top, whole = _whole_page(root)
    found = sum(len(e.text or "") + len(e.tail or "") for e in elements)
    length = len(text_of(top))
    if not elements or (length < _SMALL and found < length * 0.5 and link_share(top) < 0.2):
        return top, whole
    holder = _common(elements)
    _restore(holder, kept)
    # what lies between kept elements must be walked through
    between = (a for e in holder.iter() if number(e) in kept for a in e.iterancestors())
    return holder, kept | {number(a) for a in between}
