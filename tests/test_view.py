"""What a helper sees and what a screen reader says, from scripted events."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from test_dialogue import KETTLE, TEAPOT, match

from intents.types import (
    Answer,
    Command,
    Decision,
    Emergency,
    Hypothesis,
    Ms,
    OutOfScope,
    Prompt,
    Quotation,
    Unfinished,
    Unsure,
)
from voice.cli.plain import Plain
from voice.cli.screen import Screen, panel
from voice.cli.view import FLOOR_DB, MUTED_FRAMES, Opening, View, verdict
from voice.events import (
    Asleep,
    Awake,
    Ducked,
    Event,
    Hearing,
    Interrupted,
    Listening,
    Missed,
    NothingHeard,
    Saying,
    Thinking,
    Understood,
)

FOUND = match(KETTLE, 0)
SENTENCE = Quotation(KETTLE.id, KETTLE.passages[0].sentences[0])
ANSWERED = Understood((Hypothesis("what is scale", 0.9, "library"),), Answer(FOUND))
CONVERSATION: list[Event] = [
    Listening(),
    Hearing("what"),
    Hearing("what is scale"),
    Thinking(),
    ANSWERED,
    Saying(Prompt("About kettle care.")),
    Saying(SENTENCE),
    Ducked(True),
    Ducked(False),
    Interrupted("pause"),
    Interrupted("resume"),
    Listening(),
]
SILENT = bytes(1024)
NOISE = (np.arange(512) % 7 - 3).astype("<i2").tobytes()


class Ear:
    """A gate that the test opens."""

    open = True

    def __call__(self) -> bool:
        return self.open


def view_of(*happened: Event, mode: str = "always", ear: Ear | None = None) -> View:
    view = View(Opening(mode, "okay nabu"), ear or Ear())
    for event in happened:
        view.take(event)
    return view


def lines_of(*happened: Event, partials: bool = False, ear: Ear | None = None) -> list[str]:
    said: list[str] = []
    plain = Plain(View(Opening("wake", "okay nabu"), ear or Ear()), said.append, partials=partials)
    for event in happened:
        plain.take(event)
    return said


def drawn(view: View, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, record=True, force_terminal=False)
    console.print(panel(view, "q quits."))
    return console.export_text()


def test_the_state_follows_the_conversation() -> None:
    view = view_of()
    states = []
    for event in CONVERSATION:
        view.take(event)
        states.append(view.state)
    assert states == [
        *("listening", "hearing", "hearing", "thinking", "listening", "reading", "reading"),
        *("ducked", "reading", "paused", "reading", "listening"),
    ]


def test_a_closed_ear_says_how_to_open_it() -> None:
    ear = Ear()
    ear.open = False
    assert view_of(Listening(), ear=ear).status == 'closed; say "okay nabu" or press space'
    assert view_of(Asleep(), mode="key", ear=ear).status == "closed; press space"
    ear.open = True
    assert view_of(Asleep(), Awake(), ear=ear).status == "listening"


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Answer(FOUND), "answer, score 0.90"),
        (Unsure((FOUND,)), "asks back, best score 0.90"),
        (OutOfScope(), "the library does not say"),
        (OutOfScope(FOUND, stray=True), "not meant for Readback"),
        (OutOfScope(FOUND), "the library does not say, best score 0.90"),
        (Command("next_section"), "command: next section"),
        (Emergency("chest pain"), "emergency: chest pain"),
        (Unfinished("what causes"), "waits for the rest"),
    ],
)
def test_every_decision_has_words_and_its_score(decision: Decision, words: str) -> None:
    assert verdict(decision) == words


def test_where_the_answer_stands_is_shown() -> None:
    assert view_of(ANSWERED).found == "Kettle care, What scale is"
    heard = (Hypothesis("x", 0.9),)
    assert view_of(Understood(heard, Unsure((FOUND, match(TEAPOT, 0))))).found == (
        "Kettle care, What scale is or Teapots, Cleaning"
    )
    assert view_of(Understood(heard, OutOfScope())).found == ""


def test_the_next_commands_fit_the_moment() -> None:
    heard = (Hypothesis("x", 0.9),)
    assert "stop" in view_of(ANSWERED, Saying(SENTENCE)).hints
    assert "go on" in view_of(ANSWERED, Saying(SENTENCE), Interrupted("pause")).hints
    assert "spell that" in view_of(ANSWERED, Saying(SENTENCE), Listening()).hints
    assert "spell that" not in view_of(Listening()).hints
    one, two = Unsure((FOUND,)), Unsure((FOUND, match(TEAPOT, 0)))
    assert "yes" in view_of(Understood(heard, one), Listening()).hints
    assert "the second one" in view_of(Understood(heard, two), Listening()).hints
    assert "yes" not in view_of(Understood(heard, two), Listening()).hints
    ear = Ear()
    ear.open = False
    assert view_of(Asleep(), ear=ear).hints == ()


def test_what_is_suggested_is_understood() -> None:
    from intents.commands import Commands

    heard = (Hypothesis("x", 0.9),)
    moments: list[list[Event]] = [
        [ANSWERED, Saying(SENTENCE)],
        [ANSWERED, Saying(SENTENCE), Interrupted("pause")],
        [ANSWERED, Saying(SENTENCE), Listening()],
        [Understood(heard, Unsure((FOUND,))), Listening()],
        [Understood(heard, Unsure((FOUND, FOUND))), Listening()],
        [Understood(heard, OutOfScope(FOUND)), Listening()],
    ]
    hints = {hint for moment in moments for hint in view_of(*moment).hints}
    assert len(hints) > 15
    assert [hint for hint in hints if Commands.shipped().parse(hint) is None] == []


@pytest.mark.parametrize(("level", "db"), [(32767, 0.0), (3277, -20.0), (33, -60.0), (0, FLOOR_DB)])
def test_the_level_is_in_db_of_full_scale(level: int, db: float) -> None:
    view = view_of()
    view.sound(np.tile([level, -level], 256).astype("<i2").tobytes())
    assert view.level_db == pytest.approx(db, abs=0.1)
    assert view.clipped is (db == 0.0)


def test_a_muted_microphone_is_noticed_and_a_quiet_room_is_none() -> None:
    view = view_of()
    for _ in range(MUTED_FRAMES):
        assert not view.muted
        view.sound(SILENT)
    assert view.muted
    assert "switched off" in drawn(view)
    view.sound(NOISE)
    assert not view.muted


def test_the_panel_shows_everything_at_once() -> None:
    view = view_of(*CONVERSATION[:7])
    view.sound(NOISE)
    text = drawn(view)
    for part in (
        "reading",
        "what is scale",
        "score 0.90",
        "Kettle care",
        "Scale is chalk.",
        "stop",
    ):
        assert part in text
    assert "q quits." in text


def test_partial_words_replace_what_was_heard_before() -> None:
    assert "and what ..." in drawn(view_of(ANSWERED, Listening(), Hearing("and what")))


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_panel_fits_any_terminal(width: int) -> None:
    view = view_of(*CONVERSATION[:7])
    assert all(len(line) <= width for line in drawn(view, width).splitlines())


def test_words_in_brackets_are_shown_as_they_are() -> None:
    heard = (Hypothesis("[bold]what[/bold]", 1.0),)
    assert "[bold]what[/bold]" in drawn(view_of(Understood(heard, OutOfScope())))


def test_on_the_screen_what_was_said_stays_above_the_panel() -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    view = view_of()
    with Screen(view, console=console) as screen:
        for event in CONVERSATION:
            screen.take(event)
            screen.sound(NOISE)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "You       what is scale" in text
    assert "Article   Scale is chalk." in text
    assert "Readback  About kettle care." in text


def test_plain_lines_tell_each_change_once() -> None:
    assert lines_of(*CONVERSATION) == [
        "Listening.",
        "Heard: what is scale (answer)",
        "Decided: answer, score 0.90",
        "Found: Kettle care, What scale is",
        "Says: About kettle care.",
        "Reads: Scale is chalk.",
        "Interrupted: pause",
        "Interrupted: resume",
        "Listening.",
    ]
    assert lines_of(Listening(), Listening(), Hearing("what"), Listening()) == ["Listening."]
    assert lines_of(NothingHeard(), Missed(Ms(40))) == [
        "Heard no words.",
        "Missed 40 ms of sound; the computer was busy.",
    ]


def test_plain_lines_of_a_wake_word() -> None:
    ear = Ear()
    ear.open = False
    assert lines_of(Listening(), Asleep(), ear=ear) == [
        'Asleep, closed; say "okay nabu" or press space.'
    ]
    assert lines_of(Awake(), Listening()) == ["Awake.", "Listening."]


def test_partials_are_lines_only_when_asked_for() -> None:
    assert lines_of(Hearing("what"), Hearing("what is"), partials=True) == [
        "Hearing: what",
        "Hearing: what is",
    ]


def test_plain_lines_never_repeat_a_meter() -> None:
    said: list[str] = []
    plain = Plain(view_of(), said.append)
    for pcm in [NOISE] * 500 + [SILENT] * 500 + [NOISE] * 500:
        plain.sound(pcm)
    assert said == [
        "The microphone gives no sound at all; is it switched off?",
        "The microphone gives sound again.",
    ]


@given(st.lists(st.sampled_from([*CONVERSATION, Asleep(), Awake(), NothingHeard()]), max_size=30))
def test_any_order_of_events_can_be_shown_and_said(happened: list[Event]) -> None:
    text = drawn(view_of(*happened))
    assert "Microphone" in text
    for line in lines_of(*happened):
        assert line
        # no cursor tricks, nothing that a reader would spell out
        assert line.isprintable()
