"""Hints name the command that the user typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.errors import ReadbackError
from voice import cli
from voice.cli import doctor
from voice.cli.hints import VARIABLE, as_typed, command, tell


@pytest.fixture
def clone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "script/run")


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("run: readback models build", "run: script/run models build"),
        (
            "run `readback memory clear` or readback ask",
            "run `script/run memory clear` or script/run ask",
        ),
        ("~/.local/share/readback models", "~/.local/share/readback models"),
        ("readback/config.toml and readback itself", "readback/config.toml and readback itself"),
    ],
)
def test_only_commands_are_put_in_the_users_words(text: str, typed: str) -> None:
    assert as_typed(text) == typed


@pytest.mark.parametrize("empty", [None, "", " "])
def test_an_installed_command_keeps_its_name(
    monkeypatch: pytest.MonkeyPatch, empty: str | None
) -> None:
    if empty is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, empty)
    assert command() == "readback"
    assert as_typed("run: readback models build") == "run: readback models build"


@pytest.mark.usefixtures("clone")
def test_an_error_and_the_help_say_what_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise ReadbackError("there is no model; run: readback models build")

    monkeypatch.setattr(doctor, "run", fail, raising=True)
    assert cli.main(["doctor"]) == 1
    assert "run: script/run models build" in capsys.readouterr().err
    assert cli.parser().format_usage().startswith("usage: script/run ")


@pytest.mark.usefixtures("clone")
def test_a_sentence_beside_the_result_says_what_to_type(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell("no encoder; run: readback models encoder")
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "readback: no encoder; run: script/run models encoder\n")


def test_script_run_tells_its_name() -> None:
    script = Path(__file__).parent.parent / "script" / "run"
    assert f"{VARIABLE}=" in script.read_text(encoding="utf-8")
