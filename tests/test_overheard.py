"""What is said into an answer: heard once more, told from the answer, and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fakes import FakeSecond, frames

from intents.commands import Commands
from intents.readers import read_data
from intents.types import Answer, Command, Decision, Emergency, Hypothesis, Match, OutOfScope
from voice.overheard import Aside, Overheard, called, judged

FIRST = (Hypothesis("not so loud", 1.0, "library"), Hypothesis("i can three", 0.4, "free"))


PARSE = Commands.shipped().parse
GOUT = read_data(b"# Gout\n\nGout hurts. It goes.\n", "gout.md").article


def aside(*texts: str, confidence: float = 0.9, **others: Any) -> Aside:
    """Return what the second pass heard, best first."""
    guesses = tuple(Hypothesis(text, confidence, "second") for text in texts)
    first = (Hypothesis("this and", 0.3, "free"),) if others.pop("first", True) else ()
    return Aside((*guesses, *first), others.pop("playing", "Rest your leg."), **others)


NEW = Aside((), "")


def judge(
    said: Aside, decided: Callable[[Sequence[Hypothesis]], Decision] | None = None
) -> Decision | None:
    return judged(said, find_call, decided or decide, PARSE)


def find_call(guesses: Sequence[Hypothesis]) -> str | None:
    """Know one call for help."""
    return next((guess.text for guess in guesses if guess.text == "i can't breathe"), None)


def decide(guesses: Sequence[Hypothesis]) -> Decision:
    """Know one question and two commands in no known wording."""
    best = guesses[0].text
    if best == "what causes gout":
        return answer(0.9)
    if best == "take me back to my place":
        return Command("go_on", meant=True)
    if best == "how was school today":
        return Command("hello", meant=True)
    return PARSE(best) or OutOfScope()


def answer(score: float) -> Answer:
    passage = GOUT.passages[0]
    return Answer(Match(GOUT, passage, passage.sentences, score, 0.1, ()))


def test_the_whole_remark_is_heard_again_and_the_loop_never_waits() -> None:
    second = FakeSecond("i can dream", "i can't breathe")
    overheard = Overheard(second)
    overheard.listen(frames("####"), FIRST, Aside((), "Rest.", Command("quieter")))
    assert overheard.next() is None
    assert overheard.busy
    second.heard.set()
    # the thread ends with what it was given
    overheard.close()
    found = overheard.next()
    assert found is not None
    assert [guess.ear for guess in found.guesses] == ["second", "second", "free"]
    assert (found.playing, found.doubted) == ("Rest.", Command("quieter"))
    assert second.samples == 4 * 512
    assert overheard.next() is None
    assert not overheard.busy


def test_what_was_said_before_something_was_obeyed_is_outdated() -> None:
    second = FakeSecond("what causes gout")
    second.heard.set()
    overheard = Overheard(second, patient=True)
    overheard.listen(frames("####"), (), NEW)
    overheard.outdate()
    overheard.listen(frames("####"), (), NEW)
    first, then = overheard.next(), overheard.next()
    assert first is not None
    assert then is not None
    assert (first.outdated, then.outdated) == (True, False)
    assert judge(first) is None
    assert judge(then) == answer(0.9)
    overheard.close()


def test_what_is_said_after_a_second_thing_was_obeyed_is_not_outdated() -> None:
    second = FakeSecond("what causes gout")
    second.heard.set()
    overheard = Overheard(second, patient=True)
    overheard.listen(frames("####"), (), NEW)
    overheard.outdate()
    overheard.outdate()
    overheard.listen(frames("####"), (), NEW)
    found = overheard.next(), overheard.next()
    assert [one and one.outdated for one in found] == [True, False]
    overheard.close()


def test_without_a_second_pass_the_first_guesses_do() -> None:
    overheard = Overheard(None, patient=True)
    overheard.listen(frames("####"), (Hypothesis("i can't breathe", 0.4, "free"),), NEW)
    found = overheard.next()
    assert found is not None
    assert judge(found) == Emergency("i can't breathe")
    # there is nobody else to ask about what is in doubt
    overheard.listen(frames("####"), FIRST, Aside((), "", Command("quieter")))
    doubted = overheard.next()
    assert doubted is not None
    assert judge(doubted) == Command("quieter")
    overheard.listen(frames("####"), (), NEW)
    assert overheard.next() is None
    overheard.close()


@pytest.mark.parametrize(
    ("playing", "found"),
    [
        ("I rest when breathing is hard.", Emergency("i can't breathe")),
        ("Call for help if you can't breathe.", None),
    ],
)
def test_what_is_mostly_the_answer_itself_is_no_call(playing: str, found: Decision | None) -> None:
    assert judge(aside("i can't breathe", playing=playing)) == found


def test_a_call_for_help_is_never_outdated() -> None:
    assert judge(aside("i can't breathe", outdated=True)) is not None


def test_a_question_gets_its_answer_when_both_are_clear() -> None:
    asked = aside("what causes gout")
    assert judge(asked) == answer(0.9)
    assert judge(asked, lambda _: answer(0.5)) is None
    # two words are a rest of something else, and the first pass alone invents questions
    assert judge(aside("why gout"), lambda _: answer(0.9)) is None
    free = Aside((Hypothesis("what causes gout", 0.9, "free"),), "")
    assert judge(free) is None


def test_what_the_library_does_not_say_gets_no_reply() -> None:
    assert judge(aside("are you coming to dinner")) is None


@pytest.mark.parametrize(
    ("texts", "confidence", "found"),
    [
        (("repeat",), 0.9, "repeat"),
        (("repeat",), 0.7, "repeat"),
        (("repeat",), 0.5, None),
        # in two wordings
        (("repeat", "say that again"), 0.4, "repeat"),
        (("repeat", "say that again"), 0.2, None),
        # a "stop" that was guessed at all
        (("stole", "stop"), 0.2, "stop"),
        # pleasantries, and answers to no question
        (("thank you",), 0.9, None),
        (("yes",), 0.9, None),
        # nobody wants to be left alone by a cough
        (("goodbye",), 1.0, None),
        (("take me back to my place",), 0.9, "go_on"),
        (("take me back to my place",), 0.4, None),
        (("how was school today",), 0.9, None),
    ],
)
def test_commands_are_believed_when_they_are_clear(
    texts: tuple[str, ...], confidence: float, found: str | None
) -> None:
    decision = judge(aside(*texts, confidence=confidence))
    assert (decision.name if isinstance(decision, Command) else decision) == found


def test_a_stop_among_the_guesses_is_believed_whatever_else_could_be_answered() -> None:
    def dear(_: Sequence[Hypothesis]) -> Decision:
        return pytest.fail("the library was asked")

    assert judge(aside("what causes gout", "stop", confidence=0.4), dear) == Command("stop")


def test_a_command_is_told_from_the_words_of_the_answer_in_it() -> None:
    # half of it may be the loudspeaker's
    assert judge(aside("stop gout", playing="Gout hurts.")) == Command("stop")
    assert judge(aside("skip this", playing="This hurts.")) == Command("next")
    # the first pass heard something, if only the loudspeaker
    assert judge(aside("louder", playing="This and that.")) == Command("louder")


def test_a_yes_counts_while_something_is_asked() -> None:
    assert judge(aside("yes", asking=True)) == Command("yes")


def test_noise_is_not_a_call_for_help() -> None:
    """Of noise the second pass makes pleasantries, and other things with less probability."""
    assert judge(aside("thank you so much", "i can't breathe")) is None
    assert judge(aside("yes", "i can't breathe", asking=True)) is not None


@pytest.mark.parametrize(
    ("heard", "twice", "found"),
    [
        (("again please read",), True, False),
        ((), True, False),
        (("louder", "what", "and"), True, True),
        ((), False, True),
    ],
)
def test_a_doubtful_command_needs_another_hearing(
    heard: tuple[str, ...], twice: bool, found: bool
) -> None:
    louder = PARSE("louder")
    assert louder is not None
    doubted = aside(*heard, confidence=0.3, doubted=louder, twice=twice)
    assert judge(doubted) == (louder if found else None)


def test_a_question_needs_the_form_of_one() -> None:
    for said, asked in (
        ("always read the label", False),
        ("put the milk back in the fridge", False),
        ("is there any hot water left", True),
        ("does gout hurt at night", True),
        ("my nose bled this morning should i lie down", True),
    ):
        found = judge(aside(said), lambda _: answer(0.9))
        assert (found is not None) is asked


def test_a_command_that_is_not_what_was_meant_is_not_believed() -> None:
    """A guess further down the list was one."""
    heard = aside("which parts of the building get the old source")
    assert judge(heard, lambda _: Command("source")) is None
    assert judge(heard, lambda _: Command("source", meant=True)) is not None


def test_after_the_loudspeakers_own_words_other_guesses_are_no_question() -> None:
    heard = aside("gout hurts the toe", "what causes gout", playing="Gout hurts, the toe most.")
    assert judge(heard) is None
    # a stop is believed all the same
    assert judge(aside("gout hurts", "stop", playing="Gout hurts.")) == Command("stop")


def test_where_the_ear_is_not_always_open_only_a_call_makes_a_question_ours() -> None:
    asked = aside("what causes gout", for_us=False)
    assert judge(asked) is None
    assert judge(aside("i can't breathe", for_us=False)) == Emergency("i can't breathe")
    assert judge(aside("repeat", for_us=False)) == Command("repeat")
    said = called(aside("hey jarvis what causes gout", for_us=False), "Hey Jarvis")
    assert judge(said) == answer(0.9)
    assert called(asked, "hey jarvis") == asked
    assert judge(called(aside("hey jarvis stop"), "hey jarvis")) == Command("stop")


def test_what_was_written_twice_is_one_command() -> None:
    second = FakeSecond("repeat that repeat that")
    second.heard.set()
    overheard = Overheard(second, patient=True)
    overheard.listen(frames("####"), (), NEW)
    found = overheard.next()
    assert found is not None
    assert found.guesses[0].text == "repeat that"
    overheard.close()


def test_where_the_first_pass_heard_nothing_a_command_is_noise() -> None:
    assert judge(aside("louder")) is not None
    assert judge(aside("louder", first=False)) is None
    assert judge(aside("stop", first=False)) == Command("stop")
