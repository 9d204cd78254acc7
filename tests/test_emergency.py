"""Calls for help are found, ordinary questions are not. The lists are data, split in two halves."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.alarm import Alarm
from intents.emergency import find_emergency
from intents.encoder import MiniLm
from intents.types import Hypothesis
from models import encoder

DATA = Path(__file__).parent / "data"
_SHARED = Path(__file__).parents[2] / "shared" / "data"
OUT_OF_SCOPE = Path(os.environ.get("READBACK_DATA", _SHARED)) / "questions" / "out_of_scope_dev.txt"
# Issue 4: 100% of at least 150 wordings; no more than 1 in 500 ordinary questions.
MOST_FALSE = 1 / 500


@pytest.fixture(scope="module")
def shipped_encoder() -> MiniLm:
    folder = encoder.find()
    if folder is None:
        pytest.skip("the sentence encoder is not built")
    return MiniLm(folder)


def lines(name: str) -> list[str]:
    found = [line.strip() for line in (DATA / name).read_text("utf-8").splitlines()]
    return [line for line in found if line and not line.startswith("#")]


def ordinary(part: str) -> list[str]:
    asked = (DATA / f"questions_{part}.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(line)["q"] for line in asked if line.strip()]
    return lines(f"not_emergencies_{part}.txt") + questions


def test_there_is_enough_to_measure() -> None:
    assert len(lines("emergencies_dev.txt") + lines("emergencies_test.txt")) >= 150
    assert len(ordinary("dev") + ordinary("test")) >= 1000


@pytest.mark.parametrize("part", ["dev", "test"])
def test_every_call_for_help_is_found(part: str) -> None:
    missed = [text for text in lines(f"emergencies_{part}.txt") if not find_emergency(text)]
    assert missed == []


@pytest.mark.parametrize("part", ["dev", "test"])
def test_ordinary_questions_are_left_alone(part: str) -> None:
    asked = ordinary(part)
    found = {text: words for text in asked if (words := find_emergency(text))}
    assert len(found) <= len(asked) * MOST_FALSE, found


def test_the_third_list_is_found_by_rule_or_by_meaning(shipped_encoder: MiniLm) -> None:
    """What the network was fitted to it must know; bench/fit_emergency.py fits it to these lists.

    The rules had not seen them: they alone found 64 of 70, and 3 of 60 false (two are rules now).
    What is found of calls that nothing was fitted to is a floor: "strangers" in floors.json.
    """
    by_rules = [text for text in lines("emergencies_blind.txt") if find_emergency(text)]
    assert len(by_rules) >= 64
    alarm = Alarm(shipped_encoder)
    assert [t for t in lines("emergencies_blind.txt") if not alarm.find([Hypothesis(t)])] == []
    ordinary_now = lines("not_emergencies_blind.txt") + lines("not_emergencies_mild.txt")
    assert [t for t in ordinary_now if alarm.find([Hypothesis(t)])] == []


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("my finger's come off in the mower", True),
        ("he touched the wire and it threw him across the room", True),
        # rules find these, and the meaning knows better
        ("the printer is not responding", False),
        ("my husband had his stroke in march and his speech is coming back nicely", False),
        ("why do they put the smell in gas", False),
    ],
)
def test_the_meaning_finds_what_no_rule_knows_and_overrules_them(
    text: str, calls: bool, shipped_encoder: MiniLm
) -> None:
    assert (find_emergency(text) is not None) is not calls
    assert (Alarm(shipped_encoder).find([Hypothesis(text)]) is not None) is calls


@pytest.mark.skipif(not OUT_OF_SCOPE.exists(), reason="no development data")
def test_everyday_questions_raise_no_alarm(shipped_encoder: MiniLm) -> None:
    """The figure of issue 4, on questions that we did not write."""
    alarm = Alarm(shipped_encoder)
    asked = OUT_OF_SCOPE.read_text("utf-8").splitlines()
    found = [text for text in asked if alarm.find([Hypothesis(text)])]
    assert len(found) <= len(asked) * MOST_FALSE, found


def test_without_an_encoder_the_rules_decide() -> None:
    assert Alarm(None).find([Hypothesis("I can't breathe")]) == "i cannot breathe"
    assert Alarm(None).find([Hypothesis("what causes gout")]) is None


def test_rules_read_every_guess_and_meaning_each_ears_best(shipped_encoder: MiniLm) -> None:
    asked: list[str] = []

    class Encoder:
        def encode(self, texts: list[str]) -> np.ndarray:
            asked.extend(texts)
            return shipped_encoder.encode(texts)

    late = [Hypothesis(f"the weather {n} is fine", 1.0, "library") for n in range(5)]
    free = [Hypothesis(f"whether {n} is fine", 1.0, "free") for n in range(5)]
    alarm = Alarm(Encoder())
    assert alarm.find([*late, *free]) is None
    assert asked == ["the weather zero is fine", "whether zero is fine"]
    assert alarm.find([*late, Hypothesis("i can't breathe", 1.0, "library")]) == "i cannot breathe"


@pytest.mark.parametrize("part", ["dev", "test"])
def test_as_a_recognizer_writes_it(part: str) -> None:
    """No capitals, no punctuation, apostrophes lost: nothing more may be missed."""
    for text in lines(f"emergencies_{part}.txt"):
        bare = "".join(c for c in text.lower() if c.isalnum() or c == " ")
        assert find_emergency(bare), bare


@pytest.mark.parametrize(
    "text",
    [
        "i cant breath",
        "my baby want wake up",
        "i can't brief",
        "I CANNOT BREATHE!!!",
        "chess pain",
        "my chess hurts",
        "he isnt breathing",
        "i m choking",
        "shes un conscious",
        "i think im having a hard attack",
        "he took an over dose",
        "call nine eleven",
        "call 911",
        "call an am ambulance",
        "i want to kill my self",
    ],
)
def test_misheard_and_mistyped_words(text: str) -> None:
    assert find_emergency(text)


@pytest.mark.parametrize(
    ("emergency", "ordinary"),
    [
        ("I have chest pain", "what is chest pain medicine for"),
        ("my husband is having a stroke", "what should I do if my husband has a stroke"),
        ("my mom had a stroke", "my mom had a stroke five years ago"),
        ("my father has a heart attack", "my father died of a heart attack"),
        ("what do I do my wife collapsed", "what do I do when a cake has collapsed"),
        ("I want to die", "I want to die my hair blonde"),
        ("I'm dying", "I'm dying for a coffee"),
        ("he is having a seizure", "what is a seizure"),
        ("I took too many pills", "can I take two pills at once"),
        ("my child swallowed a battery", "how do I change the battery"),
        ("there is a fire in the kitchen", "how do I build a fire"),
        ("is this a heart attack", "is a heart attack painful"),
    ],
)
def test_the_same_words_in_danger_and_in_a_question(emergency: str, ordinary: str) -> None:
    assert find_emergency(emergency)
    assert find_emergency(ordinary) is None


def test_politeness_and_other_words_around_do_not_hide_it() -> None:
    for text in ("I can't breathe", "my son swallowed bleach", "I want to kill myself"):
        for before in ("readback ", "um please ", "what should I do, ", "oh god help "):
            assert find_emergency(before + text), before + text
        assert find_emergency(text + " what should I do")


def test_the_phrase_comes_back_as_the_rules_read_it() -> None:
    assert find_emergency("Help, I can't breathe!") == "i cannot breathe"


@pytest.mark.parametrize("text", ["", "  ", "?!", "help", "stop", "…", "息ができない"])
def test_what_is_no_call_for_help(text: str) -> None:
    assert find_emergency(text) is None


@given(st.text(max_size=300))
def test_any_text_is_safe(text: str) -> None:
    found = find_emergency(text)
    assert found is None or found.strip() == found != ""


WORDS = ("i", "my", "he", "is", "not", "the", "to", "and", "blood", "pills", "chest", "on", "so")


@given(st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))
def test_no_wording_makes_the_rules_slow(text: str) -> None:
    start = time.process_time()
    find_emergency(text)
    # nested repeats could take minutes; the usual time is about 1 ms
    assert time.process_time() - start < 1.0


def test_a_flood_of_words_is_cut() -> None:
    start = time.process_time()
    assert find_emergency("i am so to be " * 100_000) is None
    assert time.process_time() - start < 10
