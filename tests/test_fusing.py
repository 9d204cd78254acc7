"""What two passes heard becomes one list of guesses."""

from __future__ import annotations

import pytest

from intents.types import Hypothesis
from voice.fusing import differ, fused, with_names, without_repeat
from voice.nbest import Alternative

NAMES = {"cachexia", "schinzel", "sarcopenia", "craniopharyngioma", "atrophy", "cramps", "scalds"}


def is_name(word: str) -> bool:
    return word in NAMES


def library(text: str, *, agreed: bool = False) -> Hypothesis:
    return Hypothesis(text, 0.9, "library", agreed)


def free(text: str) -> Hypothesis:
    return Hypothesis(text, 0.9, "free")


def both(text: str) -> list[Hypothesis]:
    """Return the guesses of two ears that heard the same names, and not quite the same words."""
    return [library(text), free(f"well {text}")]


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
    assert with_names([heard], both(guess) if guess else [], is_name) == expected


def test_the_guess_with_a_name_counts_though_another_comes_first() -> None:
    guesses = [library("what causes a cake"), *both("what causes cachexia")]
    assert with_names(["what causes kakexia"], guesses, is_name) == "what causes cachexia"


@pytest.mark.parametrize(
    ("heard", "guess"),
    [
        ("how many grams of fiber do i need", "how many cramps of fiber do i need"),
        ("how much do hearing aids cost", "how much do hearing aid scalds"),
    ],
)
def test_a_name_that_one_ear_heard_yields_to_a_second_pass_that_is_sure(
    heard: str, guess: str
) -> None:
    sure = [heard, f"and {heard}"]
    assert with_names(sure, [library(guess), free(heard)], is_name) == heard
    assert with_names(sure, both(guess), is_name) == guess
    # nor is the same ear a second witness
    twice = [library(guess), library(f"and {guess}"), free(heard)]
    assert with_names(sure, twice, is_name) == heard
    # a guess that both ears have counts as one; that they agree tells
    assert with_names(sure, [library(guess, agreed=True)], is_name) == guess


def test_a_name_that_one_ear_heard_counts_where_the_second_pass_is_unsure() -> None:
    unsure = ["what causes kakexia", "what causes a cake you"]
    named = library("what causes cachexia")
    assert with_names(unsure, [named, free("what causes cake")], is_name) == "what causes cachexia"
    # unsure of the word's end only
    ends = ["what causes kakexia", "what causes kakexias"]
    assert with_names(ends, [named], is_name) == "what causes cachexia"
    # it need not sound quite like what was written
    apart = ["what causes cake xia", "what causes a cake"]
    assert 0.2 < differ(["cake", "xia"], ["cachexia"]) < 0.4
    assert with_names(apart, [named], is_name) == "what causes cachexia"
    # nor is it a name of the best guess
    guesses = [library("what causes a cake"), named, free("what causes cake")]
    assert with_names(unsure, guesses, is_name) == "what causes kakexia"
    # unsure of another word
    elsewhere = ["what causes kakexia", "what cause is kakexia"]
    assert with_names(elsewhere, [named], is_name) == "what causes kakexia"


def test_a_name_that_but_one_ear_can_hear_needs_no_other_witness() -> None:
    written, guesses = ["what causes kakexia"], [library("what causes cachexia"), free("cake")]
    assert with_names(written, guesses, is_name) == "what causes kakexia"
    assert with_names(written, guesses, is_name, {"cachexia"}) == guesses[0].text
    found = fused(guesses, second("what causes kakexia"), is_name, {"cachexia"})
    assert found[0].text == guesses[0].text
    # each of two in a row
    written, pair = ["is it kakexia skates"], [library("is it cachexia scalds")]
    assert with_names(written, pair, is_name, {"cachexia"}) == written[0]
    assert with_names(written, pair, is_name, {"cachexia", "scalds"}) == pair[0].text
    # not in the place of what sounds otherwise
    written = ["what causes headaches"]
    assert with_names(written, guesses, is_name, {"cachexia"}) == written[0]


def test_a_name_that_both_ears_heard_may_sound_less_like_what_was_written() -> None:
    unsure, name = ["what is sir copenhagen ear", "what is copenhagen"], "what is sarcopenia"
    assert 0.4 < differ(["sir", "copenhagen", "ear"], ["sarcopenia"]) <= 0.5
    assert with_names(unsure, both(name), is_name) == name
    assert with_names(unsure, [library(name)], is_name) == unsure[0]


def test_the_second_pass_comes_first_and_keeps_its_own_spelling_as_well() -> None:
    heard = second("what causes kakexia", "what causes a cake you")
    found = fused([library("what causes cachexia")], heard, is_name)
    assert [guess.text for guess in found] == ["what causes cachexia", *(one.text for one in heard)]
    assert found[0].ear == "second"
    assert found[0].agreed
    assert not found[1].agreed


def test_a_guess_that_is_not_in_the_sound_falls_away() -> None:
    first = [library("muscle wasting in the neck"), library("i fall in love with more")]
    texts = [guess.text for guess in fused(first, second("i fell in love with more"), is_name)]
    assert texts == ["i fell in love with more", "i fall in love with more"]


def test_a_guess_that_sounds_a_little_different_comes_before_the_second_pass_others() -> None:
    heard = second("how are burns treated", "how are barns treated")
    first = [library("her burns treat"), library("who earns treats")]
    assert [guess.text for guess in fused(first, heard, is_name)] == [
        "how are burns treated",
        "her burns treat",
        "how are barns treated",
    ]


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
    # what it wrote twice is said once
    (found,) = fused([], second("what is a bed sore what is a bed sore"), is_name)
    assert found.text == "what is a bed sore"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what is a stroke what is a stroke", "what is a stroke"),
        ("what is a stroke what is a stroke what is", "what is a stroke"),
        ("no no", "no no"),
        ("go back go back", "go back"),
        ("no no stop reading", "no no stop reading"),
        ("how do i get him out of bed how do i get", "how do i get him out of bed"),
        ("what is it and what is", "what is it and what is"),
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
    assert 0.7 < differ(["stop"], ["when", "will", "you"]) <= 1
    assert differ([], []) == 0
