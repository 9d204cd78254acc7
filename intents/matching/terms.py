"""Words as the matcher sees them: content words, stems and letter n-grams."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import snowballstemmer

from intents.text import words

# Words that carry no topic. Question words and polite filler belong here: people ramble.
STOP = frozenset(
    files("intents.matching").joinpath("stopwords.txt").read_text(encoding="utf-8").split()
)
# letters of an n-gram
GRAM_SIZES = (3, 4, 5)
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the Porter2 stem of a lower-case word."""
    stemmed: str = _stemmer.stemWord(word.removesuffix("'s"))
    return stemmed


def content(text: str) -> list[str]:
    """Return the words of `text` that carry a topic, in order, repeats included."""
    return [w for w in words(text) if w not in STOP and len(w) > 1]


def stems(text: str) -> list[str]:
    """Return the stems of the content words of `text`."""
    return [stem(w) for w in content(text)]


class Grams(NamedTuple):
    """Letter n-grams with the length of their count vector, which many comparisons need."""

    counts: Counter[str]
    norm: float


def grams(text: str) -> Grams:
    """Count the letter n-grams of `text`, words padded with a space at both ends."""
    found = Counter(gram for word in text.split() for gram in _grams(word))
    return Grams(found, math.sqrt(sum(count * count for count in found.values())))


def _grams(word: str) -> Iterator[str]:
    padded = f" {word} "
    for size in GRAM_SIZES:
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]


class Spelling:
    """The words of a question, to be compared with those of many labels by their n-grams.

    N-grams do not cross words, so that the common ones of two texts add up over pairs of words:
    counting those of both texts anew for 72 labels took a third of a decision.
    """

    def __init__(self, words: Sequence[str], code: Callable[[str], str] = str) -> None:
        """Count the words' n-grams, as written or as another code has them."""
        self._code = code
        self._own = grams(" ".join(map(code, words)))
        self._shared: dict[str, int] = {}

    def overlap(self, label: Sequence[str], norm: float) -> float:
        """Return the cosine with a label whose count vector has this length."""
        shared = sum(map(self._count, label))
        return shared / (self._own.norm * norm) if shared else 0.0

    def _count(self, word: str) -> int:
        known = self._shared.get(word)
        if known is None:
            # a gram that the word has twice counts twice, as in the product of both counts
            own = self._own.counts.get
            known = sum(own(gram, 0) for gram in _grams(self._code(word)))
            self._shared[word] = known
        return known
