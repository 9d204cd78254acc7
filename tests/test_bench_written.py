"""What the cross-encoder is trained on: it is sound, and it is not what it is judged by."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bench.written import about_everyday, asked_medquad, lines_of
from intents.library import shipped_articles
from intents.text import normalize

DATA = Path(__file__).parent / "data"
QUESTIONS, ARTICLES = about_everyday()


def test_every_answer_stands_in_a_passage() -> None:
    lost = [
        q
        for q in QUESTIONS
        for text in q.expect
        if not any(text in passage.text for passage in ARTICLES[q.article].passages)
    ]
    assert not lost


def test_about_half_of_the_questions_are_not_answered() -> None:
    assert len(ARTICLES) >= 300
    answered = Counter(bool(q.expect) for q in QUESTIONS)
    # the rest are near misses, and six things an article that are no question for it
    assert 0.4 < answered[True] / len(QUESTIONS) < 0.6
    assert {q.article for q in QUESTIONS} == set(ARTICLES)


def test_no_article_that_ships_is_among_them() -> None:
    shipped = {normalize(a.title) for a in shipped_articles()}
    assert not shipped & {normalize(a.title) for a in ARTICLES.values()}


@pytest.mark.parametrize("half", ["dev", "test", "blind"])
def test_no_question_is_trained_on_and_judged_by(half: str) -> None:
    judged = {normalize(q["q"]) for q in lines_of(DATA / f"questions_{half}.jsonl")}
    trained = {normalize(q.question) for q in QUESTIONS}
    trained |= {normalize(q["question"]) for q in asked_medquad()}
    assert not judged & trained
