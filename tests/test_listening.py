"""What a listening assistant is put together with, without devices."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from intents.dialogue import Dialogue
from tests.fakes import FakeSpeaker
from voice import listening, memory
from voice.config import EarSettings, Settings, WakeSettings
from voice.memory import Memory, Voiced
from voice.wiring import Wiring


def test_a_disk_that_refuses_is_told_once_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"
    state.write_text("a file, so that nothing can be written below it")
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    told: list[str] = []
    narrator, speaker = SimpleNamespace(rate_wpm=165), FakeSpeaker()
    parts = cast(Any, (Dialogue(), narrator, speaker))
    keep = listening.Keeper(Memory(), 165, parts, told.append)
    keep()
    assert told == []
    for rate in (190, 200):
        narrator.rate_wpm = rate
        keep()
    assert len(told) == 1
    assert "cannot be written" in told[0]
    # what could not be kept is tried again: somebody may have freed some space
    state.unlink()
    keep()
    assert memory.load().rate_wpm == Voiced(200, 165)


def wired(phrase: str, model: str, known: str, told: list[str]) -> Wiring:
    settings = Settings(wake=WakeSettings("always", phrase), ear=EarSettings(model))
    wiring = Wiring(settings, notice=told.append)
    wiring.__dict__["model"] = SimpleNamespace(knows=known.split().__contains__)
    return wiring


@pytest.mark.parametrize(
    ("phrase", "model", "says"),
    [
        ("Okay, Zorblax!", "vosk-model-one", "does not know zorblax; .* models use starter"),
        ("okay привет", "starter", "starter does not know привет; .* letters a to z"),
    ],
)
def test_a_wake_phrase_that_cannot_be_heard_is_told(phrase: str, model: str, says: str) -> None:
    told: list[str] = []
    wiring = wired(phrase, model, "okay", told)
    listening.warn(wiring)
    (text,) = told
    assert text == f"{wiring.unheard_phrase()}."
    assert phrase in text
    assert re.search(says, text)


@pytest.mark.parametrize("phrase", ["okay computer", "hey jarvis"])
def test_a_wake_phrase_that_can_be_heard_is_not_told(phrase: str) -> None:
    told: list[str] = []
    listening.warn(wired(phrase, "starter", "okay computer", told))
    assert told == []
