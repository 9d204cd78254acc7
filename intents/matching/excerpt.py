"""Which sentences of a passage to read first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from intents.types import Passage, Sentence

# What is read at a time: about 20 s at the default 165 words a minute (issue 4 asks for at most
# about 20 s; the listener goes on with one word)
WORDS_AT_A_TIME = 55


def excerpt(
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
    in_time = sum(counts[: best + 1]) <= WORDS_AT_A_TIME
    start = 0 if whole or in_time or passage.kind == "list" else best
    end, spent = start + 1, counts[start]
    while end < len(sentences) and spent + counts[end] <= WORDS_AT_A_TIME:
        spent += counts[end]
        end += 1
    return sentences[start:end]
