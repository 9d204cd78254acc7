"""The short sounds: distinct, quiet, soft at the edges."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from intents.types import ArticleId, Command, Ms, OutOfScope, Prompt, Quotation, Sentence
from voice.activity import Activity
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import ConfigError, load
from voice.earcons import (
    NAMES,
    NIGHT,
    PEAK,
    THINKING_S,
    Chimes,
    Marks,
    Name,
    earcon,
    is_night,
    span,
)
from voice.events import (
    Asleep,
    Awake,
    Event,
    Listening,
    Missed,
    NothingHeard,
    Saying,
    Thinking,
    Understood,
)

RATES = (16_000, 22_050, 44_100, 48_000)


def samples(name: Name, rate_hz: int = 22_050, *, night: bool = False) -> np.ndarray:
    return np.frombuffer(earcon(name, rate_hz, night=night), "<i2").astype(float)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("name", NAMES)
def test_every_sound_is_short_quiet_and_begins_and_ends_in_silence(
    name: Name, rate_hz: int
) -> None:
    sound = samples(name, rate_hz)
    assert 0.01 < len(sound) / rate_hz < 0.2
    assert 0.8 * PEAK < np.abs(sound).max() <= PEAK
    assert abs(sound[0]) < PEAK / 20
    assert abs(sound[-1]) < PEAK / 20


def test_all_sounds_differ() -> None:
    for one, other in itertools.combinations(NAMES, 2):
        assert earcon(one, 22_050) != earcon(other, 22_050)


@pytest.mark.parametrize("name", NAMES)
def test_at_night_they_are_12_db_quieter(name: Name) -> None:
    ratio = np.abs(samples(name, night=True)).max() / np.abs(samples(name)).max()
    assert ratio == pytest.approx(NIGHT, rel=0.01)


@pytest.mark.parametrize("name", NAMES)
def test_the_ear_does_not_take_them_for_speech(name: Name) -> None:
    sound = np.frombuffer(earcon(name, SAMPLE_RATE_HZ), "<i2")
    room = np.random.default_rng(1).normal(0, 4, SAMPLE_RATE_HZ * 2).astype("<i2")
    room[SAMPLE_RATE_HZ : SAMPLE_RATE_HZ + len(sound)] += sound
    activity = Activity()
    voiced = 0
    for start in range(0, len(room) - 511, 512):
        frame = Frame(room[start : start + 512].tobytes(), Ms(start * 1000 // SAMPLE_RATE_HZ))
        voiced += sum(probability >= 0.5 for probability in activity.accept(frame))
    # speech begins with 4 such windows of 6
    assert voiced < 4


@pytest.mark.parametrize(
    ("time", "night"), [("21:59", False), ("22:00", True), ("03:00", True), ("07:00", False)]
)
def test_night_goes_over_midnight(time: str, night: bool) -> None:
    begin, end = datetime.time(22), datetime.time(7)
    assert is_night(datetime.time.fromisoformat(time), begin, end) is night


def test_a_night_within_one_day() -> None:
    begin, end = datetime.time(1), datetime.time(7)
    assert is_night(datetime.time(2), begin, end)
    assert not is_night(datetime.time(23), begin, end)
    assert not is_night(datetime.time(7), begin, end)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (Listening(), "listening"),
        (Awake(), "listening"),
        (NothingHeard(), "nothing found"),
        (Asleep(), "off"),
        (Understood((), OutOfScope()), "nothing found"),
        (Understood((), Command("help")), "heard"),
    ],
)
@pytest.mark.parametrize("night", [True, False])
def test_events_are_told_by_their_sound(event: Event, name: Name, night: bool) -> None:
    mixed: list[bytes] = []
    Chimes(mixed.append, lambda: 22_050, lambda: night)(event)
    assert mixed == [earcon(name, 22_050, night=night)]


def test_other_events_make_no_sound() -> None:
    mixed: list[bytes] = []
    Chimes(mixed.append, lambda: 22_050, lambda: False)(Missed(Ms(10)))
    assert mixed == []


def test_the_night_is_read_from_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[sound]\nearcons = true\nnight = "21:30 - 06:00"\n')
    sound = load(path).sound
    assert sound.earcons
    assert span(sound.night) == (datetime.time(21, 30), datetime.time(6))


@pytest.mark.parametrize("night", ["22:00", "late", "25:00-07:00", "22:00-07:00Z"])
def test_a_night_that_is_none_is_refused(tmp_path: Path, night: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[sound]\nnight = "{night}"\n')
    with pytest.raises(ConfigError, match="22:00-07:00"):
        load(path)


class Waits:
    """A clock that the test lets run out."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.act: Callable[[], None] = lambda: None

    def __call__(self, seconds: float, act: Callable[[], None]) -> Waits:
        self.seconds.append(seconds)
        self.act = act
        return self

    def cancel(self) -> None:
        self.act = lambda: None


def test_thinking_is_heard_only_when_it_takes_long() -> None:
    mixed: list[bytes] = []
    waits = Waits()
    chimes = Chimes(mixed.append, lambda: 22_050, lambda: False, waits)
    chimes(Thinking())
    assert waits.seconds == [THINKING_S]
    waits.act()
    assert mixed == [earcon("thinking", 22_050)]
    chimes(Thinking())
    chimes(Understood((), Command("help")))
    waits.act()
    assert mixed[1:] == [earcon("heard", 22_050)]


def test_a_quotation_is_marked_where_it_begins() -> None:
    played: list[Name] = []
    marks = Marks(played.append)
    quoted = Saying(Quotation(ArticleId("a"), Sentence("It is chalk.", 0, 12)))
    ours = Saying(Prompt("About kettles."))
    counts = []
    for event in (ours, quoted, quoted, ours, quoted, Listening(), quoted):
        marks(event)
        counts.append(len(played))
    assert counts == [0, 1, 1, 1, 2, 2, 3]
    assert set(played) == {"quotation"}
