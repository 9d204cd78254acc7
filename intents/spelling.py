"""Which word a listener wants spelled, and how to spell it so that it can be written down. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intents.text import fold

# The international radiotelephony spelling alphabet (ICAO, 1956), made to be told apart by ear.
_ALPHABET = {
    word[0]: word
    for word in [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "kilo",
        "lima",
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
        "uniform",
        "victor",
        "whiskey",
        "x-ray",
        "yankee",
        "zulu",
    ]
}
# "atrophy" and "cachexia" are hard, "strength" and "shrinking" are not (tests/test_dialogue.py).
_HARD = 11
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# What words of Greek and Latin make, which people cannot write from hearing.
_LEARNED = re.compile(
    r"ph|rh|ps|pn|ae|oe|(?<!^e)x|y(?=[^\W\d])|ch(?=[elr])|"
    r"(?:itis|osis|emia|oma|ia|ism|genic|pathy|pathic|plasty|ectomy|oid|oids)$"
    r"|^(?:neuro|cardi|derm|gastr|hyper|hypo|myo|osteo|sarco|cortico|pneumo)"
)
# Marks of everyday words: their endings, and letters that Greek and Latin words do not have.
_EVERYDAY = re.compile(
    r"(?:ing|ed|ly|ness|ful|less|er|est|gth|ght)s?$|^(?:some|every|any|other)|k|w"
)


def unusual_word(texts: Sequence[str]) -> str | None:
    """Return the last word of `texts` that is hard to write down, else the hardest of them all.

    Long words and words of Greek or Latin make are hard; None when no word has four letters.
    """
    words: list[str] = [w for text in texts for w in _WORD.findall(text) if len(w) > 3]
    hard = [w for w in words if _hardness(w) >= _HARD]
    if hard:
        return hard[-1]
    return max(reversed(words), key=_hardness) if words else None


def spell(word: str) -> str:
    """Return "C as in Charlie, A as in Alpha, ..." for the letters of `word`."""
    return ", ".join(_letter(c) for c in fold(word) if not c.isspace()) + "."


def _letter(character: str) -> str:
    name = _ALPHABET.get(character.lower())
    if name:
        return f"{character.upper()} as in {name.capitalize()}"
    return {"'": "apostrophe", "-": "hyphen"}.get(character, character)


def _hardness(word: str) -> int:
    lower = fold(word).lower()
    found = len(_LEARNED.findall(lower))
    return len(lower) + 4 * found - (5 if _EVERYDAY.search(lower) else 0)
