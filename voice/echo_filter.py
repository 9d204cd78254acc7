"""An adaptive filter that learns the way from the loudspeaker to the microphone.

The partitioned-block frequency-domain Kalman filter of Kuech, Mabande and Enzner ("State-space
architecture of the partitioned-block-based acoustic echo controller", ICASSP 2014; after Enzner and
Vary 2006). It knows how uncertain each coefficient is, so it learns fast in the beginning and does
not unlearn the room when the listener speaks into the answer. The same uncertainty tells how much
echo is left, which a Wiener gain takes out. Pure numpy, no clock.

With the rules that were in use then, the loop recognized 0.67, 0.58 and 0.08 of 12 "stop"s by four
voices, an echo 0, 10 and 20 dB above them, behind the Speex canceller and none behind WebRTC's
AEC3, which silences the listener while it hears an echo; behind this filter 0.92, 1.0 and 0.8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Samples of a step; the window is twice as long. 512 learns half as fast, 128 costs twice as much.
HOP = 256
# Steps that an echo may lag and linger: 320 ms, for device latencies (20 to 150 ms) and the room.
PARTS = 20
# How uncertain the coefficients are in the beginning (a loud echo has a gain of 1 to 4), and how
# much less so for each later step: rooms decay.
_DOUBT, _DECAY = 0.5, 0.85
# How much of the path is still true one step later. 0.9995 follows a moving listener twice as fast
# and leaves a third more echo beside a voice.
_STAYS = 0.9998**2
# Smoothing of the power of everything that is no echo: 5 steps, 80 ms.
_SMOOTH = 0.8
# Smoothing of the powers that show that the path has changed: 10 steps, 160 ms.
_WATCH = 0.9
# The gain takes out this much more than the expected rest of the echo, down to this gain (-34 dB).
_OVER, _FLOOR = 8.0, 0.02
# Smoothing of the gain from step to step, against musical noise.
_GAIN_SMOOTH = 0.4
# Keeps divisions finite; far below the power of one step of a 16-bit sample.
_TINY = 1e-3

Samples = NDArray[np.float64]


class EchoFilter:
    """Steps of HOP samples in, the same without the echo out, HOP samples later."""

    def __init__(self) -> None:
        """Know nothing of the room."""
        bins = HOP + 1
        # spectra of what was played, newest first, and of the path for each lag
        self._played = np.zeros((PARTS, bins), np.complex128)
        self._path = np.zeros((PARTS, bins), np.complex128)
        self._prior = _DOUBT * _DECAY ** np.arange(PARTS)[:, None] * np.ones(bins)
        self._doubt = self._prior.copy()
        self._other = np.full(bins, 1e4)
        self._last_far = np.zeros(HOP)
        # smoothed powers of what came in and what was left of it
        self._power_in = self._power_left = 0.0
        self._window = np.sqrt(np.hanning(2 * HOP + 1)[:-1])
        self._last_left = np.zeros(HOP)
        self._overlap = np.zeros(HOP)
        self._gain = np.ones(bins)

    def step(self, near: Samples, far: Samples) -> Samples:
        """Take HOP samples of the microphone and of what was played; return cleaned samples."""
        self._played = np.roll(self._played, 1, 0)
        self._played[0] = np.fft.rfft(np.concatenate([self._last_far, far]))
        self._last_far = far
        echo = np.fft.irfft((self._played * self._path).sum(0))[HOP:]
        left = near - echo
        self._learn(left, near)
        return self._suppress(left)

    def _learn(self, left: Samples, near: Samples) -> None:
        """Correct the path by what the filter left of this step."""
        error = np.fft.rfft(np.concatenate([np.zeros(HOP), left]))
        power = np.abs(self._played) ** 2
        self._other = _SMOOTH * self._other + (1 - _SMOOTH) * np.abs(error) ** 2
        # half: of 2 HOP samples in the window, HOP are new
        expected = 0.5 * (power * self._doubt).sum(0)
        gain = self._doubt / (expected + self._other + _TINY)
        correction = np.fft.irfft(gain * np.conj(self._played) * error, axis=1)
        correction[:, HOP:] = 0
        self._path += np.fft.rfft(correction, axis=1)
        kept = np.maximum(1 - 0.5 * gain * power, 0) * self._doubt
        self._doubt = _STAYS * kept + (1 - _STAYS) * np.abs(self._path) ** 2
        self._watch(left, near)

    def _watch(self, left: Samples, near: Samples) -> None:
        """Learn anew when the filter adds sound instead of taking it: the path has changed."""
        self._power_in = _WATCH * self._power_in + (1 - _WATCH) * float(near @ near)
        self._power_left = _WATCH * self._power_left + (1 - _WATCH) * float(left @ left)
        if self._power_left > self._power_in:
            self._doubt = np.maximum(self._doubt, self._prior)

    def _suppress(self, left: Samples) -> Samples:
        """Take out what is probably left of the echo, band by band (a Wiener gain)."""
        spectrum = np.fft.rfft(np.concatenate([self._last_left, left]) * self._window)
        self._last_left = left
        rest = 0.5 * (np.abs(self._played) ** 2 * self._doubt).sum(0)
        share = 1 - _OVER * rest / (np.abs(spectrum) ** 2 + _TINY)
        gain = np.sqrt(np.maximum(share, _FLOOR**2))
        self._gain = _GAIN_SMOOTH * self._gain + (1 - _GAIN_SMOOTH) * gain
        cleaned = np.fft.irfft(spectrum * self._gain) * self._window
        done = cleaned[:HOP] + self._overlap
        self._overlap = cleaned[HOP:]
        return np.asarray(done)
