"""Ways to rank texts for a question: the product and its peers, all over the same texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from intents.matching import bm25
from intents.matching.matcher import Cross
from intents.matching.terms import stems
from intents.text import normalize, words
from intents.types import Article, ArticleId, Hypothesis, Passage, Sentence
from intents.understanding import Encoder, Understanding

# question -> places of the best texts, best first
Ranker = Callable[[str], Sequence[int]]


def as_article(number: int, title: str, heading: str, text: str) -> Article:
    """Return an article of one passage with one sentence."""
    sentence = Sentence(text, 0, len(text))
    return Article(ArticleId(str(number)), title, text, (Passage(heading, (sentence,), 0),))


def ours(
    articles: Sequence[Article], encoder: Encoder | None, cross: Cross | None = None
) -> Ranker:
    """Return the product's matcher; places count passages in the articles' order."""
    places = {
        (article.id, passage.position): place
        for place, (article, passage) in enumerate((a, p) for a in articles for p in a.passages)
    }
    understanding = Understanding(articles, encoder=encoder, cross=cross)
    return lambda question: [
        places[match.article.id, match.passage.position]
        for match in understanding.rank([Hypothesis(question)])
    ]


def token_set(texts: Sequence[str]) -> Ranker:
    """Return rapidfuzz's token_set_ratio."""
    plain = [normalize(text) for text in texts]
    return lambda question: [
        place
        for _, _, place in process.extract(normalize(question), plain, scorer=fuzz.token_set_ratio)
    ]


def stemmed_bm25(texts: Sequence[str]) -> Ranker:
    """Return BM25 over stems."""
    index = bm25.build([stems(text) for text in texts])
    return lambda question: _first(index.scores(stems(question)))


def full_text(texts: Sequence[str]) -> Ranker:
    """Return SQLite's FTS5 with its porter tokenizer, ranked by its own bm25."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table t using fts5(body, tokenize='porter')")
    base.executemany("insert into t(rowid, body) values (?, ?)", enumerate(texts))

    def rank(question: str) -> list[int]:
        asked = " OR ".join(f'"{word}"' for word in words(question))
        sql = "select rowid from t where t match ? order by rank limit 5"
        return [row for (row,) in base.execute(sql, (asked,))]

    return rank


def plain_vectors(texts: Sequence[str], encoder: Encoder) -> Ranker:
    """Return cosine of the sentence encoder's vectors, nothing else."""
    table = encoder.encode(texts)
    return lambda question: _first(table @ encoder.encode([question])[0])


def _first(scores: NDArray[np.float32]) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")[:5]]


def peers(texts: Sequence[str], encoder: Encoder | None) -> dict[str, Ranker]:
    """Return every peer over the texts, by name."""
    found = {
        "rapidfuzz token_set": token_set(texts),
        "BM25, stemmed": stemmed_bm25(texts),
        "SQLite FTS5 porter": full_text(texts),
    }
    if encoder is not None:
        found["MiniLM alone"] = plain_vectors(texts, encoder)
    return found
