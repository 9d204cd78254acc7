"""Takes the loudspeaker's sound out of the microphone's: echo cancellation while an answer plays.

What was played and what is heard meet here, sample by sample; voice/echo_filter.py learns the room.
Frames pass untouched while nothing was played.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from voice.activity import WINDOW_SAMPLES
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.echo_filter import HOP, EchoFilter

# After the last sound an echo may still be in the air and in the devices.
TAIL_FRAMES = 16
# Steps of 16 bits that are silence: the resampler's dither is 1.
SILENT = 8
# More than this between given and heard is a clock that ran away: what is older is skipped.
MOST_BEHIND = SAMPLE_RATE_HZ // 5


class Source(Protocol):
    """Where frames come from."""

    def frames(self) -> Iterator[Frame]:
        """Yield frames, waiting for each, until closed."""


class EchoCanceller:
    """Frames in, frames without the echo out. `played` may be called from the audio callback."""

    def __init__(self) -> None:
        # with the samples a second of each
        self._given: deque[tuple[bytes, int]] = deque()
        self._rate_hz = SAMPLE_RATE_HZ
        self._resampler = _resampler(self._rate_hz)
        self._reference: NDArray[np.int16] = np.zeros(0, np.int16)
        self._sounding = 0
        self._filter = EchoFilter()

    def played(self, data: bytes, rate_hz: int) -> None:
        """Take what the loudspeaker was given next: mono, signed 16 bit, at its own rate.

        A loudspeaker that went away may come back with another rate.
        """
        self._given.append((data, rate_hz))

    def clean(self, frame: Frame) -> Frame:
        """Return the frame (512 samples) without what was played."""
        far = self._next().astype(np.float64)
        audible = int(np.abs(far).max()) > SILENT
        self._sounding = TAIL_FRAMES if audible else max(0, self._sounding - 1)
        if not self._sounding or len(frame.pcm) != 2 * WINDOW_SAMPLES:
            return frame
        near = np.frombuffer(frame.pcm, "<i2").astype(np.float64)
        steps = range(0, WINDOW_SAMPLES, HOP)
        done = [self._filter.step(near[k : k + HOP], far[k : k + HOP]) for k in steps]
        cleaned = np.clip(np.rint(np.concatenate(done)), -32768, 32767).astype("<i2")
        return Frame(cleaned.tobytes(), frame.start_ms, frame.lost_ms)

    def _next(self) -> NDArray[np.int16]:
        """Return the 512 samples that were given out next, silence where there are none yet."""
        while self._given:
            data, rate_hz = self._given.popleft()
            if rate_hz != self._rate_hz:
                self._rate_hz, self._resampler = rate_hz, _resampler(rate_hz)
            new = np.frombuffer(data, "<i2")
            self._reference = np.concatenate([self._reference, self._resampler.resample_chunk(new)])
        if len(self._reference) > MOST_BEHIND + WINDOW_SAMPLES:
            self._reference = self._reference[-WINDOW_SAMPLES:]
        far, self._reference = np.split(self._reference, [WINDOW_SAMPLES])
        return np.concatenate([far, np.zeros(WINDOW_SAMPLES - len(far), np.int16)])


def _resampler(rate_hz: int) -> soxr.ResampleStream:
    return soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="int16")


class Cancelled:
    """A microphone whose frames have the loudspeaker's sound taken out."""

    def __init__(self, source: Source, canceller: EchoCanceller) -> None:
        """Read from `source`."""
        self._source = source
        self._canceller = canceller

    def frames(self) -> Iterator[Frame]:
        """Yield the cleaned frames."""
        for frame in self._source.frames():
            yield self._canceller.clean(frame)
