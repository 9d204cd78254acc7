"""The microphone: audio callback to a bounded queue to 16 kHz frames of 32 ms.

A device that vanishes is opened again by name. What it hears stays in memory.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import soxr

from intents.types import Ms
from voice.activity import WINDOW_MS, WINDOW_SAMPLES
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.devices import DeviceError, OpenInput, Stream, open_input

RATES_HZ = (SAMPLE_RATE_HZ,)
# What may wait while the main loop is busy; then the newest audio is lost, and counted.
QUEUE_MS = 2000
# A microphone that gives nothing for so long has gone, even if it says nothing. A fresh PulseAudio
# gives its first data after about 2 s.
SILENT_S = 5.0
# How long, and how often, a microphone that went away is looked for.
RETURN_S = 10.0
RETRY_S = 0.5
_FRAME_BYTES = 2 * WINDOW_SAMPLES


@dataclass(frozen=True, slots=True)
class _Block:
    """One callback's samples at the device's rate; no samples means that the stream ended."""

    data: bytes
    lost_ms: int


class Microphone:
    """An open microphone. For one thread, except `close`, which ends `frames` from any thread.

    Use as a context manager; entering opens the device and raises DeviceError when there is none.
    """

    def __init__(
        self, device: str = "", *, opener: OpenInput = open_input, silent_s: float = SILENT_S
    ) -> None:
        self._device = device
        self._opener = opener
        self._silent_s = silent_s
        self._stream: Stream | None = None
        self._blocks: queue.Queue[_Block] = queue.Queue(QUEUE_MS // WINDOW_MS)
        # counted by the callback alone
        self._lost_samples = 0
        self._closed = threading.Event()

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def frames(self) -> Iterator[Frame]:
        """Yield frames of 32 ms until `close`, waiting for each.

        `lost_ms` of a frame counts the audio dropped before it because nobody took frames for two
        seconds. Raises DeviceError when the microphone went away and did not come back.
        """
        framer = _Framer(self._rate_hz())
        while not self._closed.is_set():
            block = self._next_block()
            if block is not None:
                yield from framer.accept(block)
            elif not self._closed.is_set():
                self._come_back()
                framer.change_rate(self._rate_hz())

    def close(self) -> None:
        """Let the device go and end `frames`."""
        self._closed.set()
        self._end_stream()
        self._wake()

    def _open(self) -> None:
        stream = self._opener(self._device, RATES_HZ, self._take, self._wake)
        try:
            stream.start()
        except DeviceError:
            stream.close()
            raise
        self._stream = stream

    def _rate_hz(self) -> int:
        return self._stream.rate_hz if self._stream else SAMPLE_RATE_HZ

    def _take(self, data: bytes) -> None:
        """Serve the audio callback: queue the samples, or count them as lost."""
        rate_hz = self._rate_hz()
        try:
            self._blocks.put_nowait(_Block(data, self._lost_samples * 1000 // rate_hz))
            self._lost_samples = 0
        except queue.Full:
            self._lost_samples += len(data) // 2

    def _wake(self) -> None:
        """Tell `frames` that the stream ended; if the queue is full, it will find out itself."""
        try:
            self._blocks.put_nowait(_Block(b"", 0))
        except queue.Full:
            return

    def _next_block(self) -> _Block | None:
        """Return the next samples; None when the stream ended or gave nothing for too long."""
        while not self._closed.is_set():
            try:
                block = self._blocks.get(timeout=self._silent_s)
            except queue.Empty:
                return None
            if block.data:
                return block
            # a stream that was closed to be opened again may leave its last word behind
            if self._stream is None or not self._stream.active:
                return None
        return None

    def _come_back(self) -> None:
        """Open the device again, for at most `RETURN_S`; DeviceError when it stays away."""
        self._end_stream()
        deadline = time.monotonic() + RETURN_S
        while not self._closed.is_set():
            try:
                self._open()
                return
            except DeviceError as error:
                if time.monotonic() >= deadline:
                    raise DeviceError(
                        "The microphone went away and did not come back; "
                        "connect it again, or name another one, and start again."
                    ) from error
            self._closed.wait(RETRY_S)

    def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        if stream:
            stream.abort()
            stream.close()


class _Framer:
    """Blocks of any length and rate in, 16 kHz frames of 32 ms out; time counted in samples."""

    def __init__(self, rate_hz: int) -> None:
        self._pending = bytearray()
        # samples since listening began, lost ones included, up to the start of `_pending`
        self._position = 0
        self._lost_ms = 0
        self.change_rate(rate_hz)

    def change_rate(self, rate_hz: int) -> None:
        """Go on with blocks of this rate."""
        self._resampler = (
            None
            if rate_hz == SAMPLE_RATE_HZ
            else soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="int16")
        )

    def accept(self, block: _Block) -> Iterator[Frame]:
        if block.lost_ms:
            # what was half a frame before the gap is lost with it
            self._lost_ms += block.lost_ms + len(self._pending) // 2 * 1000 // SAMPLE_RATE_HZ
            self._position += block.lost_ms * SAMPLE_RATE_HZ // 1000 + len(self._pending) // 2
            self._pending.clear()
        self._pending += self._at_16k(block.data)
        while len(self._pending) >= _FRAME_BYTES:
            yield self._frame()

    def _frame(self) -> Frame:
        pcm = bytes(self._pending[:_FRAME_BYTES])
        del self._pending[:_FRAME_BYTES]
        start = Ms(self._position * 1000 // SAMPLE_RATE_HZ)
        lost, self._lost_ms = Ms(self._lost_ms), 0
        self._position += WINDOW_SAMPLES
        return Frame(pcm, start, lost)

    def _at_16k(self, data: bytes) -> bytes:
        if self._resampler is None:
            return data
        resampled = self._resampler.resample_chunk(np.frombuffer(data, "<i2"))
        return bytes(resampled.astype("<i2").tobytes())
