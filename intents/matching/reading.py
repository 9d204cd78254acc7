"""Which sentences of a passage to read first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents.types import Passage, Sentence

# 20 seconds at 165 words a minute
FIRST_WORDS = 55


def first_reading(
    passage: Passage, fits: Sequence[float] | NDArray[np.float32], *, whole: bool = False
) -> tuple[Sentence, ...]:
    """Return whole sentences in reading order, about 20 seconds, around the one that fits best.

    `fits` has one value a sentence; `whole` says that the question is about the passage as a whole.
    It is then read from its start, as it is when the best sentence is reached in time, because its
    first sentence says what "it" is; else from the best one on. A list is never entered in its
    middle.
    """
    sentences = passage.sentences
    counts = [len(sentence.text.split()) for sentence in sentences]
    best = int(np.argmax(fits)) if len(fits) else 0
    in_time = sum(counts[: best + 1]) <= FIRST_WORDS
    start = 0 if whole or in_time or passage.kind == "list" else best
    end, spent = start + 1, counts[start]
    while end < len(sentences) and spent + counts[end] <= FIRST_WORDS:
        spent += counts[end]
        end += 1
    return sentences[start:end]
