"""Fakes of everything that makes or takes sound. They pass the tests of what they stand for.

No clock and no thread: a test says when the device asks for samples or gives some.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from intents.types import Hypothesis, Ms, Spoken
from voice.audio import SAMPLE_RATE_HZ, Frame, Pcm
from voice.devices import DeviceError, Fill, Finished, Take
from voice.nbest import Alternative, EarName
from voice.playout import Clip, Playout
from voice.recognizer import Heard, Partial
from voice.second_pass import Encoded


@dataclass
class FakeStream:
    """A device stream whose callback runs when the test says so."""

    rate_hz: int
    channels: int = 1
    latency_ms: float = 0.0
    started: bool = False
    closed: bool = False
    gone: bool = False
    # calls in order, for tests that care
    calls: list[str] = field(default_factory=list)
    refuses: bool = False
    take: Take | None = None
    fill: Fill | None = None
    finished: Finished | None = None

    @property
    def active(self) -> bool:
        return self.started and not self.closed and not self.gone

    def start(self) -> None:
        if self.refuses:
            raise DeviceError("The fake device cannot be started.")
        self.calls.append("start")
        self.started = True

    def abort(self) -> None:
        self.calls.append("abort")
        self.started = False

    def close(self) -> None:
        self.calls.append("close")
        self.closed = True

    def vanish(self) -> None:
        """Be unplugged: no more callbacks, and the finished callback."""
        self.gone = True
        if self.finished:
            self.finished()

    def give(self, data: bytes) -> None:
        """Let the microphone hear samples."""
        assert self.active
        assert self.take
        self.take(data)

    def ask(self, samples: int) -> bytes:
        """Let the loudspeaker ask for samples."""
        assert self.active
        assert self.fill
        data = self.fill(2 * samples)
        assert len(data) == 2 * samples
        return data


class FakeDevices:
    """Opens fake streams; refuses while `present` is false. Keeps what it opened."""

    def __init__(self, rate_hz: int = 0, latency_ms: float = 0.0) -> None:
        """Accept only `rate_hz`; 0 accepts the first rate asked for."""
        self.rate_hz = rate_hz
        self.latency_ms = latency_ms
        self.present = True
        self.opened: list[FakeStream] = []

    @property
    def stream(self) -> FakeStream:
        return self.opened[-1]

    def open_input(
        self, name: str, rates: Sequence[int], take: Take, finished: Finished
    ) -> FakeStream:
        return self._open(FakeStream(self._choose(rates), take=take, finished=finished))

    def open_output(
        self, name: str, rates: Sequence[int], fill: Fill, finished: Finished
    ) -> FakeStream:
        stream = FakeStream(self._choose(rates), fill=fill, finished=finished)
        stream.latency_ms = self.latency_ms
        return self._open(stream)

    def _choose(self, rates: Sequence[int]) -> int:
        if not self.present:
            raise DeviceError("There is no fake device.")
        return self.rate_hz or rates[0]

    def _open(self, stream: FakeStream) -> FakeStream:
        self.opened.append(stream)
        return stream


class FakeSpeaker:
    """A loudspeaker that plays when `hear` is called; the same playout as the real one."""

    def __init__(self, rate_hz: int = 1000) -> None:
        self.playout = Playout(rate_hz)
        self.lost = False
        self.volume = 1.0
        self.played: list[Pcm] = []
        self.cuts: list[int | None] = []
        self.ducks: list[bool] = []
        self.reopened = 0
        # what `play` announces, so that a test can wait for the speech thread
        self.arrivals: queue.SimpleQueue[Pcm] = queue.SimpleQueue()
        self._reports: deque[Spoken] = deque()
        self._barred = -1

    @property
    def busy(self) -> bool:
        return self.playout.busy

    def play(self, pcm: Pcm) -> None:
        if pcm.turn > self._barred:
            self.played.append(pcm)
            self.playout.add(Clip(pcm.data, pcm.turn, pcm.index))
        self.arrivals.put(pcm)

    def cut(self, turn: int | None = None) -> None:
        self.cuts.append(turn)
        self._barred = self._barred if turn is None else turn
        self._reports.extend(self.playout.cut())

    def pause(self) -> None:
        self.playout.paused = True

    def resume(self) -> None:
        self.playout.paused = self.playout.hold_next = False

    def hold_next(self) -> None:
        self.playout.hold_next = True

    def duck(self, ducked: bool = True) -> None:
        self.ducks.append(ducked)

    def spoken(self) -> list[Spoken]:
        taken = list(self._reports)
        self._reports.clear()
        return taken

    def reopen(self) -> None:
        self.reopened += 1
        self.lost, paused = False, self.playout.paused
        self._reports.extend(self.playout.cut())
        self.playout.paused = paused

    def hear(self, ms: int) -> bytes:
        """Let time pass: play so many milliseconds."""
        data, reports = self.playout.fill(2 * ms * self.playout.rate_hz // 1000)
        self._reports.extend(reports)
        return data


class FakeVoice:
    """Renders every character as 10 ms of a constant, at 1 kHz."""

    def __init__(self, rate_wpm: int = 165) -> None:
        self.rate_wpm = rate_wpm
        self.rendered: list[str] = []
        # the rate of each rendering, and whether it may be kept
        self.rates: list[int] = []
        self.kept: list[bool] = []
        self.warmed = 0
        self.closed = False

    def warm(self) -> None:
        self.warmed += 1

    def set_rate(self, rate_wpm: int) -> None:
        self.rate_wpm = rate_wpm

    def render(self, text: str, *, keep: bool = True) -> Pcm:
        self.rendered.append(text)
        self.rates.append(self.rate_wpm)
        self.kept.append(keep)
        return Pcm(b"\x10\x00" * (10 * len(text)), 1000)

    def close(self) -> None:
        self.closed = True


class FakeMicrophone:
    """Gives the frames that the test hands it, which may do things between two of them."""

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._frames = frames

    def frames(self) -> Iterator[Frame]:
        yield from self._frames


class FakeActivity:
    """Somebody speaks where the samples are not zero."""

    def __init__(self) -> None:
        self.resets = 0
        # how sure it is of a voice
        self.voice = 0.95

    def accept(self, frame: Frame) -> list[float]:
        return [self.voice if any(frame.pcm) else 0.01]

    def reset(self) -> None:
        self.resets += 1


class FakeEar:
    """Hears what the test says is said next; remembers which frames it got."""

    def __init__(self) -> None:
        self.says = ""
        # the text that `accept` reports once speech has come in, "" for none
        self.partial = ""
        # who reports the guesses so far
        self.name: EarName = "library"
        self.confidence = 0.9
        self.frames: list[Frame] = []
        self.finished: list[list[Frame]] = []
        self.resets = 0

    def accept(self, frame: Frame) -> Partial | None:
        self.frames.append(frame)
        return Partial(self.partial, "library") if self.partial and any(frame.pcm) else None

    def so_far(self) -> list[Hypothesis] | None:
        if self.frames and any(self.frames[-1].pcm):
            # what was heard before is out of date
            return None
        spoke = any(any(frame.pcm) for frame in self.frames)
        return [Hypothesis(self.partial, ear=self.name)] if self.partial and spoke else []

    def finish(self) -> Heard:
        frames, self.frames = self.frames, []
        self.finished.append(frames)
        texts = (Hypothesis(self.says, self.confidence, "library"),) if self.says else ()
        return Heard(texts, (), frames[0].start_ms, Ms(frames[-1].start_ms + 32))

    def reset(self) -> None:
        self.resets += 1
        self.frames = []


def frames(script: str, start: int = 0) -> list[Frame]:
    """Return a frame of 32 ms for each character: "#" somebody speaks, anything else silence."""
    return [
        Frame((b"\x64\x00" if mark == "#" else b"\0\0") * 512, Ms(32 * (start + i)))
        for i, mark in enumerate(script)
    ]


def tone(samples: int, value: int = 1000) -> bytes:
    """Return samples of one value: easy to find again."""
    return value.to_bytes(2, "little", signed=True) * samples


def seconds(pcm: bytes) -> float:
    """Return the length of 16 kHz samples."""
    return len(pcm) / 2 / SAMPLE_RATE_HZ


class FakeSecond:
    """A second pass that hears what the test says, once `heard` is set."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.heard = threading.Event()
        self.samples = 0

    def encode(self, samples: NDArray[np.int16]) -> Encoded:
        self.samples = len(samples)
        return Encoded(None, 0)

    def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
        assert self.heard.wait(10)
        return tuple(Alternative(text, 1 / len(self.texts)) for text in self.texts)

    def spells(self, word: str) -> bool:
        return bool(word)
