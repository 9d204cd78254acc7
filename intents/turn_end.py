"""Is the question whole? Judged by what the sentence encoder makes of its last word.

Silence alone does not tell (intents/completeness.py), and rules know the endings that somebody
thought of. Any question cut between two words is one that is not whole, so that a small network can
learn the difference from questions alone (`script/bench fit_turn_end`): of held-out questions 94%
have odds above 0, of their beginnings 10%. The sound was tried and tells less (voice/endpoint.py).
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.perceptron import Perceptron, read
from intents.text import normalize

WEIGHTS = Path(__file__).with_name("turn_end.npz")
# texts of which the odds are kept: a few guesses at a few wordings of an utterance
_MOST_KNOWN = 64


class Encoder(Protocol):
    """intents.encoder.MiniLm or a fake."""

    def ends(self, texts: list[str]) -> NDArray[np.float32]:
        """Return the states of the last piece and of the closing one, (len(texts), 2304)."""


class TurnEnd:
    """Tells how likely it is that somebody has finished."""

    def __init__(self, encoder: Encoder) -> None:
        """Read nothing yet."""
        self._encoder = encoder
        self.odds = lru_cache(_MOST_KNOWN)(self._odds)

    def _odds(self, text: str) -> float:
        """Return the log odds that nothing follows; 0 where a whole one is as likely as a begun."""
        states = self._encoder.ends([normalize(text)])
        return float(self._network.odds(states)[0])

    @cached_property
    def _network(self) -> Perceptron:
        return read(WEIGHTS)
