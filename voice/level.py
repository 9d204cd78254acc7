"""Whether it is already quiet, by loudness. Pure; one look at a window of 32 ms.

Silero still sees voice for about 120 ms after the last sound of a word. In a quiet room the level
knows better; over noise it says nothing, and Silero decides.
"""

from __future__ import annotations

import numpy as np

from voice.audio import Frame

# A window this much below the loudest of the utterance (35 dB) has no voice in it: the last sounds
# of six phrases by eleven synthetic voices were at most 31 dB below.
_QUIET_BELOW = 10**3.5
# Energy of a sample that is quiet anyway: steps of 16 bits, squared.
_SILENT = 1.0


class Level:
    """Follows one utterance."""

    def __init__(self) -> None:
        """Know no voice yet."""
        self._loudest = 0.0

    def reset(self) -> None:
        """Forget the utterance."""
        self._loudest = 0.0

    def quiet(self, frame: Frame) -> bool:
        """Tell whether the voice heard so far is surely over in this frame."""
        samples = np.frombuffer(frame.pcm, "<i2").astype(np.float64)
        energy = float(samples @ samples) / max(1, len(samples)) + _SILENT
        self._loudest = max(self._loudest, energy)
        return energy * _QUIET_BELOW < self._loudest
