"""What goes to the loudspeaker, and what of it counts as heard, under every block length."""

from __future__ import annotations

import pytest
from fakes import tone
from hypothesis import example, given
from hypothesis import strategies as st

from intents.types import Ms, Spoken
from voice.playout import Clip, Playout, scaled


def played(playout: Playout, blocks: list[int]) -> tuple[bytes, list[Spoken]]:
    data, reports = b"", []
    for samples in blocks:
        part, heard = playout.fill(2 * samples)
        assert len(part) == 2 * samples
        data += part
        reports += heard
    return data, reports


def test_silence_while_there_is_nothing_to_play() -> None:
    assert Playout(1000).fill(20) == (bytes(20), [])


@given(st.lists(st.integers(1, 400), min_size=1, max_size=40), st.integers(0, 300))
@example([350], 0)  # a block that ends just before the clip without sound
def test_clips_follow_each_other_under_every_block_length(blocks: list[int], delay: int) -> None:
    playout = Playout(1000, delay)
    clips = [Clip(tone(100, 1), 1, 0), Clip(tone(250, 2), 1, 1), Clip(b"", 1, 2)]
    for clip in clips:
        playout.add(clip)
    whole = clips[0].data + clips[1].data
    data, reports = played(playout, blocks)
    given_out = sum(blocks)
    assert data == (whole + bytes(2 * given_out))[: 2 * given_out]
    ends = [(0, 100), (1, 350), (2, 350)]
    heard = [index for index, end in ends if given_out >= end + delay]
    assert [report.index for report in reports] == heard
    assert all(report.finished for report in reports)
    assert playout.busy == (len(heard) < 3)


@given(st.integers(0, 500), st.integers(0, 200))
def test_a_cut_reports_what_was_heard_and_not_what_the_device_still_held(
    given_out: int, delay: int
) -> None:
    playout = Playout(1000, delay)
    playout.add(Clip(tone(300), 7, 0))
    playout.add(Clip(tone(300), 7, 1))
    finished = playout.fill(2 * given_out)[1]
    heard = max(0, given_out - delay)
    reports = finished + playout.cut()
    assert sum(report.played_ms for report in reports) == min(600, heard)
    assert [report.finished for report in reports] == [heard >= 300, False][: len(reports)]
    assert not playout.busy
    assert playout.fill(20) == (bytes(20), [])


def test_a_clip_that_never_began_is_not_reported() -> None:
    playout = Playout(1000)
    playout.add(Clip(tone(10), 1, 0))
    assert playout.cut() == []


def test_the_first_moment_of_a_device_is_silence() -> None:
    playout = Playout(1000, lead=30)
    playout.add(Clip(tone(10, 5), 1, 0))
    assert played(playout, [7, 50])[0] == bytes(60) + tone(10, 5) + bytes(34)


def test_a_pause_keeps_the_place() -> None:
    playout = Playout(1000)
    playout.add(Clip(tone(100, 5), 1, 0))
    playout.fill(80)
    playout.paused = True
    assert playout.fill(40) == (bytes(40), [])
    assert playout.heard_ms() == 40
    playout.paused = False
    assert played(playout, [60]) == (tone(60, 5), [Spoken(1, 0, Ms(100), True)])


def test_heard_time_follows_the_clip() -> None:
    playout = Playout(1000, delay=20)
    assert playout.heard_ms() == 0
    playout.add(Clip(tone(100), 1, 0))
    assert playout.heard_ms() == 0
    playout.fill(100)
    assert playout.heard_ms() == 30


def test_gain_is_limited_instead_of_wrapped() -> None:
    assert scaled(tone(2, 1000), 0.5) == tone(2, 500)
    assert scaled(tone(2, 30_000), 2.0) == tone(2, 32_767)
    assert scaled(tone(2, -30_000), 2.0) == tone(2, -32_768)
    playout = Playout(1000)
    playout.gain = 0.1
    playout.add(Clip(tone(4, 1000), 1, 0))
    assert playout.fill(8)[0] == tone(4, 100)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=20), st.integers(0, 50))
def test_a_mixed_sound_adds_to_the_clip_and_does_not_delay_it(blocks: list[int], lead: int) -> None:
    playout = Playout(1000, lead=lead)
    playout.add(Clip(tone(300, 1000), 1, 0))
    playout.mix(tone(100, 7))
    expected = bytes(2 * lead) + tone(100, 1007) + tone(200, 1000)
    data, _ = played(playout, blocks)
    assert data[: len(expected)] == expected[: len(data)]


def test_a_mixed_sound_is_heard_in_a_pause_and_keeps_nobody_busy() -> None:
    playout = Playout(1000)
    playout.paused = True
    playout.mix(tone(10, 7))
    assert not playout.busy
    assert playout.fill(40) == (tone(10, 7) + bytes(20), [])


def test_a_cut_ends_a_mixed_sound_too() -> None:
    playout = Playout(1000)
    playout.mix(tone(10, 7))
    playout.cut()
    assert playout.fill(20) == (bytes(20), [])


def test_a_mixed_sound_is_limited_not_wrapped() -> None:
    playout = Playout(1000)
    playout.add(Clip(tone(5, 32_000), 1, 0))
    playout.mix(tone(5, 3000))
    assert playout.fill(10)[0] == tone(5, 32_767)


@pytest.mark.parametrize("block", [1, 7, 10, 64])
def test_a_hold_lets_the_clip_end_and_nothing_follow(block: int) -> None:
    playout = Playout(1000)
    for index in range(2):
        playout.add(Clip(bytes([1, 0]) * 30, 1, index))
    playout.fill(2)
    playout.hold_next = True
    data, reports = b"", []
    for _ in range(200 // block + 1):
        more, heard = playout.fill(2 * block)
        data, reports = data + more, reports + heard
    assert data.rstrip(b"\0") == bytes([1, 0]) * 28 + bytes([1])
    assert [(report.index, report.finished) for report in reports] == [(0, True)]
    # a cut forgets it
    playout.cut()
    playout.add(Clip(bytes([1, 0]) * 3, 2, 0))
    playout.add(Clip(bytes([1, 0]) * 3, 2, 1))
    assert len(playout.fill(40)[1]) == 2
