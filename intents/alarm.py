"""Calls for help, by rules and by what is meant.

The rules (intents/emergency.py) know our wordings: of 292 calls by strangers they find 166, and of
475 ordinary utterances as near to calls as the strangers could make them they take 16 for one. A
small network over the vector of the whole sentence, which is told what the rules say, knows no
wording but what it is about: with it 269 are found, and 8 false. Weights and figures come from
`script/bench fit_emergency`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
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
# texts of which the odds are kept
_MOST_KNOWN = 64


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
        # the same guesses are asked about again and again
        self._known: dict[str, float] = {}

    def find(self, hypotheses: Sequence[Hypothesis]) -> str | None:
        """Return the words that call for help, in any credible guess; None when nobody does.

        The rules look at each, the meaning (a run of the encoder for all of them) at most.
        """
        ruled, meant = _credible(hypotheses)
        found = [(guess.text, find_emergency(guess.text)) for guess in ruled]
        self._weigh([text for text, phrase in found if phrase])
        for text, phrase in found:
            if phrase and self._believed(text, WITH_A_RULE, short=True):
                return phrase
        texts = [guess.text for guess in meant]
        self._weigh(texts)
        return next((said(t) for t in texts if self._believed(t, THRESHOLD, short=False)), None)

    def _believed(self, text: str, bar: float, *, short: bool) -> bool:
        """Tell whether the meaning of a text reaches the bar; `short` is the word of the rules."""
        if self._encoder is None or _too_short(text):
            return short
        return self._known[text] >= bar

    def _weigh(self, texts: Sequence[str]) -> None:
        """Find the log odds of those texts that are not known, in one run of the encoder."""
        new = [t for t in dict.fromkeys(texts) if t not in self._known and not _too_short(t)]
        if self._encoder is None or not new:
            return
        if len(self._known) > _MOST_KNOWN:
            self._known = {text: self._known[text] for text in texts if text in self._known}
        vectors = self._encoder.encode([said(text) for text in new])
        rules = np.array([by_rule(text) for text in new], np.float32)
        odds = self._network.odds(np.hstack([vectors, rules]))
        self._known.update(zip(new, map(float, odds), strict=True))

    @cached_property
    def _network(self) -> Perceptron:
        return read(WEIGHTS)


def _too_short(text: str) -> bool:
    return len(said(text).split()) < FEWEST_WORDS


def _credible(
    hypotheses: Sequence[Hypothesis],
) -> tuple[Sequence[Hypothesis], Sequence[Hypothesis]]:
    """Return the guesses that the rules look at, and those whose meaning is looked at.

    Where a second pass heard the utterance, its guesses and the free ear's best: the library's ear
    knows calls for help, and makes them of what sounds alike. Of 220 calls and 155 ordinary
    utterances about the same things by five synthesizers, 197 and 13 were found; with every guess
    for the rules and each ear's best for the meaning 180 and 16.
    """
    best = best_of_each_ear(hypotheses)
    second = [guess for guess in hypotheses if guess.ear == "second"]
    if not second:
        return hypotheses, best
    both = (*second, *(guess for guess in best if guess.ear == "free"))
    return both, both
