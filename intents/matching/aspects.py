"""What is asked of a subject, and whether a passage speaks of it.

"How is muscle atrophy diagnosed" is about the right article, but the article says nothing about
diagnosis: sentence vectors cannot tell (19% false answers at 70% coverage in the first experiment),
these words can. The table is data: aspects.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from intents.text import normalize


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that can be asked."""

    name: str
    asked: re.Pattern[str]
    spoken: re.Pattern[str]
    # a heading that announces it
    heading: re.Pattern[str]
    # finishes "The article on X does not say ..."
    missing: str
    # a passage without any of its words cannot be the answer
    strict: bool


@lru_cache(maxsize=1)
def aspects() -> tuple[Aspect, ...]:
    """Return the table, in its order."""
    text = files("intents.matching").joinpath("aspects.toml").read_text(encoding="utf-8")
    return tuple(
        Aspect(
            name=name,
            asked=re.compile("|".join(entry["asked"])),
            spoken=re.compile("|".join(entry["spoken"])),
            heading=re.compile("|".join(entry.get("heading", entry["asked"]))),
            missing=entry["missing"],
            strict=entry["strict"],
        )
        for name, entry in tomllib.loads(text).items()
    )


def asked(question: str) -> tuple[Aspect, ...]:
    """Return the aspects that a question asks for, strict ones first."""
    plain = normalize(question)
    found = [aspect for aspect in aspects() if aspect.asked.search(plain)]
    return tuple(sorted(found, key=lambda aspect: not aspect.strict))
