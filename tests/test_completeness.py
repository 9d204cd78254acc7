"""Whether a speaker has finished, by the words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intents.completeness import (
    Continuations,
    ask_rest,
    completeness,
    joined,
    taken_as,
    unfinished,
)
from intents.readers import read_data
from intents.types import (
    Answer,
    Article,
    Command,
    Emergency,
    Hypothesis,
    Match,
    OutOfScope,
    Unsure,
)

FOUND = read_data(b"# Gout\n\nGout hurts. It goes.\n", "gout.md").article
MATCH = Match(FOUND, FOUND.passages[0], FOUND.passages[0].sentences, 0.9, 0.1)


@pytest.mark.parametrize(
    "text",
    [
        "what causes", "what is", "what is the", "how do i", "how long does", "tell me about",
        "what are the symptoms of", "can i", "what", "why", "my leg hurts and", "tell me the",
        "what kind of", "how much is", "is there", "i want to know", "what happens", "what else",
        "how many types", "what makes you", "can electric", "what is another name for",
        "is there a treatment for", "i hardly ever move, can", "my legs hurt so what does",
    ],
)  # fmt: skip
def test_something_must_follow(text: str) -> None:
    assert unfinished(text)
    assert completeness(text, Answer(MATCH)) == "unfinished"


@pytest.mark.parametrize(
    "text",
    [
        "what causes gout", "what is it", "tell me what it is", "what is it good for", "stop",
        "who do i talk to", "what helps", "is it dangerous", "", "what can be done",
        "how long does it last", "what does gout feel like", "what happens next", "is it painful",
        "how many types are there", "what are they looking for", "what is it made with",
        "as well as i can", "if it would",
    ],
)  # fmt: skip
def test_a_whole_question_is_whole(text: str) -> None:
    assert not unfinished(text)


def test_the_library_has_its_say() -> None:
    assert completeness("what causes gout", Answer(MATCH)) == "complete"
    assert completeness("what causes muscle", Answer(MATCH), continues=True) == "unknown"
    assert completeness("like pipe", OutOfScope()) == "unfinished"
    assert completeness("what causes gout maybe", Unsure((MATCH,))) == "likely"
    assert completeness("the weather is nice", OutOfScope()) == "unknown"
    assert completeness("the reasons for muscle", Unsure((MATCH,)), continues=True) == "unknown"
    # subject and aspect were named, so that this is a question, if one without an answer
    unsaid = OutOfScope(on_topic=True, missing="how it is diagnosed")
    assert completeness("how are the hiccups diagnosed", unsaid) == "likely"
    assert completeness("how are the hiccups diagnosed", unsaid, continues=True) == "unknown"
    assert completeness("hiccups diagnosed", unsaid) == "unfinished"


@pytest.mark.parametrize(
    ("odds", "continues", "answered", "refused"),
    [
        (3.0, False, "complete", "likely"),
        (3.0, True, "complete", "likely"),
        (1.5, False, "complete", "unknown"),
        # of the names that go on it knows nothing
        (1.5, True, "nearly", "unknown"),
        (0.5, False, "nearly", "unknown"),
        (-1.0, False, "unknown", "unknown"),
        (0.0, True, "unknown", "unknown"),
    ],
)
def test_what_seems_to_go_on_is_waited_for(
    odds: float, continues: bool, answered: str, refused: str
) -> None:
    said = "what causes gout in winter"
    for decision, verdict in (
        (Answer(MATCH), answered),
        (OutOfScope(on_topic=True, missing="its causes"), refused),
        (Unsure((MATCH,)), refused),
    ):
        assert completeness(said, decision, continues=continues, odds=odds) == verdict


def test_the_odds_do_not_overrule_what_is_known() -> None:
    assert completeness("what causes the", Answer(MATCH), odds=5.0) == "unfinished"
    assert completeness("stop", Command("stop"), odds=-5.0) == "complete"
    assert completeness("he fell and does not move", Emergency("he fell"), odds=-5.0) == "likely"
    # after nothing that it could mean
    assert completeness("what is it", OutOfScope(), odds=5.0) == "unknown"
    # two words that nothing can be made of
    assert completeness("like pipe", OutOfScope(), odds=1.0) == "unfinished"
    assert completeness("gout pain", Unsure((MATCH,)), odds=1.0) == "unknown"


def test_a_command_is_complete_unless_a_longer_one_begins_so() -> None:
    assert completeness("stop", Command("stop")) == "complete"
    assert completeness("next", Command("next"), continues=True) == "likely"


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("what causes", "What causes what?"),
        ("what causes the", "What causes what?"),
        ("what happens", "What happens when?"),
        ("how do i treat a", "How do I treat what?"),
        ("um", "What would you like to know?"),
        (
            "my husband is ill and i want to know the symptoms of",
            "Want to know the symptoms of what?",
        ),
    ],
)
def test_the_rest_is_asked_for(text: str, asked: str) -> None:
    assert ask_rest(text) == asked


def test_the_rest_is_joined_to_what_was_begun() -> None:
    (whole,) = joined("what causes", [Hypothesis("gout", 0.7, "free")])
    assert whole == Hypothesis("what causes gout", 0.7, "free")


def about(title: str, sentences: str) -> Article:
    return read_data(f"# {title}\n\n{sentences}\n".encode(), "page.md").article


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("how is gout", True),
        ("why are leg cramps", True),
        ("and does a leg cramp", True),
        ("how long do leg cramps", True),
        ("how soon can the common cold", True),
        ("what else is gout", True),
        ("is gout", True),
        ("what is gout", False),
        ("what are leg cramps", False),
        ("tell me what is gout", False),
        ("is this gout", False),
        ("how bad is gout", False),
        ("where are leg cramps", False),
        ("how do i treat gout", False),
        ("what could cause gout", False),
        ("what can i do about leg cramps", False),
    ],
)
def test_a_verb_and_its_subject_are_no_whole_question(text: str, more: bool) -> None:
    """People pause after the subject: "how is muscle atrophy ... treated"."""
    articles = [about(name, "It hurts.") for name in ("Gout", "Leg cramps")]
    continues = Continuations([*articles, about("The common cold", "It goes.")], [])
    assert continues(text) is more


def test_a_clause_that_when_opens_must_follow() -> None:
    assert unfinished("what happens to a muscle when")
    assert not unfinished("should she take it and when")
    assert not unfinished("since when")


def test_a_long_title_names_its_subject_first() -> None:
    continues = Continuations([about("Mold in the bathroom", "It grows.")], [])
    assert continues("why is mold")
    assert not continues("why is bread")


def test_names_go_on_until_they_are_whole() -> None:
    wasting = "Muscle wasting is common. The calf muscle can cramp at night. High blood."
    articles = [about("Muscle wasting", wasting), about("Gout", "It hurts.")]
    continues = Continuations(articles, ["next section", "next", "stop"])
    assert continues("what causes muscle")
    assert not continues("what causes muscle wasting")
    assert not continues("what is gout")
    assert continues("next")
    assert not continues("next section")
    assert not continues("stop")
    assert not continues("what about a word never seen")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("my calf gets smaller who should i talk to", False),
        ("which doctor do i go to", False),
        ("what can i use it for", False),
        ("what leads to", True),
        ("i talk to", True),
        ("what should i", True),
        ("i was wondering what on earth that is", False),
        ("i was wondering if that is", True),
        ("what else is dry skin called", False),
        ("it is called", True),
    ],
)
def test_the_last_word_may_end_the_question_it_belongs_to(text: str, more: bool) -> None:
    sentences = "Talk to doctors. It leads to pain. Go to hospital. Use it for skin. Good for skin."
    other = (
        "Bad for eyes. Add it to water. It is bad. That is good. It is called dry. Is called old."
    )
    skin = about("Skin", f"{sentences} {other}")
    continues = Continuations([skin], ["what should i do"])
    assert continues(text) is more


def test_a_decision_tells_which_guess_it_was_made_on() -> None:
    found = replace(MATCH, wording="what is gout")
    assert taken_as(Answer(found)) == "what is gout"
    assert taken_as(Unsure((found, MATCH))) == "what is gout"
    assert taken_as(OutOfScope(found)) == "what is gout"
    assert taken_as(OutOfScope()) == taken_as(Command("stop")) == ""
