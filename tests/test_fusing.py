"""What two passes heard becomes one list of guesses."""

from __future__ import annotations

import pytest

from intents.types import Hypothesis
from voice.fusing import differ, fused, with_names, without_repeat
from voice.nbest import Alternative

NAMES = {"cachexia", "schinzel", "sarcopenia", "craniopharyngioma", "atrophy"}


def is_name(word: str) -> bool:
    return word in NAMES


def library(text: str, *, agreed: bool = False) -> Hypothesis:
    return Hypothesis(text, 0.9, "library", agreed)


def second(*texts: str) -> list[Alternative]:
    return [Alternative(text, 1 / (number + 2)) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("heard", "guess", "expected"),
    [
        ("what causes kakexia", "what causes cachexia", "what causes cachexia"),
        ("how is sarco peniya treated", "how is sarcopenia treated", "how is sarcopenia treated"),
        # words around the name are the second pass' business
        ("how is kakexia cured now", "pounds is cachexia cured no", "how is cachexia cured now"),
        # the name does not sound like what was heard there
        ("what causes headaches", "what causes craniopharyngioma", "what causes headaches"),
        # no name in the guess: nothing to take from it
        ("what causes pain", "what causes paint", "what causes pain"),
        ("what causes pain", "", "what causes pain"),
    ],
)
def test_names_of_the_first_pass_replace_what_sounds_like_them(
    heard: str, guess: str, expected: str
) -> None:
    assert with_names(heard, [guess] if guess else [], is_name) == expected


def test_the_guess_with_a_name_counts_though_another_comes_first() -> None:
    guesses = ["what causes a cake", "what causes cachexia"]
    assert with_names("what causes kakexia", guesses, is_name) == "what causes cachexia"


def test_the_second_pass_comes_first_and_keeps_its_own_spelling_as_well() -> None:
    found = fused([library("what causes cachexia")], second("what causes kakexia"), is_name)
    assert [guess.text for guess in found] == ["what causes cachexia", "what causes kakexia"]
    assert found[0].ear == "second"
    assert found[0].agreed
    assert not found[1].agreed


def test_a_guess_that_is_not_in_the_sound_falls_away() -> None:
    first = [library("muscle wasting in the neck"), library("i fall in love with more")]
    texts = [guess.text for guess in fused(first, second("i fell in love with more"), is_name)]
    assert texts == ["i fell in love with more", "i fall in love with more"]


def test_what_both_ears_agreed_on_stays_but_no_longer_as_agreed() -> None:
    found = fused([library("louder", agreed=True)], second("allowed a"), is_name)
    assert [(guess.text, guess.agreed) for guess in found] == [
        ("allowed a", False),
        ("louder", False),
    ]


def test_what_both_ears_agreed_on_is_kept_whole_when_there_is_a_name_in_it() -> None:
    heard = second("what is shin's all send drone")
    agreed = library("what is schinzel syndrome", agreed=True)
    found = fused([library("why does schinzel syndrome"), agreed], heard, is_name)
    assert found[0].text == "what is schinzel syndrome"
    assert found[0].agreed
    # without a name the second pass knows better
    plain = library("what is all in the room", agreed=True)
    assert fused([plain], heard, is_name)[0].text == "what is shin's all send drone"


def test_without_a_second_list_only_agreed_guesses_are_left() -> None:
    first = [library("stop", agreed=True), library("should i")]
    assert [guess.text for guess in fused(first, [], is_name)] == ["stop"]
    assert fused([library("should i")], [], is_name) == ()


def test_without_a_first_list_the_second_pass_is_believed() -> None:
    (found,) = fused([], second("what is a bed sore"), is_name)
    assert (found.text, found.ear, found.agreed) == ("what is a bed sore", "second", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is a stroke what is a stroke", "what is a stroke"),
        ("what is a stroke what is a stroke what is", "what is a stroke"),
        ("no no", "no no"),
        ("is it what it is", "is it what it is"),
        ("", ""),
    ],
)
def test_a_sentence_that_was_written_again_and_again_is_written_once(
    text: str, expected: str
) -> None:
    assert without_repeat(text) == expected


def test_sounds_differ_between_0_and_1() -> None:
    assert differ(["cachexia"], ["cachexia"]) == 0
    assert differ(["cachexia"], ["kakexia"]) < 0.3
    assert differ(["stop"], ["when", "will", "you"]) > 0.7
    assert differ([], []) == 0
