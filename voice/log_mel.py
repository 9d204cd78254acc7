"""Pure: the features of the second pass, 80 log-mel energies every 10 ms, as Whisper defines them.

Source: whisper/audio.py of OpenAI's Whisper (25 ms Hann windows, Slaney's mel scale and areas, 8
decades below the loudest); tests compare with values that its own filters give.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice.audio import SAMPLE_RATE_HZ

MELS = 80
FRAMES_A_SECOND = 100
_WINDOW, _STEP = 400, 160
# the mel scale: linear up to 1 kHz, logarithmic above (Slaney, Auditory Toolbox, 1998)
_LINEAR_HZ, _BREAK_HZ, _LOG_STEP = 200 / 3, 1000.0, np.log(6.4) / 27
_DECADES = 8.0

Features = NDArray[np.float32]


def log_mel(samples: NDArray[np.float32], frames: int) -> Features:
    """Return MELS x `frames` features of `samples` (16 kHz, -1..1), cut or filled with silence."""
    wanted = np.zeros(frames * _STEP, dtype=np.float32)
    kept = samples[: len(wanted)]
    wanted[: len(kept)] = kept
    padded = np.pad(wanted, _WINDOW // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP][:frames]
    spectrum = np.abs(np.fft.rfft(windows * _hann(), axis=1)) ** 2
    energies = np.log10(np.maximum(_filters() @ spectrum.T, 1e-10))
    energies = np.maximum(energies, energies.max() - _DECADES)
    return np.ascontiguousarray((energies + 4.0) / 4.0, dtype=np.float32)


@cache
def _hann() -> NDArray[np.float64]:
    return np.hanning(_WINDOW + 1)[:-1]


@cache
def _filters() -> NDArray[np.float64]:
    """Return MELS x 201 triangles of equal area."""
    bins = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE_HZ)
    top = _BREAK_HZ / _LINEAR_HZ + np.log(SAMPLE_RATE_HZ / 2 / _BREAK_HZ) / _LOG_STEP
    mels = np.linspace(0.0, top, MELS + 2)
    linear = _BREAK_HZ / _LINEAR_HZ
    edges = np.where(
        mels < linear, mels * _LINEAR_HZ, _BREAK_HZ * np.exp(_LOG_STEP * (mels - linear))
    )
    widths = np.diff(edges)
    away = edges[:, None] - bins[None]
    rising, falling = -away[:-2] / widths[:-1, None], away[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    filters: NDArray[np.float64] = triangles * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return filters
