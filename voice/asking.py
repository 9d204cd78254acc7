"""One question, asked once: hypotheses in, a decision, a reply and its sound out.

This is what `readback ask` does, and what the benches time. The conversation with its microphone is
voice/assistant.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.errors import ReadbackError
from intents.spoken import said
from intents.text import words
from intents.types import Control, Decision, Hypothesis, Ms, Reply, Utterance
from voice.audio import Pcm
from voice.recognizer import Ear
from voice.recording import read_frames
from voice.speech import Speech
from voice.wiring import Wiring


class NothingHeardError(ReadbackError):
    """A recording in which no words were recognized, or a question without a word."""


@dataclass(frozen=True, slots=True)
class Timings:
    """What took how long. None where a step was not needed."""

    # models and library read, before the question was looked at
    load_ms: Ms
    # decoding while the recording was fed, faster than it was spoken
    recognize_ms: Ms | None
    # from the last sample of the recording (or the typed question) to the decision
    decide_ms: Ms
    # ... and to the first sample of the spoken answer
    first_sample_ms: Ms | None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with everything that came of it."""

    hypotheses: tuple[Hypothesis, ...]
    decision: Decision
    reply: Reply | Control
    timings: Timings

    @property
    def utterances(self) -> tuple[Utterance, ...]:
        """Everything that is said, in order: the reply, or what goes with a change."""
        spoken = _spoken(self.reply)
        return spoken.utterances if spoken else ()


class _Watch:
    """Milliseconds since a moment."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def ms(self) -> Ms:
        return Ms(round((time.perf_counter() - self._start) * 1000))


def ask_typed(
    wiring: Wiring,
    question: str,
    shown: Callable[[Asked], None],
    sink: Callable[[Pcm], None] | None,
) -> Asked:
    """Answer a typed question; `shown` gets the result before `sink` gets the first sound.

    Raises NothingHeardError when the question has no word.
    """
    if not words(question):
        raise NothingHeardError(
            f"the question {question!r} has no word in it; ask, for example: "
            '"what causes muscle wasting"'
        )
    load = _Watch()
    speech = _warm(wiring, sink)
    try:
        wiring.understanding  # noqa: B018 - read now, so that it is not counted as deciding
        loaded, end = load.ms(), _Watch()
        return _answer(wiring, (Hypothesis(question),), (loaded, None, end), (speech, shown, sink))
    finally:
        _close(speech)


def ask_recording(
    wiring: Wiring, path: Path, shown: Callable[[Asked], None], sink: Callable[[Pcm], None] | None
) -> Asked:
    """Answer a recorded question; otherwise as `ask_typed`.

    Raises RecordingError for a file that cannot be used and NothingHeardError when it has no words.
    """
    load = _Watch()
    frames = list(read_frames(path))
    speech = _warm(wiring, sink)
    try:
        wiring.understanding  # noqa: B018 - as above
        ear = wiring.ear()
        loaded, recognize = load.ms(), _Watch()
        for frame in frames:
            ear.accept(frame)
        recognized, end = recognize.ms(), _Watch()
        hypotheses = _hypotheses(ear, path)
        return _answer(wiring, hypotheses, (loaded, recognized, end), (speech, shown, sink))
    finally:
        _close(speech)


def _hypotheses(ear: Ear, path: Path) -> tuple[Hypothesis, ...]:
    hypotheses = ear.finish().hypotheses
    if not hypotheses:
        raise NothingHeardError(
            f"no words were recognized in {path}; speak closer to the microphone, or look with "
            "a player whether the recording holds the question"
        )
    return hypotheses


def _warm(wiring: Wiring, sink: Callable[[Pcm], None] | None) -> Speech | None:
    """Start the voice's child process now, so that it is ready when the decision is."""
    if sink is None:
        return None
    speech = wiring.speech()
    speech.warm()
    return speech


def _close(speech: Speech | None) -> None:
    if speech is not None:
        speech.close()


def _answer(
    wiring: Wiring,
    hypotheses: Sequence[Hypothesis],
    watches: tuple[Ms, Ms | None, _Watch],
    voice: tuple[Speech | None, Callable[[Asked], None], Callable[[Pcm], None] | None],
) -> Asked:
    loaded, recognized, end = watches
    speech, shown, sink = voice
    decision = wiring.understanding.decide(hypotheses)
    reply = wiring.dialogue().heard(decision)
    decided = end.ms()
    first: Ms | None = None

    def asked() -> Asked:
        timings = Timings(loaded, recognized, decided, first)
        return Asked(tuple(hypotheses), decision, reply, timings)

    shown(asked())
    spoken = _spoken(reply)
    if spoken is not None and speech is not None and sink is not None:
        for index, utterance in enumerate(spoken.utterances):
            pcm = speech.render(said(utterance))
            first = end.ms() if index == 0 else first
            sink(Pcm(pcm.data, pcm.rate_hz, spoken.turn, index))
    return asked()


def _spoken(outcome: Reply | Control) -> Reply | None:
    return outcome.reply if isinstance(outcome, Control) else outcome
