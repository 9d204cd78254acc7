"""`readback models`: what a person sees."""

from __future__ import annotations

import argparse
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from models import catalogue
from models.catalogue import Entry
from models.errors import ModelError
from models.starter import build as starter
from voice import config, hearing
from voice.cli import models as command
from voice.hearing import LibraryText
from voice.wiring import Wiring


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    args = parser.parse_args(["models", *words])
    return int(args.func(args))


@pytest.fixture(autouse=True)
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)


def test_without_a_model_each_action_says_what_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "readback models build" in capsys.readouterr().out
    for action in ("verify", "path"):
        with pytest.raises(ModelError, match="readback models build"):
            run(action)


@pytest.mark.slow
def test_build_verify_list_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = LibraryText(("cachexia",), ("what is cachexia",))
    monkeypatch.setattr(Wiring, "library_text", lambda _: text)
    monkeypatch.setitem(starter.build.__kwdefaults__, "vocabulary", 80)
    assert run("build", "--json") == 0
    said = capsys.readouterr()
    result = json.loads(said.out.splitlines()[-1])
    folder = tmp_path / "data" / "readback" / "models" / "starter"
    assert result["path"] == str(folder)
    assert result["sha256"] is True
    assert result["words"] == 81
    assert "100% done" in said.err
    assert run("verify") == 0
    assert "every checksum is right" in capsys.readouterr().out
    assert run("list") == 0
    assert capsys.readouterr().out.splitlines()[0] == f"* starter\t{folder}"
    assert run("path") == 0
    assert capsys.readouterr().out == f"{folder}\n"


def built(monkeypatch: pytest.MonkeyPatch, *words: str) -> LibraryText:
    """Return what a build is asked for, without building."""
    asked: list[LibraryText] = []

    def tune(text: LibraryText, _progress: object) -> Path:
        asked.append(text)
        raise ModelError("built nothing")

    monkeypatch.setattr(hearing, "tune", tune)
    with pytest.raises(ModelError, match="built nothing"):
        run("build", *words)
    return asked[0]


def test_a_build_has_the_words_that_the_settings_want(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    text = built(monkeypatch)
    assert "cachexia" in text.words
    assert any(sentence.startswith("what ") for sentence in text.sentences)
    config.change("library", "shipped", False)
    assert "cachexia" not in built(monkeypatch).words
    mine = tmp_path / "mine.toml"
    mine.write_text('[wake]\nphrase = "okay zorblax"\n')
    text = built(monkeypatch, "--settings", str(mine))
    assert {"cachexia", "zorblax"} <= set(text.words)
    assert built(monkeypatch, "--plain").words == ()


def stick(folder: Path, name: str) -> Entry:
    """Put a small archive that looks like a model on a stick; return its entry."""
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as made:
        for file in ("am/final.mdl", "conf/model.conf", "graph/HCLr.fst", "graph/Gr.fst"):
            made.writestr(f"{name}/{file}", file)
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    return Entry(name, "English", len(data), "MIT", "9 / 9", 1, path.as_uri(), "here", digest)


def test_fetch_use_remove(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    known = (stick(tmp_path, "vosk-model-one"), stick(tmp_path, "vosk-model-two"))
    monkeypatch.setattr(catalogue, "entries", lambda *_: known)
    for entry in known:
        assert run("fetch", entry.name, "--from", entry.url) == 0
        assert f"readback models use {entry.name}" in capsys.readouterr().out
    assert run("use", "vosk-model-one") == 0
    assert "words are fixed" in capsys.readouterr().out
    assert config.load().ear.model == "vosk-model-one"
    assert run("list", "--json") == 0
    listed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [m["used"] for m in listed["installed"]] == [True, False]
    assert run("remove", "vosk-model-one") == 1
    assert run("remove", "vosk-model-two") == 0
    with pytest.raises(ModelError, match="models fetch vosk-model-two"):
        run("use", "vosk-model-two")


def test_an_unknown_model_names_the_nearest() -> None:
    with pytest.raises(ModelError, match="did you mean"):
        run("fetch", "vosk-model-small-en")
