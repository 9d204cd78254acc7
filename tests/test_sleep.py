"""The sleep timer, and good night in the conversation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_dialogue import KETTLE, Talk, match

from intents import prompts
from intents.commands import Commands
from intents.dialogue import Dialogue
from intents.sleep import AWAKE_S, SAMPLE_RATE_HZ, STEPS_S, SleepTimer, next_step, not_now, seconds
from intents.types import Answer, Command, Control, Decision, Emergency, OutOfScope, Reply, Unsure
from voice import audio

COMMANDS = Commands.shipped()
FOUND = match(KETTLE, 0)


def test_its_clock_is_the_microphones() -> None:
    assert SAMPLE_RATE_HZ == audio.SAMPLE_RATE_HZ


@given(st.lists(st.integers(0, 40_000), max_size=60), st.integers(1, 40))
def test_it_is_due_when_the_time_has_passed_however_it_is_portioned(
    portions: list[int], length_s: int
) -> None:
    timer = SleepTimer()
    timer.set(length_s)
    for portion in portions:
        timer.pass_time(portion)
    assert timer.due is (sum(portions) >= length_s * SAMPLE_RATE_HZ)
    assert timer.left_s == -(min(0, sum(portions) - length_s * SAMPLE_RATE_HZ) // SAMPLE_RATE_HZ)


def test_off_it_is_never_due() -> None:
    timer = SleepTimer()
    timer.pass_time(10**12)
    assert not timer.due
    timer.set(5)
    timer.set(0)
    timer.pass_time(10**12)
    assert not timer.due
    assert timer.left_s is None


@pytest.mark.parametrize(
    ("decision", "left_s"),
    [
        (Answer(FOUND), AWAKE_S),
        (Unsure((FOUND,)), AWAKE_S),
        (Command("louder"), AWAKE_S),
        # a television or a snore is no reason to stay up
        (OutOfScope(), 3),
        (None, 3),
        # who needs help is not left alone
        (Emergency("help"), None),
    ],
)
def test_who_talks_is_awake(decision: Decision | None, left_s: int | None) -> None:
    timer = SleepTimer()
    timer.set(3)
    timer.heard(decision)
    assert timer.left_s == left_s
    timer.set(600)
    timer.heard(decision)
    assert timer.left_s == (600 if left_s else None)


def test_asked_for_without_a_time_it_goes_up_step_by_step_and_off() -> None:
    left: int | None = None
    for step in (*STEPS_S, 0, STEPS_S[0]):
        left = next_step(left) or None
        assert (left or 0) == step


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("good night in twenty minutes", 20 * 60),
        ("stop in 10 minutes", 10 * 60),
        ("stop reading in a minute", 60),
        ("sleep timer forty-five minutes", 45 * 60),
        ("set a sleep timer for an hour and a half", 90 * 60),
        ("good night in two hours", 120 * 60),
        ("stop in half an hour", 30 * 60),
        ("go to sleep in a quarter of an hour", 15 * 60),
        ("set a 20 minute sleep timer", 20 * 60),
        ("start a half hour sleep timer", 30 * 60),
        ("sleep timer", 0),
    ],
)
def test_the_time_of_a_wording(text: str, wanted: int) -> None:
    command = COMMANDS.parse(text)
    assert command is not None
    assert command.name == "sleep_timer"
    assert seconds(command) == wanted


@given(st.integers(1, 180))
def test_every_number_of_minutes_is_understood_as_it_is_confirmed(minutes: int) -> None:
    said = prompts.duration(minutes * 60)
    whole = COMMANDS.parse(f"good night in {minutes} minutes")
    assert whole is not None
    assert seconds(whole) == minutes * 60
    if minutes <= 60:
        again = COMMANDS.parse(f"good night in {said}")
        assert again is not None
        assert seconds(again) == minutes * 60


@pytest.mark.parametrize(
    ("length_s", "said"),
    [
        (1, "one minute"),
        (60, "one minute"),
        (20 * 60, "twenty minutes"),
        (45 * 60 - 5, "forty five minutes"),
        (60 * 60, "an hour"),
        (90 * 60, "an hour and a half"),
        (75 * 60, "an hour and fifteen minutes"),
        (120 * 60, "two hours"),
    ],
)
def test_times_as_they_are_said(length_s: int, said: str) -> None:
    assert prompts.duration(length_s) == said


def test_the_ear_has_a_wording_for_every_number_of_minutes() -> None:
    phrases = set(COMMANDS.phrases())
    assert {"good night in one minutes", "good night in fifty nine minutes"} <= phrases
    assert "stop in twenty minutes" in phrases


def test_a_timer_is_confirmed_and_the_reading_goes_on_at_the_sentence() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)), until=(2, 300))
    said = talk.say("good night in twenty minutes")
    assert said == [
        "I will stop in twenty minutes.",
        "It comes with hard water.",
        "It is harmless.",
    ]
    assert isinstance(talk.outcome, Control)
    assert (talk.outcome.action, talk.outcome.step) == ("timer", 1200)


def test_a_stop_that_went_on_in_ten_minutes_is_taken_back() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)), until=(2, 300))
    talk.say("stop")
    timer = COMMANDS.parse("stop in ten minutes")
    assert timer
    assert talk.hear(not_now(timer)) == [
        "I will stop in ten minutes.",
        "It comes with hard water.",
        "It is harmless.",
    ]
    # said for itself later, it sets the timer and disturbs nobody
    talk.say("stop")
    assert talk.hear(timer) == ["I will stop in ten minutes."]


def test_the_timer_is_told_and_switched_off() -> None:
    talk = Talk()
    assert talk.say("sleep timer off") == [prompts.NO_TIMER]
    assert talk.say("how much time is left") == [prompts.NO_TIMER]
    talk.dialogue.sleep.set(15 * 60)
    assert talk.say("how much time is left") == ["I will stop in about fifteen minutes."]
    assert talk.say("sleep timer") == ["I will stop in thirty minutes."]
    assert talk.say("sleep timer off") == [prompts.TIMER_OFF]
    assert isinstance(talk.outcome, Control)
    assert (talk.outcome.action, talk.outcome.step) == ("timer", 0)


def test_one_step_more_than_the_last_is_off() -> None:
    talk = Talk()
    talk.dialogue.sleep.set(STEPS_S[-1])
    assert talk.say("sleep timer") == [prompts.TIMER_OFF]
    assert isinstance(talk.outcome, Control)
    assert talk.outcome.step == 0


def test_good_night_ends_the_reading_which_can_be_gone_on_with() -> None:
    talk = Talk()
    talk.hear(Answer(match(KETTLE, 0)), until=(2, 300))
    assert talk.say("good night") == ["Good night."]
    assert isinstance(talk.outcome, Control)
    assert talk.outcome.action == "sleep"
    assert talk.say("continue where I stopped") == ["It comes with hard water.", "It is harmless."]


def test_an_ear_that_is_always_open_says_how_to_wake_it() -> None:
    dialogue = Dialogue(wake_phrase="okay nabu")
    outcome = dialogue.heard(Command("good_night"))
    assert isinstance(outcome, Control)
    assert isinstance(outcome.reply, Reply)
    assert outcome.reply.utterances[0].text == "Good night. Say okay nabu when you want me again."
    # not to somebody who is asleep: the timer's confirmation has said it
    dialogue.sleep.set(1)
    dialogue.sleep.pass_time(SAMPLE_RATE_HZ)
    timed = dialogue.heard(Command("good_night"))
    assert isinstance(timed, Control)
    assert timed.reply is not None
    assert timed.reply.utterances[0].text == "Good night."


def test_a_preview_changes_nothing() -> None:
    dialogue = Dialogue()
    dialogue.preview(Command("sleep_timer", (("minutes", "20"),)))
    assert dialogue.sleep.left_s is None
