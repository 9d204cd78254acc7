"""How words are pronounced: the CMU dictionary of the pocketsphinx wheel, then rules.

Beside the dictionary stands `supplement.txt`, a short list of medical words of our own.
Measured by taking 2,000 words beyond the commonest 20,000 out of the dictionary: 6.9% of the
phones of the first reading differ from the dictionary's (eSpeak alone 7.7%), 5.7% of the nearest of
parts and eSpeak, 3.4% of the nearest with the reading by analogy (alone 13.7%).
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import platformdirs

from models import espeak, letters, wordforms
from models.errors import ModelError
from models.letters import Letters
from models.starter.sphinx import wheel_folder

Phones = tuple[str, ...]
Origin = Literal["dictionary", "rules", "espeak", "analogy", "owner"]

_VOWEL_LIST = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
_CONSONANT_LIST = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
VOWELS = frozenset(_VOWEL_LIST.split())
PHONES = frozenset(f"{_VOWEL_LIST} {_CONSONANT_LIST}".split())
# A vowel may carry its stress: EH1.
_STRESSED = re.compile(f"^({_VOWEL_LIST.replace(' ', '|')})[012]$")

# A word as the recognizer writes it: letters, apostrophes and hyphens, nothing else.
WORD = re.compile(r"'?[a-z]+(?:['-][a-z]+)*'?")
# Readings by parts that differ more than this from eSpeak's are false parts ("the rapist").
_PARTS_AGREE = 0.35
# A reading by analogy that differs more than this from all others is no reading at all.
_AGREES = 0.5
# More readings than this slow the search and confuse it.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """One way to say a word."""

    # CMU phones without stress
    phones: Phones
    # "dictionary", "rules" (made from parts), "espeak" (by its rules), "analogy" (as the letters of
    # the dictionary's words are read), "owner" (given by hand)
    origin: Origin


@lru_cache(maxsize=1)
def dictionary() -> Mapping[str, tuple[Phones, ...]]:
    """Return the CMU dictionary and our supplement: word -> pronunciations in order."""
    found = _read((wheel_folder() / "cmudict-en-us.dict").read_text(encoding="utf-8"))
    ours = _read((Path(__file__).parent / "supplement.txt").read_text(encoding="utf-8"))
    return found | {word: phones for word, phones in ours.items() if word not in found}


def _read(text: str) -> dict[str, tuple[Phones, ...]]:
    found: dict[str, tuple[Phones, ...]] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            word, *phones = line.split()
            word = re.sub(r"\(\d+\)$", "", word)
            found[word] = (*found.get(word, ()), tuple(phones))
    return found


def parse_phones(text: str) -> Phones:
    """Read a string of CMU phones ("K AH K"); stress digits are dropped. Raises ModelError."""
    phones = tuple(_STRESSED.sub(r"\1", part) for part in text.upper().split())
    for phone in phones:
        if phone not in PHONES:
            raise ModelError(
                f"'{phone}' is not a CMU phone; the phones are {' '.join(sorted(PHONES))}."
            )
    if not phones:
        raise ModelError("A pronunciation needs at least one phone, such as K AH K EH K S IY AH.")
    return phones


def plain(word: str) -> str:
    """Return a word as dictionaries write it: small letters, straight apostrophes."""
    return word.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@lru_cache(maxsize=1)
def analogy() -> Letters:
    """Return what the dictionary teaches about letters; learned once, then kept in the cache."""
    names = (wheel_folder() / "cmudict-en-us.dict", Path(letters.__file__))
    key = hashlib.sha256(b"".join(path.read_bytes() for path in names)).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("readback", appauthor=False))
    kept = folder / f"letters-{key}.npz"
    found = letters.load(kept)
    if found is None:
        found = letters.learn(dictionary())
        # a cache that cannot be written costs seconds, nothing else
        with contextlib.suppress(OSError):
            letters.save(found, kept)
    return found


def pronounce(word: str, *, widely: bool = False) -> tuple[Pronunciation, ...]:
    """Return the ways to say a word, best first; empty if it has none ("b12", "").

    `widely` adds to the dictionary's how people read the word who do not know it.
    """
    lower = plain(word)
    known = dictionary()
    if not WORD.fullmatch(lower):
        return tuple(Pronunciation(phones, "dictionary") for phones in known.get(lower, ()))
    if lower not in known:
        return by_rules(lower, known)
    listed = {phones: Pronunciation(phones, "dictionary") for phones in known[lower]}
    if widely:
        for p in (Pronunciation(espeak.phones(lower), "espeak"), *_by_analogy(lower)):
            if p.phones and any(distance(p.phones, q) <= _AGREES * len(q) for q in known[lower]):
                listed.setdefault(p.phones, p)
    return tuple(listed.values())[:_MOST]


def _by_analogy(word: str) -> tuple[Pronunciation, ...]:
    phones = analogy().read(word)
    return (Pronunciation(phones, "analogy"),) if phones else ()


def by_rules(word: str, known: Mapping[str, Sequence[Phones]]) -> tuple[Pronunciation, ...]:
    """Return readings of a word that is not in the dictionary: from known parts, then eSpeak's."""
    if "-" in word:
        return _hyphenated(word.split("-"))
    spelled = espeak.variants(word)
    found: dict[Phones, Origin] = {}
    for phones in wordforms.parts(word, known):
        if _agrees(phones, spelled):
            found.setdefault(phones, "rules")
    for phones in spelled:
        found.setdefault(phones, "espeak")
    for p in _by_analogy(word):
        if any(distance(p.phones, phones) <= _AGREES * len(phones) for phones in found):
            found.setdefault(p.phones, p.origin)
    return tuple(Pronunciation(phones, origin) for phones, origin in found.items())[:_MOST]


def _hyphenated(pieces: Sequence[str]) -> tuple[Pronunciation, ...]:
    """Return the first reading of each piece, in a row."""
    readings = [pronounce(piece) for piece in pieces]
    if not all(readings):
        return ()
    phones = tuple(phone for reading in readings for phone in reading[0].phones)
    return (Pronunciation(phones, "rules"),)


def _agrees(phones: Phones, spelled: Sequence[Phones]) -> bool:
    return any(distance(phones, s) <= _PARTS_AGREE * len(s) for s in spelled)


def distance(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many phones must change, appear or vanish to get from one to the other."""
    row = list(range(len(second) + 1))
    for i, phone in enumerate(first, start=1):
        corner, row[0] = row[0], i
        for j, other in enumerate(second, start=1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (phone != other))
    return row[-1]
