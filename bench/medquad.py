"""`script/bench medquad FILE`: is the right document and section found under another name.

FILE is JSON lines (or gzip of it), a document a line: id, focus, synonyms, qas[type, question,
answer]. Each document is an article, each answer a passage headed by its type. Asked is the
question with the focus replaced by a synonym, where there is one. Peers rank the same passages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import rankers
from intents.sentences import split_sentences
from intents.types import Article, ArticleId, Passage, Sentence
from voice.config import Settings
from voice.wiring import Wiring

# the articles and questions drawn when no limit is given; all 5,486 take an hour to encode
DOCUMENTS, QUESTIONS, SEED = 300, 400, 1


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench medquad", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--limit", type=int, default=DOCUMENTS, help="documents, drawn at random")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    documents = draw(args.file, args.limit)
    articles = [article(document) for document in documents]
    owners = [a.id for a in articles for _ in a.passages]
    asked = questions(documents)
    wiring = Wiring(Settings())
    encoder = wiring.encoder
    texts = [f"{a.title}. {p.heading}. {p.text}" for a in articles for p in a.passages]
    ours = rankers.ours(articles, encoder, wiring.cross_encoder)
    every = {"Readback": ours, **rankers.peers(texts, encoder)}
    result = {name: measure(ranker, asked, owners) for name, ranker in every.items()}
    table = Table("ranker", "document", "document and section", title=f"{len(asked)} questions")
    for name, shares in result.items():
        table.add_row(name, *(f"{value:.3f}" for value in shares.values()))
    Console().print(table)
    if args.json:
        print(json.dumps({"questions": len(asked), "passages": len(texts), "rankers": result}))
    return 0


def draw(path: Path, limit: int) -> list[dict[str, Any]]:
    """Return documents drawn with a fixed seed."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        every = [json.loads(line) for line in file]
    random.Random(SEED).shuffle(every)
    return every[:limit]


def article(document: dict[str, Any]) -> Article:
    """Return a document as an article whose passages are its answers."""
    text, passages = "", []
    for position, qa in enumerate(document["qas"]):
        answer, start = " ".join(qa["answer"].split()), len(text)
        text += answer + "\n"
        sentences = tuple(
            Sentence(answer[a:b], start + a, start + b) for a, b in split_sentences(answer)
        )
        passages.append(Passage(qa["type"].capitalize(), sentences, position))
    names = tuple(document["synonyms"])
    return Article(ArticleId(document["id"]), document["focus"], text, tuple(passages), names)


def questions(documents: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return questions with the place of the right passage, at most QUESTIONS of them."""
    found, place = [], 0
    for document in documents:
        name = next(iter(document["synonyms"]), document["focus"])
        for qa in document["qas"]:
            found.append((qa["question"].replace(document["focus"], name), place))
            place += 1
    random.Random(SEED).shuffle(found)
    return found[:QUESTIONS]


def measure(
    ranker: rankers.Ranker, asked: Sequence[tuple[str, int]], owners: Sequence[str]
) -> dict[str, float]:
    """Return the shares of questions whose first passage is of the right document, and right."""
    first = [(next(iter(ranker(question)), -1), place) for question, place in asked]
    document = sum(got >= 0 and owners[got] == owners[place] for got, place in first)
    section = sum(got == place for got, place in first)
    total = max(1, len(asked))
    return {"document": round(document / total, 4), "section": round(section / total, 4)}
