"""The loop: frames in, answers out. Wiring only; what to hear, decide and say is decided elsewhere.

Runs in one thread. The microphone's frames are its clock: everything else (keys, what was heard of
the answer, lost devices) is looked at once every 32 ms frame, so nothing here waits or polls a
clock. Audio is kept in memory only, and only until the utterance was recognized.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Sequence

from intents.types import (
    Command,
    Decision,
    Emergency,
    Hypothesis,
    OutOfScope,
    Prompt,
)
from voice import endpoint, events
from voice.answering import Answering
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.barge_in import BargeIn, Remark
from voice.endpoint import SpeechEnded, SpeechStarted, TimedOut
from voice.events import Event
from voice.level import Level
from voice.overheard import Aside, called, judged
from voice.parts import Parts
from voice.turn import Turn
from voice.wake import addressed

__all__ = ["Assistant", "Key", "Parts"]

# What was heard just before speech was noticed is given to the ear as well: the start is noticed
# after 4 of 6 windows (up to 190 ms), and a soft first sound is 300 ms.
PRE_ROLL_FRAMES = 16
# Voice of this length (300 ms of it are pre-roll) without a word was speech that could not be made
# out; a cough is shorter.
SPEECH_SAMPLES = SAMPLE_RATE_HZ * 3 // 2
# After an answer its own echo in the room is not a question.
ECHO_FRAMES = 8

# "quit", "talk" (stop, or open the ear), or the name of a command
Key = str


class Assistant:
    """Connects the parts until somebody says or presses quit. `press` is for any thread."""

    def __init__(self, parts: Parts, notify: Callable[[Event], None] = lambda _: None) -> None:
        self._parts = parts
        self._tell = notify
        self._keys: queue.SimpleQueue[Key] = queue.SimpleQueue()
        self._recent: deque[Frame] = deque(maxlen=PRE_ROLL_FRAMES)
        self._turn = Turn(parts, lambda text: self._notify_addressed(events.Hearing(text)))
        self._barge_in = BargeIn(
            parts.command_ear,
            parts.parse_command,
            nearby=lambda: parts.narrator.nearby,
            asking=lambda: isinstance(parts.narrator.current, Prompt),
        )
        self._level = Level()
        self._answering = Answering(parts, self._notify, self._answer_ended)
        # the loudspeaker is lower because somebody speaks, or was not heard yet
        self._lowered = False
        # frames to ignore because the answer's echo may still be in them
        self._deaf = 0

    def run(self) -> None:
        """Listen and answer until quit, or until the microphone is closed.

        Raises DeviceError when a device went away for good and SpeechError when the voice failed.
        """
        self._notify(events.Listening())
        try:
            for frame in self._parts.microphone.frames():
                listening = self._listening or self._parts.overheard.busy
                self._answering.follow(listening=listening)
                self._obey_keys()
                if self._answering.over:
                    return
                self._answering.mind_bedtime(len(frame.pcm) // 2, listening=listening)
                self._judge_aside()
                self._hear(frame)
        finally:
            self._parts.keep()

    def press(self, key: Key) -> None:
        """Stop the answer, or end the program, at the next frame."""
        self._keys.put(key)

    def _notify(self, event: Event) -> None:
        self._parts.chime(event)
        self._tell(event)

    def _notify_addressed(self, event: Event) -> None:
        """Tell what is done with an utterance, unless the ear is closed: then it is not for us."""
        if self._parts.gate.open:
            self._notify(event)

    def _answer_ended(self) -> None:
        """Listen for the next question as if nothing had been heard before.

        What is being said already is heard to its end: people ask on when they hear that it ends.
        """
        if not self._listening:
            self._forget()
            self._deaf = ECHO_FRAMES

    @property
    def _listening(self) -> bool:
        """Whether somebody is speaking to us, or into the answer."""
        return self._turn.open or self._barge_in.open

    def _obey_keys(self) -> None:
        while not self._keys.empty():
            key = self._keys.get()
            if key == "quit":
                self._answering.quit()
            else:
                self._obey_key(key, speaking=self._parts.narrator.speaking)

    def _obey_key(self, key: Key, *, speaking: bool) -> None:
        if key == "talk" and not speaking:
            self._wake()
        elif key == "stop" and not speaking:
            self._parts.gate.close()
            if not self._parts.gate.open:
                self._notify(events.Asleep())
        else:
            self._interrupt(Command("stop" if key == "talk" else key))

    def _hear(self, frame: Frame) -> None:
        if frame.lost_ms:
            self._notify(events.Missed(frame.lost_ms))
        self._recent.append(frame)
        if self._deaf:
            self._deaf -= 1
            return
        if self._asleep(frame):
            return
        probabilities = self._parts.activity.accept(frame)
        if self._listening and self._level.quiet(frame):
            probabilities = [0.0] * len(probabilities)
        masked = self._parts.narrator.speaking and not self._answering.paused
        happened = self._parts.endpointer.accept(probabilities, masked=masked)
        if any(isinstance(event, SpeechStarted) for event in happened):
            self._begin()
        elif self._turn.open:
            self._turn.hear(frame)
        elif self._barge_in.open:
            self._obey_remark(self._barge_in.hear(frame))
        if self._barge_in.open:
            self._obey_remark(self._barge_in.feed(probabilities))
        elif self._turn.open:
            self._turn.anticipate()
            self._end_at(happened)

    def _asleep(self, frame: Frame) -> bool:
        """Let the gate's time pass; in a closed gate listen for the wake word only."""
        gate, speaking = self._parts.gate, self._parts.narrator.speaking
        busy = speaking or self._listening
        if gate.pass_time(len(frame.pcm) // 2, busy=busy):
            self._notify(events.Asleep())
        if gate.open or speaking or self._parts.wake is None:
            return False
        if self._parts.wake(frame):
            self._wake()
        return True

    def _wake(self) -> None:
        self._parts.gate.wake()
        self._forget()
        self._notify(events.Awake())

    def _for_us(self, heard: Sequence[Hypothesis]) -> Sequence[Hypothesis]:
        """Return what was said to us: everything, or what follows the wake phrase."""
        if self._parts.gate.open:
            return heard
        meant = addressed(heard, self._parts.phrase)
        if meant:
            self._parts.gate.wake()
            self._notify(events.Awake())
        return [guess for guess in meant if guess.text]

    def _end_at(self, happened: Sequence[endpoint.Event]) -> None:
        for event in happened:
            if isinstance(event, SpeechEnded):
                self._end_of_question(event)
            elif isinstance(event, TimedOut):
                # a television talks on: none of that was for us, and the endpointer waits for quiet
                self._turn.give_up()
                self._notify_addressed(events.NothingHeard())

    def _begin(self) -> None:
        """Open the right ear and give it what was heard just before."""
        self._level.reset()
        if self._parts.narrator.speaking and not self._answering.paused:
            self._lower()
            self._notify(events.Ducked(True))
            self._obey_remark(self._barge_in.begin(list(self._recent)))
            return
        self._turn.begin(list(self._recent))

    def _obey_remark(self, remark: Remark | None) -> None:
        """Obey a command that was spoken into the answer; have anything else heard once more."""
        if remark is None:
            return
        if remark.command and not remark.heard:
            self._obey_at_once(remark.command)
            return
        if remark.command and not remark.doubtful:
            self._obey(remark.heard, remark.command)
            return
        said = self._barge_in
        # after an answer a question needs no wake word
        for_us = self._parts.gate.always or not self._parts.narrator.speaking
        aside = Aside((), said.playing, remark.command, asking=said.asking, for_us=for_us)
        self._parts.overheard.listen(said.said, remark.heard, aside)
        self._forget()
        self._lower()
        self._raise_again()

    def _judge_aside(self) -> None:
        """Break off for what was heard once more, if it was for us."""
        aside = self._parts.overheard.next()
        if aside is None:
            return
        parts = self._parts
        aside = called(aside, parts.phrase)
        decision = judged(aside, parts.find_call, parts.decide, parts.parse_command)
        # they speak on: it was not all they had to say
        late = self._listening and not isinstance(decision, Emergency)
        if decision is None or late:
            self._raise_again()
            return
        if isinstance(decision, Command):
            self._obey(aside.guesses, decision)
            return
        self._turn.give_up()
        self._forget()
        self._act_on(aside.guesses, decision)

    def _lower(self) -> None:
        """Speak lower, to hear what is said into the answer."""
        self._parts.speaker.duck()
        self._lowered = True

    def _raise_again(self) -> None:
        """Speak normally again when nothing is being said into the answer, nor to be heard."""
        if self._lowered and not self._listening and not self._parts.overheard.busy:
            self._parts.speaker.duck(False)
            self._lowered = False
            self._notify(events.Ducked(False))

    def _obey(self, heard: Sequence[Hypothesis], command: Command) -> None:
        """Obey a command that was spoken into the answer."""
        self._forget()
        self._notify(events.Understood(tuple(heard), command))
        self._interrupt(command)

    def _obey_at_once(self, command: Command) -> None:
        """Obey a command that is still being said, and hear what may follow in the same breath.

        The utterance stays open: "stop" may go on "in ten minutes", or "what causes it".
        """
        said = self._barge_in.said
        self._barge_in.reset()
        self._parts.overheard.outdate()
        self._parts.speaker.duck(False)
        self._turn.begin((), obeyed=command)
        self._notify(events.Interrupted(command.name))
        self._answering.respond(command)
        # decoded after the answer was cut: it takes a quarter of the time that it took to say
        for frame in said:
            self._turn.hear(frame)

    def _end_of_question(self, ended: SpeechEnded) -> None:
        """Decide on the utterance that just ended."""
        if self._turn.obeyed:
            self._go_on()
            return
        self._notify_addressed(events.Thinking())
        foreseen = self._turn.take_foreseen(ended) if self._parts.gate.open else None
        if foreseen:
            self._act_on(foreseen.heard, foreseen.decision)
            # what ends the recognizers' work takes 20 to 100 ms: the answer is on its way by now
            self._parts.ear.reset()
            return
        heard = self._turn.finish()
        if heard and self._turn.breath(heard):
            self._notify_addressed(events.NothingHeard())
            return
        if not heard:
            self._notify_addressed(events.NothingHeard())
            if self._parts.gate.open and ended.end - ended.start >= SPEECH_SAMPLES:
                self._answering.respond(None)
            return
        meant = self._for_us(heard)
        if meant:
            self._act_on(meant, self._turn.decide(meant, ended))

    def _act_on(self, meant: Sequence[Hypothesis], decision: Decision) -> None:
        self._parts.overheard.outdate()
        self._notify(events.Understood(tuple(meant), decision))
        # talk in the room while the ear is open: a no to every sentence is unbearable
        stray = isinstance(decision, OutOfScope) and decision.stray
        if self._parts.gate.take_call() or not stray:
            self._answering.respond(decision)

    def _go_on(self) -> None:
        """Obey what was said after a command in the same breath; most often nothing was."""
        heard = self._turn.finish()
        decision = self._turn.decide_rest(heard)
        if decision is None:
            return
        self._notify(events.Understood(tuple(heard), decision))
        self._answering.respond(decision)

    def _interrupt(self, command: Command) -> None:
        self._parts.overheard.outdate()
        self._forget()
        self._notify(events.Interrupted(command.name))
        self._answering.respond(command)

    def _forget(self) -> None:
        """Drop the utterance in progress and everything heard before it."""
        self._turn.reset()
        self._barge_in.reset()
        self._parts.speaker.duck(False)
        self._lowered = False
        self._recent.clear()
        self._parts.activity.reset()
        self._parts.endpointer.reset()
