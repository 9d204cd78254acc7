import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from intents import library
from models import owner, store
from voice import cli, memory
from voice.cli import main

ROOT = Path(__file__).parent.parent


@pytest.fixture
def private_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Nothing of the person who runs the tests but the models, which take a minute to make.

    Those are links: what is built again in a test replaces the link, not the model.
    """
    built = store.default_folder()
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    models = store.default_folder()
    models.mkdir(parents=True)
    for item in built.iterdir() if built.is_dir() else ():
        if item.suffix != ".lock":
            (models / item.name).symlink_to(item)
    return tmp_path


def test_nothing_of_the_person_who_runs_the_tests_is_read(private_home) -> None:
    files = owner.default_path(), memory.default_path()
    folders = library.default_folder(), store.default_folder()
    assert all(place.is_relative_to(private_home) for place in (*files, *folders))


def last_json(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_help_lists_every_command(capsys) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert name in shown


def test_help_costs_no_heavy_import() -> None:
    code = (
        "import sys; from voice.cli import parser; parser(); "
        "print([m for m in ('vosk','pyttsx3','sounddevice','onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_typed_question_is_read_from_the_article(private_home, capsys) -> None:
    out = private_home / "answer.wav"
    status = main(["ask", "what causes muscle wasting", "--out", str(out), "--json"])
    assert status == 0
    result = last_json(capsys)
    assert result["decision"] == "answer"
    assert result["article"]["id"] == "muscle-atrophy"
    text = (ROOT / "intents/articles/muscle-atrophy.md").read_text(encoding="utf-8")
    flat = " ".join(text.split())
    assert result["sentences"]
    for sentence in result["sentences"]:
        assert " ".join(sentence["text"].split()) in flat
        assert sentence["end"] - sentence["start"] == len(sentence["text"])
    assert result["timings"]["first_sample_ms"] >= result["timings"]["decide_ms"]
    with wave.open(str(out)) as spoken:
        seconds = spoken.getnframes() / spoken.getframerate()
        samples = np.frombuffer(spoken.readframes(spoken.getnframes()), "<i2")
    assert seconds > 2
    assert np.abs(samples).max() > 3000


@pytest.mark.slow
def test_what_the_library_does_not_say_is_refused_with_an_offer(private_home, capsys) -> None:
    assert main(["ask", "what causes diabetes", "--silent", "--json"]) == 0
    result = last_json(capsys)
    assert result["decision"] == "out_of_scope"
    assert result["sentences"] == []
    assert result["reply"]


@pytest.mark.slow
def test_an_emergency_comes_first_and_names_the_owners_number(private_home, capsys) -> None:
    settings = private_home / "config.toml"
    settings.write_text('[safety]\nemergency_number = "112"\n')
    assert main(["ask", "I can't breathe", "--silent", "--json", "--settings", str(settings)]) == 0
    result = last_json(capsys)
    assert result["decision"] == "emergency"
    assert "1 1 2" in result["reply"] or "112" in result["reply"]


@pytest.mark.slow
def test_what_goes_with_a_change_is_said_and_written(private_home, capsys) -> None:
    out = private_home / "answer.wav"
    assert main(["ask", "good night", "--out", str(out), "--json"]) == 0
    shown = capsys.readouterr().out
    result = json.loads(shown.splitlines()[-1])
    assert result["command"]["name"] == "good_night"
    assert result["reply"].startswith("Good night")
    assert f"Says:   {result['reply']}" in shown
    assert result["timings"]["first_sample_ms"] is not None
    with wave.open(str(out)) as spoken:
        assert spoken.getnframes() > spoken.getframerate() / 2


@pytest.mark.slow
def test_an_answer_without_sound_leaves_no_old_one_unsaid(private_home, capsys) -> None:
    out = private_home / "answer.wav"
    out.write_bytes(b"the answer before")
    assert main(["ask", "stop", "--out", str(out), "--json"]) == 0
    shown = capsys.readouterr()
    assert f"{out} was not written, and what is in it is older" in shown.err
    assert json.loads(shown.out.splitlines()[-1])["reply"] == ""
    out.unlink()
    main(["ask", "stop", "--out", str(out)])
    assert f"{out} was not written.\n" in capsys.readouterr().err


@pytest.mark.parametrize("question", ["", "   ", "?!", "\N{PILE OF POO}"])
def test_a_question_without_a_word_is_told_so(private_home, capsys, question) -> None:
    assert main(["ask", question, "--silent"]) == 1
    assert "has no word" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "question", ["zxqv", "x" * 100_000, "what " * 5_000, "نص عربي", "\x00\x1b[2J"]
)
def test_no_question_makes_a_traceback(private_home, capsys, question) -> None:
    assert main(["ask", question, "--silent", "--json"]) in (0, 1)
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    json.loads(shown.out.splitlines()[-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def folder(path: Path) -> None:
    path.mkdir()


def silence(path: Path) -> None:
    soundfile.write(path, np.zeros(32_000), 16_000)


def hour(path: Path) -> None:
    soundfile.write(path, np.ones(3600 * 4_000), 4_000, subtype="PCM_U8")


def text(path: Path) -> None:
    path.write_text("what causes muscle wasting")


@pytest.mark.parametrize("make", [empty, folder, silence, hour, text, lambda path: None])
def test_a_useless_recording_is_one_clear_sentence(private_home, capsys, make) -> None:
    path = private_home / "question.wav"
    make(path)
    assert main(["ask", "--wav", str(path), "--silent", "--json"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("readback: ")
    assert str(path) in shown.err
    assert len(shown.err.splitlines()) == 1
    assert str(path) in json.loads(shown.out.splitlines()[-1])["error"]


@pytest.mark.slow
def test_noise_without_words_is_told_or_refused(private_home, capsys) -> None:
    path = private_home / "question.wav"
    noise = np.random.default_rng(7).normal(0, 0.02, 48_000)
    soundfile.write(path, noise, 16_000)
    status = main(["ask", "--wav", str(path), "--silent", "--json"])
    result = last_json(capsys)
    if status == 0:
        assert result["decision"] == "out_of_scope"
    else:
        assert "no words were recognized" in result["error"]


def test_unknown_settings_are_an_error_before_anything_else(private_home, capsys) -> None:
    settings = private_home / "config.toml"
    settings.write_text("[speech]\nspeed = 3\n")
    assert main(["ask", "what is it", "--settings", str(settings)]) == 1
    assert "speed does not exist" in capsys.readouterr().err


@pytest.mark.slow
def test_doctor_says_what_is_missing_and_does_not_stop_there(private_home, capsys) -> None:
    main(["doctor", "--json"])
    checks = {check["name"]: check for check in last_json(capsys)["checks"]}
    assert checks["articles"]["ok"]
    assert checks["voice"]["ok"]
    assert set(checks) >= {"python", "recognition model", "microphone", "loudspeaker"}
    assert all(check["text"] for check in checks.values())
