"""Echo cancellation on made-up rooms: what is played goes, what is said stays."""

from __future__ import annotations

import numpy as np
import pytest

from intents.types import Ms
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.echo import TAIL_FRAMES, EchoCanceller
from voice.echo_filter import HOP

SIZE = 512


def speechlike(seconds: float, seed: int) -> np.ndarray:
    """Noise that swells and fades like syllables, int16 values as floats."""
    rng = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE_HZ)
    swell = np.abs(np.sin(np.arange(count) * 2 * np.pi * 2.5 / SAMPLE_RATE_HZ))
    smooth = np.convolve(rng.normal(0, 1, count), np.ones(4) / 4, "same")
    return 3000 * swell * smooth


def run(near: np.ndarray, far: np.ndarray) -> np.ndarray:
    canceller = EchoCanceller()
    cleaned = []
    for start in range(0, len(near) - SIZE + 1, SIZE):
        canceller.played(far[start : start + SIZE].astype("<i2").tobytes(), SAMPLE_RATE_HZ)
        pcm = near[start : start + SIZE].astype("<i2").tobytes()
        cleaned.append(np.frombuffer(canceller.clean(Frame(pcm, Ms(0))).pcm, "<i2"))
    return np.concatenate(cleaned).astype(np.float64)


def energy(samples: np.ndarray) -> float:
    return float((samples**2).mean()) + 1.0


@pytest.mark.parametrize("delay", [0, 800, 2000])
def test_the_echo_goes(delay: int) -> None:
    far = speechlike(8, 1)
    near = 0.7 * np.concatenate([np.zeros(delay), far])[: len(far)]
    cleaned = run(near, far)
    tail = slice(6 * SAMPLE_RATE_HZ, len(cleaned))
    assert 10 * np.log10(energy(near[tail]) / energy(cleaned[tail])) > 15


def test_a_voice_over_it_stays() -> None:
    far = speechlike(8, 1)
    said = np.zeros(len(far))
    said[6 * SAMPLE_RATE_HZ : 7 * SAMPLE_RATE_HZ] = speechlike(1, 2)
    cleaned = run(0.5 * far + said, far)
    second = slice(6 * SAMPLE_RATE_HZ, 7 * SAMPLE_RATE_HZ)
    assert energy(cleaned[second]) > 0.1 * energy(said[second])


def test_a_voice_far_below_the_echo_is_still_the_voice() -> None:
    """20 dB below: what comes out is more like what was said than anything else."""
    far = 3 * speechlike(12, 1)
    room = np.random.default_rng(4).normal(0, 1, 2400) * 10 ** (-3 * np.arange(2400) / 2400)
    echo = np.convolve(far, np.concatenate([np.zeros(900), room]))[: len(far)]
    echo *= 3000 / np.sqrt(energy(echo))
    said = np.zeros(len(far))
    second = slice(10 * SAMPLE_RATE_HZ, 11 * SAMPLE_RATE_HZ)
    said[second] = speechlike(1, 2)
    said *= 300 / np.sqrt(energy(said[second]))
    cleaned = run(echo + said, far)[second.start + HOP : second.stop + HOP]
    likeness = np.corrcoef(cleaned, said[second])[0, 1]
    assert likeness > 0.7
    assert np.corrcoef((echo + said)[second], said[second])[0, 1] < 0.3


def test_a_loudspeaker_that_was_moved_is_learned_anew() -> None:
    far = speechlike(14, 1)
    half = 7 * SAMPLE_RATE_HZ
    near = np.concatenate([0.7 * far[:half], -0.7 * np.roll(far, 1200)[half:]])
    cleaned = run(near, far)
    tail = slice(12 * SAMPLE_RATE_HZ, len(cleaned))
    assert 10 * np.log10(energy(near[tail]) / energy(cleaned[tail])) > 15


def test_the_filter_stays_finite_on_full_scale_noise() -> None:
    rng = np.random.default_rng(0)
    near, far = (rng.choice([-32768.0, 32767.0], 4 * SAMPLE_RATE_HZ) for _ in range(2))
    assert np.isfinite(run(near, far)).all()


def test_a_loudspeaker_at_another_rate_is_followed() -> None:
    """It was opened again: 44,100 samples a second, then 22,050 of the same tone."""
    canceller = EchoCanceller()
    heard = []
    for rate_hz in (44_100, 22_050):
        at = np.arange(rate_hz * 2) * 2 * np.pi * 400 / rate_hz
        tone = (8000 * np.sin(at)).astype("<i2")
        step = rate_hz * SIZE // SAMPLE_RATE_HZ
        for start in range(0, len(tone), step):
            canceller.played(tone[start : start + step].tobytes(), rate_hz)
            heard.append(canceller._next())
    far = np.concatenate(heard[-30:]).astype(np.float64)
    loudest = np.argmax(np.abs(np.fft.rfft(far))) * SAMPLE_RATE_HZ / len(far)
    assert abs(loudest - 400) < 2 * SAMPLE_RATE_HZ / len(far)


def test_nothing_played_changes_nothing() -> None:
    near = speechlike(1, 3)
    whole = near[: len(near) // SIZE * SIZE].astype("<i2").astype(np.float64)
    assert np.array_equal(run(near, np.zeros(len(near))), whole)


def test_after_the_tail_frames_pass_untouched() -> None:
    canceller = EchoCanceller()
    quiet, loud = bytes(2 * SIZE), (np.ones(SIZE) * 900).astype("<i2").tobytes()
    canceller.played(loud, SAMPLE_RATE_HZ)
    for _ in range(TAIL_FRAMES + 1):
        canceller.clean(Frame(quiet, Ms(0)))
        canceller.played(quiet, SAMPLE_RATE_HZ)
    frame = Frame(loud, Ms(7))
    assert canceller.clean(frame) is frame


def test_a_reference_that_ran_far_ahead_is_caught_up_with() -> None:
    canceller = EchoCanceller()
    for _ in range(100):
        canceller.played(bytes(2 * SIZE), SAMPLE_RATE_HZ)
    loud = (np.ones(SIZE) * 900).astype("<i2").tobytes()
    canceller.played(loud, SAMPLE_RATE_HZ)
    quiet = Frame(bytes(2 * SIZE), Ms(0))
    canceller.clean(quiet)
    # the newest samples were used, not those of three seconds ago
    assert canceller._sounding == TAIL_FRAMES
