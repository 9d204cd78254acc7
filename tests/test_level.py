"""Quiet is what is far below the voice heard so far, whatever Silero still thinks."""

from __future__ import annotations

import numpy as np
import pytest

from intents.types import Ms
from voice.audio import Frame
from voice.level import Level


def tone(rms: float) -> Frame:
    wave = rms * np.sqrt(2) * np.sin(np.arange(512) * 2 * np.pi * 8 / 512)
    return Frame(np.rint(wave).astype("<i2").tobytes(), Ms(0))


def test_a_quiet_room_after_a_voice_is_quiet() -> None:
    level = Level()
    assert not level.quiet(tone(2000))
    assert level.quiet(tone(16))


@pytest.mark.parametrize("soft_db", [6, 20, 31])
def test_soft_ends_of_words_are_voice(soft_db: int) -> None:
    level = Level()
    level.quiet(tone(3000))
    assert not level.quiet(tone(3000 * 10 ** (-soft_db / 20)))


def test_noise_near_the_voice_says_nothing() -> None:
    level = Level()
    level.quiet(tone(2000))
    assert not level.quiet(tone(300))


def test_before_any_voice_nothing_is_quiet() -> None:
    level = Level()
    assert not level.quiet(Frame(bytes(1024), Ms(0)))
    level.quiet(tone(2000))
    level.reset()
    assert not level.quiet(tone(16))
