"""Commands in wordings that no template has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.utterances import lines_of, wordings
from bench.written import TRAINING
from intents.command_meaning import KINDS, NAMES, CommandMeaning
from intents.commands import Commands
from intents.completeness import completeness
from intents.encoder import MiniLm
from intents.followup import Context, FollowUps
from intents.library import shipped_articles
from intents.text import normalize
from intents.types import Answer, Command, Decision, Hypothesis, OutOfScope
from intents.understanding import Besides, Understanding
from models import encoder

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def meaning() -> CommandMeaning:
    folder = encoder.find()
    if folder is None:
        pytest.skip("the sentence encoder is not built")
    return CommandMeaning(MiniLm(folder))


def test_every_kind_is_a_command_of_ours() -> None:
    named = {KINDS[name].name if name in KINDS else name for name in NAMES[1:]}
    # how long a timer is to run only a template can tell, and a section by its number
    assert set(Commands.shipped().names()) - named == {"section", "sleep_timer"}
    assert named < set(Commands.shipped().names())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("could you talk a bit louder please my hearing aid is out", "louder"),
        ("could you pause a while i'm making tea", "pause"),
        # to end the program takes more than this
        ("would you kindly stop talking dear", "stop"),
        ("what are the letters of that word", "spell"),
        ("give me an overview of the sections", "list_sections"),
        ("no not either one", "neither"),
    ],
)
def test_wordings_without_a_template_are_obeyed(
    text: str, name: str, meaning: CommandMeaning
) -> None:
    assert Commands.shipped().parse(text) is None
    assert meaning.find([Hypothesis(text)]) == Command(name)


@pytest.mark.parametrize(
    "text",
    [
        "he took a long rest before he answered",
        "how do i stop a nosebleed",
        "did you go on with the knitting",
        "what helps me sleep at night",
        # one word has too little meaning
        "books",
        # and no command is so long
        "louder " * 20,
        "",
    ],
)
def test_what_is_no_command_is_left_alone(text: str, meaning: CommandMeaning) -> None:
    assert meaning.find([Hypothesis(text)]) is None


def test_without_an_encoder_templates_alone_decide() -> None:
    assert CommandMeaning(None).find([Hypothesis("put it on pause")]) is None


def test_what_ends_the_program_must_be_heard_by_every_ear(meaning: CommandMeaning) -> None:
    said = Hypothesis("that's all for today goodbye", 1.0, "library")
    assert meaning.find([Hypothesis(said.text)]) == Command("quit")
    assert meaning.find([said, Hypothesis("that fall for today good boy", 1.0, "free")]) is None


def test_no_wording_of_the_strangers_was_trained_on() -> None:
    def plain(texts: Sequence[str]) -> set[str]:
        return {normalize(text).replace("'", "") for text in texts}

    known = plain([text for _, text in wordings(TRAINING / "commands.tsv")])
    assert not known & plain([text for _, text in wordings(DATA / "commands_stranger.tsv")])
    for ours, theirs in (
        ("not_commands.txt", "not_commands_stranger.txt"),
        ("calls.txt", "emergencies_stranger.txt"),
        ("not_calls.txt", "not_emergencies_stranger.txt"),
    ):
        assert not plain(lines_of(TRAINING / ours)) & plain(lines_of(DATA / theirs))


def more(_: Sequence[Hypothesis]) -> Command:
    return Command("more", meant=True)


def test_an_answer_comes_before_a_command_that_is_only_meant() -> None:
    understanding = Understanding(shipped_articles(), besides=Besides(mean_command=more))
    assert isinstance(understanding.decide([Hypothesis("what causes muscle atrophy")]), Answer)
    assert understanding.decide([Hypothesis("who won the cup in rome")]) == Command("more")


def test_a_follow_up_comes_before_a_command_that_is_only_meant() -> None:
    article = next(a for a in shipped_articles() if a.id == "muscle-atrophy")
    answered = Understanding([article]).decide([Hypothesis("what causes muscle atrophy")])
    assert isinstance(answered, Answer)

    def decide(guesses: Sequence[Hypothesis]) -> Decision:
        return answered if "atrophy" in guesses[0].text else more(guesses)

    follow = FollowUps(decide, lambda: Context(article, "what is muscle atrophy"))
    assert follow.decide([Hypothesis("what causes it")]) == answered
    nothing = FollowUps(
        lambda g: OutOfScope() if "atrophy" in g[0].text else more(g), lambda: Context(article)
    )
    assert nothing.decide([Hypothesis("and what else does it say")]) == Command("more")


def test_one_waits_longer_after_a_wording_that_is_only_meant() -> None:
    said = "i would like to hear more"
    assert completeness(said, Command("more")) == "complete"
    assert completeness(said, Command("more", meant=True)) == "likely"
    assert completeness(said, Command("more", meant=True), continues=True) == "unknown"
