"""The listener's turn: an utterance outside an answer, from its first sound to the decision.

Runs in the loop's thread on its frames, as voice/barge_in.py does for what is said into an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from intents import completeness, sleep
from intents.guesses import best_of_each_ear
from intents.text import normalize
from intents.types import Answer, Command, Decision, Emergency, Hypothesis, Reply, Unfinished
from voice.anticipation import ANSWERABLE, SURE, Anticipation, Foreseen
from voice.audio import Frame
from voice.endpoint import SpeechEnded
from voice.interruption import FILLERS, after_stop
from voice.parts import Parts

# Silence after which the words so far are judged: 3 windows. Gaps between the words of fluent
# speech are shorter; the shortest silence that ends an utterance is 300 ms.
JUDGED_AFTER_MS = 96

# decisions on what follows a "stop" that are acted on
_ACTED_ON = (Answer, Command, Emergency)


class Turn:
    """One utterance at a time; what was left unfinished is kept for the next one."""

    def __init__(self, parts: Parts, tell: Callable[[str], None]) -> None:
        """`tell` gets the words heard so far whenever they change."""
        self._parts = parts
        self._tell = tell
        self._anticipation = Anticipation(
            parts.decide,
            continues=parts.continues,
            turn_end=parts.turn_end,
            prepare=self._prepare,
        )
        # what was left unfinished, when the rest was asked for
        self._begun = ""
        # it began with a command that was obeyed while it was being said
        self.obeyed: Command | None = None
        self.open = False

    def begin(self, frames: Iterable[Frame], obeyed: Command | None = None) -> None:
        """Somebody began to speak; `frames` are those just heard."""
        self.open = True
        self.obeyed = obeyed
        self._anticipation.reset()
        for frame in frames:
            self.hear(frame)

    def hear(self, frame: Frame) -> None:
        """Hear a frame."""
        partial = self._parts.ear.accept(frame)
        if partial and self.obeyed is None:
            self._tell(partial.text)

    def anticipate(self) -> None:
        """In a silence, let the library say how long to wait for more."""
        silence_ms = self._parts.endpointer.silence_ms
        if silence_ms < JUDGED_AFTER_MS:
            self._anticipation.speech()
        elif self.obeyed is None:
            guesses = self._parts.ear.so_far()
            judged = self._anticipation.judge(guesses) if guesses else None
            if judged:
                self._parts.endpointer.tell(judged)

    def take_foreseen(self, ended: SpeechEnded) -> Foreseen | None:
        """End the utterance with the answer that was decided on in the silence that ended it.

        None unless it is sure, and good for all that was said: a second pass has heard it all by
        then, the first one's last words come with `finish` only. The ear still waits for a reset.
        """
        found = self._anticipation.foreseen
        if self._begun or ended.completeness not in ANSWERABLE or found is None:
            return None
        if found.heard[0].ear != "second" or found.decision.match.score < SURE:
            return None
        self.open = False
        return found

    def finish(self) -> Sequence[Hypothesis]:
        """End the utterance; return what was heard."""
        self.open = False
        return self._parts.ear.finish().hypotheses

    def breath(self, heard: Sequence[Hypothesis]) -> bool:
        """Return whether every ear made only "huh" or the like of it: a cough, and no question."""
        best = best_of_each_ear(heard)
        bare = all(FILLERS.issuperset(normalize(guess.text).split()) for guess in best)
        # "uh huh" is a yes
        return bare and not any(self._parts.parse_command(guess.text) for guess in best)

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

    def decide_rest(self, heard: Sequence[Hypothesis]) -> Decision | None:
        """Decide on what was said in one breath with a command that was obeyed at once.

        None where nothing follows ("stop reading"), or nothing that can be answered or obeyed:
        nobody waits for "the library does not say" after "stop talking like that".
        """
        obeyed, self.obeyed = self.obeyed, None
        commands = (self._parts.parse_command(guess.text) for guess in best_of_each_ear(heard))
        whole = next(filter(None, commands), None)
        if whole and whole.name == "sleep_timer":
            return sleep.not_now(whole)
        rest = after_stop(heard)
        if not rest or obeyed is None or (whole and whole.name == obeyed.name):
            return None
        decision = self._parts.decide(rest)
        same = isinstance(decision, Command) and decision.name == obeyed.name
        return decision if isinstance(decision, _ACTED_ON) and not same else None

    def give_up(self) -> None:
        """Forget an utterance without end, and that the rest of one was asked for."""
        self.reset()
        self._begun = ""

    def reset(self) -> None:
        """Forget the utterance."""
        if self.open:
            self._parts.ear.reset()
        self.open = False
        self.obeyed = None

    def _prepare(self, decision: Decision) -> None:
        """Have the likely answer's first sentence rendered."""
        likely = self._parts.dialogue.preview(decision)
        if isinstance(likely, Reply):
            self._parts.narrator.prepare(likely)
