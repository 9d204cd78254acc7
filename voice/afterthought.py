"""What is said soon after a question was taken for finished: "what causes cramps ... at night".

No silence tells for sure that somebody has finished (voice/endpoint.py). Where the decision came
too early, what comes before the answer begins is not lost: joined with the question it is decided
on again. What is said into the answer is not: over the loudspeaker "of a nosebleed" was heard as
"mostly", and a rest of our own echo as "and her sleep", and both of them were answered. Pure.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence

from intents.completeness import joined
from intents.text import normalize
from intents.types import Answer, Decision, Hypothesis, OutOfScope, Unsure
from voice.audio import SAMPLE_RATE_HZ
from voice.interruption import FILLERS

# From the end of the question to the start of the rest. Pauses inside an utterance last up to 2 s;
# the longest silence that is waited for is 2.5 s, and an answer to it begins within another 0.5 s.
WITHIN = 3 * SAMPLE_RATE_HZ

# Guesses kept of either part: "what is my soul" was heard, and "what is muscle" less surely.
MOST_GUESSES = 3
# A question of its own, most often the last one put in other words because it was refused: joined,
# the two would bring more evidence than either has.
_QUESTION = re.compile(
    r"(?:what|why|how|who|when|where|which|is|are|was|were|do|does|did|can|could|should|would|will"
    r"|may|must|has|have|tell|i)\b"
)

Decide = Callable[[Sequence[Hypothesis]], Decision]


class Afterthought:
    """The last question and its decision; times are samples since the beginning."""

    def __init__(self, decide: Decide) -> None:
        """`decide` judges the question with its rest."""
        self._decide = decide
        self.forget()

    def forget(self) -> None:
        """Forget the question: what comes next belongs to nothing."""
        self._asked: Sequence[Hypothesis] = ()
        self._end = 0
        self._decision: Decision | None = None

    def asked(self, heard: Sequence[Hypothesis], decision: Decision, end: int) -> None:
        """Remember a question that ended at `end`; a command is complete and forgotten."""
        if isinstance(decision, Answer | Unsure | OutOfScope):
            self._asked, self._decision, self._end = heard[:MOST_GUESSES], decision, end
        else:
            self.forget()

    def follows(self, start: int) -> bool:
        """Tell whether speech from `start` on may be the rest of it."""
        return bool(self._asked) and start - self._end <= WITHIN

    def whole(
        self, heard: Sequence[Hypothesis], end: int
    ) -> tuple[tuple[Hypothesis, ...], Answer] | None:
        """Return the whole question and its answer, where that is another than before.

        `heard` are the guesses at the rest.
        """
        rest = [dataclasses.replace(guess, text=normalize(guess.text)) for guess in heard]
        rest = [guess for guess in rest if not FILLERS.issuperset(guess.text.split())]
        if not self._asked or not rest or _QUESTION.match(rest[0].text):
            return None
        whole = self._joined(rest)
        decision = self._decide(whole)
        if not isinstance(decision, Answer) or self._known(decision):
            return None
        self.asked(whole, decision, end)
        return whole, decision

    def _joined(self, rest: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
        """Return each guess at the question with each at its rest, the likeliest first."""
        pairs = [
            (late + early, whole)
            for early, begun in enumerate(self._asked)
            for late, whole in enumerate(joined(normalize(begun.text), rest[:MOST_GUESSES]))
        ]
        return tuple(whole for _, whole in sorted(pairs, key=lambda pair: pair[0]))

    def _known(self, answer: Answer) -> bool:
        before = self._decision
        return isinstance(before, Answer) and before.match.passage == answer.match.passage
