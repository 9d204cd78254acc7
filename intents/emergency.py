"""Phrases that must get the emergency message: somebody in danger, now.

The rules are data (intents/emergency.yaml). They look for a person and a danger together, so that
"I can't breathe" is found and "what is chest pain medicine for" is not. Missing one is far worse
than one message too many; both are measured in tests/test_emergency.py.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Any

import yaml

from intents.text import normalize

# Longer texts are cut: no spoken call for help is, and patterns must stay quick.
_MOST_WORDS = 80
_QUESTION = re.compile(
    r"^(?:what|why|how|who|when|where|which|is|are|does|do|did|can|could|should|would|will|"
    r"tell me|explain|define|describe|read)\b"
)
# "what do I do, my husband collapsed": the question is only the door to the call for help
_OPENER = re.compile(
    r"^(?:(?:oh|god|please|hello|hey|okay|so|well|um|uh|readback|help)\b ?)*"
    r"(?:(?:what|how) (?:do|should|can|must|shall) (?:i|we) (?:do|help)(?: him| her)?"
    r"(?: now| here)?(?! (?:if|when|about|for|to|after|before|with|in|on|against)\b) ?)?"
)
# Somebody here and now is spoken of.
_SOMEBODY = re.compile(
    r"\b(?:i|me|my|mine|we|us|our|he|him|his|she|her|there|someone|somebody|this|the (?:baby|kid)|"
    r"they|them|help)\b"
)
_PART = re.compile(r"<(\w+)>")


class _Rules:
    """The compiled rules of emergency.yaml."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._parts = {name: f"(?:{body})" for name, body in data["parts"].items()}
        self.spellings = [
            (re.compile(rf"(?<!\w)(?:{heard})(?!\w)"), meant) for heard, meant in data["spellings"]
        ]
        self.strong = [self._compiled(p) for p in data["strong"]]
        self.weak = [self._compiled(p) for p in data["weak"]]
        self.danger = [self._compiled(p) for p in data["danger"]]
        self.never = [self._compiled(p) for p in data["never"]]

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        while _PART.search(pattern):
            pattern = _PART.sub(lambda m: self._parts[m[1]], pattern)
        return re.compile(rf"\b(?:{pattern})(?!\w)")


@cache
def _rules() -> _Rules:
    text = resources.files("intents").joinpath("emergency.yaml").read_text("utf-8")
    return _Rules(yaml.safe_load(text))


def find_emergency(text: str) -> str | None:
    """Return the words that call for help, as the rules read them; None when nobody does.

    `text` is typed or as a recognizer writes it.
    """
    rules = _rules()
    said, statement = _read(text)
    if any(pattern.search(statement) for pattern in rules.never):
        return None
    patterns = list(rules.strong)
    if not _QUESTION.match(statement):
        patterns += rules.weak
        patterns += rules.danger if _SOMEBODY.search(statement) else []
    for pattern in patterns:
        found = pattern.search(statement) or pattern.search(said)
        if found:
            return found[0].strip()
    return None


def ruled_out(text: str) -> bool:
    """Tell whether a rule says that this is no call for help, whatever else it sounds like."""
    _, statement = _read(text)
    return any(pattern.search(statement) for pattern in _rules().never)


def _read(text: str) -> tuple[str, str]:
    """Return the words as the rules spell them, and without the opening of a question."""
    plain = " ".join(normalize(text).split()[:_MOST_WORDS])
    for heard, meant in _rules().spellings:
        plain = heard.sub(meant, plain)
    said = " ".join(plain.split())
    return said, _OPENER.sub("", said)
