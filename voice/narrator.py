"""Says a reply: renders its utterances two ahead, plays them, and knows what was heard of them."""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from intents.errors import ReadbackError
from intents.spoken import said
from intents.types import Prompt, Reply, Spoken, Utterance
from voice.audio import Pcm
from voice.speech import RATE_WPM

# Utterances rendered ahead of the one being heard. One would do (11 ms against seconds of speech);
# the second covers a busy moment.
AHEAD = 2


class Voice(Protocol):
    """What renders: voice.speech.Speech or a fake."""

    def warm(self) -> None:
        """Get ready, so that the first sentence does not wait."""

    def set_rate(self, rate_wpm: int) -> None:
        """Speak at this rate, in words a minute, from now on."""

    def render(self, text: str) -> Pcm:
        """Return the speech of one utterance."""

    def close(self) -> None:
        """Let the engine go."""


class Loudspeaker(Protocol):
    """What plays: voice.speaker.Speaker or a fake."""

    @property
    def lost(self) -> bool:
        """Whether the device stopped by itself."""

    def play(self, pcm: Pcm) -> None:
        """Queue speech."""

    def cut(self, turn: int | None = None) -> None:
        """Be silent at once, also about what arrives late of `turn` and before."""

    def pause(self) -> None:
        """Hold still."""

    def resume(self) -> None:
        """Go on."""

    def duck(self, ducked: bool = True) -> None:
        """Speak lower, or normally again."""

    def spoken(self) -> list[Spoken]:
        """Return what was heard since the last call."""

    def reopen(self) -> None:
        """Open the device again."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """An utterance that will probably be said."""

    text: str
    rate_wpm: int


@dataclass(frozen=True, slots=True)
class _Job:
    """One utterance to be rendered."""

    text: str
    rate_wpm: int
    turn: int
    index: int


class Narrator:
    """Speaks one reply at a time. For one thread; its own thread "speech" renders.

    Use as a context manager. `make_voice` gives a voice for a rate in words a minute; prompts are
    said `prompt_factor` times as fast as quotations.
    """

    def __init__(
        self,
        speaker: Loudspeaker,
        make_voice: Callable[[int], Voice],
        rate_wpm: int,
        *,
        prompt_factor: float = 1.0,
    ) -> None:
        self._speaker = speaker
        self._make_voice = make_voice
        self._rate_wpm = rate_wpm
        self._prompt_factor = prompt_factor
        self._reply: Reply | None = None
        # index of the next utterance to hand to the speech thread
        self._next = 0
        # index of the utterance being heard
        self._at = 0
        # utterances of this turn and before are not worth rendering any more
        self._cut_turn = -1
        # None ends the thread
        self._jobs: queue.SimpleQueue[_Job | _Guess | None] = queue.SimpleQueue()
        self._trouble: queue.SimpleQueue[ReadbackError] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._render_jobs, name="speech", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._jobs.put(None)
        self._thread.join()

    @property
    def rate_wpm(self) -> int:
        """Words a minute from the next reply on."""
        return self._rate_wpm

    @property
    def speaking(self) -> bool:
        """Whether a reply is being said."""
        return self._reply is not None

    @property
    def current(self) -> Utterance | None:
        """The utterance being heard."""
        return self._reply.utterances[self._at] if self._reply else None

    @property
    def nearby(self) -> str:
        """The words now on the loudspeaker or in the room's echo: this utterance and the last."""
        if self._reply is None:
            return ""
        near = self._reply.utterances[max(0, self._at - 1) : self._at + 1]
        return " ".join(map(said, near))

    def say(self, reply: Reply) -> None:
        """Say a reply instead of whatever is being said."""
        self.cut()
        if reply.utterances:
            self._reply, self._next, self._at = reply, 0, 0
            for _ in range(AHEAD):
                self._hand_over()

    def prepare(self, reply: Reply) -> None:
        """Render the beginning of a reply that will probably be said; makes no sound."""
        for utterance in reply.utterances[:1]:
            self._jobs.put(_Guess(said(utterance), self._rate_of(utterance)))

    def cut(self) -> None:
        """Be silent at once. What was heard comes with the next `poll`."""
        if self._reply is None:
            return
        turn, self._reply = self._reply.turn, None
        self._cut_turn = turn
        self._speaker.cut(turn)

    def poll(self) -> list[Spoken]:
        """Return what was heard since the last call, and keep the speech coming; never waits.

        Raises SpeechError when an utterance could not be rendered and DeviceError when the
        loudspeaker went away and cannot be opened again.
        """
        if not self._trouble.empty():
            raise self._trouble.get_nowait()
        if self._speaker.lost:
            self._speaker.reopen()
            self._say_again()
        reports = self._speaker.spoken()
        for report in reports:
            self._follow(report)
        return reports

    def scale_rate(self, factor: float) -> None:
        """Speak that much faster or slower, within what the engine can, from the next reply on."""
        self._rate_wpm = _possible(self._rate_wpm * factor)

    def _rate_of(self, utterance: Utterance) -> int:
        factor = self._prompt_factor if isinstance(utterance, Prompt) else 1.0
        return _possible(self._rate_wpm * factor)

    def _follow(self, report: Spoken) -> None:
        if self._reply is None or report.turn != self._reply.turn or not report.finished:
            return
        self._at = report.index + 1
        if self._at >= len(self._reply.utterances):
            self._reply = None
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the next utterance, if there is one, to the speech thread."""
        if self._reply and self._next < len(self._reply.utterances):
            utterance = self._reply.utterances[self._next]
            text, rate_wpm = said(utterance), self._rate_of(utterance)
            self._jobs.put(_Job(text, rate_wpm, self._reply.turn, self._next))
            self._next += 1

    def _say_again(self) -> None:
        """After the loudspeaker came back: begin again with the utterance that was cut off."""
        self._speaker.spoken()
        if self._reply:
            self._next = self._at
            for _ in range(AHEAD):
                self._hand_over()

    def _render_jobs(self) -> None:
        """Serve the speech thread until its end."""
        try:
            voice = self._make_voice(self._rate_wpm)
            try:
                voice.warm()
                self._render_with(voice)
            finally:
                voice.close()
        except ReadbackError as error:
            self._trouble.put(error)

    def _render_with(self, voice: Voice) -> None:
        guess: _Guess | None = None
        guessed = Pcm(b"", 1)
        while job := self._jobs.get():
            wanted = _Guess(job.text, job.rate_wpm)
            if isinstance(job, _Guess) or job.turn > self._cut_turn:
                voice.set_rate(job.rate_wpm)
                pcm = guessed if guess == wanted else voice.render(job.text)
                if isinstance(job, _Guess):
                    guess, guessed = wanted, pcm
                else:
                    self._speaker.play(dataclasses.replace(pcm, turn=job.turn, index=job.index))


def _possible(rate_wpm: float) -> int:
    """Return the nearest rate that the engine can speak at."""
    return min(max(round(rate_wpm), RATE_WPM.start), RATE_WPM.stop - 1)
