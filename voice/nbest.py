"""Pure: what libvosk writes as JSON -> hypotheses with probabilities, and words with true times."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from intents.text import normalize
from intents.types import Hypothesis, Ms

EarName = Literal["library", "free", "second"]

# libvosk 0.3.45 multiplies frame numbers by 0.03 s whatever the model's frame is.
_VOSK_FRAME_MS = 30
# "[unk]" of a grammar, "<UNK>" of official models: a sound, not a word
_NON_WORD = re.compile(r"^[\[<(].*[\])>]$")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the best hypothesis."""

    text: str
    # in the recording or since listening began, like Frame.start_ms
    start_ms: Ms
    end_ms: Ms
    # 0..1, the share of the n-best probability whose hypotheses have this word at this time
    confidence: float


@dataclass(frozen=True, slots=True)
class Alternative:
    """One line of an n-best list, normalized."""

    text: str
    # 0..1; over the whole list they sum to 1
    probability: float
    # (word, start, end) in libvosk's frames-times-30 milliseconds
    timed: tuple[tuple[str, float, float], ...] = ()


def partial_text(answer: str) -> str:
    """Return the words of a PartialResult."""
    return clean(str(json.loads(answer).get("partial", "")))


def clean(text: str) -> str:
    """Return `text` normalized, without marks such as [unk]."""
    return normalize(" ".join(w for w in text.split() if not _NON_WORD.match(w)))


def alternatives(answer: str, heard_ms: float = 0) -> tuple[Alternative, ...]:
    """Return the n-best list of a FinalResult, equal texts merged, most probable first.

    libvosk counts time from the recognizer's first recording: `heard_ms` of earlier recordings
    are taken off.

    libvosk gives each line the log of its likelihood; lines of one list are comparable, so their
    softmax is the posterior over the list. Lines without a word (silence, "[unk]") keep their
    share, so that the rest becomes less probable, and come back with an empty text.
    """
    lines = json.loads(answer).get("alternatives", [])
    if not lines:
        return ()
    top = max(float(line["confidence"]) for line in lines)
    weights = [math.exp(float(line["confidence"]) - top) for line in lines]
    merged: dict[str, Alternative] = {}
    for line, weight in zip(lines, weights, strict=True):
        found = _alternative(line, weight / sum(weights), heard_ms)
        known = merged.get(found.text)
        probability = found.probability + (known.probability if known else 0.0)
        timed = known.timed if known else found.timed
        merged[found.text] = Alternative(found.text, probability, timed)
    return tuple(sorted(merged.values(), key=lambda a: -a.probability))


def _alternative(line: dict[str, Any], probability: float, heard_ms: float) -> Alternative:
    timed = tuple(
        (clean(w["word"]), 1000 * w["start"] - heard_ms, 1000 * w["end"] - heard_ms)
        for w in line.get("result", ())
        if not _NON_WORD.match(w["word"])
    )
    return Alternative(clean(str(line["text"])), probability, timed)


def hypotheses(lists: Iterable[tuple[EarName, Sequence[Alternative]]]) -> tuple[Hypothesis, ...]:
    """Join the lists of several ears: best of each first, every text once, no empty text.

    A text that several ears heard keeps the first ear's name and the higher confidence; the one
    that all of them thought best is marked as agreed.
    """
    heard = [(ear, [a for a in found if a.text]) for ear, found in lists]
    first = {found[0].text for _, found in heard if found}
    agreed = len(heard) > 1 and len(first) == 1 and all(found for _, found in heard)
    ranked = [
        (rank, order, Hypothesis(a.text, a.probability, ear, agreed and a.text in first))
        for order, (ear, found) in enumerate(heard)
        for rank, a in enumerate(found)
    ]
    joined: dict[str, Hypothesis] = {}
    for _, _, one in sorted(ranked, key=lambda item: item[:2]):
        known = joined.setdefault(one.text, one)
        if one.confidence > known.confidence:
            joined[one.text] = replace(known, confidence=one.confidence)
    return tuple(joined.values())


def timed_words(found: Sequence[Alternative], start_ms: int, frame_ms: int) -> tuple[Word, ...]:
    """Return the words of the best line that has any.

    `frame_ms` is the model's real frame after subsampling, `start_ms` where the audio began.
    """
    best = next((a for a in found if a.text), None)
    if best is None:
        return ()
    scale = frame_ms / _VOSK_FRAME_MS
    return tuple(
        Word(
            word,
            Ms(start_ms + round(start * scale)),
            Ms(start_ms + round(end * scale)),
            _support(found, word, start, end),
        )
        for word, start, end in best.timed
        if word
    )


def _support(found: Sequence[Alternative], word: str, start: float, end: float) -> float:
    """Sum the probability of the lines that have `word` overlapping `start`..`end`."""
    total = sum(
        a.probability
        for a in found
        if any(w == word and s < end and e > start for w, s, e in a.timed)
    )
    return min(1.0, total)
