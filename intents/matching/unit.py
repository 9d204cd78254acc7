"""The unit of matching: one passage with its article, as text ready for comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intents.questions import subject
from intents.text import normalize
from intents.types import Article, Passage

# names of an article that get heading vectors of their own; more are rare and cost memory
MAX_NAMES = 6


@dataclass(frozen=True, slots=True)
class Unit:
    """One passage with its article, as text ready for matching."""

    article: Article
    passage: Passage
    # normalized heading and sentences
    plain: str
    # normalized title, other names and heading: the label that a question may use
    label: str
    # an earlier passage of the article stands under the same heading
    later: bool = False


def names(article: Article) -> tuple[str, ...]:
    """Return what an article's subject is called, the title's own words first, each once."""
    every = (subject(article), *article.synonyms)
    return tuple(dict.fromkeys(every))[:MAX_NAMES]


def label(article: Article, passage: Passage) -> str:
    """Return normalized names and heading."""
    return normalize(". ".join((article.title, *article.synonyms, passage.heading)))


def units(articles: Iterable[Article]) -> tuple[Unit, ...]:
    """Return the passages that can answer: those with at least one sentence."""
    found = []
    for article in articles:
        opened: set[str] = set()
        for passage in filter(lambda passage: passage.sentences, article.passages):
            plain = normalize(f"{passage.heading}. {passage.text}")
            later = passage.heading in opened
            found.append(Unit(article, passage, plain, label(article, passage), later))
            opened.add(passage.heading)
    return tuple(found)
