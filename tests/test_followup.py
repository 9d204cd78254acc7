"""What "it", "and in children" and "how long" mean after something was read."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intents.followup import Context, FollowUps, points_back, wordings
from intents.readers import read_data
from intents.types import Answer, Article, Command, Decision, Hypothesis, Match, OutOfScope, Unsure


def article(title: str, synonym: str) -> Article:
    text = f"# {title}\n\n{title}, also called {synonym}, is common. It goes away.\n"
    return read_data(text.encode(), f"{title}.md").article


GOUT = article("Gout", "gouty arthritis")
COLDS = article("Colds", "head colds")
CONTEXT = Context(GOUT, "what causes gout")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("how is it treated", "how is gout treated"),
        ("How is that treated?", "how is gout treated"),
        ("and what are its symptoms", "what are gout's symptoms"),
        ("who gets this condition", "who gets gout"),
        ("and in old age", "what causes gout in old age"),
        ("what about in women", "what causes gout in women"),
        ("how about for my husband", "what causes gout for my husband"),
        ("what about colds", "what causes colds"),
        ("and the treatment", "the treatment of gout"),
        ("why", "what causes gout"),
        ("how long", "how long does gout last"),
        ("should i see a doctor", "when should i see a doctor about gout"),
    ],
)
def test_a_follow_up_is_put_in_full(said: str, meant: str) -> None:
    assert meant in wordings(said, CONTEXT)


@pytest.mark.parametrize(
    "said",
    [
        "what causes colds",
        "is it safe to eat eggs",
        "is it normal to sneeze when i look at the sun",
        "stop",
        "",
        "how long does a cold last",
        "i have been thinking for a long time whether my old shoes could have to do with it",
    ],
)
def test_a_whole_question_is_left_alone(said: str) -> None:
    assert wordings(said, CONTEXT) == ()


def test_the_name_that_was_asked_with_is_kept() -> None:
    asked = Context(GOUT, "what is gouty arthritis")
    assert wordings("what causes it", asked) == ("what causes gouty arthritis",)


def match(found: Article, score: float = 0.9) -> Match:
    return Match(found, found.passages[0], found.passages[0].sentences[:1], score, 0.1)


def unsure() -> Unsure:
    return Unsure((match(GOUT, 0.5),))


class Library:
    """Decides as the test says; anything else is out of scope."""

    def __init__(self, **known: Decision) -> None:
        self.known = {key.replace("_", " "): value for key, value in known.items()}
        self.asked: list[str] = []

    def decide(self, hypotheses: Sequence[Hypothesis]) -> Decision:
        self.asked.append(hypotheses[0].text)
        return self.known.get(hypotheses[0].text, OutOfScope())


def decide(library: Library, said: str, context: Context | None = CONTEXT) -> Decision:
    return FollowUps(library.decide, lambda: context).decide([Hypothesis(said)])


def test_the_subject_answers_it() -> None:
    answer = Answer(match(GOUT))
    assert decide(Library(is_gout_dangerous=answer), "is it dangerous") is answer


def test_it_is_never_answered_from_another_article() -> None:
    library = Library(
        is_it_dangerous=Answer(match(COLDS)), is_gout_dangerous=OutOfScope(None, True)
    )
    assert decide(library, "is it dangerous") == OutOfScope(None, True)
    library = Library(and_in_children=Answer(match(COLDS)), what_causes_gout_in_children=unsure())
    assert decide(library, "and in children") == unsure()
    assert points_back("and in children")


def test_a_question_back_about_the_subject_beats_a_refusal() -> None:
    assert decide(Library(is_gout_dangerous=unsure()), "is it dangerous") == unsure()
    elsewhere = Unsure((match(COLDS, 0.5),))
    assert decide(Library(is_gout_dangerous=elsewhere), "is it dangerous") == OutOfScope()


def test_a_command_stays_a_command() -> None:
    command = Command("choose")
    assert decide(Library(tell_me_about_that=command), "tell me about that") is command


def test_without_anything_read_the_words_stand_alone() -> None:
    library = Library()
    decide(library, "is it dangerous", None)
    assert library.asked == ["is it dangerous"]


def test_each_ear_is_followed() -> None:
    answer = Answer(match(GOUT))
    library = Library(is_gout_dangerous=answer)
    heard = [
        Hypothesis("is fit dangers", 1.0, "library"),
        Hypothesis("is it dangerous", 1.0, "free"),
    ]
    assert FollowUps(library.decide, lambda: CONTEXT).decide(heard) is answer
