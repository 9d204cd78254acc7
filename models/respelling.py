"""Plain letters to phones and back: how an owner writes a sound without knowing phone symbols.

"kuh keck see uh" is read by the table below, longest letters first; every letter counts. The other
way, phones are written in letters that eSpeak is known to read as these phones: of several ways to
write them the one whose reading by eSpeak's rules is nearest is taken.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from models import espeak
from models.errors import ModelError
from models.lexicon import VOWELS, Phones, distance

# Letters -> CMU phones. Vowels: uh AH, ah AA, aw AO, a AE, eh or e EH, ih or i IH, ee IY, ay EY,
# eye or igh AY, oh OW, oo UW, uu UH, oy OY, ow AW, er ER; o and u are short (hot, hut).
LETTERS = {
    "uh": "AH", "ah": "AA", "aw": "AO", "eh": "EH", "ih": "IH", "ee": "IY", "ea": "IY",
    "ay": "EY", "ai": "EY", "eye": "AY", "igh": "AY", "ie": "AY", "oh": "OW", "oa": "OW",
    "oo": "UW", "ew": "Y UW", "uu": "UH", "oy": "OY", "oi": "OY", "ow": "AW", "ou": "AW",
    "er": "ER", "ir": "ER", "ur": "ER", "ar": "AA R", "or": "AO R", "air": "EH R", "ear": "IH R",
    "a": "AE", "e": "EH", "i": "IH", "o": "AA", "u": "AH", "y": "Y",
    "ch": "CH", "tch": "CH", "sh": "SH", "th": "TH", "dh": "DH", "zh": "ZH", "ng": "NG",
    "ck": "K", "ph": "F", "kh": "K", "qu": "K W", "wh": "W", "b": "B", "c": "K", "d": "D",
    "f": "F", "g": "G", "h": "HH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N", "p": "P",
    "q": "K", "r": "R", "s": "S", "t": "T", "v": "V", "w": "W", "x": "K S", "z": "Z",
}  # fmt: skip
_LONGEST = max(map(len, LETTERS))

# CMU phone -> letters that eSpeak may read as that phone, the likeliest first
_WRITTEN = {
    "AA": ("ah", "o"), "AE": ("a",), "AH": ("uh", "a", "u"), "AO": ("aw", "au"), "AW": ("ow",),
    "AY": ("igh", "eye", "y"), "B": ("b",), "CH": ("ch",), "D": ("d",), "DH": ("th",),
    "EH": ("eh", "e"), "ER": ("er", "ur"), "EY": ("ay", "ai"), "F": ("f",), "G": ("g", "gg"),
    "HH": ("h",), "IH": ("ih", "i"), "IY": ("ee",), "JH": ("j",), "K": ("k",), "L": ("l",),
    "M": ("m",), "N": ("n",), "NG": ("ng",), "OW": ("oh", "o"), "OY": ("oy",), "P": ("p",),
    "R": ("r",), "S": ("s", "ss"), "SH": ("sh",), "T": ("t",), "TH": ("th",), "UH": ("oo",),
    "UW": ("oo",), "V": ("v",), "W": ("w",), "Y": ("y",), "Z": ("z",), "ZH": ("zh",),
}  # fmt: skip
_JOINTS = ("", "-", " ")


def phones_like(text: str) -> Phones:
    """Read a plain spelling such as "kuh keck see uh"; ModelError names what has no sound."""
    found: list[str] = []
    for piece in re.split(r"[\s-]+", text.strip().lower()):
        found += _read(piece, text)
    if not found:
        raise ModelError("A spelling needs letters, such as: kuh keck see uh")
    return tuple(found)


def _read(piece: str, whole: str) -> Iterator[str]:
    at = 0
    while at < len(piece):
        sizes = range(min(_LONGEST, len(piece) - at), 0, -1)
        letters = next((piece[at : at + n] for n in sizes if piece[at : at + n] in LETTERS), "")
        if not letters:
            raise ModelError(
                f"'{piece[at]}' in '{whole}' is no letter of a plain spelling; "
                "write syllables such as: kuh keck see uh"
            )
        at += len(letters)
        # a doubled consonant is one sound: "ss" as in "less"
        if len(letters) == 1 and letters not in "aeiou" and piece[at : at + 1] == letters:
            at += 1
        yield from LETTERS[letters].split()


def syllables(phones: Phones) -> tuple[Phones, ...]:
    """Split phones before the last consonant ahead of each vowel ("maximal onset" cut to one)."""
    starts = [0]
    vowels = [k for k, phone in enumerate(phones) if phone in VOWELS]
    for before, vowel in itertools.pairwise(vowels):
        starts.append(vowel - 1 if vowel - before > 1 else vowel)
    return tuple(phones[a:b] for a, b in itertools.pairwise([*starts, len(phones)]) if a < b)


def written(phones: Phones, first: str = "") -> str:
    """Return letters that make eSpeak say these phones, as nearly as the ways tried allow.

    `first` is a spelling to try before our own, such as the owner's.
    """
    tried = [first] if first else []
    tried += _spellings(phones)
    return min(tried, key=lambda spelling: distance(espeak.phones(spelling), phones))


def _spellings(phones: Phones) -> Iterator[str]:
    """Yield ways to write phones: each way of writing vowels with each way of joining syllables."""
    cut = syllables(phones)
    for joint in _JOINTS:
        for way in range(max(map(len, _WRITTEN.values()))):
            yield joint.join(
                "".join(_WRITTEN[p][min(way, len(_WRITTEN[p]) - 1)] for p in syllable)
                for syllable in cut
            )
        # closed syllables short ("keck"), open ones long ("see")
        yield joint.join("".join(_mixed(syllable)) for syllable in cut)


def _mixed(syllable: Phones) -> Iterator[str]:
    closed = bool(syllable) and syllable[-1] not in VOWELS
    for phone in syllable:
        ways = _WRITTEN[phone]
        yield ways[-1] if closed and phone in VOWELS else ways[0]
