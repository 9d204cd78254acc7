"""The listener's turn: an utterance outside an answer, from its first sound to the decision.

Runs in the loop's thread on its frames, as voice/barge_in.py does for what is said into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from intents import completeness
from intents.types import Answer, Decision, Hypothesis, Reply, Unfinished
from voice.anticipation import Anticipation
from voice.audio import Frame
from voice.endpoint import SpeechEnded
from voice.parts import Parts

# Silence after which the words so far are judged: 3 windows. Gaps between the words of fluent
# speech are shorter; the shortest silence that ends an utterance is 300 ms.
JUDGED_AFTER_MS = 96


class Turn:
    """One utterance at a time; what was left unfinished is kept for the next one."""

    def __init__(self, parts: Parts, tell: Callable[[str], None]) -> None:
        """`tell` gets the words heard so far whenever they change."""
        self._parts = parts
        self._tell = tell
        self._anticipation = Anticipation(
            parts.decide, continues=parts.continues, prepare=self._prepare
        )
        # what was left unfinished, when the rest was asked for
        self._begun = ""
        self.open = False

    def begin(self, frames: Iterable[Frame]) -> None:
        """Somebody began to speak; `frames` are those just heard."""
        self.open = True
        self._anticipation.reset()
        for frame in frames:
            self.hear(frame)

    def hear(self, frame: Frame) -> None:
        """Hear a frame."""
        partial = self._parts.ear.accept(frame)
        if partial:
            self._tell(partial.text)

    def anticipate(self) -> None:
        """In a silence, let the library say how long to wait for more."""
        silence_ms = self._parts.endpointer.silence_ms
        if silence_ms >= JUDGED_AFTER_MS:
            guesses = self._parts.ear.so_far()
            judged = self._anticipation.judge(silence_ms, guesses) if guesses else None
            if judged:
                self._parts.endpointer.tell(judged)

    def finish(self) -> Sequence[Hypothesis]:
        """End the utterance; return what was heard."""
        self.open = False
        return self._parts.ear.finish().hypotheses

    def decide(self, heard: Sequence[Hypothesis], ended: SpeechEnded) -> Decision:
        """Decide on what was heard, as the rest of what was begun before if it fits there."""
        begun, self._begun = self._begun, ""
        if begun:
            whole = self._parts.decide(completeness.joined(begun, heard))
            if isinstance(whole, Answer):
                return whole
        best = heard[0].text
        if ended.completeness == "unfinished" and completeness.unfinished(best) and not begun:
            self._begun = best
            return Unfinished(best)
        return self._parts.decide(heard)

    def give_up(self) -> None:
        """Forget an utterance without end, and that the rest of one was asked for."""
        self.reset()
        self._begun = ""

    def reset(self) -> None:
        """Forget the utterance."""
        if self.open:
            self._parts.ear.reset()
        self.open = False

    def _prepare(self, decision: Decision) -> None:
        """Have the likely answer's first sentence rendered."""
        likely = self._parts.dialogue.preview(decision)
        if isinstance(likely, Reply):
            self._parts.narrator.prepare(likely)
