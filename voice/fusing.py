"""Pure: what two passes heard -> one list of guesses.

The second pass hears whole sentences well and cannot spell rare names; the first pass knows the
library's names and mishears the words around them. So the second pass' sentence is kept, and where
it has something that sounds like a name of the first pass' guess, it gets the name. Sounds are
compared by the code that the matcher uses (intents/matching/phonetics.py). A guess with a name on
which both ears of the first pass agreed is kept whole, for such guesses hardly err.

Measured, word errors of the first pass, the second, and both fused: 120 questions with rare medical
names by four synthesizers 0.07, 0.45, 0.07 (0.15 without the rule on agreed guesses); 140 everyday
questions by four synthesizers 0.46, 0.13, 0.13; 75 sentences read by people 0.98 (its library's
phrases) or 0.84 (free), 0.27, 0.27. How likely the second pass finds the guess tells no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from intents.matching.phonetics import sound
from intents.types import Hypothesis
from voice.nbest import Alternative

# A name takes the place of what differs from it in this share of its sounds at most. On the
# recordings above 0.3: word errors 0.21, 0.12, 0.27; 0.4: 0.15, 0.12, 0.27; 0.5: 0.11, 0.12, 0.32.
_NAME_DIFFERS = 0.4
# A guess of the first pass that differs more from what was heard is not in the sound: of its right
# guesses 19 of 20 differ in less than a third, of its wrong ones at strangers' speech 1 of 4. What
# its ears agreed on stays: of 115 such guesses 100 were right, most others but for one small word.
_GUESS_DIFFERS = 0.33


def fused(
    first: Sequence[Hypothesis],
    second: Sequence[Alternative],
    is_name: Callable[[str], bool],
) -> tuple[Hypothesis, ...]:
    """Return the guesses of both passes, best first, every text once.

    `first` is best first; `second` too, normalized. `is_name` tells whether a word is one that the
    second pass cannot be expected to spell. Without a second list nobody spoke, unless the first
    pass' ears agree.
    """
    if not second:
        return tuple(guess for guess in first if guess.agreed)
    written = [_reworded(one, without_repeat(one.text)) for one in second]
    spelled = _agreed_name(first, is_name) or with_names(
        written[0].text, [guess.text for guess in first], is_name
    )
    guesses = [_reworded(written[0], spelled), *written]
    kept = [guess for guess in first if _in_the_sound(guess, written[0].text)]
    agreed = any(guess.text == spelled for guess in first)
    own = [
        Hypothesis(one.text, one.probability, "second", agreed and one.text == spelled)
        for one in guesses
    ]
    joined: dict[str, Hypothesis] = {}
    for guess in (own[0], *(replace(guess, agreed=False) for guess in kept), *own[1:]):
        joined.setdefault(guess.text, guess)
    return tuple(joined.values())


def _agreed_name(first: Sequence[Hypothesis], is_name: Callable[[str], bool]) -> str:
    """Return the guess on which both ears agreed if there is a name in it, else ""."""
    agreed = (guess.text for guess in first if guess.agreed)
    return next((text for text in agreed if any(map(is_name, text.split()))), "")


def _reworded(one: Alternative, text: str) -> Alternative:
    """Return the same alternative in other words."""
    return Alternative(text, one.probability)


def without_repeat(text: str) -> str:
    """Return a sentence once that the second pass wrote down again and again."""
    words = text.split()
    for size in range(2, len(words) // 2 + 1):
        if words[:size] == words[size : 2 * size]:
            return " ".join(words[:size])
    return text


def with_names(text: str, guesses: Sequence[str], is_name: Callable[[str], bool]) -> str:
    """Return `text` with the first guess' names where it has something that sounds like them."""
    named = next((guess for guess in guesses if any(map(is_name, guess.split()))), None)
    if named is None:
        return text
    return " ".join(_spliced(text.split(), named.split(), is_name))


def _spliced(
    words: Sequence[str], guess: Sequence[str], is_name: Callable[[str], bool]
) -> Iterator[str]:
    changes = SequenceMatcher(None, words, guess, autojunk=False).get_opcodes()
    for kind, start, end, first, last in changes:
        mine, theirs = words[start:end], guess[first:last]
        named = kind == "replace" and any(map(is_name, theirs))
        yield from theirs if named and differ(mine, theirs) <= _NAME_DIFFERS else mine


def differ(some: Sequence[str], others: Sequence[str]) -> float:
    """Return which share (0 to 1) of their sounds differs."""
    first, second = ("".join(map(sound, words)) for words in (some, others))
    return Levenshtein.distance(first, second) / max(len(first), len(second), 1)


def _in_the_sound(guess: Hypothesis, heard: str) -> bool:
    return guess.agreed or differ(guess.text.split(), heard.split()) <= _GUESS_DIFFERS
