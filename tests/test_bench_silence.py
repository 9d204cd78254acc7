"""The bench of imagined questions: it hears everything that it is given."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench import silence
from bench.silence import BenchError, Room


def test_the_room_lasts_as_long_as_asked_and_has_every_recording_and_quiet() -> None:
    loud = np.full(16_000, 9000, dtype=np.int16)
    room = Room([("a.wav", loud), ("b.wav", -loud)], minutes=1.5)
    heard: dict[str, int] = {}
    last = -1
    for frame in room.frames():
        heard[room.source] = heard.get(room.source, 0) + len(frame.pcm) // 2
        assert frame.start_ms > last
        last = frame.start_ms
    assert sum(heard.values()) == pytest.approx(90 * 16_000, abs=512)
    assert set(heard) == {"a.wav", "b.wav", "silence"}
    assert heard["silence"] >= 60 * 16_000 - 512


def test_recordings_shorter_than_a_frame_do_not_hang() -> None:
    room = Room([("click.wav", np.ones(100, dtype=np.int16))], minutes=0.1)
    assert sum(1 for _ in room.frames()) == pytest.approx(6 * 16_000 / 512, abs=1)


def test_folders_and_files_are_read(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(1600), 16_000)
    (tmp_path / "ATTRIBUTION.tsv").write_text("a.wav\tmine\n")
    assert [name for name, _ in silence.read([tmp_path])] == ["a.wav"]
    assert [name for name, _ in silence.read([tmp_path / "a.wav"])] == ["a.wav"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(BenchError, match="empty"):
        silence.read([tmp_path / "empty"])


def test_a_missing_file_is_said_and_not_raised(capsys: pytest.CaptureFixture[str]) -> None:
    assert silence.main(["/nowhere/noise.wav"]) == 2
    assert "noise.wav" in capsys.readouterr().err
