"""How words are pronounced: the CMU dictionary of the pocketsphinx wheel, then rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.errors import ModelError
from models.starter.sphinx import wheel_folder

Phones = tuple[str, ...]
Origin = Literal["dictionary", "rules", "owner"]

_VOWELS = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANTS = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
PHONES = frozenset(f"{_VOWELS} {_CONSONANTS}".split())


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say a word."""

    # CMU phones without stress
    phones: Phones
    # "owner": given by hand
    origin: Origin


@lru_cache(maxsize=1)
def dictionary() -> dict[str, tuple[Phones, ...]]:
    """Return the CMU dictionary: word -> its pronunciations in the file's order."""
    found: dict[str, tuple[Phones, ...]] = {}
    text = (wheel_folder() / "cmudict-en-us.dict").read_text(encoding="utf-8")
    for line in text.splitlines():
        word, *phones = line.split()
        word = re.sub(r"\(\d+\)$", "", word)
        found[word] = (*found.get(word, ()), tuple(phones))
    return found


def parse_phones(text: str) -> Phones:
    """Read a string of CMU phones ("K AH K"); stress digits are dropped. Raises ModelError."""
    phones = tuple(re.sub(r"[012]$", "", part) for part in text.upper().split())
    for phone in phones:
        if phone not in PHONES:
            raise ModelError(
                f"'{phone}' is not a CMU phone; the phones are {' '.join(sorted(PHONES))}."
            )
    if not phones:
        raise ModelError("A pronunciation needs at least one phone, such as K AH K EH K S IY AH.")
    return phones


def pronounce(word: str) -> tuple[Pronunciation, ...]:
    """Return the ways to say a word, best first; empty if none can be found."""
    known = dictionary().get(word.lower())
    return tuple(Pronunciation(phones, "dictionary") for phones in known or ())
