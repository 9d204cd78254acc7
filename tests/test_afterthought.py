"""The rest of a question that was taken for finished too early."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intents.readers import read_data
from intents.types import (
    Answer,
    Command,
    Decision,
    Emergency,
    Hypothesis,
    Match,
    OutOfScope,
    Unfinished,
    Unsure,
)
from voice.afterthought import WITHIN, Afterthought

ARTICLE = read_data(b"# Cramps\n\n## By day\n\nSalt.\n\n## At night\n\nTendons.\n", "c.md").article
DAY, NIGHT = (Match(ARTICLE, p, p.sentences, 0.9, 0.1) for p in ARTICLE.passages)
QUESTION, WHOLE = "what causes cramps", "what causes cramps at night"
LIBRARY = {
    QUESTION: Answer(DAY),
    WHOLE: Answer(NIGHT),
    "what causes cramps in sport": Answer(DAY),
    "cramps what causes cramps": Answer(NIGHT),
}


def decide(guesses: Sequence[Hypothesis]) -> Decision:
    found = (LIBRARY[guess.text] for guess in guesses if guess.text in LIBRARY)
    return next(found, OutOfScope())


def after(decision: Decision, text: str = QUESTION) -> Afterthought:
    thought = Afterthought(decide)
    thought.asked(said(text), decision, 1000)
    return thought


def said(*texts: str) -> list[Hypothesis]:
    return [Hypothesis(text, 0.8, "library") for text in texts]


@pytest.mark.parametrize("before", [Answer(DAY), OutOfScope(), Unsure((DAY,)), Unsure((NIGHT,))])
def test_the_whole_question_is_decided_on(before: Decision) -> None:
    whole = after(before).whole(said("at nine", "at night"), 9000)
    assert whole is not None
    guesses, decision = whole
    assert [guess.text for guess in guesses] == ["what causes cramps at nine", WHOLE]
    assert decision == Answer(NIGHT)


@pytest.mark.parametrize("rest", ["in sport", "in china", "", "um", "the"])
def test_what_changes_nothing_is_let_go_by(rest: str) -> None:
    assert after(Answer(DAY)).whole(said(rest), 9000) is None


def test_a_question_of_its_own_is_not_the_rest_of_one() -> None:
    assert after(OutOfScope(), "cramps").whole(said("what causes cramps"), 9000) is None


def test_the_rest_comes_soon_or_belongs_to_nothing() -> None:
    thought = after(Answer(DAY))
    assert thought.follows(1000 + WITHIN)
    assert not thought.follows(1001 + WITHIN)
    assert not Afterthought(decide).follows(0)


@pytest.mark.parametrize("done", [Command("stop"), Emergency("help"), Unfinished("what causes")])
def test_what_is_done_is_not_gone_on_with(done: Decision) -> None:
    thought = after(Answer(DAY))
    thought.asked(said("stop"), done, 2000)
    assert not thought.follows(2001)
    assert thought.whole(said("at night"), 9000) is None


def test_the_rest_may_come_in_two_parts() -> None:
    asked: list[str] = []

    def note(guesses: Sequence[Hypothesis]) -> Decision:
        asked.extend(guess.text for guess in guesses)
        return decide(guesses)

    thought = Afterthought(note)
    thought.asked(said(QUESTION), Answer(DAY), 1000)
    assert thought.whole(said("at night"), 9000)
    assert thought.follows(9000 + WITHIN)
    thought.whole(said("in bed"), 12000)
    assert asked == [WHOLE, f"{WHOLE} in bed"]


def test_less_sure_guesses_at_the_question_count_too() -> None:
    thought = Afterthought(decide)
    thought.asked(said("what causes camps", QUESTION), OutOfScope(), 1000)
    whole = thought.whole(said("at night", "at nine"), 9000)
    assert whole is not None
    assert [guess.text for guess in whole[0]] == [
        "what causes camps at night",
        "what causes camps at nine",
        WHOLE,
        "what causes cramps at nine",
    ]
