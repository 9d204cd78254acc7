import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.endpoint import (
    FRAME_SAMPLES,
    Endpointer,
    EndpointError,
    Event,
    SpeechEnded,
    SpeechStarted,
    TimedOut,
)

MS = 16  # samples in a millisecond


def frames(*pieces: tuple[float, int]) -> list[float]:
    """(probability, milliseconds) pieces as frames of 32 ms, rounded up."""
    return [p for p, ms in pieces for _ in range(-(-ms // 32))]


def ends(events: list[Event]) -> list[SpeechEnded]:
    return [e for e in events if isinstance(e, SpeechEnded)]


def run(probabilities: list[float], completeness: str = "likely") -> list[Event]:
    endpointer = Endpointer()
    endpointer.tell(completeness)  # type: ignore[arg-type]
    return endpointer.accept(probabilities)


def test_silence_and_clicks_open_nothing() -> None:
    assert run(frames((0.02, 60_000))) == []
    clicks = [0.0, 0.0, 0.99, 0.0, 0.0, 0.0, 0.97, 0.98, 0.99, 0.0, 0.0, 0.0] * 200
    assert run(clicks) == []


def test_what_is_left_of_a_voice_under_the_loudspeaker_opens_sooner() -> None:
    left = frames((0.0, 960), (0.4, 128))
    assert run(left) == []
    (started,) = Endpointer().accept(left, masked=True)
    assert isinstance(started, SpeechStarted)
    assert Endpointer().accept(frames((0.25, 60_000)), masked=True) == []


def test_speech_opens_within_200_ms_and_keeps_its_beginning() -> None:
    (started,) = run(frames((0.0, 960), (0.9, 128)))
    assert isinstance(started, SpeechStarted)
    voice = 960 * MS
    assert started.at - voice <= 200 * MS
    assert voice - started.start == 300 * MS


def test_pre_roll_never_reaches_before_what_was_fed_or_into_the_last_utterance() -> None:
    first, second = (
        e for e in run(frames((0.9, 320), (0.0, 1056), (0.9, 320))) if isinstance(e, SpeechStarted)
    )
    assert first.start == 0
    (ended,) = ends(run(frames((0.9, 320), (0.0, 1056))))
    assert second.start >= ended.at


@pytest.mark.parametrize(
    ("completeness", "least"),
    [("complete", 300), ("nearly", 700), ("likely", 1000), ("unknown", 2100), ("unfinished", 2500)],
)
def test_the_silence_that_ends_depends_on_what_was_said(completeness: str, least: int) -> None:
    (ended,) = ends(run(frames((0.9, 960), (0.01, 5000)), completeness))
    assert ended.end == 960 * MS
    assert least * MS <= ended.at - ended.end < (least + 32) * MS
    assert ended.completeness == completeness


@pytest.mark.parametrize("pause", [320, 608, 992, 1984, 2400])
def test_an_unfinished_question_is_not_cut_in_its_pauses(pause: int) -> None:
    endpointer = Endpointer()
    assert len(endpointer.accept(frames((0.9, 640)))) == 1
    endpointer.tell("unfinished")
    assert endpointer.accept(frames((0.01, pause), (0.9, 640))) == []
    endpointer.tell("complete")
    assert len(ends(endpointer.accept(frames((0.01, 320))))) == 1


def test_knowing_more_in_the_silence_counts_at_once() -> None:
    endpointer = Endpointer()
    endpointer.accept(frames((0.9, 640), (0.0, 480)))
    endpointer.tell("complete")
    (ended,) = endpointer.accept([0.0])
    assert isinstance(ended, SpeechEnded)
    assert ended.at - ended.end == 16 * FRAME_SAMPLES


def test_each_utterance_starts_with_nothing_known() -> None:
    endpointer = Endpointer()
    endpointer.tell("unfinished")
    endpointer.accept(frames((0.9, 640), (0.0, 2560)))
    (ended,) = ends(endpointer.accept(frames((0.9, 640), (0.0, 1056))))
    assert ended.completeness == "likely"


def test_a_click_in_the_silence_does_not_hold_the_end_back() -> None:
    quiet = run(frames((0.9, 640), (0.0, 320), (0.0, 32), (0.0, 1000)))
    click = run(frames((0.9, 640), (0.0, 320), (0.9, 32), (0.0, 1000)))
    assert ends(quiet) == ends(click) != []


def test_a_soft_ending_is_part_of_the_word() -> None:
    (ended,) = ends(run(frames((0.9, 640), (0.4, 160), (0.2, 1100))))
    assert ended.end == 800 * MS


def test_a_television_is_given_up_once_until_it_is_quiet() -> None:
    events = run(frames((0.8, 60_000)))
    assert [type(e) for e in events] == [SpeechStarted, TimedOut]
    assert isinstance(events[1], TimedOut)
    assert 15_000 * MS <= events[1].at - events[1].start < 15_040 * MS
    again = run(frames((0.8, 60_000), (0.0, 1100), (0.8, 640), (0.0, 1100)))
    assert [type(e) for e in again] == [SpeechStarted, TimedOut, SpeechStarted, SpeechEnded]


def test_reset_forgets_the_utterance_but_not_the_time() -> None:
    endpointer = Endpointer()
    endpointer.accept(frames((0.9, 640)))
    assert endpointer.speaking
    endpointer.reset()
    assert not endpointer.speaking
    assert endpointer.samples == 640 * MS
    (started,) = endpointer.accept(frames((0.9, 128)))
    assert started.start == 640 * MS


@pytest.mark.parametrize("bad", [-0.1, 1.01, float("nan"), float("inf")])
def test_what_is_no_probability_is_refused_and_changes_nothing(bad: float) -> None:
    endpointer = Endpointer()
    with pytest.raises(EndpointError, match="from 0 to 1"):
        endpointer.feed(bad)
    assert endpointer.samples == 0


voices = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.34, 0.36, 0.49, 0.51, 0.9]), st.integers(1, 60)),
    max_size=40,
).map(lambda runs: [p for p, count in runs for _ in range(count)])


@settings(max_examples=200, deadline=None)
@given(voices, st.integers(0, 2**16))
def test_the_same_frames_give_the_same_events_in_any_portions(
    probabilities: list[float], seed: int
) -> None:
    whole = run(probabilities)
    endpointer, portioned, at = Endpointer(), [], 0
    chance = random.Random(seed)
    while at < len(probabilities):
        size = chance.randint(0, 40)
        portioned += endpointer.accept(probabilities[at : at + size])
        at += size
    single = Endpointer()
    one_by_one = [e for p in probabilities if (e := single.feed(p)) is not None]
    assert whole == portioned == one_by_one


@settings(max_examples=200, deadline=None)
@given(voices)
def test_events_alternate_and_stay_in_order(probabilities: list[float]) -> None:
    events = run(probabilities)
    assert all(isinstance(e, SpeechStarted) for e in events[::2])
    assert not any(isinstance(e, SpeechStarted) for e in events[1::2])
    assert [e.at for e in events] == sorted(e.at for e in events)
    assert all(e.start <= e.end <= e.at for e in ends(events))
    for closed, opened in zip(events[1::2], events[2::2], strict=False):
        assert opened.start >= closed.at
