"""Our own question set: each expected text stands in its article, and dev never leaks into test."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
SPLITS = ("dev", "test")
KINDS = {"answerable", "on_topic_unanswered", "off_topic"}


def squeeze(text: str) -> str:
    return " ".join(text.lower().split())


def read(split: str) -> list[dict[str, Any]]:
    lines = (DATA / f"questions_{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def article_body(stem: str) -> str:
    text = (ROOT / "intents" / "articles" / f"{stem}.md").read_text(encoding="utf-8")
    return squeeze(text.split("---\n", 2)[2])


def articles(split: str) -> set[str]:
    return {line["article"] for line in read(split) if line["kind"] != "off_topic"}


each_split = pytest.mark.parametrize("split", SPLITS)


@each_split
def test_lines_have_the_bench_layout(split: str) -> None:
    for line in read(split):
        assert set(line) == {"q", "article", "kind", "expect"}, line
        assert line["kind"] in KINDS, line
        assert line["q"].strip() == line["q"] != "", line
        assert bool(line["expect"]) == (line["kind"] == "answerable"), line
        assert (line["article"] == "") == (line["kind"] == "off_topic"), line


@each_split
def test_every_expected_text_stands_in_its_article(split: str) -> None:
    missing = [
        (line["article"], text)
        for line in read(split)
        for text in line["expect"]
        if squeeze(text) not in article_body(line["article"])
    ]
    assert missing == []


def test_expected_text_names_one_article_only() -> None:
    # a text that stands in two articles would let an answer from the wrong one count as right
    bodies = {path.stem: article_body(path.stem) for path in ROOT.glob("intents/articles/*.md")}
    shared = [
        text
        for split in SPLITS
        for line in read(split)
        for text in line["expect"]
        if sum(squeeze(text) in body for body in bodies.values()) != 1
    ]
    assert shared == []


def test_at_least_420_questions_half_of_them_unanswered_on_topic() -> None:
    kinds = Counter(line["kind"] for split in SPLITS for line in read(split))
    assert kinds.total() >= 420
    assert 0.45 <= kinds["on_topic_unanswered"] / kinds.total() <= 0.55
    assert kinds["off_topic"] >= 20


def test_split_is_by_article_and_covers_the_whole_collection() -> None:
    dev, test = articles("dev"), articles("test")
    assert dev & test == set()
    assert dev | test == {path.stem for path in ROOT.glob("intents/articles/*.md")}
    assert abs(len(dev) - len(test)) <= 2


def test_no_question_is_asked_twice() -> None:
    asked = [squeeze(line["q"]).rstrip("?") for split in SPLITS for line in read(split)]
    wordings = (DATA / "wordings.txt").read_text(encoding="utf-8").splitlines()
    asked += [squeeze(line.split("\t")[0]) for line in wordings]
    assert [question for question, count in Counter(asked).items() if count > 1] == []


@each_split
def test_every_article_is_asked_answerable_and_unanswerable_questions(split: str) -> None:
    for article in articles(split):
        kinds = Counter(line["kind"] for line in read(split) if line["article"] == article)
        assert kinds["answerable"] >= 8, article
        assert kinds["on_topic_unanswered"] >= 8, article


def phrases(name: str) -> list[str]:
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert all(line.strip() == line != "" for line in lines)
    return lines


EMERGENCY_FILES = [
    f"{kind}_{split}" for kind in ("emergencies", "not_emergencies") for split in SPLITS
]


def test_there_are_enough_emergencies_and_ordinary_questions() -> None:
    counts = {name: len(phrases(name)) for name in EMERGENCY_FILES}
    assert counts["emergencies_dev"] + counts["emergencies_test"] >= 160
    assert min(counts["emergencies_dev"], counts["emergencies_test"]) >= 75
    assert min(counts["not_emergencies_dev"], counts["not_emergencies_test"]) >= 250


def test_no_phrase_stands_twice_in_the_emergency_files() -> None:
    every = [squeeze(line).rstrip("?") for name in EMERGENCY_FILES for line in phrases(name)]
    assert [phrase for phrase, count in Counter(every).items() if count > 1] == []


@each_split
def test_many_ordinary_questions_contain_the_words_of_emergencies(split: str) -> None:
    alarming = {
        "breathe",
        "chest",
        "pills",
        "die",
        "dying",
        "bleach",
        "stroke",
        "blood",
        "overdose",
    }
    alarming |= {"heart", "suicide", "choke", "fire", "fell", "emergency", "ambulance", "swallow"}
    ordinary = phrases(f"not_emergencies_{split}")
    tempting = [line for line in ordinary if alarming & set(squeeze(line).split())]
    assert len(tempting) >= 60
