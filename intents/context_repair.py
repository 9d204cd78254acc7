"""The sentence of a grammar that is nearest to misheard words, found by best-first search."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from intents.context_grammar import Acceptor

# Costs in units of one wholly wrong word. A heard word too many is likelier (noise becomes words)
# than a word of the sentence that left no trace.
_EXTRA = 0.7
_UNHEARD = 0.9
# A word that is the only way on says nothing new: "skim" is "skim milk" cut short.
_FORCED = 0.2
# Small words are swallowed and invented most.
_SMALL = frozenset(("a", "an", "and", "the", "of", "with", "to", "in", "is", "it", "i"))
_SMALL_COST = 0.4
# States looked at before giving up: 15 times what 12 foreign words took in the coffee grammar.
_MOST_STEPS = 50_000
# Letters that stand for the same sound, so that spelling distance follows sound.
_SOUNDS = (("ph", "f"), ("ck", "k"), ("q", "k"), ("x", "ks"), ("wr", "r"), ("kn", "n"))
_LETTERS = str.maketrans({"c": "k", "z": "s", "y": "i", "d": "t", "g": "k", "v": "f", "b": "p"})


def nearest(
    made: Acceptor, heard: Sequence[str], most: float
) -> tuple[float, tuple[str, ...]] | None:
    """Return the cost and the words of the cheapest sentence of `made`, or None above `most`.

    0 is an exact sentence; a wrong word costs up to 1. Dijkstra over (words heard, state).
    """
    queue: list[tuple[float, int, int, tuple[str, ...]]] = [(0.0, 0, 0, ())]
    done: set[tuple[int, int]] = set()
    for _ in range(_MOST_STEPS):
        if not queue:
            return None
        cost, at, state, said = heapq.heappop(queue)
        if (at, state) in done:
            continue
        done.add((at, state))
        if at == -len(heard) and state in made.finals:
            return cost, said
        for step in _steps(made, heard, -at, state):
            extra, position, target, word = step
            if cost + extra <= most and (-position, target) not in done:
                # the negative position lets the search prefer what has used more of the words
                heapq.heappush(
                    queue, (cost + extra, -position, target, (*said, word) if word else said)
                )
    return None


def _steps(
    made: Acceptor, heard: Sequence[str], at: int, state: int
) -> list[tuple[float, int, int, str]]:
    """Return (cost, next position, next state, word said) of every move."""
    forced = len(made.arcs[state]) == 1 and state not in made.finals
    steps = [
        (_FORCED if forced else _cost(w, _UNHEARD), at, target, w)
        for w, target in made.arcs[state].items()
    ]
    if at < len(heard):
        word = heard[at]
        steps.append((_cost(word, _EXTRA), at + 1, state, ""))
        steps += [(unlike(word, w), at + 1, t, w) for w, t in made.arcs[state].items()]
    return steps


def _cost(word: str, full: float) -> float:
    return _SMALL_COST if word in _SMALL else full


@lru_cache(maxsize=100_000)
def unlike(first: str, second: str) -> float:
    """Return how different two words sound: 0 (alike) to 1, by the letters their sounds share."""
    if first == second:
        return 0.0
    return 0.05 + 0.95 * float(Levenshtein.normalized_distance(_sound(first), _sound(second)))


def _sound(word: str) -> str:
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return word.translate(_LETTERS)
