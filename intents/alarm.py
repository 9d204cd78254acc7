"""Calls for help by rule or by meaning: the rules know our wordings, the meaning finds others.

The rules (intents/emergency.py) found 64 of 70 calls that were written without looking at them;
vectors of whole sentences, compared by a logistic regression, know no wording but what it is about.
Weights and figures come from `script/bench fit_emergency`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.emergency import find_emergency, ruled_out
from intents.guesses import best_of_each_ear
from intents.text import normalize
from intents.types import Hypothesis

WEIGHTS = Path(__file__).with_name("emergency_meaning.npz")
# Log odds from which the meaning alone is believed; see the figures of fit_emergency.
THRESHOLD = 2.5
# One word ("help", "ambulance") has too little meaning; the rules decide.
FEWEST_WORDS = 3
_MOST_WORDS = 40


class Encoder(Protocol):
    """intents.encoder.MiniLm or a fake."""

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (len(texts), 384)."""


def said(text: str) -> str:
    """Return the words that are compared: as a recognizer writes them."""
    return " ".join(normalize(text).split()[:_MOST_WORDS])


class Alarm:
    """Finds calls for help; without an encoder by the rules alone."""

    def __init__(self, encoder: Encoder | None) -> None:
        """Read nothing yet."""
        self._encoder = encoder
        # the same partial is asked about again and again
        self._score = lru_cache(64)(self._fresh_score)

    def find(self, hypotheses: Sequence[Hypothesis]) -> str | None:
        """Return the words that call for help, in any guess; None when nobody does.

        The rules look at every guess, the meaning (a run of the encoder) at each ear's best.
        """
        by_rule = filter(None, (find_emergency(guess.text) for guess in hypotheses))
        found = next(by_rule, None)
        if found or self._encoder is None:
            return found
        best = (said(guess.text) for guess in best_of_each_ear(hypotheses))
        return next((plain for plain in best if self._calls(plain)), None)

    def _calls(self, plain: str) -> bool:
        """Tell whether words mean a call for help and no rule says that they are none."""
        long_enough = len(plain.split()) >= FEWEST_WORDS
        return long_enough and self._score(plain) >= THRESHOLD and not ruled_out(plain)

    def _fresh_score(self, plain: str) -> float:
        assert self._encoder is not None
        weights, bias = self._weights
        return float(self._encoder.encode([plain])[0] @ weights + bias)

    @cached_property
    def _weights(self) -> tuple[NDArray[np.float32], float]:
        with np.load(WEIGHTS) as kept:
            return kept["weights"], float(kept["bias"])
