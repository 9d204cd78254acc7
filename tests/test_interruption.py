"""A command spoken into an answer is obeyed; the answer itself coming back is not."""

from __future__ import annotations

import pytest

from intents.commands import Commands
from intents.types import Command
from voice.interruption import instant, interruption

PLAYING = "Stop smoking, drink more water, and wait until the pain is gone."
parse = Commands.shipped().parse


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("stop", "stop"),
        ("Stop!", "stop"),
        ("muscle tissue stop", "stop"),
        ("the loss of muscle mass that's enough", "stop"),
        ("pause", "pause"),
        ("wait", "pause"),
        ("slower please", "slower"),
        ("say that again", "repeat"),
    ],
)
def test_a_command_at_the_end_is_found(text: str, name: str) -> None:
    found = interruption(text, "Muscle atrophy is the loss of tissue.", parse)
    assert found
    assert found.name == name


@pytest.mark.parametrize("text", ["stop", "more", "wait", "stop smoking", "drink more", ""])
def test_the_answers_own_words_are_not_the_listeners(text: str) -> None:
    assert interruption(text, PLAYING, parse) is None


@pytest.mark.parametrize("text", ["muscle tissue", "the", "stop the muscle loss", "a stop sign"])
def test_a_command_word_inside_other_words_is_no_command(text: str) -> None:
    assert interruption(text, "", parse) is None


def test_only_commands_that_silence_take_effect_at_once() -> None:
    assert instant("stop", "", parse) == Command("stop")
    assert instant("slower", "", parse) is None
    assert instant("stop", PLAYING, parse) is None


def test_long_nonsense_costs_few_parses() -> None:
    asked: list[str] = []
    interruption("nonsense " * 500, "", asked.append)
    assert len(asked) <= 5
