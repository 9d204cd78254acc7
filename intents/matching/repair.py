"""Sound-alike repair: words the recognizer misheard become the library's words again.

"cash exia" -> "cachexia", "arthur ritis" -> "arthritis", "a trophy" -> "atrophy": runs of one to
four words are compared by sound with the library's longer words, and the best few replacements are
offered as further hypotheses at a price.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from intents.matching.phonetics import sounds
from intents.matching.terms import STOP

# letters and sounds below which a word is too short to be told from its neighbors by sound
MIN_LETTERS, MIN_SOUNDS = 5, 5
# of normalized edit distance between sound codes; the prototype's best
MAX_DISTANCE = 0.26
MAX_RUN = 4


@dataclass(frozen=True, slots=True)
class Repaired:
    """A question with library words put in."""

    text: str
    # normalized distance of the worst replacement, 0..1
    distance: float


@dataclass(frozen=True, slots=True)
class _Swap:
    distance: float
    start: int
    length: int
    word: str


class Repair:
    """The library's words by their sound."""

    def __init__(self, vocabulary: Mapping[str, str]) -> None:
        """Index words by their sounds, which are empty for words of less than MIN_LETTERS."""
        self._known = vocabulary.keys()
        table: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for word, code in vocabulary.items():
            if len(code) >= MIN_SOUNDS:
                table[len(code)].append((code, word))
        self._codes = {size: [code for code, _ in pairs] for size, pairs in table.items()}
        self._words = {size: [word for _, word in pairs] for size, pairs in table.items()}

    def alternatives(self, words: list[str], limit: int = 3) -> list[Repaired]:
        """Return up to `limit` repaired versions of the question, the best first."""
        swaps = sorted(
            (swap for start in range(len(words)) for swap in self._swaps(words, start)),
            key=lambda s: (s.distance, -s.length, s.start),
        )
        found = {" ".join(words): 0.0}
        for chosen in (_compatible(swaps), *([swap] for swap in swaps)):
            if chosen and len(found) <= limit:
                worst = max(swap.distance for swap in chosen)
                found.setdefault(_apply(words, chosen), max(worst, 0.0))
        return [Repaired(text, worst) for text, worst in list(found.items())[1 : limit + 1]]

    def _swaps(self, words: list[str], start: int) -> list[_Swap]:
        found = []
        for length in range(1, min(MAX_RUN, len(words) - start) + 1):
            run = words[start : start + length]
            if all(word in STOP for word in run) or (length == 1 and run[0] in self._known):
                continue
            found += [_Swap(d, start, length, word) for d, word in self._near(run)]
        return found

    def _near(self, run: list[str]) -> list[tuple[float, str]]:
        """Return (distance, word) pairs that sound like the run of words."""
        code, joined = sounds(run), "".join(run)
        if len(code) < MIN_SOUNDS:
            return []
        found = []
        for size in (len(code), len(code) - 1, len(code) + 1):
            hits = process.extract(
                code,
                self._codes.get(size, []),
                scorer=Levenshtein.normalized_distance,
                score_cutoff=MAX_DISTANCE,
                limit=2,
            )
            for _, distance, place in hits:
                word = self._words[size][place]
                if word not in run:
                    # the very letters, only cut apart: better than any sound-alike
                    found.append((-0.05 if word == joined else distance, word))
        return found


def _compatible(swaps: list[_Swap]) -> list[_Swap]:
    """Return the best swaps that do not overlap, greedily."""
    taken: set[int] = set()
    chosen = []
    for swap in swaps:
        span = set(range(swap.start, swap.start + swap.length))
        if not span & taken:
            taken |= span
            chosen.append(swap)
    return chosen


def _apply(words: list[str], chosen: list[_Swap]) -> str:
    out: list[str] = []
    by_start = {swap.start: swap for swap in chosen}
    at = 0
    while at < len(words):
        swap = by_start.get(at)
        out.append(swap.word if swap else words[at])
        at += swap.length if swap else 1
    return " ".join(out)
