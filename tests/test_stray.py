"""Talk in the room is no question."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.fit_stray import of_knowledge
from bench.utterances import lines_of
from bench.written import TRAINING
from intents.encoder import MiniLm
from intents.library import shipped_articles
from intents.text import normalize
from intents.types import Hypothesis, OutOfScope
from intents.understanding import Understanding
from models import encoder

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    folder = encoder.find()
    if folder is None:
        pytest.skip("the sentence encoder is not built")
    return Understanding(shipped_articles(), encoder=MiniLm(folder))


@pytest.mark.parametrize(
    "text",
    [
        # each is near to a passage
        "i put the bandage on her knee this morning",
        "we are seeing the doctor next week",
        "turn down the heating it's boiling in here",
        "there's no milk left",
    ],
)
def test_talk_and_requests_to_others_are_strays(text: str, understanding: Understanding) -> None:
    decision = understanding.decide([Hypothesis(text)])
    assert isinstance(decision, OutOfScope)
    assert decision.stray
    assert not decision.on_topic


@pytest.mark.parametrize(
    "text",
    [
        "what causes muscle atrophy",
        "i can't fall asleep",
        "leg cramps at night",
        "tell me about dry skin",
        # no library of ours has it, another may
        "who discovered penicillin",
        "how long is the nile",
        "how is the queen moved in chess",
    ],
)
def test_questions_problems_and_subjects_are_none(text: str, understanding: Understanding) -> None:
    decision = understanding.decide([Hypothesis(text)])
    assert not isinstance(decision, OutOfScope) or not decision.stray


def test_a_library_without_an_encoder_takes_everything_for_a_question() -> None:
    decision = Understanding(shipped_articles()[:3]).decide([Hypothesis("put the milk back")])
    assert isinstance(decision, OutOfScope)
    assert not decision.stray


def test_questions_of_knowledge_are_not_trained_on_as_strays() -> None:
    assert of_knowledge("who discovered penicillin")
    assert of_knowledge("how is doctor spelled")
    assert not of_knowledge("where did you put the thermometer")
    assert not of_knowledge("play some music")


def test_no_stranger_was_trained_on() -> None:
    known = {normalize(t) for n in ("stray.txt", "for_us.txt") for t in lines_of(TRAINING / n)}
    for name in ("stray_stranger.txt", "for_us_stranger.txt"):
        assert not known & {normalize(text) for text in lines_of(DATA / name)}
