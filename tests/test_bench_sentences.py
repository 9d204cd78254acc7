"""The bench of read sentences: its counting and its words when a folder is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bench import sentences
from bench.sentences import BenchError
from intents.types import Hypothesis


def folder(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "text.tsv").write_text("\n".join(lines), encoding="utf-8")
    tone = 0.1 * np.sin(np.arange(16_000) / 20)
    soundfile.write(tmp_path / "a.wav", tone, 16_000)
    soundfile.write(tmp_path / "b.wav", tone, 16_000)
    return tmp_path


def test_lines_become_recordings_and_normalized_words(tmp_path: Path) -> None:
    found = sentences.read_sentences(folder(tmp_path, "a.wav\t1\tIt's 5 o'clock", "gone.wav\t1\tx"))
    assert found == [(tmp_path / "a.wav", ["it's", "five", "o'clock"])]


@pytest.mark.parametrize(
    ("line", "message"), [("a.wav only", "line 1"), ("gone.wav\t1\twords", "no recording")]
)
def test_broken_lists_are_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(BenchError, match=message):
        sentences.read_sentences(folder(tmp_path, line))


def test_a_missing_list_ends_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sentences.main([str(tmp_path)]) == 2
    assert "text.tsv cannot be read" in capsys.readouterr().err


def test_errors_are_insertions_deletions_and_substitutions(tmp_path: Path) -> None:
    listed = sentences.read_sentences(
        folder(tmp_path, "a.wav\t1\tone two three", "b.wav\t1\tfour five")
    )
    answers = iter([[Hypothesis("one too three four"), Hypothesis("one two three")], []])
    errors = sentences.measure(listed, lambda _samples: (next(answers), 0.25))
    assert (errors.sentences, errors.words, errors.wrong) == (2, 5, 4)
    assert errors.as_json()["wer"] == 0.8
    assert errors.wait_worst_s == 0.25
