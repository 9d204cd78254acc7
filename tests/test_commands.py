"""Every wording of every command as data, and questions that must not be commands."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.commands import MOST_WORDS, Commands, CommandsError
from intents.text import normalize
from intents.types import Command

DATA = Path(__file__).parent / "data"
WORDINGS = [
    line.split("\t") for line in (DATA / "commands.tsv").read_text("utf-8").splitlines() if line
]
COMMANDS = Commands.shipped()


def questions() -> list[str]:
    asked = (DATA / "not_commands.txt").read_text("utf-8").splitlines()
    for path in sorted(DATA.glob("questions_*.jsonl")):
        asked += [json.loads(line)["q"] for line in path.read_text("utf-8").splitlines() if line]
    return asked


@pytest.mark.parametrize(("name", "wording"), WORDINGS)
def test_a_natural_wording_is_its_command(name: str, wording: str) -> None:
    command = COMMANDS.parse(wording)
    assert command is not None
    assert command.name == name


def test_every_command_has_wordings_in_the_data() -> None:
    assert {name for name, _ in WORDINGS} == set(COMMANDS.names())


def test_no_ordinary_question_is_a_command() -> None:
    asked = questions()
    assert len(asked) >= 500
    taken = {q: COMMANDS.parse(q) for q in asked if COMMANDS.parse(q)}
    assert taken == {}


def test_every_phrase_for_the_ear_is_normal_unique_and_hearable_as_its_command() -> None:
    phrases = COMMANDS.phrases()
    assert len(phrases) == len(set(phrases)) > 1000
    assert all(normalize(p) == p for p in phrases)
    names = Counter(command.name for p in phrases[::9] if (command := COMMANDS.parse(p)))
    assert sum(names.values()) == len(phrases[::9])


@pytest.mark.slow
def test_no_template_is_ambiguous() -> None:
    assert [p for p in COMMANDS.phrases() if COMMANDS.parse(p) is None] == []


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("the second one", {"number": "2"}),
        ("the former", {"number": "1"}),
        ("section seven", {"number": "7"}),
        ("go to section 7", {"number": "7"}),
        ("spell sarcopenia", {"word": "sarcopenia"}),
        ("how do you spell the word cachexia", {"word": "cachexia"}),
        ("spell that", {}),
    ],
)
def test_slots(text: str, slots: dict[str, str]) -> None:
    command = COMMANDS.parse(text)
    assert command is not None
    assert dict(command.slots) == slots


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!", "spell", "please", "the", "spell my whole name please", "stop " * 20, "停"],
)
def test_what_is_no_command(text: str) -> None:
    command = COMMANDS.parse(text)
    assert command is None or (text == "spell" and command == Command("spell"))


def test_two_meanings_are_none() -> None:
    tied = Commands(
        {
            "language": "en",
            "intents": {
                "left": {"data": [{"sentences": ["turn [it]"]}]},
                "right": {"data": [{"sentences": ["turn", "turn right"]}]},
            },
        }
    )
    assert tied.parse("turn") is None
    assert tied.parse("turn it") == Command("left")
    assert tied.parse("Turn right!") == Command("right")


@pytest.mark.parametrize(
    "templates",
    [
        {},
        {"language": "en"},
        {"language": "en", "intents": {"x": {"data": [{"sentences": ["(open"]}]}}},
        {"language": "en", "intents": {"x": {"data": [{}]}}},
        {"language": "en", "intents": {"x": 3}},
    ],
)
def test_broken_templates_are_refused_when_read(templates: dict[str, object]) -> None:
    with pytest.raises(CommandsError, match=r"not valid.*commands\.yaml"):
        Commands(templates)


@given(st.text(max_size=200))
def test_any_text_is_a_command_or_none(text: str) -> None:
    command = COMMANDS.parse(text)
    assert command is None or command.name in COMMANDS.names()


def test_a_flood_of_words_is_not_even_looked_at() -> None:
    assert COMMANDS.parse("please " * MOST_WORDS + "stop") is None
    assert COMMANDS.parse("stop " * 100_000) is None
