"""What opens the ear, and when it closes by itself."""

from __future__ import annotations

import pytest

from voice.audio import SAMPLE_RATE_HZ
from voice.gate import CALL_S, Gate, Mode

SECOND = SAMPLE_RATE_HZ


def test_always_is_always_open() -> None:
    gate = Gate("always")
    assert gate.open
    assert not gate.pass_time(10**9, busy=False)
    gate.close()
    assert gate.open


def test_a_wake_word_opens_for_eight_seconds() -> None:
    gate = Gate("wake")
    assert not gate.open
    gate.wake()
    assert [gate.pass_time(SECOND, busy=False) for _ in range(9)] == [False] * 7 + [True, False]
    assert not gate.open


def test_the_follow_up_time_begins_after_the_answer() -> None:
    gate = Gate("key", followup_s=2.0)
    gate.wake()
    assert gate.take_call()
    for _ in range(100):
        assert not gate.pass_time(SECOND, busy=True)
    assert not gate.pass_time(SECOND, busy=False)
    assert gate.pass_time(SECOND, busy=False)


def test_stop_closes_at_once() -> None:
    gate = Gate("wake")
    gate.wake()
    gate.close()
    assert not gate.open
    assert not gate.pass_time(SECOND, busy=False)


def test_any_portions_of_time_are_the_same() -> None:
    for portion in (1, 512, 4000):
        gate = Gate("wake", followup_s=1.0)
        gate.wake()
        gate.take_call()
        passed = 0
        while gate.open:
            gate.pass_time(portion, busy=False)
            passed += portion
        assert SECOND <= passed < SECOND + portion


@pytest.mark.parametrize("mode", ["always", "wake", "key"])
def test_good_night_closes_in_every_mode_until_it_is_opened(mode: Mode) -> None:
    gate = Gate(mode)
    gate.wake()
    gate.sleep()
    assert not gate.open
    assert not gate.pass_time(10**9, busy=False)
    gate.close()
    assert not gate.open
    gate.wake()
    assert gate.open


def test_a_call_counts_for_one_utterance() -> None:
    gate = Gate("wake")
    gate.wake()
    assert gate.take_call()
    assert not gate.take_call()
    assert not Gate("always").take_call()


@pytest.mark.parametrize("mode", ["wake", "key"])
@pytest.mark.parametrize("followup_s", [0.0, 1.0])
def test_who_called_has_time_to_begin_however_short_the_follow_up_is(
    mode: Mode, followup_s: float
) -> None:
    gate = Gate(mode, followup_s)
    gate.wake()
    assert not any(gate.pass_time(SECOND, busy=False) for _ in range(7))
    # the question, which may be long
    assert not any(gate.pass_time(SECOND, busy=True) for _ in range(20))
    assert gate.open
    assert gate.take_call()
    # the answer
    assert not any(gate.pass_time(SECOND, busy=True) for _ in range(20))
    assert gate.open
    assert gate.pass_time(SECOND, busy=False)
    assert not gate.open


def test_a_call_that_was_not_understood_leaves_time_for_another_try() -> None:
    gate = Gate("key", followup_s=0.0)
    gate.wake()
    gate.pass_time(SECOND, busy=True)
    assert not gate.pass_time(7 * SECOND, busy=False)
    assert gate.take_call()


def test_people_with_a_long_follow_up_have_as_long_after_the_call() -> None:
    gate = Gate("key", followup_s=30.0)
    gate.wake()
    assert not gate.pass_time(29 * SECOND, busy=False)
    assert gate.pass_time(SECOND, busy=False)


@pytest.mark.parametrize("mode", ["always", "wake", "key"])
def test_a_call_that_nothing_follows_expires(mode: Mode) -> None:
    gate = Gate(mode)
    gate.wake()
    gate.pass_time(round(CALL_S * SECOND), busy=False)
    assert not gate.take_call()


def test_stop_and_good_night_take_a_call_back() -> None:
    for withdraw in (Gate.close, Gate.sleep):
        gate = Gate("always")
        gate.wake()
        withdraw(gate)
        assert not gate.take_call()
