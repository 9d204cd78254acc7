"""Words spelled by phones: what makes a word hearable before the model is built again.

The starter model knows, besides its words, a word for each phone at the start, inside and at the
end of a word ("#k-b-0", "#ah-i-2", "#sh-e-1"). They lead from one to the next only, without a pause
between, so a chain of them is scored as the word itself would be, cross-word context included. Only
run-time grammars name them; the model's own language model does not.

A run-time grammar of vosk joins any two neighbors it has seen. Phones inside words therefore come
in several copies, and every word takes copies that no other word has as long as there are some:
then no chain can cross over into another. First and last phones may be shared: nothing crosses
there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from models.lexicon import PHONES, Phones, distance

Place = Literal["b", "i", "e"]
PLACES: tuple[Place, ...] = ("b", "i", "e")
# Copies of each phone at each place.
COPIES: dict[Place, int] = {"b": 1, "i": 6, "e": 1}
MARK = "#"
# A chain that is no word's is taken for the word whose phones differ least, up to this share.
_NEAR = 0.34


def token(phone: str, place: Place, copy: int) -> str:
    """Return the name of one piece, as it stands in the model's word list."""
    return f"{MARK}{phone.lower()}-{place}-{copy}"


def tokens() -> tuple[tuple[str, str, Place, int], ...]:
    """Return (name, phone, place, copy) of every piece."""
    return tuple(
        (token(phone, place, copy), phone, place, copy)
        for place in PLACES
        for phone in sorted(PHONES)
        for copy in range(COPIES[place])
    )


def phone_of(name: str) -> str:
    """Return the phone that a piece stands for."""
    return name.removeprefix(MARK).split("-")[0].upper()


def spell(words: Mapping[str, Sequence[Phones]]) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return each word's chains of pieces, one a pronunciation.

    A pronunciation of a single phone has none: it is no word of its own before the next build.
    """
    used: Counter[tuple[str, Place]] = Counter()
    found = {}
    for word, readings in words.items():
        chains = tuple(_chain(phones, used) for phones in readings if len(phones) > 1)
        if chains:
            found[word] = chains
    return found


def _chain(phones: Phones, used: Counter[tuple[str, Place]]) -> tuple[str, ...]:
    places: list[Place] = ["b", *["i"] * (len(phones) - 2), "e"]  # type: ignore[list-item]
    chain = []
    for phone, place in zip(phones, places, strict=True):
        chain.append(token(phone, place, used[phone, place] % COPIES[place]))
        used[phone, place] += 1
    return tuple(chain)


def nearest(chain: Sequence[str], words: Mapping[str, Sequence[Phones]]) -> str:
    """Return the word whose phones are nearest to those of a chain; "" when none is near."""
    heard = tuple(phone_of(name) for name in chain)
    ranked = sorted(
        (distance(heard, phones) / len(phones), word)
        for word, readings in words.items()
        for phones in readings
    )
    return ranked[0][1] if ranked and ranked[0][0] <= _NEAR else ""
