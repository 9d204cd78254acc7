"""What is made of an utterance while it is still being said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intents.completeness import Completeness
from intents.readers import read_data
from intents.types import (
    Answer,
    Command,
    Decision,
    Emergency,
    Hypothesis,
    Match,
    OutOfScope,
    Unsure,
)
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
    return anticipation.judge([Hypothesis(heard, 0.9, "library")])


@pytest.mark.parametrize(
    ("odds", "verdict"), [(2.0, "complete"), (0.5, "nearly"), (-1.0, "unknown")]
)
def test_how_likely_more_follows_is_asked_of_what_was_heard_and_of_what_was_answered(
    odds: float, verdict: Completeness
) -> None:
    prepared: list[Decision] = []
    known = {"what is my old soul": odds - 1, "what is a muscle": odds + 1}
    anticipation = Anticipation(
        lambda _: Answer(MUSCLE),
        continues=lambda _: False,
        turn_end=known.__getitem__,
        prepare=prepared.append,
    )
    assert anticipation.judge([Hypothesis("what is my old soul")]) == verdict
    # what may be the whole question is made ready to be answered
    assert (anticipation.foreseen is not None) == bool(prepared) == (verdict != "unknown")


@pytest.mark.parametrize(("score", "stays"), [(0.9, True), (0.6, False)])
def test_a_sure_answer_stays_when_the_same_silence_is_heard_worse(
    score: float, stays: bool
) -> None:
    decisions: list[Decision] = [Answer(replace(MUSCLE, score=score)), OutOfScope(), OutOfScope()]
    anticipation = Anticipation(
        lambda _: decisions.pop(0), continues=lambda _: False, prepare=lambda _: None
    )
    assert anticipation.judge([Hypothesis("what is gout")]) == "complete"
    assert anticipation.judge([Hypothesis("what a shout here")]) == (None if stays else "unknown")
    assert (anticipation.foreseen is not None) is stays
    # more was said
    anticipation.speech()
    assert anticipation.judge([Hypothesis("what is gout in the knee")]) == "unknown"
    assert anticipation.foreseen is None


@pytest.mark.parametrize("decision", [Emergency("i can't breathe"), Command("stop")])
def test_a_sure_answer_yields_to_a_call_for_help_and_to_a_command(decision: Decision) -> None:
    decisions: list[Decision] = [Answer(MUSCLE), decision]
    anticipation = Anticipation(
        lambda _: decisions.pop(0), continues=lambda _: False, prepare=lambda _: None
    )
    assert anticipation.judge([Hypothesis("what is gout")]) == "complete"
    assert anticipation.judge([Hypothesis("as said now")]) is not None
    assert anticipation.foreseen is None


def test_nothing_new_is_not_judged_again() -> None:
    decided: list[str] = []

    def decide(guesses: object) -> Decision:
        decided.append("once")
        return Answer(MUSCLE)

    anticipation = Anticipation(decide, continues=lambda _: False, prepare=lambda _: None)
    guesses = [Hypothesis("what is gout")]
    assert anticipation.judge(guesses) == "complete"
    assert anticipation.judge(guesses) is None
    assert anticipation.judge([]) is None
    assert decided == ["once"]


def test_a_guess_without_words_is_not_judged_as_the_utterance_before_it() -> None:
    anticipation = Anticipation(
        lambda _: Answer(MUSCLE), continues=lambda _: False, prepare=lambda _: None
    )
    assert anticipation.judge([Hypothesis("what is gout")]) == "complete"
    anticipation.reset()
    assert anticipation.judge([Hypothesis("")]) is None
    assert anticipation.foreseen is None


def test_a_breath_after_the_words_does_not_undo_the_verdict() -> None:
    anticipation = Anticipation(
        lambda _: Answer(MUSCLE), continues=lambda _: False, prepare=lambda _: None
    )
    guesses = [Hypothesis("what is gout")]
    assert anticipation.judge(guesses) == "complete"
    assert anticipation.judge(guesses) is None
    # another silence, the same words
    anticipation.speech()
    assert anticipation.judge(guesses) == "complete"
    assert anticipation.judge(guesses) is None
