"""What is made of an utterance while it is still being said."""

from __future__ import annotations

import pytest

from intents.completeness import Completeness
from intents.readers import read_data
from intents.types import Answer, Decision, Hypothesis, Match, Ms, Unsure
from voice.anticipation import Anticipation

GOUT = read_data(b"# Gout\n\nGout hurts. It goes.\n", "gout.md").article
MUSCLE = Match(GOUT, GOUT.passages[0], GOUT.passages[0].sentences, 0.9, 0.1, (), "what is a muscle")


@pytest.mark.parametrize("decision", [Answer(MUSCLE), Unsure((MUSCLE,))])
@pytest.mark.parametrize("heard", ["what is my old soul", "what is a muscle"])
def test_the_guess_that_was_answered_tells_whether_more_follows(
    decision: Decision, heard: str
) -> None:
    assert judged(decision, heard, goes_on="what is a muscle") == "unknown"
    assert judged(decision, heard, goes_on="what is gout") != "unknown"


def judged(decision: Decision, heard: str, goes_on: str) -> Completeness | None:
    anticipation = Anticipation(
        lambda _: decision, continues=lambda text: text == goes_on, prepare=lambda _: None
    )
    return anticipation.judge(Ms(96), [Hypothesis(heard, 0.9, "library")])


def test_nothing_new_is_not_judged_again() -> None:
    decided: list[str] = []

    def decide(guesses: object) -> Decision:
        decided.append("once")
        return Answer(MUSCLE)

    anticipation = Anticipation(decide, continues=lambda _: False, prepare=lambda _: None)
    guesses = [Hypothesis("what is gout")]
    assert anticipation.judge(Ms(96), guesses) == "complete"
    assert anticipation.judge(Ms(128), guesses) is None
    assert anticipation.judge(Ms(160), []) is None
    assert decided == ["once"]


def test_a_guess_without_words_is_not_judged_as_the_utterance_before_it() -> None:
    anticipation = Anticipation(
        lambda _: Answer(MUSCLE), continues=lambda _: False, prepare=lambda _: None
    )
    assert anticipation.judge(Ms(96), [Hypothesis("what is gout")]) == "complete"
    anticipation.reset()
    assert anticipation.judge(Ms(96), [Hypothesis("")]) is None
    assert anticipation.foreseen is None


def test_a_breath_after_the_words_does_not_undo_the_verdict() -> None:
    anticipation = Anticipation(
        lambda _: Answer(MUSCLE), continues=lambda _: False, prepare=lambda _: None
    )
    guesses = [Hypothesis("what is gout")]
    assert anticipation.judge(Ms(160), guesses) == "complete"
    # another silence, the same words
    assert anticipation.judge(Ms(96), guesses) == "complete"
    assert anticipation.judge(Ms(128), guesses) is None
