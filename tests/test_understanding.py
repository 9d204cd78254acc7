"""Decisions: what is answered, asked back, refused, and in which order things are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.encoder import MiniLm
from intents.library import Library, shipped_articles
from intents.types import Answer, Article, Command, Emergency, Hypothesis, OutOfScope
from intents.understanding import Besides, Understanding
from models import encoder

BUILT = encoder.find()
ARTICLE = """---
title: Hiccups
also_called: [singultus]
---

## What hiccups are

Hiccups are sudden squeezes of the muscle below the lungs. The voice box snaps shut at once.

## What causes hiccups

Eating too fast, fizzy drinks and laughter cause hiccups.
"""


@pytest.fixture
def hiccups(tmp_path: Path) -> tuple[Article, ...]:
    path = tmp_path / "hiccups.md"
    path.write_text(ARTICLE, encoding="utf-8")
    library = Library.open(tmp_path / "library", shipped=False)
    library.add(path)
    return library.articles()


def ask(understanding: Understanding, *texts: str) -> object:
    return understanding.decide([Hypothesis(text) for text in texts])


def test_words_alone_answer_a_plain_question(hiccups: tuple[Article, ...]) -> None:
    decision = ask(Understanding(hiccups), "what causes hiccups")
    assert isinstance(decision, Answer)
    assert "fizzy drinks" in decision.match.passage.text
    assert any("sentence encoder" in reason.name for reason in decision.match.why)


@pytest.mark.parametrize("heard", ["what causes hick ups", "what causes hickups"])
def test_misheard_words_are_repaired_by_sound(hiccups: tuple[Article, ...], heard: str) -> None:
    best = Understanding(hiccups).rank([Hypothesis(heard)])[0]
    assert best.passage.heading == "What causes hiccups"


@pytest.mark.parametrize(
    "question",
    ["what causes diabetes", "what is the capital of france", "is it the the", "???", ""],
)
def test_other_subjects_are_refused(hiccups: tuple[Article, ...], question: str) -> None:
    assert isinstance(ask(Understanding(hiccups), question), OutOfScope)


def test_what_is_not_said_is_named(hiccups: tuple[Article, ...]) -> None:
    decision = ask(Understanding(hiccups), "how is hiccups diagnosed")
    assert isinstance(decision, OutOfScope)
    assert decision.on_topic
    assert decision.missing == "how it is diagnosed"


def test_an_empty_library_refuses() -> None:
    assert ask(Understanding([]), "what causes hiccups") == OutOfScope()


def test_nothing_heard_is_out_of_scope(hiccups: tuple[Article, ...]) -> None:
    assert Understanding(hiccups).decide([]) == OutOfScope()


def test_emergency_comes_before_command_and_matching(hiccups: tuple[Article, ...]) -> None:
    understanding = Understanding(
        hiccups,
        besides=Besides(
            parse_command=lambda text: Command("stop") if "stop" in text else None,
            find_emergency=lambda said: "help" if any("help" in h.text for h in said) else None,
        ),
    )
    assert ask(understanding, "stop", "stop help") == Emergency("help")
    assert ask(understanding, "please stop") == Command("stop")
    assert isinstance(ask(understanding, "what causes hiccups"), Answer)


def test_a_second_guess_can_be_the_right_one(hiccups: tuple[Article, ...]) -> None:
    decision = ask(Understanding(hiccups), "what cows is the caps", "what causes hiccups")
    assert isinstance(decision, Answer)


@pytest.mark.parametrize("encoded", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_what_is_read_is_the_source_word_for_word(encoded: bool) -> None:
    if encoded and BUILT is None:
        pytest.skip("the encoder was not built here")
    minilm = MiniLm(BUILT) if encoded and BUILT else None
    understanding = Understanding(shipped_articles()[:4], encoder=minilm)
    for question in (
        "what causes back pain",
        "how do i clean the bathroom",
        "when to see a doctor",
    ):
        for match in understanding.rank([Hypothesis(question)]):
            assert match.sentences
            assert 0.0 <= match.score <= 1.0
            for sentence in match.sentences:
                assert sentence in match.passage.sentences
                assert match.article.text[sentence.start : sentence.end] == sentence.text


@pytest.mark.slow
@pytest.mark.skipif(BUILT is None, reason="the encoder was not built here")
@pytest.mark.parametrize(
    "question",
    [
        "what is spinal muscular atrophy",
        "does muscle atrophy need surgery",
        "how is muscle atrophy diagnosed",
        "can muscle atrophy kill you",
        "what is arthritis",
        "how many people have muscle atrophy",
        "what causes diabetes",
    ],
)
def test_traps_on_one_article_are_not_answered(question: str) -> None:
    assert BUILT is not None
    articles = [a for a in shipped_articles() if a.id == "muscle-atrophy"]
    assert len(articles) == 1
    assert isinstance(ask(Understanding(articles, encoder=MiniLm(BUILT)), question), OutOfScope)


def test_a_cough_does_not_say_good_night(hiccups: tuple[Article, ...]) -> None:
    """What the two ears made of one, with confidence 0.87."""
    parse = {"good night": Command("good_night"), "louder": Command("louder")}.get
    understanding = Understanding(hiccups, besides=Besides(parse_command=parse))
    cough = [Hypothesis("good night", 0.87, "library"), Hypothesis("good and", 0.08, "free")]
    assert not isinstance(understanding.decide(cough), Command)
    assert not isinstance(understanding.decide(cough[:1]), Command)
    said = [Hypothesis("good night", 0.87, "library", agreed=True), *cough[1:]]
    assert understanding.decide(said) == Command("good_night")
    assert understanding.decide([Hypothesis("good night")]) == Command("good_night")
    # no harm is done by a cough that is "louder"
    louder = [Hypothesis("louder", 0.87, "library"), Hypothesis("loud or", 0.08, "free")]
    assert understanding.decide(louder) == Command("louder")
