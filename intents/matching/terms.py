"""Words as the matcher sees them: content words, stems and letter n-grams."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import snowballstemmer

from intents.text import words

# Words that carry no topic. Question words and polite filler belong here: people ramble.
STOP = frozenset(
    files("intents.matching").joinpath("stopwords.txt").read_text(encoding="utf-8").split()
)
_stemmer = snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
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


def grams(text: str, low: int = 3, high: int = 5) -> Grams:
    """Count the letter n-grams of `text`, words padded with a space at both ends."""
    found: Counter[str] = Counter()
    for word in text.split():
        padded = f" {word} "
        for size in range(low, high + 1):
            found.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return Grams(found, math.sqrt(sum(count * count for count in found.values())))


def overlap(one: Grams, other: Grams) -> float:
    """Return the cosine of two counts, 0 when either is empty."""
    shared = one.counts.keys() & other.counts.keys()
    if not shared:
        return 0.0
    dot = sum(one.counts[gram] * other.counts[gram] for gram in shared)
    return dot / (one.norm * other.norm)
