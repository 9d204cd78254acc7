"""The loudspeaker: queues speech, silences it within milliseconds, reports what was heard.

The stream stays open and plays silence in between, because a device that has to wake up swallows
the first 100 to 300 ms. Nothing that is played is written to a disk.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Self

import numpy as np
import soxr

from intents.types import Ms, Spoken
from voice.audio import Pcm
from voice.devices import DeviceError, OpenOutput, Stream, open_output
from voice.playout import Clip, Playout

# What espeak renders at; a device that refuses it gets its own rate, resampled here.
RATES_HZ = (22_050,)
# Silence after opening, before the first sample of speech (HDMI and Bluetooth need 100-300 ms).
LEAD_MS = 200
# -14 dB: speech stays there to be resumed, but is no match for somebody who talks over it.
DUCKED = 0.2
# A device that asked for nothing during this long while something was queued has gone.
STALLED_S = 2.0


class Speaker:
    """An open loudspeaker. `play` may be called from another thread than the rest.

    Use as a context manager; entering opens the device and raises DeviceError when there is none.
    """

    def __init__(
        self, device: str = "", *, volume: float = 1.0, opener: OpenOutput = open_output
    ) -> None:
        self._device = device
        self._opener = opener
        self._volume = volume
        self._ducked = False
        self._stream: Stream | None = None
        # gets what is given to the device and its samples a second, in the audio callback
        self.tap: Callable[[bytes, int], None] | None = None
        self._playout = Playout(RATES_HZ[0])
        self._reports: queue.SimpleQueue[Spoken] = queue.SimpleQueue()
        # reports that `drain` took and nobody has asked for yet
        self._held: list[Spoken] = []
        # between the threads that call `play` and `cut`; the audio callback never takes it
        self._order = threading.Lock()
        self._barred_turn: int | None = None

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def busy(self) -> bool:
        """Whether speech is playing or waiting to be played."""
        return self._playout.busy

    @property
    def lost(self) -> bool:
        """Whether the device stopped by itself, for example because it was unplugged."""
        return self._stream is not None and not self._stream.active

    @property
    def rate_hz(self) -> int:
        """Samples a second of the open device."""
        return self._playout.rate_hz

    @property
    def heard_ms(self) -> Ms:
        """How much of the utterance now playing has been heard."""
        return self._playout.heard_ms()

    @property
    def volume(self) -> float:
        """Factor on every sample; louder than the samples allow is limited, not wrapped."""
        return self._volume

    @volume.setter
    def volume(self, volume: float) -> None:
        self._volume = volume
        self._set_gain()

    def play(self, pcm: Pcm) -> None:
        """Queue speech; never waits. Speech of a turn that was cut is dropped."""
        data = resample(pcm.data, pcm.rate_hz, self._playout.rate_hz)
        with self._order:
            if self._barred_turn is None or pcm.turn > self._barred_turn:
                self._playout.add(Clip(data, pcm.turn, pcm.index))

    def mix(self, data: bytes) -> None:
        """Let a short sound be heard at once over what plays; a cut of speech ends it too."""
        self._playout.mix(data)

    def cut(self, turn: int | None = None) -> None:
        """Be silent at once: drop what is playing and what waits.

        With `turn`, speech of that turn or an earlier one that is still being rendered is dropped
        too when it arrives. What was heard of the dropped utterances comes with `spoken`.
        """
        with self._order:
            self._barred_turn = turn if turn is not None else self._barred_turn
            self._playout.paused = self._playout.hold_next = False
            if not self._playout.busy or self._stream is None:
                return
            # the callback does not run between the two, so the queue is ours
            self._stream.abort()
            for spoken in self._playout.cut():
                self._reports.put(spoken)
            self._stream.start()

    def pause(self) -> None:
        """Hold still after the samples that the device already has; `resume` goes on there."""
        self._playout.paused = True

    def resume(self) -> None:
        """Go on after `pause`, and past the end that was to be held at."""
        # in this order: the callback pauses where it is to hold
        self._playout.hold_next = False
        self._playout.paused = False

    def hold_next(self) -> None:
        """Pause when the utterance that is playing has ended; `cut` and `resume` forget this."""
        self._playout.hold_next = True

    def duck(self, ducked: bool = True) -> None:
        """Speak much lower, to listen for somebody who interrupts, or normally again."""
        self._ducked = ducked
        self._set_gain()

    def spoken(self) -> list[Spoken]:
        """Return the reports since the last call, oldest first; never waits."""
        taken, self._held = self._held, []
        while True:
            try:
                taken.append(self._reports.get_nowait())
            except queue.Empty:
                return taken

    def drain(self) -> None:
        """Wait until everything queued has been heard; DeviceError when the device went away."""
        while self._playout.busy:
            given = self._playout.given
            try:
                self._held.append(self._reports.get(timeout=STALLED_S))
            except queue.Empty:
                if self._playout.given == given or self.lost:
                    raise DeviceError(
                        "The loudspeaker stopped while the answer was playing; "
                        "check that it is still connected."
                    ) from None

    def reopen(self) -> None:
        """Open the device again after it was lost; what was queued is cut. DeviceError.

        What was on hold stays so: what comes next waits for `resume`.
        """
        paused = self._playout.paused
        self.close()
        self._open(paused=paused)

    def close(self) -> None:
        """Stop at once and let the device go."""
        stream, self._stream = self._stream, None
        if stream:
            stream.abort()
            stream.close()
            for spoken in self._playout.cut():
                self._reports.put(spoken)

    def _open(self, *, paused: bool = False) -> None:
        stream = self._opener(self._device, RATES_HZ, self._fill, self._finished)
        delay = round(stream.latency_ms * stream.rate_hz / 1000)
        self._playout = Playout(stream.rate_hz, delay, LEAD_MS * stream.rate_hz // 1000)
        self._playout.paused = paused
        self._set_gain()
        try:
            stream.start()
        except DeviceError:
            stream.close()
            raise
        self._stream = stream

    def _fill(self, count: int) -> bytes:
        """Serve the audio callback."""
        data, heard = self._playout.fill(count)
        if self.tap:
            self.tap(data, self._playout.rate_hz)
        for spoken in heard:
            self._reports.put(spoken)
        return data

    def _finished(self) -> None:
        """Nothing to do: `lost` looks at the stream itself."""

    def _set_gain(self) -> None:
        self._playout.gain = self._volume * (DUCKED if self._ducked else 1.0)


def resample(data: bytes, from_hz: int, to_hz: int) -> bytes:
    """Return 16-bit mono samples at another rate; the same bytes when it is the same rate."""
    if from_hz == to_hz or not data:
        return data
    samples = soxr.resample(np.frombuffer(data, "<i2"), from_hz, to_hz)
    return bytes(samples.astype("<i2").tobytes())
