"""The filter bank, cepstra and constants of Sphinx's front end, and Kaldi's filter bank beside it.

Sphinx: ``fe_sigproc.c`` and ``fe_noise.c``. Kaldi: ``mel-computations.cc``. Spectra are power
spectra of 410-sample Hamming frames at 16 kHz, 257 bins.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

SAMPLE_RATE = 16000
FFT_SIZE = 512
FRAME_SAMPLES = 410
SHIFT_SAMPLES = 160
BANDS = 25
CEPSTRA = 13
LOW_HZ, HIGH_HZ = 130.0, 6800.0
LIFTER = 22
# The bins that libvosk computes for us. Measured relative error of Sphinx's filters made from
# them: 110 bins of 60-7200 Hz 3%; 25 bins of 130-6800 Hz 10.6%.
KALDI_BANDS = 110
KALDI_LOW_HZ, KALDI_HIGH_HZ = 60.0, 7200.0


def sphinx_filters() -> F64:
    """Return [25, 257]: triangles of unit area whose edges are rounded to FFT bins."""
    mel = 2595 * np.log10(1 + np.array([LOW_HZ, HIGH_HZ]) / 700)
    edges = 700 * (10 ** (np.linspace(mel[0], mel[1], BANDS + 2) / 2595) - 1)
    step = SAMPLE_RATE / FFT_SIZE
    edges = np.floor(edges / step + 0.5) * step
    low, center, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    hertz = np.arange(FFT_SIZE // 2 + 1) * step
    rising = (hertz - low) / (center - low)
    falling = (high - hertz) / (high - center)
    triangles: F64 = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return triangles


def kaldi_filters(
    bands: int = KALDI_BANDS, low_hz: float = KALDI_LOW_HZ, high_hz: float = KALDI_HIGH_HZ
) -> F64:
    """Return [bands, 257]: Kaldi's triangles, of unit height on the mel scale, no Nyquist bin."""
    ends = 1127 * np.log(1 + np.array([low_hz, high_hz]) / 700)
    edges = np.linspace(ends[0], ends[1], bands + 2)
    low, center, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    mel = 1127 * np.log(1 + np.arange(FFT_SIZE // 2 + 1) * SAMPLE_RATE / FFT_SIZE / 700)
    rising, falling = (mel - low) / (center - low), (high - mel) / (high - center)
    table: F64 = np.maximum(0, np.minimum(rising, falling))
    table[:, -1] = 0
    return table


def mixing_matrix(sweeps: int = 400) -> F64:
    """Return [25, 110] >= 0 that makes Sphinx's filters from Kaldi's, in the least squares sense.

    Non-negative least squares by cyclic coordinate descent (each coordinate solved exactly and
    clipped at zero); it converges because the problem is convex.
    """
    source, target = kaldi_filters(), sphinx_filters()
    gram, wanted = source @ source.T, target @ source.T
    table = np.zeros((BANDS, KALDI_BANDS))
    for _ in range(sweeps):
        for k in range(KALDI_BANDS):
            gap = wanted[:, k] - table @ gram[:, k]
            table[:, k] = np.maximum(0, table[:, k] + gap / gram[k, k])
    return table


def cepstrum_matrix() -> F64:
    """Return [13, 25]: Sphinx's DCT-II with its sine lifter."""
    order = np.arange(CEPSTRA)[:, None]
    table = np.sqrt(2 / BANDS) * np.cos(np.pi / BANDS * order * (np.arange(BANDS) + 0.5))
    table[0] = np.sqrt(1 / BANDS)
    lifter: F64 = 1 + LIFTER / 2 * np.sin(np.arange(CEPSTRA) * np.pi / LIFTER)
    lifted: F64 = lifter[:, None] * table
    return lifted


def smoothing_matrix(reach: int = 4) -> F64:
    """Return [25, 25]: the mean over up to `reach` neighbor bands on each side."""
    table = np.zeros((BANDS, BANDS))
    for band in range(BANDS):
        first, last = max(0, band - reach), min(BANDS - 1, band + reach)
        table[band, first : last + 1] = 1 / (last - first + 1)
    return table


FBANK_CONF = f"""--sample-frequency={SAMPLE_RATE}
--frame-length=25.625
--frame-shift=10
--window-type=hamming
--preemphasis-coefficient=0.97
--remove-dc-offset=false
--dither=0
--snip-edges=true
--round-to-power-of-two=true
--num-mel-bins={KALDI_BANDS}
--low-freq={KALDI_LOW_HZ:g}
--high-freq={KALDI_HIGH_HZ:g}
--use-energy=false
--use-log-fbank=false
--use-power=true
"""
