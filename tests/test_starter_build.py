"""Building: the same bytes twice, nothing half-built, new words heard. All in child processes."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from models import store
from models.errors import ModelError
from models.starter.build import build

pytestmark = pytest.mark.slow
WORDS = {"causes": [], "cachexia": ["K AH K EH K S IY AH"], "sarcopenia": [], "zorbling": []}


def small(folder: Path) -> Path:
    return build(folder, words=WORDS, sentences=["what causes cachexia"], vocabulary=300)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("models") / "starter")


def test_the_same_inputs_give_the_same_bytes(model: Path, tmp_path: Path) -> None:
    again = small(tmp_path / "elsewhere" / "starter")
    assert digests(again) == digests(model)


def test_what_is_built_verifies(model: Path) -> None:
    found = store.verify(model)
    assert found.sha256
    assert found.words == 304
    assert (
        found.bytes
        == sum(p.stat().st_size for p in model.rglob("*") if p.is_file())
        - (model / "manifest.json").stat().st_size
    )


def test_lexicon_says_where_each_pronunciation_is_from(model: Path) -> None:
    lines = (model / "lexicon.txt").read_text().splitlines()
    rows = [tuple(line.split("\t")) for line in lines]
    assert ("cachexia", "owner", "K AH K EH K S IY AH") in rows
    assert {origin for word, origin, _ in rows if word == "zorbling"} == {"analogy", "espeak"}
    assert {origin for word, origin, _ in rows if word == "the"} == {"dictionary"}
    assert rows == sorted(rows, key=lambda row: row[0])


def test_progress_goes_up_to_one(tmp_path: Path) -> None:
    seen: list[float] = []
    build(tmp_path / "m", vocabulary=50, progress=lambda stage, share: seen.append(share))
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


def test_a_models_folder_where_the_user_stands_is_not_ours(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "__init__.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    assert digests(small(tmp_path / "built")) == digests(model)


def test_wrong_phones_are_named_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'QX'"):
        build(tmp_path / "m", words={"odd": ["QX AH"]}, vocabulary=50)
    assert not (tmp_path / "m").exists()
    assert not (tmp_path / ".m.new").exists()


def test_a_failed_build_leaves_the_old_model(model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "starter"
    shutil.copytree(model, folder)
    before = digests(folder)
    with pytest.raises(ModelError):
        build(folder, words={"odd": ["QX"]}, vocabulary=50)
    assert digests(folder) == before


def test_a_killed_build_leaves_the_old_model_and_the_next_one_works(
    model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "starter"
    shutil.copytree(model, folder)
    before = digests(folder)
    child = subprocess.Popen(
        [sys.executable, "-m", "models.starter", "build", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    with child:
        for line in child.stdout:
            if json.loads(line)["stage"] == "pronunciation graph":
                os.killpg(child.pid, signal.SIGKILL)
                break
    assert child.returncode == -signal.SIGKILL
    assert digests(folder) == before
    assert (tmp_path / ".starter.new").exists()
    build(folder, vocabulary=60)
    assert store.verify(folder).words == 60
    assert [p.name for p in tmp_path.iterdir() if p.is_dir()] == ["starter"]


def test_a_model_moved_away_by_a_killed_swap_comes_back(model: Path, tmp_path: Path) -> None:
    shutil.copytree(model, tmp_path / ".starter.old")
    with pytest.raises(ModelError, match="'QX'"):
        build(tmp_path / "starter", words={"odd": ["QX"]}, vocabulary=50)
    assert digests(tmp_path / "starter") == digests(model)


def test_two_builds_at_once_are_refused(tmp_path: Path) -> None:
    with (tmp_path / ".m.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ModelError, match="Another build"):
            build(tmp_path / "m", vocabulary=50)


def spoken(text: str, folder: Path) -> np.ndarray:
    """Speak with a synthesizer that is foreign to the recognizer; 16 kHz mono."""
    if shutil.which("flite") is None:
        pytest.skip("flite is not installed")
    path = folder / "spoken.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", text, "-o", str(path)], check=True)
    import soundfile

    samples, rate = soundfile.read(path, dtype="int16")
    assert rate == 16000
    return np.concatenate([np.zeros(3200, np.int16), samples, np.zeros(6400, np.int16)])


def heard(folder: Path, samples: np.ndarray, grammar: list[str] | None = None) -> str:
    import vosk

    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    extra = [json.dumps(grammar)] if grammar else []
    recognizer = vosk.KaldiRecognizer(model, 16000, *extra)
    recognizer.AcceptWaveform(samples.tobytes())
    return json.loads(recognizer.FinalResult())["text"]


def test_a_new_word_is_heard(model: Path, tmp_path: Path) -> None:
    samples = spoken("what causes sarcopenia", tmp_path)
    assert heard(model, samples) == "what causes sarcopenia"


def test_a_grammar_given_at_run_time_is_used(model: Path, tmp_path: Path) -> None:
    samples = spoken("what is sarcopenia", tmp_path)
    assert heard(model, samples, ["what is sarcopenia", "[unk]"]) == "what is sarcopenia"
    assert "sarcopenia" not in heard(model, samples, ["what is the", "[unk]"])


def test_words_out_of_vocabulary_are_known_to_be_so(model: Path) -> None:
    import vosk

    vosk.SetLogLevel(-1)
    loaded = vosk.Model(str(model))
    assert loaded.vosk_model_find_word("cachexia") > 0
    assert loaded.vosk_model_find_word("[unk]") > 0
    assert loaded.vosk_model_find_word("electromyostimulation") == -1
