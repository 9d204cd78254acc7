"""What opens the ear, and when it closes by itself."""

from __future__ import annotations

import pytest

from voice.audio import SAMPLE_RATE_HZ
from voice.gate import Gate, Mode

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
