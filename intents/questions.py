"""The questions an article answers, in the words a person would ask them."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
        ("treatments?|treating|therapy|therapies|cures?|remed(?:y|ies)", "How is {} treated?"),
        ("diagnos(?:is|es|ing)|tests?|testing|exams?", "How is {} diagnosed?"),
        ("preventions?|preventing|avoiding", "How can {} be prevented?"),
        ("outlook|prognosis|life expectancy", "What is the outlook for {}?"),
        ("types?|kinds?|forms?", "What types of {} are there?"),
        ("risk factors?|who is at risk", "What are the risk factors for {}?"),
        ("complications?", "What are the complications of {}?"),
        ("side effects?", "What are the side effects of {}?"),
        ("when to (?:see|call|talk|get|seek).{0,60}", "When should I see a doctor about {}?"),
        ("overview|definition|about|introduction|basics|what it is", "What is {}?"),
    )
)
# how a sentence opens that answers one of these about the subject
_SENTENCES = (
    (r"^(?:the |an? )?{s} (?:is|are) (?:an?|the|when|where)\b", "What is {}?"),
    (
        r"\b(?:causes? of {s}|{s} (?:is|are|can be|may be) (?:usually |often |most often "
        r")?caused by)\b|"
        r"\b(?:lead|leads|leading) to {s}\b|\bcan cause {s}\b",
        "What causes {}?",
    ),
    (
        r"\b(?:cures? for|treatments? (?:for|of)) {s}\b|\b{s} (?:is|can be) (?:usually |"
        r"often )?treated\b",
        "How is {} treated?",
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


def _of_heading(passage: Passage, name: str) -> Iterator[str]:
    heading = passage.heading.strip()
    if _LEAD.match(heading) and len(heading.split()) > 2:
        yield heading if heading.endswith("?") else heading + "?"
        return
    for pattern, question in _ASPECTS:
        if pattern.search(heading):
            yield question.format(_said(name))


def _of_sentences(passage: Passage, name: str) -> Iterator[str]:
    escaped = re.escape(_said(name))
    for sentence in passage.sentences:
        for pattern, question in _SENTENCES:
            if re.search(pattern.replace("{s}", escaped), sentence.text, re.IGNORECASE):
                yield question.format(_said(name))


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
