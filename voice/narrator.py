"""Says a reply: renders its utterances two ahead, plays them, and knows what was heard of them."""

from __future__ import annotations

import dataclasses
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from intents import prompts
from intents.spoken import said
from intents.types import Prompt, Reply, Spoken, Utterance
from voice.audio import Pcm
from voice.speech import RATE_WPM, SpeechError

# Utterances rendered ahead of the one being heard. One would do (11 ms against seconds of speech);
# the second covers a busy moment.
AHEAD = 2


class Voice(Protocol):
    """What renders: voice.speech.Speech or a fake."""

    def warm(self) -> None:
        """Get ready, so that the first sentence does not wait."""

    def set_rate(self, rate_wpm: int) -> None:
        """Speak at this rate, in words a minute, from now on."""

    def render(self, text: str, *, keep: bool = True) -> Pcm:
        """Return the speech of one utterance; unless `keep`, no trace of it stays on a disk."""

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
        """Go on, and hold nowhere."""

    def duck(self, ducked: bool = True) -> None:
        """Speak lower, or normally again."""

    def spoken(self) -> list[Spoken]:
        """Return what was heard since the last call."""

    def reopen(self) -> None:
        """Open the device again; what was on hold stays so."""


@dataclass(frozen=True, slots=True)
class _Sound:
    """What is to be rendered; alone among the jobs it is only likely to be said."""

    text: str
    rate_wpm: int
    # words that were heard leave no trace on a disk
    keep: bool


@dataclass(frozen=True, slots=True)
class _Job:
    """One utterance to be said."""

    sound: _Sound
    turn: int
    index: int


class Narrator:
    """Speaks one reply at a time. For one thread; its own thread "speech" renders.

    Use as a context manager. `make_voice` gives a voice for a rate in words a minute; prompts are
    said `prompt_factor` times as fast as quotations. `notice` is told, in one sentence, what could
    not be said.
    """

    def __init__(
        self,
        speaker: Loudspeaker,
        make_voice: Callable[[int], Voice],
        rate_wpm: int,
        *,
        prompt_factor: float = 1.0,
        notice: Callable[[str], object] = lambda _: None,
    ) -> None:
        self._speaker = speaker
        self._make_voice = make_voice
        self._rate_wpm = rate_wpm
        self._prompt_factor = prompt_factor
        self._notice = notice
        self._reply: Reply | None = None
        # index of the next utterance to hand to the speech thread
        self._next = 0
        # index of the utterance being heard
        self._at = 0
        # utterances of this turn and before are not worth rendering any more
        self._cut_turn = -1
        # None ends the thread
        self._jobs: queue.SimpleQueue[_Job | _Sound | None] = queue.SimpleQueue()
        # what ended the speech thread, and what it could not say
        self._trouble: queue.SimpleQueue[Exception] = queue.SimpleQueue()
        self._unsaid: queue.SimpleQueue[SpeechError] = queue.SimpleQueue()
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
        """Say a reply instead of whatever is being said, or was on hold."""
        self.cut()
        # a hold may have come when nothing was playing, or with the end of the last reply
        self._speaker.resume()
        if reply.utterances:
            self._reply, self._next, self._at = reply, 0, 0
            self._keep_ahead()

    def prepare(self, reply: Reply) -> None:
        """Render the beginning of a reply that will probably be said; makes no sound."""
        for utterance in reply.utterances[:1]:
            self._jobs.put(self._sound(utterance))

    def cut(self) -> None:
        """Be silent at once. What was heard comes with the next `poll`."""
        if self._reply is None:
            return
        turn, self._reply = self._reply.turn, None
        self._cut_turn = turn
        self._speaker.cut(turn)

    def poll(self) -> list[Spoken]:
        """Return what was heard since the last call, and keep the speech coming; never waits.

        Raises what ended the speech thread (SpeechError when the voice can say nothing) and
        DeviceError when the loudspeaker went away and cannot be opened again.
        """
        if not self._trouble.empty():
            raise self._trouble.get_nowait()
        while not self._unsaid.empty():
            self._notice(str(self._unsaid.get_nowait()))
        lost = self._speaker.lost
        if lost:
            self._speaker.reopen()
        reports = self._speaker.spoken()
        if lost:
            # what was cut off begins again
            reports = [report for report in reports if report.finished or not self._is_of(report)]
        for report in reports:
            self._follow(report)
        if lost:
            self._next = self._at
        self._keep_ahead()
        return reports

    def scale_rate(self, factor: float) -> None:
        """Speak that much faster or slower, within what the engine can, from the next reply on."""
        self._rate_wpm = _possible(self._rate_wpm * factor)

    def _sound(self, utterance: Utterance) -> _Sound:
        own = isinstance(utterance, Prompt)
        rate_wpm = _possible(self._rate_wpm * (self._prompt_factor if own else 1.0))
        heard = isinstance(utterance, Prompt) and utterance.heard
        return _Sound(said(utterance), rate_wpm, keep=not heard)

    def _is_of(self, report: Spoken) -> bool:
        """Tell whether the report is about the reply that is being said."""
        return self._reply is not None and report.turn == self._reply.turn

    def _follow(self, report: Spoken) -> None:
        if self._reply is None or not self._is_of(report) or not report.finished:
            return
        self._at = report.index + 1
        if self._at >= len(self._reply.utterances):
            self._reply = None

    def _keep_ahead(self) -> None:
        """Give the speech thread what comes next."""
        while self._reply and self._next < min(self._at + AHEAD, len(self._reply.utterances)):
            sound = self._sound(self._reply.utterances[self._next])
            self._jobs.put(_Job(sound, self._reply.turn, self._next))
            self._next += 1

    def _render_jobs(self) -> None:
        """Serve the speech thread until its end."""
        try:
            voice = self._make_voice(self._rate_wpm)
            try:
                voice.warm()
                self._render_with(voice)
            finally:
                voice.close()
        except Exception as error:  # noqa: BLE001 - `poll` raises it: a dead thread is only mute
            self._trouble.put(error)

    def _render_with(self, voice: Voice) -> None:
        guess: _Sound | None = None
        guessed = Pcm(b"", 1)
        while job := self._jobs.get():
            if isinstance(job, _Sound):
                guess, guessed = job, self._rendered(voice, job)
            elif job.turn > self._cut_turn:
                pcm = guessed if guess == job.sound else self._rendered(voice, job.sound)
                self._speaker.play(dataclasses.replace(pcm, turn=job.turn, index=job.index))

    def _rendered(self, voice: Voice, sound: _Sound) -> Pcm:
        """Return its speech, or that it is missing; SpeechError when even that cannot be said."""
        voice.set_rate(sound.rate_wpm)
        try:
            return voice.render(sound.text, keep=sound.keep)
        except SpeechError as error:
            try:
                # never from the disk: this shows whether the voice can say anything at all
                pcm = voice.render(prompts.UNSAYABLE, keep=False)
            except SpeechError:
                raise error from None
            self._unsaid.put(error)
            return pcm


def _possible(rate_wpm: float) -> int:
    """Return the nearest rate that the engine can speak at."""
    return min(max(round(rate_wpm), RATE_WPM.start), RATE_WPM.stop - 1)
