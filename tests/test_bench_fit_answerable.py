"""The training questions of bench/fit_answerable.py reach the article that they are about."""

from __future__ import annotations

import json
from collections import Counter

from bench import fit_answerable


def _asked() -> list[dict[str, object]]:
    text = (fit_answerable.DATA / "questions_dev.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_every_question_about_an_article_is_asked_of_that_article_alone() -> None:
    asked = _asked()
    meant = Counter(q["article"] for q in asked if q["article"])
    got = {
        name: sum(q.get("article") == name for q in questions)
        for name, _, questions in fit_answerable.of_one_article(asked)
    }
    assert got == dict(meant)


def test_what_is_answerable_stands_in_the_article() -> None:
    missing = [
        q["q"]
        for _, article, questions in fit_answerable.of_one_article(_asked())
        for q in questions
        if q["expect"] and not any(fit_answerable.holds(p, q["expect"]) for p in article.passages)
    ]
    assert missing == []


def test_strays_of_other_articles_have_no_answer_there() -> None:
    for name, _, questions in fit_answerable.of_one_article(_asked()):
        strays = [q for q in questions if q.get("article", name) != name]
        assert len(strays) == fit_answerable.STRAYS
        assert all(q["expect"] == [] for q in strays)
