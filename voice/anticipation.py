"""What the library makes of an utterance while it is still being said. Pure but for `decide`.

Looked at only in a silence: fluent speech costs nothing, and the guesses (100 ms) and a decision
(30 ms) are there before the shortest silence that ends an utterance (300 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intents.completeness import Completeness, completeness, taken_as
from intents.types import Answer, Decision, Hypothesis, Ms

# Probability from which an answer is given as it was foreseen, without the end of the first pass.
# That end costs 20 to 60 ms, and its late guesses more than they bring: of 248 questions by four
# synthetic voices 66 answers were foreseen with 0.7 or more, 62 of them right; of the same, 56 were
# right afterwards, 4 wrong, 6 not answered.
SURE = 0.7

Decide = Callable[[Sequence[Hypothesis]], Decision]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An answer that was decided on before the utterance ended, and what it was decided from."""

    heard: Sequence[Hypothesis]
    decision: Answer


class Anticipation:
    """Judges each new wording of the utterance in progress once."""

    def __init__(
        self,
        decide: Decide,
        *,
        continues: Callable[[str], bool],
        prepare: Callable[[Decision], None],
    ) -> None:
        """`continues` tells whether more belongs after these words; `prepare` gets what is likely.

        `prepare` is called with the decision on an utterance that looks complete, before it ended.
        """
        self._decide = decide
        self._continues = continues
        self._prepare = prepare
        # the wording judged last, and the verdict on it
        self._judged = ""
        self._found: Completeness = "likely"
        # the verdict that was told in this silence, and how long it lasted when last looked at
        self._told: Completeness | None = None
        self._silence_ms = Ms(0)
        self._answer: Foreseen | None = None

    def judge(self, silence_ms: Ms, guesses: Sequence[Hypothesis]) -> Completeness | None:
        """Judge the guesses at the utterance so far, best first; None when nothing new is known.

        `silence_ms` is how long the silence lasts so far. Within one silence a guess may still
        change for the worse ("tell me the", "tell me that"): "unfinished" then stays. A breath
        after the words begins another silence; the verdict on the same words is then told again.
        """
        if silence_ms < self._silence_ms:
            self._told = None
        self._silence_ms = silence_ms
        if not guesses or not guesses[0].text:
            return None
        if guesses[0].text != self._judged:
            self._judged = guesses[0].text
            self._found = self._look(guesses)
        elif self._told is not None:
            return None
        if self._found == "unknown" and self._told == "unfinished":
            return None
        self._told = self._found
        return self._found

    @property
    def foreseen(self) -> Foreseen | None:
        """The answer to the words so far, when they are a whole question."""
        return self._answer

    def _look(self, guesses: Sequence[Hypothesis]) -> Completeness:
        decision, text = self._decide(guesses), guesses[0].text
        # "what is my soul" does not go on, but "what is muscle", another guess at it, does
        continues = any(map(self._continues, {text, taken_as(decision) or text}))
        found = completeness(text, decision, continues=continues)
        whole = found == "complete"
        if whole:
            self._prepare(decision)
        self._answer = (
            Foreseen(guesses, decision) if whole and isinstance(decision, Answer) else None
        )
        return found

    def reset(self) -> None:
        """Forget the utterance."""
        self._told = None
        self._answer = None
        self._judged = ""
        self._silence_ms = Ms(0)
