"""What was written for training: articles, and questions about them and about MedQuAD documents."""

from __future__ import annotations

import dataclasses
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intents.readers import read_data
from intents.text import normalize
from intents.types import Article, ArticleId

TRAINING = Path(__file__).parent / "training"
# articles that were written for training, and what was asked about them
EVERYDAY = TRAINING / "everyday_articles.jsonl"
ASKED_EVERYDAY = TRAINING / "everyday_questions.jsonl"
HEADINGS = {
    "symptoms": "Symptoms",
    "treatment": "Treatment",
    "causes": "Causes",
    "exams and tests": "Diagnosis",
    "prevention": "Prevention",
    "outlook": "Outlook",
    "frequency": "How common it is",
    "inheritance": "Inheritance",
    "genetic changes": "Genes",
    "susceptibility": "Who is at risk",
    "complications": "Complications",
}
# the shortest ways to ask for what MedQuAD's types answer
PLAIN = {
    "information": ("what is {0}", "what does {0} mean", "tell me about {0}"),
    "symptoms": (
        "what are the symptoms of {0}",
        "what are signs of {0}",
        "how do i know i have {0}",
    ),
    "treatment": ("how is {0} treated", "what helps against {0}", "how do i treat {0}"),
    "causes": ("what causes {0}", "why do people get {0}", "what is the cause of {0}"),
    "exams and tests": ("how is {0} diagnosed", "how do they test for {0}"),
    "prevention": ("how can i prevent {0}", "how do you avoid {0}"),
    "outlook": ("what is the outlook for {0}", "will {0} get better"),
    "frequency": ("how common is {0}", "how many people have {0}"),
    "inheritance": ("is {0} inherited", "does {0} run in families"),
    "susceptibility": ("who gets {0}", "who is at risk for {0}"),
    "complications": ("what are the complications of {0}", "what can {0} lead to"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A question that somebody wrote about an article, and the beginning of what answers it."""

    article: str
    question: str
    # empty when the article does not say
    expect: Sequence[str]


def about_everyday(count: int | None = None) -> tuple[list[Written], dict[str, Article]]:
    """Return the questions about articles that were written for training, and these."""
    texts = {line["doc"]: line["text"] for line in lines_of(EVERYDAY)}
    articles = {
        name: read_data(texts[name].encode(), f"{name}.md").article
        for name in sorted(texts)[:count]
    }
    asked = [
        Written(q["doc"], q["question"], [q["quote"]] if q["quote"] else [])
        for q in lines_of(ASKED_EVERYDAY)
        if q["doc"] in articles
    ]
    return asked, articles


def about_medquad(
    documents: Mapping[str, Any], count: int | None = None
) -> tuple[list[Written], dict[str, Article]]:
    """Return the written questions about MedQuAD documents, and these."""
    questions = asked_medquad()
    names = sorted({q["doc"] for q in questions})[:count]
    articles = {name: as_article(documents[name]) for name in names}
    asked = [
        Written(q["doc"], q["question"], expected(q, documents[q["doc"]]))
        for q in questions
        if q["doc"] in articles
    ]
    return asked, articles


def asked_medquad() -> list[dict[str, Any]]:
    """Return the questions that were written about MedQuAD documents, as they were written."""
    return [q for path in sorted(TRAINING.glob("questions_*.jsonl")) for q in lines_of(path)]


def documents_of(path: Path) -> dict[str, Any]:
    """Return MedQuAD's documents by their ids."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {document["id"]: document for document in map(json.loads, file)}


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def plain(document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield short plain questions by type with what answers; of a type it lacks, nothing does."""
    name = normalize(document["focus"])
    answers = {qa["type"]: [" ".join(qa["answer"].split()[:8])] for qa in reversed(document["qas"])}
    for number, (kind, wordings) in enumerate(PLAIN.items()):
        turn = (zlib.crc32(document["id"].encode()) + number) % len(wordings)
        # a definition often stands in other sections too, so that its lack proves nothing
        if kind in answers or kind != "information":
            yield wordings[turn].format(name), answers.get(kind, [])


def as_article(document: dict[str, Any]) -> Article:
    """Return a document as the product would read it from a page with headings."""
    parts = [f"# {document['focus']}"]
    for qa in document["qas"]:
        # a third each: a short heading, the question, none of its own
        kind = zlib.crc32(f"{document['id']}{qa['type']}".encode()) % 3
        heading = (HEADINGS.get(qa["type"], ""), qa["question"].replace(" ?", "?"), "")[kind]
        parts.append(f"## {heading or document['focus']}\n\n{' '.join(qa['answer'].split())}")
    article = read_data("\n\n".join(parts).encode(), "page.md").article
    names = tuple(document["synonyms"])
    return dataclasses.replace(article, id=ArticleId(document["id"]), synonyms=names)


def expected(question: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """Return what the answering passage holds: the beginning of the quote, a few words long."""
    if question["kind"] != "answerable":
        return []
    quote = document["qas"][question["qa"]]["answer"][question["start"] : question["end"]]
    return [" ".join(quote.split()[:8])]
