"""What the library makes of an utterance while it is still being said. Pure but for `decide`.

Looked at only in a silence: fluent speech costs nothing, and a decision (24 ms) is over before the
shortest silence that ends an utterance (300 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intents.completeness import Completeness, completeness
from intents.types import Decision, Hypothesis, Ms
from voice.recognizer import Partial

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
        self._partial: Partial | None = None
        self._judged = ""
        # the verdict of this silence, and how long it lasted when last looked at
        self._found: Completeness | None = None
        self._silence_ms = Ms(0)

    def hear(self, partial: Partial) -> None:
        """Take the newest partial."""
        self._partial = partial

    def judge(self, silence_ms: Ms) -> Completeness | None:
        """Judge the newest partial; None when nothing new is known.

        `silence_ms` is how long the silence lasts so far. Within one silence a partial may still
        change for the worse ("tell me the", "tell me that"): "unfinished" then stays.
        """
        if silence_ms < self._silence_ms:
            self._found = None
        self._silence_ms = silence_ms
        partial = self._partial
        if partial is None or not partial.text or partial.text == self._judged:
            return None
        self._judged = partial.text
        found = self._look(partial)
        if found == "unknown" and self._found == "unfinished":
            return None
        self._found = found
        return found

    def _look(self, partial: Partial) -> Completeness:
        decision = self._decide([Hypothesis(partial.text, ear=partial.ear)])
        found = completeness(partial.text, decision, continues=self._continues(partial.text))
        if found == "complete":
            self._prepare(decision)
        return found

    def reset(self) -> None:
        """Forget the utterance."""
        self._partial = self._found = None
        self._judged = ""
        self._silence_ms = Ms(0)
