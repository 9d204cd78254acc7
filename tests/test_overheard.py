"""What is said into an answer: heard once more, told from the answer, and judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from fakes import FakeSecond, frames

from intents.commands import Commands
from intents.readers import read_data
from intents.types import Answer, Command, Decision, Emergency, Hypothesis, Match, OutOfScope
from voice.overheard import Aside, Overheard, judged

FIRST = (Hypothesis("not so loud", 1.0, "library"), Hypothesis("i can three", 0.4, "free"))


PARSE = Commands.shipped().parse
GOUT = read_data(b"# Gout\n\nGout hurts. It goes.\n", "gout.md").article


def aside(*texts: str, confidence: float = 0.9, **others: Any) -> Aside:
    """Return what the second pass heard, best first."""
    guesses = tuple(Hypothesis(text, confidence, "second") for text in texts)
    return Aside(guesses, others.pop("playing", "Rest your leg."), **others)


def decide(guesses: Sequence[Hypothesis]) -> Decision:
    """Know one call for help, one question and one command in no known wording."""
    best = guesses[0].text
    if any(guess.text == "i can't breathe" for guess in guesses):
        return Emergency("i can't breathe")
    if best == "what causes gout":
        return answer(0.9)
    if best == "take me back to my place":
        return Command("go_on", meant=True)
    return PARSE(best) or OutOfScope()


def answer(score: float) -> Answer:
    passage = GOUT.passages[0]
    return Answer(Match(GOUT, passage, passage.sentences, score, 0.1, ()))


def test_the_whole_remark_is_heard_again_and_the_loop_never_waits() -> None:
    second = FakeSecond("i can dream", "i can't breathe")
    overheard = Overheard(second)
    overheard.listen(frames("####"), FIRST, "Rest.", Command("quieter"))
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
    overheard.listen(frames("####"), (), "")
    overheard.outdate()
    overheard.listen(frames("####"), (), "")
    first, then = overheard.next(), overheard.next()
    assert first is not None
    assert then is not None
    assert (first.outdated, then.outdated) == (True, False)
    assert judged(first, decide, PARSE) is None
    assert judged(then, decide, PARSE) == answer(0.9)
    overheard.close()


def test_without_a_second_pass_the_first_guesses_do() -> None:
    overheard = Overheard(None, patient=True)
    overheard.listen(frames("####"), (Hypothesis("i can't breathe", 0.4, "free"),), "")
    found = overheard.next()
    assert found is not None
    assert judged(found, decide, PARSE) == Emergency("i can't breathe")
    overheard.listen(frames("####"), (), "")
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
    assert judged(aside("i can't breathe", playing=playing), decide, PARSE) == found


def test_a_call_for_help_is_never_outdated() -> None:
    assert judged(aside("i can't breathe", outdated=True), decide, PARSE) is not None


def test_a_question_gets_its_answer_when_both_are_clear() -> None:
    asked = aside("what causes gout")
    assert judged(asked, decide, PARSE) == answer(0.9)
    assert judged(asked, lambda _: answer(0.5), PARSE) is None
    # two words are a rest of something else, and the first pass alone invents questions
    assert judged(aside("the gout"), lambda _: answer(0.9), PARSE) is None
    free = Aside((Hypothesis("what causes gout", 0.9, "free"),), "")
    assert judged(free, decide, PARSE) is None


def test_what_the_library_does_not_say_gets_no_reply() -> None:
    assert judged(aside("are you coming to dinner"), decide, PARSE) is None


@pytest.mark.parametrize(
    ("texts", "confidence", "found"),
    [
        (("repeat",), 0.9, "repeat"),
        (("repeat",), 0.4, None),
        # a "stop" that was guessed at all
        (("stole", "stop"), 0.2, "stop"),
        # pleasantries, and answers to no question
        (("thank you",), 0.9, None),
        (("yes",), 0.9, None),
        # nobody wants to be left alone by a cough
        (("goodbye",), 1.0, None),
        (("take me back to my place",), 0.9, "go_on"),
    ],
)
def test_commands_are_believed_when_they_are_clear(
    texts: tuple[str, ...], confidence: float, found: str | None
) -> None:
    decision = judged(aside(*texts, confidence=confidence), decide, PARSE)
    assert (decision.name if isinstance(decision, Command) else decision) == found


def test_a_yes_counts_while_something_is_asked() -> None:
    assert judged(aside("yes"), decide, PARSE, asking=True) == Command("yes")


def test_noise_is_not_a_call_for_help() -> None:
    """Of noise the second pass makes pleasantries, and other things with less probability."""
    assert judged(aside("thank you so much", "i can't breathe"), decide, PARSE) is None
    assert judged(aside("yes", "i can't breathe"), decide, PARSE, asking=True) is not None


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
    assert judged(doubted, decide, PARSE) == (louder if found else None)
