"""Calls for help, by rules and by what is meant.

The rules (intents/emergency.py) know our wordings: of 292 calls by strangers they find 166, and of
475 ordinary utterances as near to calls as the strangers could make them they take 16 for one. A
small network over the vector of the whole sentence, which is told what the rules say, knows no
wording but what it is about: with it 269 are found, and 8 false. Weights and figures come from
`script/bench fit_emergency`.
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
from intents.perceptron import Perceptron, read
from intents.text import normalize
from intents.types import Hypothesis

WEIGHTS = Path(__file__).with_name("emergency_meaning.npz")
# Log odds from which a call is believed; see the figures of fit_emergency.
THRESHOLD = 0.0
# ... that a rule finds as well: "i'm going to end it tonight" has -2, "my uncle had a heart attack
# at fifty and he's eighty six now" -5.
WITH_A_RULE = -4.0
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


def by_rule(text: str) -> tuple[bool, bool]:
    """Return whether a rule finds a call for help, and whether one says that there is none."""
    return find_emergency(text) is not None, ruled_out(said(text))


class Alarm:
    """Finds calls for help; without an encoder by the rules alone."""

    def __init__(self, encoder: Encoder | None) -> None:
        """Read nothing yet."""
        self._encoder = encoder
        # the same partial is asked about again and again
        self._odds = lru_cache(64)(self._fresh_odds)

    def find(self, hypotheses: Sequence[Hypothesis]) -> str | None:
        """Return the words that call for help, in any guess; None when nobody does.

        The rules look at every guess, the meaning (a run of the encoder) at each ear's best and
        at those that a rule found.
        """
        for guess in hypotheses:
            found = find_emergency(guess.text)
            if found and self._believed(guess.text, WITH_A_RULE, short=True):
                return found
        best = (guess.text for guess in best_of_each_ear(hypotheses))
        return next((said(t) for t in best if self._believed(t, THRESHOLD, short=False)), None)

    def _believed(self, text: str, bar: float, *, short: bool) -> bool:
        """Tell whether the meaning of a text reaches the bar; `short` is the word of the rules."""
        if self._encoder is None or len(said(text).split()) < FEWEST_WORDS:
            return short
        return self._odds(text) >= bar

    def _fresh_odds(self, text: str) -> float:
        assert self._encoder is not None
        vector = self._encoder.encode([said(text)])
        rules = np.array([by_rule(text)], np.float32)
        return float(self._network.odds(np.hstack([vector, rules]))[0])

    @cached_property
    def _network(self) -> Perceptron:
        return read(WEIGHTS)
