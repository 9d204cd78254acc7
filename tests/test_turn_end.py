"""Whether a question is whole, by what the sentence encoder makes of its last word."""

from __future__ import annotations

import random

import numpy as np
import pytest

from bench.fit_turn_end import CUTS, every_gap, labeled
from bench.spoken import WORDINGS, read_wordings
from intents.encoder import WIDTH, MiniLm
from intents.turn_end import TurnEnd
from models import encoder


class Counting:
    """Tells apart by the number of words, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ends(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.zeros((len(texts), 2 * WIDTH), np.float32)


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
        # what the library answers, and rules did not know for a beginning
        ("can you rebuild", "lost muscle"),
        ("why do people with cancer get so", "thin"),
        ("can arthritis cause", "muscle loss"),
        ("when should i see", "a doctor about my leg"),
        ("what else should i", "keep in the fridge"),
        ("is it safe to give my toddler", "honey"),
    ],
)
def test_what_must_go_on_is_not_whole(minilm: MiniLm, begun: str, rest: str) -> None:
    odds = TurnEnd(minilm).odds
    assert odds(begun) < -3
    assert odds(f"{begun} {rest}") > 1


def test_our_wordings_are_told_from_their_beginnings(minilm: MiniLm) -> None:
    """It was never fitted to them."""
    odds = TurnEnd(minilm).odds
    texts, whole = every_gap([question for question, _ in read_wordings(WORDINGS)])
    likely = np.array([odds(text) for text in texts]) >= 0
    assert likely[whole == 1].mean() >= 0.9
    assert likely[whole == 0].mean() <= 0.11


def test_the_states_do_not_depend_on_what_is_encoded_beside_them(minilm: MiniLm) -> None:
    texts = ["what is gout", "why", "how long does a nosebleed last in the winter"]
    together = minilm.ends(texts)
    assert together.shape == (3, 2 * WIDTH)
    # quantized a batch at a time
    assert np.allclose(together[1], minilm.ends(["why"])[0], atol=0.2)


def test_questions_are_whole_and_their_beginnings_are_not() -> None:
    texts, whole = labeled(["what is gout", "why do feet swell"], random.Random(1))
    assert texts[:2] == ["what is gout", "why do feet swell"]
    assert whole.tolist() == [1, 1] + [0] * 2 * CUTS
    for begun in texts[2 : 2 + CUTS]:
        assert begun in {"what", "what is"}


def test_a_wording_is_cut_at_every_gap() -> None:
    texts, whole = every_gap(["What is gout?"])
    assert list(zip(texts, whole.tolist(), strict=True)) == [
        ("what", 0),
        ("what is", 0),
        ("what is gout", 1),
    ]
