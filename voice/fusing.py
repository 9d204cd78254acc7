"""Pure: what two passes heard -> one list of guesses.

The second pass hears whole sentences well and cannot spell rare names; the first pass knows the
library's names and mishears the words around them. So the second pass' sentence is kept, and where
it has something that sounds like a name of the first pass' guess, it gets the name. Sounds are
compared by the code that the matcher uses (intents/matching/phonetics.py). A guess with a name on
which both ears of the first pass agreed is kept whole, for such guesses hardly err.

One witness is not enough, for the library's ear hears the library's words everywhere: "how many
cramps of fiber", "away from the cramp children". A name needs both ears, or the best guess of one
and a second pass that is unsure of what it wrote there. New words, which one ear alone can hear
(voice/spelled.py), need no other witness: else 0.68 of the medical names below would come out right
where the free ear does not know them, now 0.74.

That a name is rare in English tells less: "cramp" is rare enough, and "stuttering" is common. With
the commonest 20,000 words no names, 0.47 of 320 questions about names made of common words came out
right, before 0.96, now 0.97.

Measured, word errors of the first pass, the second, both fused by sound alone, and fused as here:
800 questions with rare medical names by four synthesizers 0.065, 0.504, 0.064, 0.059 (0.169 without
the rule on agreed guesses); 720 everyday questions by six 0.490, 0.187, 0.194, 0.185; 216 of other
wordings, looked at last, 0.219, 0.132, 0.123, 0.104; 150 sentences read by people 0.998 (its
library's phrases), 0.287, 0.301, 0.291. How likely the second pass finds the guess tells no more.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from rapidfuzz.distance import Levenshtein

from intents.matching.phonetics import sound
from intents.types import Hypothesis
from voice.nbest import Alternative

# A name that both ears heard takes the place of what differs from it in this share of its sounds at
# most. Word errors of the medical names, everyday questions and read sentences above with 0.4:
# 0.066, 0.185, 0.291; 0.5: 0.059, 0.185, 0.291; 0.6: 0.058, 0.185, 0.298.
_NAME_DIFFERS = 0.5
# The same for a name that one ear heard. 0.3: 0.061, 0.184, 0.287; 0.4: 0.059, 0.185, 0.291; 0.5:
# 0.057, 0.187, 0.291.
_LONE_NAME_DIFFERS = 0.4
# A guess of the first pass that differs more from what was heard is not in the sound: of its right
# guesses 19 of 20 differ in less than a third, of its wrong ones at strangers' speech 1 of 4. What
# its ears agreed on stays: of 115 such guesses 100 were right, most others but for one small word.
_GUESS_DIFFERS = 0.33
# As many first words at the end of a sentence are the beginning of a repetition.
_FEWEST_AGAIN = 3


def fused(
    first: Sequence[Hypothesis],
    second: Sequence[Alternative],
    is_name: Callable[[str], bool],
    for_one_ear: Container[str] = (),
) -> tuple[Hypothesis, ...]:
    """Return the guesses of both passes, best first, every text once.

    `first` is best first; `second` too, normalized. `is_name` tells whether a word is one that the
    second pass cannot be expected to spell; `for_one_ear` are those that only one ear can hear.
    Without a second list nobody spoke, unless the first pass' ears agree.
    """
    if not second:
        return tuple(guess for guess in first if guess.agreed)
    written = [_reworded(one, without_repeat(one.text)) for one in second]
    spelled = _agreed_name(first, is_name) or with_names(
        [one.text for one in written], first, is_name, for_one_ear
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
    """Return a sentence once that the second pass wrote down again and again, or began to."""
    words = text.split()
    for size in range(2, len(words) - 1):
        again = words[size : 2 * size]
        if len(again) >= min(size, _FEWEST_AGAIN) and words[: len(again)] == again:
            return " ".join(words[:size])
    return text


def with_names(
    written: Sequence[str],
    first: Sequence[Hypothesis],
    is_name: Callable[[str], bool],
    for_one_ear: Container[str] = (),
) -> str:
    """Return `written[0]` with the first pass' names where it has something that sounds like them.

    Best first, `written` are the texts of the second pass, `first` the guesses of the first.
    """
    named = next((guess for guess in first if any(map(is_name, guess.text.split()))), None)
    if named is None:
        return written[0]

    def takes(mine: Sequence[str], theirs: Sequence[str]) -> bool:
        names = [word for word in theirs if is_name(word)]
        alone = [name for name in names if not _in_both_ears(name, first)]
        if not alone:
            return bool(names) and differ(mine, theirs) <= _NAME_DIFFERS
        # where all its texts say the same, the second pass is right more often than one ear
        unsure = named is first[0] and not all(_stands_in(mine, text) for text in written)
        believed = unsure or all(name in for_one_ear for name in alone)
        return believed and differ(mine, theirs) <= _LONE_NAME_DIFFERS

    return " ".join(_spliced(written[0].split(), named.text.split(), takes))


def _spliced(
    words: Sequence[str],
    guess: Sequence[str],
    takes: Callable[[Sequence[str], Sequence[str]], bool],
) -> Iterator[str]:
    changes = SequenceMatcher(None, words, guess, autojunk=False).get_opcodes()
    for kind, start, end, first, last in changes:
        mine, theirs = words[start:end], guess[first:last]
        yield from theirs if kind == "replace" and takes(mine, theirs) else mine


def _in_both_ears(name: str, first: Sequence[Hypothesis]) -> bool:
    """Tell whether two ears have a name in their guesses."""
    named = [guess for guess in first if name in guess.text.split()]
    return any(guess.agreed for guess in named) or len({guess.ear for guess in named}) > 1


def _stands_in(some: Sequence[str], text: str) -> bool:
    """Tell whether a text has these words in a row."""
    return f" {' '.join(some)} " in f" {text} "


def differ(some: Sequence[str], others: Sequence[str]) -> float:
    """Return which share (0 to 1) of their sounds differs."""
    first, second = ("".join(map(sound, words)) for words in (some, others))
    return Levenshtein.distance(first, second) / max(len(first), len(second), 1)


def _in_the_sound(guess: Hypothesis, heard: str) -> bool:
    return guess.agreed or differ(guess.text.split(), heard.split()) <= _GUESS_DIFFERS
