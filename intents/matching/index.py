"""Everything about the library that matching needs, prepared once: the index."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.matching import bm25, definition
from intents.matching.repair import Repair
from intents.matching.terms import STOP, stem, stems
from intents.matching.vectors import Encoder, Progress, Vectors, silent
from intents.questions import questions, subject
from intents.text import normalize
from intents.types import Article, Passage

# names of an article that get heading vectors of their own; more are rare and cost memory
MAX_NAMES = 6
_WHAT_IT_IS = re.compile(r"^what\b.*\b(?:is|are)\W*$|^what (?:is|are)\b", re.IGNORECASE)
# questions a passage is found by, a name
MAX_QUESTIONS = 3


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


@dataclass(frozen=True, slots=True)
class Meaning:
    """Vectors of the units. Rows point into `store`."""

    store: Vectors
    # title, heading and text of each unit in one vector, shape (units, 384)
    passages: NDArray[np.float32]
    # "name: heading" and questions that the unit answers; laid out like the sentences
    labels: NDArray[np.float32]
    label_bounds: NDArray[np.int64]
    # the article's name vectors by unit, laid out alike
    topics: NDArray[np.int32]
    topic_bounds: NDArray[np.int64]
    # rows of "title: sentence", those of unit u are sentences[bounds[u]:bounds[u + 1]]
    sentences: NDArray[np.int32]
    bounds: NDArray[np.int64]
    # rows of single words by unit, laid out like the sentences
    words: NDArray[np.int32]
    word_bounds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Index:
    """A library made ready for questions."""

    units: tuple[Unit, ...]
    terms: bm25.Bm25
    repair: Repair
    meaning: Meaning | None


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


def content_words(unit: Unit) -> list[str]:
    """Return the distinct words of a unit that carry a topic, its label's included."""
    both = f"{unit.label} {unit.plain}".split()
    return sorted({w for w in both if w not in STOP and len(w) > 1})


def build(
    articles: Sequence[Article],
    encoder: Encoder | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Index:
    """Index the articles; vectors are looked up in `cache` and only new texts are encoded."""
    every = units(articles)
    split = [f"{u.label} {u.plain}".split() for u in every]
    bags = [[stem(w) for w in found if w not in STOP and len(w) > 1] for found in split]
    vocabulary = {word for found in split for word in found}
    meaning = None
    if encoder is not None and every:
        meaning = _meaning(every, Vectors(encoder, cache and cache / "vectors"), progress)
    return Index(every, bm25.build(bags), Repair(vocabulary), meaning)


def _meaning(every: Sequence[Unit], store: Vectors, progress: Progress) -> Meaning:
    whole = [f"{u.article.title}. {u.passage.heading}. {u.passage.text}" for u in every]
    labels = [_labels(u) for u in every]
    topics = [names(u.article) for u in every]
    sentences = [[f"{u.article.title}: {s.text}" for s in u.passage.sentences] for u in every]
    words = [content_words(u) for u in every]
    flat_labels, flat_topics = _flat(labels), _flat(topics)
    flat_sentences, flat_words = _flat(sentences), _flat(words)
    # one call, so that progress counts everything
    store.rows([*whole, *flat_labels, *flat_topics, *flat_sentences, *flat_words], progress)
    return Meaning(
        store=store,
        passages=store.take(store.rows(whole)),
        labels=store.take(store.rows(flat_labels)),
        label_bounds=_bounds(labels),
        topics=store.rows(flat_topics),
        topic_bounds=_bounds(topics),
        sentences=store.rows(flat_sentences),
        bounds=_bounds(sentences),
        words=store.rows(flat_words),
        word_bounds=_bounds(words),
    )


def _labels(unit: Unit) -> list[str]:
    """Return the labels of a unit and the questions it answers, under each name of the subject."""
    found = []
    for name in names(unit.article):
        found.append(f"{name}: {unit.passage.heading}")
        if _explained(unit):
            found.append(f"What is {name}?")
        alone = dataclasses.replace(unit.article, title=name, passages=(unit.passage,))
        found += questions(alone)[:MAX_QUESTIONS]
    return list(dict.fromkeys(found))


def _explained(unit: Unit) -> bool:
    """Return whether the unit is where the article says what its subject is."""
    texts = [sentence.text for sentence in unit.passage.sentences]
    every = (tuple(stems(name)) for name in names(unit.article))
    return any(definition.explains(n, [], texts) for n in every if n) or bool(
        _WHAT_IT_IS.search(unit.passage.heading)
    )


def _flat(groups: Iterable[Sequence[str]]) -> list[str]:
    return [text for texts in groups for text in texts]


def _bounds(groups: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    return np.concatenate(
        [np.zeros(1, np.int64), np.cumsum([len(g) for g in groups], dtype=np.int64)]
    )
