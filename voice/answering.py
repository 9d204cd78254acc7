"""The loop's speaking half: what a decision leads to, said sentence by sentence.

The hearing half is voice/assistant.py; both run in its thread, frame by frame. What to say is the
dialogue's, how it sounds the narrator's.
"""

from __future__ import annotations

from collections.abc import Callable

from intents.types import Command, Control, Decision, Reply, Utterance
from voice import events
from voice.bedtime import Bedtime
from voice.changes import carry_out
from voice.events import Event
from voice.parts import Parts

# Commands that act on the sound as it is; everything else cuts it first.
KEEP_SOUND = frozenset({"pause", "resume"})
# A long reading is kept this often, in sentences: a power cut loses less than a minute of it.
KEPT_EVERY = 4


class Answering:
    """Answers one decision at a time, and follows what is heard of the answer."""

    def __init__(
        self, parts: Parts, notify: Callable[[Event], None], ended: Callable[[], None]
    ) -> None:
        """Say nothing yet; `ended` is called, before it is told, when nothing is said any more."""
        self._parts = parts
        self._notify = notify
        self._ended = ended
        self._bedtime = Bedtime(parts)
        self._saying: Utterance | None = None
        # sentences begun since the start
        self._said = 0
        # the answer is held, not ended
        self.paused = False
        # the program ends when nothing is being said any more
        self._last_words = False

    @property
    def over(self) -> bool:
        """Whether the last words of all were said."""
        return self._last_words and not self._parts.narrator.speaking

    def quit(self) -> None:
        """Be silent for good."""
        self._parts.narrator.cut()
        self._last_words = True

    def follow(self, *, listening: bool) -> None:
        """Pass on what was heard of the answer, and tell what is being said.

        Nobody is wished good night while he speaks to us: `listening`.
        """
        for report in self._parts.narrator.poll():
            self._parts.dialogue.spoken(report)
        current = self._parts.narrator.current
        if current is self._saying:
            return
        if current is not None and self._bedtime.holding:
            # the sentence has ended that was being read when the time was over
            if listening:
                return
            self._go_to_sleep()
            current = self._parts.narrator.current
        self._saying = current
        if current is not None:
            self._said += 1
            if self._said % KEPT_EVERY == 0:
                self._parts.keep()
            self._notify(events.Saying(current))
        else:
            self._end()

    def mind_bedtime(self, samples: int, *, listening: bool) -> None:
        """End the reading when the sleep timer has run out, not in the middle of a sentence."""
        if self._bedtime.pass_time(samples, listening=listening, paused=self.paused):
            self._notify(events.Asleep())

    def respond(self, decision: Decision | None) -> None:
        """Let the dialogue answer, after it knows what was heard of what is cut by this."""
        self._bedtime.coming = self._bedtime.holding = False
        self._parts.sleep.heard(decision)
        keeps = isinstance(decision, Command) and decision.name in KEEP_SOUND
        cut = self._parts.narrator.speaking and not keeps
        if cut:
            self._cut()
        outcome = self._parts.dialogue.heard(decision)
        if isinstance(outcome, Reply):
            self._say(outcome)
        else:
            self._change(outcome)
        if cut and not self._parts.narrator.speaking:
            self._end()

    def _end(self) -> None:
        self._ended()
        self._parts.keep()
        if self._bedtime.coming:
            self._bedtime.close()
        self._notify(events.Listening() if self._parts.gate.open else events.Asleep())

    def _go_to_sleep(self) -> None:
        """Cut what comes next and say good night."""
        self._bedtime.holding = False
        self._cut()
        outcome = self._parts.dialogue.heard(Command("good_night"))
        self._parts.sleep.set(0)
        if isinstance(outcome, Control):
            self._change(outcome)

    def _cut(self) -> None:
        """Be silent, and let the dialogue know what was heard until then."""
        self._parts.narrator.cut()
        for report in self._parts.narrator.poll():
            self._parts.dialogue.spoken(report)
        self._saying = None
        self._parts.keep()

    def _say(self, reply: Reply) -> None:
        self.paused = False
        self._parts.narrator.say(reply)

    def _change(self, control: Control) -> None:
        carry_out(control, self._parts)
        self._bedtime.coming = control.action == "sleep"
        self._last_words = self._last_words or control.action == "quit"
        self.paused = control.action == "pause"
        if control.reply:
            self._say(control.reply)
