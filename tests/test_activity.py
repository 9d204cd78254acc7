"""Voice activity on speech of our own engine, on noise, and under every chunking."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.types import Ms
from voice.activity import WINDOW_SAMPLES, Activity
from voice.audio import Frame
from voice.speaker import resample
from voice.speech import Speech


@pytest.fixture(scope="module")
def speech() -> Iterator[bytes]:
    """Return "What causes muscle wasting", 16 kHz, between silences of half a second."""
    with Speech() as voice:
        pcm = voice.render("What causes muscle wasting?")
    yield bytes(16_000) + resample(pcm.data, pcm.rate_hz, 16_000) + bytes(16_000)


def probabilities(pcm: bytes, chunk: int = 2 * WINDOW_SAMPLES) -> list[float]:
    activity = Activity()
    found: list[float] = []
    for at in range(0, len(pcm), chunk):
        found += activity.accept(Frame(pcm[at : at + chunk], Ms(at // 32)))
    return found


def test_speech_stands_out_from_the_silence_around_it(speech: bytes) -> None:
    found = probabilities(speech)
    assert max(found[:14]) < 0.3
    assert sum(p > 0.5 for p in found) > 20
    assert max(found) > 0.9


@pytest.mark.parametrize("level", [0, 30, 300, 3000])
def test_steady_noise_is_no_speech(level: int) -> None:
    noise = np.random.default_rng(level).normal(0, level, 16_000 * 4).clip(-32768, 32767)
    found = probabilities(noise.astype("<i2").tobytes())
    # the endpointer starts on 4 of 6 windows
    assert sum(p > 0.5 for p in found) < 4


def test_speech_is_found_in_noise_of_a_tenth_of_its_level(speech: bytes) -> None:
    clean = np.frombuffer(speech, "<i2").astype(np.float64)
    level = 0.1 * np.sqrt((clean[clean != 0] ** 2).mean())
    noisy = clean + np.random.default_rng(1).normal(0, level, len(clean))
    found = probabilities(noisy.clip(-32768, 32767).astype("<i2").tobytes())
    assert sum(p > 0.5 for p in found) > 15


@settings(deadline=None, max_examples=5)
@given(chunk=st.integers(1, 4000).map(lambda n: 2 * n))
def test_the_result_does_not_depend_on_the_chunking(speech: bytes, chunk: int) -> None:
    assert probabilities(speech, chunk) == probabilities(speech)


def test_an_incomplete_window_waits_for_the_rest() -> None:
    activity = Activity()
    assert activity.accept(Frame(bytes(1022), Ms(0))) == []
    assert len(activity.accept(Frame(bytes(2), Ms(32)))) == 1
    assert activity.accept(Frame(b"", Ms(32))) == []


def test_reset_forgets_half_a_window_and_what_was_heard(speech: bytes) -> None:
    used = Activity()
    used.accept(Frame(speech[:40_002], Ms(0)))
    used.reset()
    fresh = Activity()
    assert used.accept(Frame(speech, Ms(0))) == fresh.accept(Frame(speech, Ms(0)))
