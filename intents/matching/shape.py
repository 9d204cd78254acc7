"""What the features need of one passage and no question changes: computed once, when indexed."""

from __future__ import annotations

import json
import re
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Any

from intents.matching import aspects
from intents.matching.aspects import Aspect
from intents.matching.phonetics import sound
from intents.matching.terms import content, grams, stem
from intents.matching.unit import Unit, names
from intents.text import normalize

# a clause that opens with an auxiliary; a question word just before it makes it an open question
_CLOSED = re.compile(
    r"(?:^|\b(?:and|so|but|uh|um|now|please|know if|know whether|wondering if|wonder if) |, )"
    r"(?:is|are|am|was|does|do|did|can|could|will|would|should|may|must|has|have)\b"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """One passage, prepared."""

    # what its article's subject is called
    names: tuple[str, ...]
    # the heading as it is written
    heading: str
    # 0-based place in the article
    position: int
    # an earlier passage of the article stands under the same heading
    later: bool
    # the heading is a question for yes or no
    closed: bool
    # stems of the heading that are in none of the names
    own: tuple[str, ...]
    # aspects that the passage speaks of, and that its heading announces: a bit each, in their order
    spoken: int
    headed: int
    # the words of the label, and lengths of its n-gram counts as written and as it sounds
    label: tuple[str, ...]
    letters: float
    sounds: float
    # normalized sentences
    sentences: tuple[str, ...]

    def speaks(self, aspect: Aspect) -> bool:
        """Return whether the passage speaks of an aspect."""
        return bool(self.spoken & _bit(aspect.name))

    def heads(self, aspect: Aspect) -> bool:
        """Return whether the heading announces it."""
        return bool(self.headed & _bit(aspect.name))


def closed(question: str) -> bool:
    """Return whether a question, as heard, is to be answered with yes or no."""
    return _CLOSED.search(question) is not None


def shape(unit: Unit) -> Shape:
    """Prepare a passage; about 1 ms."""
    called = names(unit.article)
    named = {stem(word) for name in called for word in normalize(name).split()}
    heading = normalize(unit.passage.heading)
    return Shape(
        names=called,
        heading=unit.passage.heading,
        position=unit.passage.position,
        later=unit.later,
        closed=closed(heading),
        own=tuple(s for s in map(stem, content(heading)) if s not in named),
        spoken=sum(_bit(a.name) for a in aspects.aspects() if a.spoken.search(unit.plain)),
        headed=sum(_bit(a.name) for a in aspects.aspects() if a.heading.search(heading)),
        label=tuple(unit.label.split()),
        letters=grams(unit.label).norm,
        sounds=grams(" ".join(map(sound, unit.label.split()))).norm,
        sentences=tuple(normalize(sentence.text) for sentence in unit.passage.sentences),
    )


def pack(here: Shape) -> bytes:
    """Return a prepared passage as JSON; `unpack` restores it in 10 microseconds."""
    return json.dumps(astuple(here), ensure_ascii=False, separators=(",", ":")).encode()


def unpack(data: bytes) -> Shape:
    """Return the passage that `pack` was given; ValueError or TypeError for anything else."""
    values: list[Any] = [tuple(v) if isinstance(v, list) else v for v in json.loads(data)]
    return Shape(*values)


@lru_cache(maxsize=1)
def _numbers() -> dict[str, int]:
    return {aspect.name: 1 << number for number, aspect in enumerate(aspects.aspects())}


def _bit(name: str) -> int:
    return _numbers()[name]
