"""What the library makes of an utterance while it is still being said. Pure but for `decide`.

Looked at only in a silence: fluent speech costs nothing, and the guesses (70 ms) and a decision
(24 ms) are there before the shortest silence that ends an utterance (300 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intents.completeness import Completeness, completeness, taken_as
from intents.types import Decision, Hypothesis, Ms

Decide = Callable[[Sequence[Hypothesis]], Decision]


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
        self._judged = ""
        # the verdict of this silence, and how long it lasted when last looked at
        self._found: Completeness | None = None
        self._silence_ms = Ms(0)

    def judge(self, silence_ms: Ms, guesses: Sequence[Hypothesis]) -> Completeness | None:
        """Judge the guesses at the utterance so far, best first; None when nothing new is known.

        `silence_ms` is how long the silence lasts so far. Within one silence a guess may still
        change for the worse ("tell me the", "tell me that"): "unfinished" then stays.
        """
        if silence_ms < self._silence_ms:
            self._found = None
        self._silence_ms = silence_ms
        if not guesses or guesses[0].text == self._judged:
            return None
        self._judged = guesses[0].text
        found = self._look(guesses)
        if found == "unknown" and self._found == "unfinished":
            return None
        self._found = found
        return found

    def _look(self, guesses: Sequence[Hypothesis]) -> Completeness:
        decision, text = self._decide(guesses), guesses[0].text
        # "what is my soul" does not go on, but "what is muscle", another guess at it, does
        continues = any(map(self._continues, {text, taken_as(decision) or text}))
        found = completeness(text, decision, continues=continues)
        if found == "complete":
            self._prepare(decision)
        return found

    def reset(self) -> None:
        """Forget the utterance."""
        self._found = None
        self._judged = ""
        self._silence_ms = Ms(0)
