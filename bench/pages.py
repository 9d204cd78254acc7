"""`script/bench pages DIR`: the text that is read out of saved pages, against what it should be.

DIR holds a folder a page with source.html and expected.html, whose text is what a reader should
get. Token F1 counts each word as often as it stands in both. A sentence that would be spoken is
boilerplate when fewer than half of its word triples stand in the expected text.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import lxml.html

from intents.errors import ReadbackError
from intents.readers import read
from intents.types import Article

_BLOCKS = (
    *("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "br", "pre", "ul"),
    *("ol", "dl", "dt", "dd", "figcaption", "blockquote", "section", "article", "table"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """The figures of one page."""

    name: str
    # of the stored text, which keeps code and captions that are not spoken
    f1: float
    # of what is spoken
    f1_spoken: float
    sentences: int
    boilerplate: tuple[str, ...]
    # peer -> its token F1
    peers: dict[str, float]
    error: str = ""


def tokens(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    return re.findall(r"\w+", text.lower())


def token_f1(found: str, expected: str) -> float:
    """Return the F1 (0..1) of the words of `found` against those of `expected`."""
    got, want = Counter(tokens(found)), Counter(tokens(expected))
    common = sum((got & want).values())
    return 2 * common / max(1, sum(got.values()) + sum(want.values()))


def html_text(html: str) -> str:
    """Return the text of HTML with a space between blocks."""
    if not html.strip():
        return ""
    root = lxml.html.fromstring(html)
    for element in root.iter(*_BLOCKS):
        element.tail = " " + (element.tail or "")
    return str(root.text_content())


def _spoken(article: Article) -> str:
    headings = dict.fromkeys(p.heading for p in article.passages if p.heading != article.title)
    return " ".join([*(p.text for p in article.passages), *headings])


def _triples(text: str) -> list[tuple[str, ...]]:
    found = tokens(text)
    size = min(3, len(found))
    return [tuple(found[n : n + size]) for n in range(len(found) - size + 1)] if found else []


def boilerplate(article: Article, expected: str) -> tuple[str, ...]:
    """Return the sentences of the article that do not stand in the expected text."""
    words = tokens(expected)
    known = {tuple(words[n : n + size]) for size in (1, 2, 3) for n in range(len(words))}
    alien = []
    for passage in article.passages:
        for sentence in passage.sentences:
            triples = _triples(sentence.text)
            if triples and sum(t in known for t in triples) * 2 < len(triples):
                alien.append(sentence.text)
    return tuple(alien)


def _trafilatura() -> Callable[[bytes], str] | None:
    try:
        import trafilatura
    except ImportError:
        return None
    return lambda data: str(trafilatura.extract(data, include_comments=False) or "")


def _readability(data: bytes) -> str:
    from readability import Document
    from readability.readability import Unparseable

    try:
        return html_text(Document(data.decode("utf-8", "replace")).summary())
    except Unparseable:
        return ""


def peers() -> dict[str, Callable[[bytes], str]]:
    """Return the extraction libraries that are installed, by name."""
    found: dict[str, Callable[[bytes], str]] = {"readability-lxml": _readability}
    other = _trafilatura()
    if other:
        found["trafilatura"] = other
    return found


def measure(folder: Path, others: dict[str, Callable[[bytes], str]]) -> Page:
    """Read one page and compare."""
    data = (folder / "source.html").read_bytes()
    expected = html_text((folder / "expected.html").read_text("utf-8"))
    scores = {name: token_f1(extract(data), expected) for name, extract in others.items()}
    try:
        article = read(folder / "source.html").article
    except ReadbackError as error:
        return Page(folder.name, 0.0, 0.0, 0, (), scores, str(error))
    return Page(
        folder.name,
        token_f1(article.text[len(article.title) :], expected),
        token_f1(_spoken(article), expected),
        sum(len(p.sentences) for p in article.passages),
        boilerplate(article, expected),
        scores,
    )


def _show(pages: list[Page], *, details: bool) -> None:
    for page in sorted(pages, key=lambda p: p.f1):
        others = "  ".join(f"{name} {score:.3f}" for name, score in page.peers.items())
        print(
            f"{page.name:40.40} {page.f1:.3f}  spoken {page.f1_spoken:.3f}  {others}  {page.error}"
        )
        for sentence in page.boilerplate if details else ():
            print(f"      not in the expected text: {sentence[:100]}")


def main(argv: list[str]) -> int:
    """Measure a folder of pages."""
    parser = argparse.ArgumentParser(prog="script/bench pages", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--details", action="store_true", help="the alien sentences of each page")
    args = parser.parse_args(argv)
    others = peers()
    folders = sorted(p.parent for p in args.folder.glob("*/expected.html"))
    if not folders:
        parser.error(f"{args.folder} holds no page folders with source.html and expected.html")
    pages = [measure(folder, others) for folder in folders]
    _show(pages, details=args.details)
    sentences = sum(p.sentences for p in pages)
    alien = sum(len(p.boilerplate) for p in pages)
    result = {
        "pages": len(pages),
        "f1": round(mean(p.f1 for p in pages), 4),
        "f1_spoken": round(mean(p.f1_spoken for p in pages), 4),
        "peers": {name: round(mean(p.peers[name] for p in pages), 4) for name in others},
        "sentences": sentences,
        "boilerplate": alien,
        "boilerplate_share": round(alien / max(1, sentences), 4),
        "unread": [p.name for p in pages if p.error],
    }
    print(f"token F1 {result['f1']} (spoken {result['f1_spoken']}), peers {result['peers']}")
    print(f"boilerplate: {alien} of {sentences} sentences, {result['boilerplate_share']:.2%}")
    if args.json:
        print(json.dumps(result))
    return 0
