"""Calls for help that are spoken into an answer: heard once more, and told from the answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
from fakes import frames
from numpy.typing import NDArray

from intents.types import Hypothesis
from voice.calls import Calls
from voice.nbest import Alternative
from voice.second_pass import Encoded

FIRST = (Hypothesis("not so loud", 1.0, "library"), Hypothesis("i can three", 0.4, "free"))


class Second:
    """Hears what the test says, once `heard` is set."""

    def __init__(self, *texts: str) -> None:
        self.texts = texts
        self.heard = threading.Event()
        self.samples = 0

    def encode(self, samples: NDArray[np.int16]) -> Encoded:
        self.samples = len(samples)
        return Encoded(None, 0)

    def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
        assert self.heard.wait(10)
        return tuple(Alternative(text, 0.5) for text in self.texts)

    def spells(self, word: str) -> bool:
        return bool(word)


def breathless(guesses: Sequence[Hypothesis]) -> str | None:
    return next((g.text for g in guesses if g.text == "i can't breathe"), None)


def test_the_whole_remark_is_heard_again_and_the_loop_never_waits() -> None:
    second = Second("i can dream", "i can't breathe")
    calls = Calls(breathless, second)
    calls.listen(frames("####"), FIRST, "")
    assert calls.found() is None
    second.heard.set()
    # the thread ends with what it was given
    calls.close()
    found = calls.found()
    assert found is not None
    assert found[1] == "i can't breathe"
    assert [guess.ear for guess in found[0]] == ["second", "second", "library", "free"]
    assert second.samples == 4 * 512
    assert calls.found() is None


@pytest.mark.parametrize(
    ("playing", "found"),
    [
        ("I rest when breathing is hard.", True),
        ("Call for help if you can't breathe.", False),
    ],
)
def test_what_is_mostly_the_answer_itself_is_no_call(playing: str, found: bool) -> None:
    second = Second("i can't breathe")
    second.heard.set()
    calls = Calls(breathless, second, patient=True)
    calls.listen(frames("####"), (), playing)
    assert (calls.found() is not None) is found
    calls.close()


def test_without_a_second_pass_the_first_guesses_do() -> None:
    calls = Calls(breathless, None, patient=True)
    calls.listen(frames("####"), (Hypothesis("i can't breathe", 0.4, "free"),), "")
    assert calls.found()
    calls.listen(frames("####"), (), "")
    assert calls.found() is None
    calls.close()
