"""A command spoken into an answer is obeyed; the answer itself coming back is not."""

from __future__ import annotations

from typing import Literal

import pytest

from intents.commands import Commands
from intents.types import Command, Hypothesis
from voice.interruption import (
    LONGEST_WINDOWS,
    MOST_WINDOWS,
    QUIET_WINDOWS,
    Early,
    RemarkEnd,
    after_stop,
    doubtful,
    interruption,
    remarks,
)

PLAYING = "Stop smoking, drink more water, and wait until the pain is gone."
parse = Commands.shipped().parse


def guess(text: str, ear: Literal["library", "free"] = "library") -> Hypothesis:
    return Hypothesis(text, 1.0, ear)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("stop", "stop"),
        ("Stop!", "stop"),
        ("muscle tissue stop", "stop"),
        ("muscle is that's enough", "stop"),
        ("pause", "pause"),
        ("wait", "pause"),
        ("slower please", "slower"),
        ("say that again", "repeat"),
    ],
)
def test_a_command_is_found_even_with_the_answer_around_it(text: str, name: str) -> None:
    found = interruption([guess(text)], "Muscle atrophy is the loss of tissue.", parse)
    assert found
    assert found.name == name


@pytest.mark.parametrize("text", ["stop", "more", "wait", "stop smoking", "drink more", ""])
def test_the_answers_own_words_are_not_the_listeners(text: str) -> None:
    assert interruption([guess(text)], PLAYING, parse) is None


@pytest.mark.parametrize(
    "text", ["stop the muscle loss", "a stop sign", "that's the latter the last of stop", "not so"]
)
def test_a_command_word_among_other_words_is_no_command(text: str) -> None:
    assert interruption([guess(text)], "", parse) is None


def test_a_command_that_the_free_ear_heard_as_a_sentence_is_none() -> None:
    said = [guess("pause"), guess("the paws of a dog", "free")]
    assert interruption(said, "", parse) is None


@pytest.mark.parametrize("free", ["cause", "paula so", "oh the pause", ""])
def test_a_command_that_the_free_ear_misheard_is_still_one(free: str) -> None:
    assert interruption([guess("pause"), guess(free, "free")], "", parse) == Command("pause")


def test_a_stop_that_was_only_guessed_at_is_one_and_nothing_else_is() -> None:
    for first in ("start", "spot", "spell the word out loud"):
        assert interruption([guess(first), guess("stop")], "", parse) == Command("stop")
    assert interruption([guess("lowder of"), guess("louder")], "", parse) is None
    assert interruption([guess("mm of"), guess("hush")], "", parse) is None


@pytest.mark.parametrize("text", ["yes", "no", "the first one", "thank you", "hello"])
def test_answers_count_only_when_something_was_asked(text: str) -> None:
    assert interruption([guess(text)], PLAYING, parse) is None
    assert interruption([guess(text)], PLAYING, parse, asking=True) is not None


def test_noise_does_not_end_the_program() -> None:
    """In ten minutes of reading and household noise one ear heard "good night" once."""
    alone = [guess("go to bed"), guess("good night", "free")]
    assert interruption(alone, "", parse) is None
    assert interruption([guess("good night")], "", parse) is None
    both = [guess("good night"), guess("night night", "free")]
    assert interruption(both, "", parse) == Command("good_night")
    same = [Hypothesis("good night", 1.0, "library", agreed=True), guess("good light", "free")]
    assert interruption(same, "", parse) == Command("good_night")


def test_the_free_ear_alone_may_hear_a_command() -> None:
    assert interruption([guess("stopped"), guess("stop", "free")], "", parse) == Command("stop")


def test_long_talk_costs_no_parse() -> None:
    asked: list[str] = []
    interruption([guess("nonsense " * 500)], "", asked.append)
    assert asked == []


def test_short_wordings_are_listened_for() -> None:
    chosen = remarks(Commands.shipped().phrases())
    assert {"stop", "pause", "wait", "that's enough", "say that again"} <= set(chosen)
    assert not any("stopped" in phrase for phrase in chosen)


def test_a_remark_ends_with_a_short_silence() -> None:
    end = RemarkEnd()
    end.feed([0.9] * 10 + [0.1] * (QUIET_WINDOWS - 1))
    assert not end.over
    end.feed([0.9])
    end.feed([0.1] * (QUIET_WINDOWS - 1))
    assert not end.over
    end.feed([0.1])
    assert end.over
    assert not end.too_long


def test_talk_without_end_is_no_remark() -> None:
    end = RemarkEnd()
    end.feed([0.9] * (MOST_WINDOWS - 1))
    assert not end.too_long
    # no command any more, but a question may be as long
    end.feed([0.9])
    assert end.too_long
    assert not end.over
    end.feed([0.9] * (LONGEST_WINDOWS - MOST_WINDOWS))
    assert end.over
    assert end.too_long


def early(partials: list[str | None], playing: str = "") -> list[str | None]:
    parse = Commands.shipped().parse
    found = Early()
    commands = (found.feed(partial, playing, parse) for partial in partials)
    return [command.name if command else None for command in commands]


def test_stop_is_obeyed_once_it_is_stable() -> None:
    assert early(["stop", None, None]) == [None, "stop", None]
    assert early(["stop", "stopped", None, None]) == [None] * 4


def test_only_stop_and_its_like_are_obeyed_early() -> None:
    for said in ("louder", "hush", "quit", "stop the overview", ""):
        assert early([said, None, None, None, None]) == [None] * 5


def test_stop_out_of_our_own_mouth_is_not_obeyed_early() -> None:
    assert early(["stop", None, None, None], "you should stop smoking") == [None] * 4


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("stop", ""),
        ("Stop, stop it, please.", ""),
        ("stop what causes it", "what causes it"),
        ("Wait. How is it treated?", "how is it treated"),
        ("uh stop i can't breathe", "i can't breathe"),
        ("what causes it", "what causes it"),
    ],
)
def test_what_follows_a_stop(said: str, rest: str) -> None:
    found = after_stop([guess(said), guess("stop", "free")])
    assert [h.text for h in found] == ([rest] if rest else [])


@pytest.mark.parametrize(
    ("text", "confidence", "doubted"),
    [("louder", 0.4, True), ("louder", 0.6, False), ("stop", 0.1, False), ("wait", 0.1, False)],
)
def test_a_command_that_is_one_guess_among_others_is_doubted(
    text: str, confidence: float, doubted: bool
) -> None:
    command = parse(text)
    assert command is not None
    guesses = (Hypothesis(text, confidence, "library"), Hypothesis("that water", 0.3, "free"))
    assert doubtful(command, guesses, parse) is doubted


def test_another_command_is_doubted_where_stop_is_among_the_guesses() -> None:
    spell = parse("spell that")
    assert spell is not None
    guesses = [Hypothesis("spell that", 0.9, "library"), Hypothesis("stop", 0.08, "library")]
    assert doubtful(spell, guesses, parse)
    assert not doubtful(spell, guesses[:1], parse)
