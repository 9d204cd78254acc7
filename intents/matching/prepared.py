"""What matching needs of one article, prepared once, when it is added."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from intents.matching import definition
from intents.matching.shape import pack, shape
from intents.matching.terms import STOP, stems
from intents.matching.unit import Unit, names, units
from intents.questions import questions
from intents.types import Article

_WHAT_IT_IS = re.compile(r"^what\b.*\b(?:is|are)\W*$|^what (?:is|are)\b", re.IGNORECASE)
# questions a passage is found by, a name
MAX_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class Prepared:
    """One passage."""

    # its Shape as bytes
    shape: bytes
    # content words of label and text -> how often they stand there
    words: Counter[str]
    # what is compared by meaning: title, heading and text as one; "name: heading" and questions
    # that the passage answers; the article's names; sentences after their title and a colon
    whole: str
    labels: list[str]
    topics: tuple[str, ...]
    sentences: list[str]


def prepare(article: Article) -> Iterator[Prepared]:
    """Yield the passages of an article that can answer; about 3 ms each."""
    for unit in units([article]):
        title, passage = article.title, unit.passage
        both = f"{unit.label} {unit.plain}".split()
        yield Prepared(
            shape=pack(shape(unit)),
            words=_content(both),
            whole=f"{title}. {passage.heading}. {passage.text}",
            labels=_labels(unit),
            topics=names(article),
            sentences=[f"{title}: {sentence.text}" for sentence in passage.sentences],
        )


def _content(both: list[str]) -> Counter[str]:
    """Count the words that carry a topic; all of them where none does, for there must be one."""
    carrying = Counter(word for word in both if word not in STOP and len(word) > 1)
    return carrying or Counter(both) or Counter([""])


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
