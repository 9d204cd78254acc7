"""Whether a question is whole, by what the sentence encoder makes of its last word."""

from __future__ import annotations

import random

import numpy as np
import pytest

from bench.fit_turn_end import CUTS, every_gap, labeled, split
from bench.spoken import WORDINGS, read_wordings
from intents.encoder import ENDS_WIDTH, MiniLm
from intents.turn_end import TurnEnd
from models import encoder


class Counting:
    """An encoder without a model; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ends(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.zeros((len(texts), ENDS_WIDTH), np.float32)


@pytest.fixture(scope="module")
def minilm() -> MiniLm:
    folder = encoder.find()
    if folder is None:
        pytest.skip("the sentence encoder is not built")
    return MiniLm(folder)


def test_each_wording_is_looked_at_once_as_it_was_heard() -> None:
    counting = Counting()
    turn_end = TurnEnd(counting)
    assert turn_end.odds("What is Gout?") == turn_end.odds("What is Gout?")
    assert counting.asked == ["what is gout"]


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        # no rule knows these for beginnings
        ("can you rebuild", "an old fence"),
        ("why do people with cancer get so", "thin"),
        ("can arthritis cause", "muscle loss"),
        ("when should i see", "a doctor about my leg"),
        ("what else should i", "keep in the fridge"),
        ("is it safe to give my toddler", "honey"),
    ],
)
def test_what_must_go_on_is_not_whole(minilm: MiniLm, begun: str, rest: str) -> None:
    odds = TurnEnd(minilm).odds
    assert odds(begun) < 0 < odds(f"{begun} {rest}")


def test_our_wordings_are_told_from_their_beginnings(minilm: MiniLm) -> None:
    """It was never fitted to them."""
    odds = TurnEnd(minilm).odds
    every = every_gap([question for question, _ in read_wordings(WORDINGS)])
    likely = np.array([odds(text) for text in every.texts]) >= 0
    assert likely[every.whole == 1].mean() >= 0.84
    assert likely[every.whole == 0].mean() <= 0.13


def test_the_states_do_not_depend_on_what_is_encoded_beside_them(minilm: MiniLm) -> None:
    texts = ["what is gout", "why", "how long does a nosebleed last in the winter"]
    together = minilm.ends(texts)
    assert together.shape == (3, ENDS_WIDTH)
    assert (together[1] == minilm.ends(["why"])[0]).all()


def test_questions_are_whole_and_their_beginnings_are_not() -> None:
    made = labeled(["what is gout", "why do feet swell"], random.Random(1))
    assert made.texts[:2] == ["what is gout", "why do feet swell"]
    assert made.whole.tolist() == [1, 1] + [0] * 2 * CUTS
    assert set(made.texts[2 : 2 + CUTS]) <= {"what", "what is"}
    assert set(made.texts[2 + CUTS :]) <= {"why", "why do", "why do feet"}


def test_a_wording_is_cut_at_every_gap() -> None:
    made = every_gap(["What is Gout?"])
    assert made.texts == ["what", "what is", "what is gout"]
    assert made.whole.tolist() == [0, 0, 1]


def test_what_is_asked_about_one_document_is_on_one_side() -> None:
    asked = [(f"document {number % 40}", f"what is {number}") for number in range(400)]
    seen, unseen = split(asked, random.Random(1))
    wholes = [[t for t, w in zip(s.texts, s.whole, strict=True) if w] for s in (seen, unseen)]
    assert sorted([*wholes[0], *wholes[1]]) == sorted(question for _, question in asked)
    about = [{int(text.split()[-1]) % 40 for text in side} for side in wholes]
    assert not about[0] & about[1]
    assert 1 <= len(about[1]) <= 10
