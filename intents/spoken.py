"""Text written for the eye -> what is said. The stored text stays; this form is derived from it.

Numbers stay digits (the synthesizer reads them), everything that a person would say differently
from how it is written is put in words, and what only the eye can use (note marks, "see figure 2",
addresses of papers, emoji, bullets) is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from intents.types import Article, Passage, Quotation, Sentence, Utterance


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


def _leads(article: Article, passage: Passage) -> list[str]:
    """Return what counts each sentence of a passage: "First", "Second" ... "Last", mostly ""."""
    starts = _item_starts(article, passage)
    count = sum(starts)
    if passage.kind not in {"list", "faq"} or not 2 <= count <= MOST_COUNTED:
        return [""] * len(starts)
    names = [*(numerals.ordinal(n).capitalize() for n in range(1, count)), "Last"]
    numbered = iter(names)
    return [next(numbered) if opens else "" for opens in starts]


def _line(text: str, lead: str) -> str:
    """Return the spoken line of a written sentence, with its place in a list and a period."""
    said_text = spoken(text)
    if not said_text:
        return ""
    said_text = f"{lead}, {said_text}" if lead else said_text
    return said_text if said_text[-1] in ".!?:…" else said_text + "."


def said(utterance: Utterance) -> str:
    """Return the words of an utterance as they are sounded; "" when nothing of it can be said.

    The one place where this is derived: what is rendered, and what the ear takes for an echo. Our
    own words are worded for the ear, but they name titles and headings, which are not.
    """
    if isinstance(utterance, Quotation):
        return _line(utterance.sentence.text, utterance.lead)
    return spoken(utterance.text)


def counted(article: Article, utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """Return the utterances with each list item of `article` knowing its place in its list."""
    starts = {u.sentence.start for u in utterances if isinstance(u, Quotation)}
    leads = {
        sentence.start: lead
        for passage in article.passages
        if any(sentence.start in starts for sentence in passage.sentences)
        for sentence, lead in zip(passage.sentences, _leads(article, passage), strict=True)
        if lead
    }
    return tuple(
        replace(u, lead=leads.get(u.sentence.start, "")) if isinstance(u, Quotation) else u
        for u in utterances
    )


def spoken_passage(article: Article, passage: Passage) -> tuple[Line, ...]:
    """Return what is said for a passage, a line a sentence; silent sentences are left out.

    Items of a list of two to nine are counted ("First, ..."), so that the ear knows where one ends
    and how far it is; a table row already names its columns and is said with a pause after each.
    """
    pairs = zip(passage.sentences, _leads(article, passage), strict=True)
    lines = (Line(sentence, _line(sentence.text, lead)) for sentence, lead in pairs)
    return tuple(line for line in lines if line.text)


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
