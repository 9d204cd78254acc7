"""Sphinx's front end and scoring in plain numpy, to hold the network against; and made-up audio."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from models.starter import filters as f
from models.starter.sphinx import SphinxModel

F64 = npt.NDArray[np.float64]


def made_up_speech(seconds: float = 4.0, seed: int = 1) -> npt.NDArray[np.int16]:
    """Return something with the loudness swings and moving formants of speech, 16 kHz."""
    rng = np.random.default_rng(seed)
    count = int(seconds * f.SAMPLE_RATE)
    time = np.arange(count) / f.SAMPLE_RATE
    pitch = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time)) / f.SAMPLE_RATE
    voice = np.zeros(count)
    for harmonic in range(1, 40):
        center = 900 + 700 * np.sin(2 * np.pi * 1.3 * time + 0.3 * harmonic)
        voice += np.exp(-(((120 * harmonic - center) / 500) ** 2)) * np.sin(harmonic * pitch)
    syllables = np.maximum(0, np.sin(2 * np.pi * 2.7 * time)) ** 2
    signal = syllables * voice + 0.02 * rng.standard_normal(count)
    return (6000 * signal / np.abs(signal).max()).astype(np.int16)


def energies(samples: npt.NDArray[np.int16], *, last: bool) -> F64:
    """Return [frames, 25]; `last`: pad the last, incomplete frame as pocketsphinx does."""
    wave = samples.astype(np.float64)
    wave = np.append(wave[0], wave[1:] - 0.97 * wave[:-1])
    count = 1 + (len(wave) - f.FRAME_SAMPLES) // f.SHIFT_SAMPLES
    if last:
        wave, count = np.append(wave, np.zeros(f.FRAME_SAMPLES)), count + 1
    at = f.SHIFT_SAMPLES * np.arange(count)[:, None] + np.arange(f.FRAME_SAMPLES)
    angle = 2 * np.pi * np.arange(f.FRAME_SAMPLES) / (f.FRAME_SAMPLES - 1)
    window = 0.54 - 0.46 * np.cos(angle)
    power = np.abs(np.fft.rfft(wave[at] * window, f.FFT_SIZE)) ** 2
    return power @ f.sphinx_filters().T


def _envelope(value: F64, floor: F64) -> F64:
    return np.where(value >= floor, 0.995 * floor + 0.005 * value, 0.5 * floor + 0.5 * value)


def without_noise(bands: F64) -> F64:
    """Return [frames, 25] after fe_noise.c."""
    out = np.empty_like(bands)
    power, noise, floor = bands[0].copy(), bands[0] / 20, bands[0] / 20
    peak = np.zeros(bands.shape[1])
    smoothing = f.smoothing_matrix()
    for t, now in enumerate(bands):
        power = 0.7 * power + 0.3 * now
        noise = _envelope(power, noise)
        signal = np.maximum(power - noise, 1.0)
        floor = _envelope(signal, floor)
        peak *= 0.85
        masked = np.where(signal < 0.85 * peak, 0.2 * peak, signal)
        peak = np.maximum(peak, signal)
        gain = np.clip(np.maximum(masked, floor) / power, 1 / 20, 20)
        out[t] = now * (smoothing @ gain)
    return out


def cepstra(samples: npt.NDArray[np.int16], *, last: bool = False, floor: float = 0.0) -> F64:
    """Return [frames, 13], before the mean is taken off.

    Sphinx adds 1e-4 behind its noise removal; the network adds its `floor` before it.
    """
    bands = without_noise(energies(samples, last=last) + floor)
    return np.log(bands + (0 if floor else 1e-4)) @ f.cepstrum_matrix().T


def streams(values: F64, mean: F64) -> F64:
    """Return [frames, 39]: static, first and second differences, edges repeated."""
    padded = np.pad(values, ((3, 3), (0, 0)), "edge")

    def shifted(k: int) -> F64:
        return padded[3 + k : 3 + k + len(values)]

    second = (shifted(3) - shifted(-1)) - (shifted(1) - shifted(-3))
    return np.hstack([values - mean, shifted(2) - shifted(-2), second])


def log_densities(model: SphinxModel, features: F64) -> F64:
    """Return [frames, 3 streams, phones, 128]."""
    parts = []
    for k in range(3):
        x = features[:, None, None, 13 * k : 13 * k + 13]
        gap = (x - model.means[:, k]) ** 2 / (2 * model.variances[:, k])
        parts.append(-gap.sum(-1) - 0.5 * np.log(2 * np.pi * model.variances[:, k]).sum(-1))
    return np.stack(parts, axis=1)


def senone_scores(model: SphinxModel, densities: F64, top: int | None = None) -> F64:
    """Return [frames, senones] log likelihoods, up to a constant a frame; `top` best Gaussians."""
    shifted = densities - densities.max(axis=(2, 3), keepdims=True)
    chance = np.exp(shifted)
    if top is not None:
        least = np.sort(shifted, axis=-1)[..., -top][..., None]
        # pocketsphinx holds densities in 8 bits of 0.1024 nat
        chance = np.where(shifted >= least, np.exp(np.maximum(shifted, -9.8)), 0)
    owner = model.phones.owners()
    scores = np.zeros((len(densities), model.phones.senone_count))
    for phone in range(len(model.phones.names)):
        mine = np.flatnonzero(owner == phone)
        for k in range(3):
            scores[:, mine] += np.log(chance[:, k, phone] @ model.weights[k][:, mine] + 1e-30)
    return scores
