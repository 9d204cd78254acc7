"""What works on this machine, and a step for what does not that really helps."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from intents.cross_encoder import CrossEncoder
from intents.encoder import MiniLm
from intents.errors import ReadbackError
from models import encoder, owner
from models.errors import ModelError
from voice import doctor
from voice.config import EarSettings, Settings, WakeSettings
from voice.wiring import Wiring

BUILT = encoder.find()
needs_encoder = pytest.mark.skipif(BUILT is None, reason="the sentence encoder is not built")


class Deaf(Wiring):
    """Hears no word of `unknown`."""

    unknown: tuple[str, ...] = ()

    def unhearable(self) -> tuple[str, ...]:
        return self.unknown


def deaf(model: str, *unknown: str) -> Deaf:
    wiring = Deaf(Settings(ear=EarSettings(model)))
    wiring.unknown = unknown
    return wiring


def test_every_word_can_be_heard() -> None:
    assert doctor.hearable(deaf("starter")) == "all can be heard"


@pytest.mark.parametrize(
    ("model", "words", "says"),
    [
        ("vosk-model-one", ("cachexia",), r"\(cachexia\); the words of vosk-model-one are fixed; .*"
         "readback models use starter"),
        ("starter", ("zxqv",), r"\(zxqv\); say how they sound: readback pronounce zxqv --like"),
        ("starter", ("β", "привет"), r"\(β, привет\); .* with the letters a to z"),
        ("starter", ("β", "zxqv"), "pronounce zxqv --like .* with the letters a to z"),
        ("starter", tuple("abcdefg"), r"7 cannot be heard \(a, b, c, d, e, \.\.\.\)"),
    ],
)  # fmt: skip
def test_the_step_for_words_that_cannot_be_heard_helps(
    model: str, words: tuple[str, ...], says: str
) -> None:
    with pytest.raises(ModelError, match=says) as raised:
        doctor.hearable(deaf(model, *words))
    # builds nothing that was not built before
    assert "models build" not in str(raised.value)


def test_what_the_step_asks_for_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    owner.put("zxqv", owner.Own(("Z", "IY")))
    with pytest.raises(ModelError, match="no word that can be heard"):
        owner.put("β", owner.Own(("B",)))


def wired(mode: str, phrase: str) -> Wiring:
    wiring = Wiring(Settings(wake=WakeSettings(mode, phrase)))
    wiring.__dict__["model"] = SimpleNamespace(knows=("okay", "computer").__contains__)
    return wiring


def test_the_wake_phrase_is_looked_at() -> None:
    assert doctor.phrase(wired("key", "okay zorblax")) == "not needed (wake.mode is key)"
    assert "by a model of its own" in doctor.phrase(wired("wake", "hey jarvis"))
    assert doctor.phrase(wired("always", "okay computer")) == '"okay computer" can be heard'
    with pytest.raises(ReadbackError, match="does not know zorblax"):
        doctor.phrase(wired("wake", "okay zorblax"))


def test_encoders_that_are_not_there_are_told() -> None:
    wiring = Wiring(Settings())
    wiring.__dict__.update(encoder=None, cross_encoder=None)
    for look in (doctor.sentence_encoder, doctor.cross_encoder):
        with pytest.raises(ModelError, match="readback models encoder"):
            look(wiring)


def test_encoders_are_read_before_they_are_called_ready(tmp_path: Path) -> None:
    for name in ("encoder.onnx", "cross.onnx", "cross_words.npy", "cross_head.npz"):
        (tmp_path / name).write_bytes(b"half a file")
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
    wiring = Wiring(Settings())
    wiring.__dict__.update(encoder=MiniLm(tmp_path), cross_encoder=CrossEncoder(tmp_path))
    for look in (doctor.sentence_encoder, doctor.cross_encoder):
        with pytest.raises(ReadbackError, match=r"cannot be used .*readback models encoder"):
            look(wiring)


@needs_encoder
@pytest.mark.slow
def test_whole_encoders_are_ready() -> None:
    wiring = Wiring(Settings())
    assert doctor.sentence_encoder(wiring) == "ready"
    assert doctor.cross_encoder(wiring) == "ready"


@pytest.mark.slow
def test_a_folder_that_cannot_be_read_costs_its_own_line_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Wiring) -> object:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(Wiring, "library", property(locked))
    found = {check.name: check for check in doctor.examine(Wiring(Settings()))}
    assert not found["articles"].ok
    assert found["articles"].text.startswith(f"{tmp_path} cannot be used (Permission denied)")
    assert found["voice"].ok
    assert {"wake phrase", "cross-encoder", "loudspeaker"} <= set(found)
