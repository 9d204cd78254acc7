"""Among an utterance's guesses, the one that each ear thinks best. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from intents.types import Hypothesis


def best_of_each_ear(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return the first guess of each ear, in the order given.

    Late guesses hide short commands and cost time; what must not be found by chance, or is dear to
    look for, is looked for in these alone.
    """
    first: dict[str, Hypothesis] = {}
    for hypothesis in hypotheses:
        first.setdefault(hypothesis.ear, hypothesis)
    return tuple(first.values())
