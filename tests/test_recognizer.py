"""The ear with a small real model: chunking, times, silence, exact grammars, broken models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench import voices
from intents.context_grammar import acceptor, network
from intents.context_templates import Template, parse
from intents.types import Ms
from models.starter.build import build
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.recognizer import Ear, EarError, Heard, Model
from voice.recording import read_samples

PHRASES = ("what causes muscle wasting", "how is cachexia treated", "what is zorbling like", "stop")
QUESTION = "what causes muscle wasting"


def frames(samples: np.ndarray, size: int = 1600, start_ms: int = 0) -> Iterator[Frame]:
    for at in range(0, len(samples), size):
        where = Ms(start_ms + at * 1000 // SAMPLE_RATE_HZ)
        yield Frame(samples[at : at + size].astype("<i2").tobytes(), where)


def hear(ear: Ear, samples: np.ndarray, size: int = 1600, start_ms: int = 0) -> Heard:
    for frame in frames(samples, size, start_ms):
        ear.accept(frame)
    return ear.finish()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("models") / "starter"
    words = {word: () for phrase in PHRASES for word in phrase.split() if word != "zorbling"}
    return Model(build(folder, words=words, sentences=PHRASES, vocabulary=500))


@pytest.fixture
def ear(model: Model) -> Iterator[Ear]:
    made = Ear(model, PHRASES)
    yield made
    made.close()


@pytest.fixture(scope="module")
def question() -> np.ndarray:
    if "flite-slt" not in voices.available():
        pytest.skip("needs the program flite (apt install flite)")
    return read_samples(voices.speak(QUESTION, "flite-slt"))


@pytest.mark.slow
class TestHearing:
    def test_a_question_is_heard_and_both_ears_report(self, ear: Ear, question: np.ndarray) -> None:
        partials = [p for frame in frames(question) if (p := ear.accept(frame))]
        heard = ear.finish()
        assert heard.hypotheses[0].text == QUESTION
        assert heard.hypotheses[0].ear == "library"
        assert 0.3 < heard.hypotheses[0].confidence <= 1
        assert any(p.text and QUESTION.startswith(p.text) for p in partials)

    @pytest.mark.parametrize("size", [160, 592, 1600, 3200, 1_000_000])
    def test_the_size_of_frames_does_not_matter(
        self, ear: Ear, question: np.ndarray, size: int
    ) -> None:
        assert hear(ear, question, size).hypotheses[0].text == QUESTION

    def test_word_times_lie_in_the_audio_and_follow_each_other(
        self, ear: Ear, question: np.ndarray
    ) -> None:
        heard = hear(ear, question, start_ms=7000)
        length = len(question) * 1000 // SAMPLE_RATE_HZ
        assert (heard.start_ms, heard.end_ms) == (7000, 7000 + length)
        assert [w.text for w in heard.words] == QUESTION.split()
        ends = [w.end_ms for w in heard.words]
        starts = [w.start_ms for w in heard.words]
        assert all(a <= b for a, b in zip(ends, starts[1:], strict=False))
        assert 7000 <= starts[0] < 7500
        # the voice is quiet for the last quarter of a second at most
        assert 7000 + length * 0.75 < ends[-1] <= 7000 + length

    def test_the_second_recording_is_timed_from_its_own_start(
        self, ear: Ear, question: np.ndarray
    ) -> None:
        assert hear(ear, question).words == hear(ear, question).words

    def test_lost_audio_moves_later_words(self, ear: Ear, question: np.ndarray) -> None:
        whole = hear(ear, question)
        quiet = np.zeros(1600, np.int16)
        ear.accept(Frame(quiet.tobytes(), Ms(0)))
        first, *rest = frames(question, start_ms=600)
        ear.accept(Frame(first.pcm, first.start_ms, lost_ms=Ms(500)))
        for frame in rest:
            ear.accept(frame)
        moved = ear.finish()
        assert [w.text for w in moved.words] == [w.text for w in whole.words]
        assert abs(moved.words[-1].end_ms - whole.words[-1].end_ms - 600) <= 60

    def test_reset_forgets(self, ear: Ear, question: np.ndarray) -> None:
        for frame in frames(question):
            ear.accept(frame)
        ear.reset()
        assert hear(ear, np.zeros(8000, np.int16)).hypotheses == ()

    def test_silence_hiss_and_nothing_are_nothing_heard(self, ear: Ear) -> None:
        noise = np.random.default_rng(1)
        for samples in (
            np.zeros(0, np.int16),
            np.zeros(3, np.int16),
            np.zeros(32_000, np.int16),
            noise.normal(0, 2, 32_000).astype(np.int16),
            noise.normal(0, 500, 32_000).astype(np.int16),
        ):
            heard = hear(ear, samples)
            assert (heard.hypotheses, heard.words) == ((), ())

    def test_full_scale_square_noise_is_survived(self, ear: Ear) -> None:
        loud = np.where(np.random.default_rng(2).random(16_000) < 0.5, -32768, 32767)
        assert hear(ear, loud.astype(np.int16)).end_ms == 1000

    def test_only_the_asked_ear_listens(self, model: Model, question: np.ndarray) -> None:
        for listen, name in (("library", "library"), ("free", "free")):
            one = Ear(model, PHRASES, listen=listen)  # type: ignore[arg-type]
            assert {h.ear for h in hear(one, question).hypotheses} == {name}
            one.close()

    def test_no_phrases_leave_the_free_ear(self, model: Model, question: np.ndarray) -> None:
        one = Ear(model, ())
        assert {h.ear for h in hear(one, question).hypotheses} == {"free"}
        one.close()

    def test_the_model_knows_its_words_and_no_others(self, model: Model) -> None:
        assert model.knows("cachexia")
        assert not model.knows("zorbling")
        assert not model.knows("")


@pytest.mark.slow
class TestExactSentences:
    def limited(self, model: Model, *sentences: str) -> Ear:
        templates = [Template("i", text, parse(text)) for text in sentences]
        return Ear(model.limited_to(acceptor(network(templates))), ())

    def test_only_sentences_of_the_grammar_are_heard(
        self, model: Model, question: np.ndarray
    ) -> None:
        ear = self.limited(model, "what causes (stop|muscle wasting)", "how is cachexia treated")
        heard = hear(ear, question)
        assert heard.hypotheses[0].text == QUESTION
        assert heard.hypotheses[0].ear == "library"
        assert {h.text for h in heard.hypotheses} <= {
            QUESTION,
            "what causes stop",
            "how is cachexia treated",
        }
        ear.close()

    def test_a_sentence_with_an_unknown_word_is_left_out(
        self, model: Model, question: np.ndarray
    ) -> None:
        ear = self.limited(model, "what causes (zorbling|muscle wasting)")
        assert hear(ear, question).hypotheses[0].text == QUESTION
        ear.close()

    def test_the_first_model_still_hears_everything(
        self, model: Model, question: np.ndarray
    ) -> None:
        self.limited(model, "stop").close()
        ear = Ear(model, PHRASES)
        assert hear(ear, question).hypotheses[0].text == QUESTION
        ear.close()


class Knowing:
    """A model that knows a few words and takes no grammars; stands in where nothing is decoded."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def knows(self, word: str) -> bool:
        return word in self.words


def test_unknown_words_cut_phrases_instead_of_closing_up() -> None:
    from voice.recognizer import _hearable

    model = Knowing("what", "is", "like", "stop")
    pieces = _hearable(model, ["what is zorbling like", "stop", "zorbling"])  # type: ignore[arg-type]
    assert pieces == ("what is", "like", "stop")


def test_a_missing_model_names_the_folder_and_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(EarError, match=r"nowhere.*readback models build"):
        Model(tmp_path / "nowhere")


def test_another_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(EarError, match="not a Vosk model folder"):
        Model(tmp_path)


def test_a_broken_model_is_refused_without_a_crash(tmp_path: Path) -> None:
    (tmp_path / "am").mkdir()
    (tmp_path / "conf").mkdir()
    (tmp_path / "graph").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"\0Bgarbage")
    (tmp_path / "conf" / "model.conf").write_text("--beam=10\n")
    with pytest.raises(EarError, match="broken"):
        Model(tmp_path)
