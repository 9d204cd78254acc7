"""Text written for the eye -> what is said. The stored text stays; this form is derived from it.

Numbers stay digits (the synthesizer reads them), everything that a person would say differently
from how it is written is put in words, and what only the eye can use (note marks, "see figure 2",
addresses of papers, emoji, bullets) is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from intents import numerals
from intents.spoken_rules import (
    ABBREVIATIONS,
    ADDRESSES,
    AMOUNTS,
    FRACTIONS,
    GREEK,
    GREEK_ALONE,
    SILENT,
    TIDY,
    WORDS,
    Rule,
)
from intents.types import Article, Passage, Sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say, and the sentence of the article that it says."""

    sentence: Sentence
    text: str


def _is_picture(char: str) -> bool:
    """Tell an emoji or dingbat: it has no sound."""
    code = ord(char)
    if code in {0x200D, 0x20E3, 0xFE0F, 0xFE0E} or 0x1F000 <= code <= 0x1FAFF:
        return True
    return unicodedata.category(char) in {"So", "Co", "Cn", "Cs", "Cc"} and char not in "°©®™℠\n\t"


def _apply(rules: tuple[Rule, ...], text: str) -> str:
    for pattern, said in rules:
        text = pattern.sub(said, text)
    return text


def spoken(text: str) -> str:
    """Return what is said for one written sentence; "" when there is nothing to say.

    "Take 5 mg (see figure 2), e.g., daily.[3]" -> "Take 5 milligrams, for example, daily."
    """
    text = " ".join(text.split())
    for sign, plain in FRACTIONS.items():
        if sign in text:
            text = re.sub(rf"(?<=\d){sign}", f" {plain}", text).replace(sign, plain)
    text = unicodedata.normalize("NFC", text).replace("µ", "μ").replace("\u00a0", " ")
    text = _apply(SILENT, text)
    text = "".join(" " if _is_picture(c) else c for c in text)
    text = _apply((*ADDRESSES, *ABBREVIATIONS, *AMOUNTS), text)
    text = GREEK_ALONE.sub(lambda m: f" {GREEK[m[0]]} ", text).replace(" -", "-")
    text = _apply((*WORDS, *TIDY), text).strip()
    return text if any(c.isalnum() for c in text) else ""


# a list of up to this many items is counted aloud; in a longer one the numbers only tire
MOST_COUNTED = 9


def _item_starts(article: Article, passage: Passage) -> list[bool]:
    """Tell for each sentence whether it opens a list item: its line starts with a mark."""
    starts = []
    for sentence in passage.sentences:
        line = article.text.rfind("\n", 0, sentence.start) + 1
        starts.append(bool(re.fullmatch(r"(?:- |\d{1,4}\. )", article.text[line : sentence.start])))
    return starts


def spoken_passage(article: Article, passage: Passage) -> tuple[Line, ...]:
    """Return what is said for a passage, a line a sentence; silent sentences are left out.

    Items of a list of two to nine are counted ("First, ..."), so that the ear knows where one ends
    and how far it is; a table row already names its columns and is said with a pause after each.
    """
    starts = _item_starts(article, passage)
    count = sum(starts)
    counted = passage.kind in {"list", "faq"} and 2 <= count <= MOST_COUNTED
    lines: list[Line] = []
    number = 0
    for sentence, opens in zip(passage.sentences, starts, strict=True):
        text = spoken(sentence.text)
        number += opens
        if text and opens and counted:
            lead = "Last" if number == count else numerals.ordinal(number).capitalize()
            text = f"{lead}, {text}"
        if text:
            lines.append(Line(sentence, text if text[-1] in ".!?:…" else text + "."))
    return tuple(lines)


def spoken_article(article: Article) -> tuple[Line, ...]:
    """Return what is said when a whole article is read aloud, headings before their text.

    A heading's line carries the first sentence under it: that is where "repeat" goes.
    """
    lines: list[Line] = []
    heading = ""
    for passage in article.passages:
        said = spoken_passage(article, passage)
        if said and passage.heading != heading:
            heading = passage.heading
            name = spoken(heading)
            if name:
                lines.append(Line(said[0].sentence, name if name[-1] in "?!." else name + "."))
        lines += said
    return tuple(lines)


def spoken_sentences(article: Article) -> Iterator[str]:
    """Yield every line of the article as it is said, for the ear's language model."""
    yield from (line.text for line in spoken_article(article))
