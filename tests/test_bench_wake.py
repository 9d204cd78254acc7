"""The wake bench's own parts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.wake import looped, main
from voice.audio import SAMPLE_RATE_HZ


def test_noise_is_looped_for_so_long() -> None:
    one, other = np.arange(3, dtype=np.int16), np.arange(3, 8, dtype=np.int16)
    played = looped([one, other], 0.01)
    assert len(played) == 0.6 * SAMPLE_RATE_HZ
    assert list(played[:10]) == [0, 1, 2, 3, 4, 5, 6, 7, 0, 1]


def test_a_folder_without_recordings_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), "--noise", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("script/bench wake: ")
