"""The questions an article answers, in the words a person would ask them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from intents.text import normalize
from intents.types import Article, Passage

_LEAD = re.compile(
    r"^(?:what|why|how|who|when|where|which|can|could|do|does|did|is|are|am|should|will|"
    r"would|may|must|if)\b",
    re.IGNORECASE,
)
# heading words -> the question about the subject that the section answers
_ASPECTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), question)
    for words, question in (
        ("causes?|etiology|why it happens", "What causes {}?"),
        ("symptoms?|signs?", "What are the symptoms of {}?"),
        ("treatments?|treating|therapy|therapies|cures?|remed(?:y|ies)", "How {be} {} treated?"),
        ("diagnos(?:is|es|ing)", "How {be} {} diagnosed?"),
        ("preventions?|preventing|avoiding", "How can {} be prevented?"),
        ("outlook|prognosis|life expectancy", "What is the outlook for {}?"),
        ("types?|kinds?|forms?", "What types of {} are there?"),
        ("risk factors?|who is at risk", "What are the risk factors for {}?"),
        ("complications?", "What are the complications of {}?"),
        ("side effects?", "What are the side effects of {}?"),
        ("when to (?:see|call|talk|get|seek).{0,60}", "When should I see a doctor about {}?"),
        ("overview|definition|about|introduction|basics|what it is", "What {be} {}?"),
    )
)
_VERBS = (
    "appear|bleed|break|clog|come|cramp|develop|form|get|go|grow|happen|help|hurt|itch|"
    "keep|last|lose|"
    "make|matter|need|shrink|spread|start|swell|take|work"
)
_MEASURES = "long|deep|often|common|serious|severe|dangerous|big|far|fast"
_NOT_AUXILIARY = r"(?!(?:is|are|do|does|can|should|will|much|many|often|long) )"
# a clause that names a question -> the question; the first that fits counts
_CLAUSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), asked)
    for pattern, asked in (
        (r"(What|When|Where) not to (.+)", r"\1 should I not \2"),
        (r"(What|When|Where) to (.+)", r"\1 should I \2"),
        (r"How to (.+)", r"How do I \1"),
        (rf"What {_NOT_AUXILIARY}(\w[\w' -]*?) (is|are)", r"What \2 \1"),
        (rf"How ({_MEASURES}) (.+) (is|are)", r"How \1 \3 \2"),
        (
            rf"(How(?: {_MEASURES})?|Why|Where) {_NOT_AUXILIARY}"
            rf"(\w+(?: \w+){{0,2}}?) ({_VERBS})(?:es|s)\b(.*)",
            r"\1 does \2 \3\4",
        ),
        (
            rf"(How(?: {_MEASURES})?|Why|Where) {_NOT_AUXILIARY}"
            rf"((?:\w+ ){{0,2}}(?:\w+s|people|children|men|women)) ({_VERBS})\b(.*)",
            r"\1 do \2 \3\4",
        ),
        (
            rf"(How|Why|When|Where) {_NOT_AUXILIARY}(.+?) (is|are|can be|may be) (\w.*)",
            r"\1 \3 \2 \4",
        ),
    )
)
# how a sentence opens that answers one of these about the subject
_SENTENCES = (
    (r"^(?:the |an? )?{s} (?:is|are) (?:an?|the|when|where)\b", "What {be} {}?"),
    (
        r"\b(?:causes? of {s}|{s} (?:is|are|can be|may be) (?:usually |often |most often "
        r")?caused by)\b|"
        r"\b(?:lead|leads|leading) to {s}\b|\bcan cause {s}\b",
        "What causes {}?",
    ),
    (
        r"\b(?:cures? for|treatments? (?:for|of)) {s}\b|\b{s} (?:is|can be) (?:usually |"
        r"often )?treated\b",
        "How {be} {} treated?",
    ),
    (r"\bsymptoms? of {s}\b", "What are the symptoms of {}?"),
    (r"\b(?:prevent|avoid)(?:s|ing)? {s}\b|\b{s} can be prevented\b", "How can {} be prevented?"),
)
_TITLE_TAIL = re.compile(
    r"\s*(?:[:|–—-]\s+.*|,?\s+(?:types|causes|symptoms|treatments?|signs|diagnosis|prevention)"
    r"(?:,? (?:and|&) \w+|, \w+)*)$",
    re.IGNORECASE,
)


def subject(article: Article) -> str:
    """Return what the article is about: its title without "types and causes" and site names."""
    return _TITLE_TAIL.sub("", article.title.rstrip("?.! ")) or article.title


def _said(name: str) -> str:
    """Return a name as it stands inside a sentence: "Muscle Atrophy" -> "muscle atrophy"."""
    return " ".join(
        w if w.isupper() or any(c.isupper() for c in w[1:]) else w.lower() for w in name.split()
    )


def _fill(question: str, name: str) -> str:
    """Put the subject into a question; a plural one takes "are"."""
    plural = re.search(r"(?<!s)(?<!i)(?<!u)s$", name.split(" of ", maxsplit=1)[0]) is not None
    return question.format(name, be="are" if plural else "is")


def as_question(heading: str) -> str:
    """Turn a heading that opens like a question into one: "How to rest" -> "How do I rest?"."""
    if heading.endswith("?"):
        return heading
    for pattern, asked in _CLAUSES:
        if match := pattern.fullmatch(heading.rstrip(".:")):
            return match.expand(asked) + "?"
    return heading.rstrip(".:") + "?"


def _of_heading(passage: Passage, name: str) -> Iterator[str]:
    heading = passage.heading.strip()
    if _LEAD.match(heading) and len(heading.split()) > 2:
        yield as_question(heading)
        return
    for pattern, question in _ASPECTS:
        if pattern.search(heading):
            yield _fill(question, _said(name))


@lru_cache(maxsize=64)
def _patterns(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    escaped = re.escape(name)
    return tuple(
        (re.compile(pattern.replace("{s}", escaped), re.IGNORECASE), _fill(question, name))
        for pattern, question in _SENTENCES
    )


def _of_sentences(passage: Passage, name: str) -> Iterator[str]:
    said = _said(name)
    for sentence in passage.sentences:
        if said.lower() in sentence.text.lower():
            for pattern, question in _patterns(said):
                if pattern.search(sentence.text):
                    yield question


def questions(article: Article) -> tuple[str, ...]:
    """Return the questions the article answers: FAQ, question headings, then found by pattern.

    Each once, in reading order, with a question mark.
    """
    name = subject(article)
    found: dict[str, str] = {}
    for passage in article.passages:
        for question in (*_of_heading(passage, name), *_of_sentences(passage, name)):
            found.setdefault(normalize(question), question)
    return tuple(found.values())
