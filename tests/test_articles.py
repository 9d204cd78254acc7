"""The articles that ship: their form, their sound, and muscle-atrophy in our own words."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
ARTICLES = sorted((ROOT / "intents" / "articles").glob("*.md"))
DATA = Path(os.environ.get("READBACK_DATA", ROOT.parent / "shared" / "data"))
PAGE = DATA / "articles" / "muscle-atrophy-web-page.txt"
# a run of this many of the page's words in a row counts as copied
COPIED_RUN = 6
KEYS = {"title", "also_called", "author", "reviewed", "licence", "sources"}
# a passage is read aloud alone, so its first word must not point back at something unread
POINTS_BACK = re.compile(r"(It|Its|They|Their|Them|He|She|This|That|Also|But|However)\b")


def front_matter(path: Path) -> dict[str, Any]:
    _, head, _ = path.read_text(encoding="utf-8").split("---\n", 2)
    loaded = yaml.safe_load(head)
    assert isinstance(loaded, dict)
    return loaded


def body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("---\n", 2)[2]


def blocks(path: Path) -> list[str]:
    return [block.strip() for block in body(path).split("\n\n") if block.strip()]


def paragraphs(path: Path) -> list[str]:
    return [block for block in blocks(path) if not block.startswith(("#", "-"))]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", text)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + COPIED_RUN]) for i in range(len(found) - COPIED_RUN + 1)}


def faq(path: Path) -> list[tuple[str, str]]:
    _, _, tail = body(path).partition("## Frequently asked questions\n")
    return re.findall(r"^### (.+)\n\n(.+)$", tail, re.MULTILINE)


each_article = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)


def test_a_starter_collection_ships() -> None:
    assert len(ARTICLES) >= 21
    assert "muscle-atrophy" in {path.stem for path in ARTICLES}


def test_no_two_articles_share_a_name() -> None:
    names = [
        name.lower()
        for path in ARTICLES
        for name in [front_matter(path)["title"], *front_matter(path)["also_called"]]
    ]
    assert len(names) == len(set(names))


@each_article
def test_front_matter_names_title_sources_and_review(path: Path) -> None:
    head = front_matter(path)
    assert set(head) == KEYS
    assert head["author"] == "The Readback founders"
    assert head["licence"] == "MIT"
    assert isinstance(head["reviewed"], date)
    for key in ("also_called", "sources"):
        assert head[key]
        assert all(isinstance(item, str) and item.strip() for item in head[key])


@each_article
def test_article_is_short_and_has_sections_and_faq(path: Path) -> None:
    longest = 1000 if path.stem == "muscle-atrophy" else 600
    assert 300 <= len(words(body(path))) <= longest
    assert len(re.findall(r"^## ", body(path), re.MULTILINE)) >= 5
    assert not re.search(r"^# ", body(path), re.MULTILINE)
    assert 2 <= len(faq(path)) <= 4
    assert all(question.endswith("?") for question, _ in faq(path))


@each_article
def test_passages_stand_alone_when_read_aloud(path: Path) -> None:
    for paragraph in paragraphs(path):
        assert not POINTS_BACK.match(paragraph), paragraph
        if not paragraph.endswith(":"):
            assert 2 <= len(sentences(paragraph)) <= 6, paragraph


@each_article
def test_sentences_are_good_to_hear(path: Path) -> None:
    for paragraph in paragraphs(path):
        for sentence in sentences(paragraph):
            assert len(sentence.split()) <= 30, sentence
    # digits, symbols and brackets are for the eye; our own articles spell out what is spoken
    text = re.sub(r"^(#+|-) ", "", body(path), flags=re.MULTILINE)
    assert not re.findall(r"[^A-Za-z\s.,:?'-]", text)


@each_article
def test_nothing_is_said_twice(path: Path) -> None:
    said = [sentence for paragraph in paragraphs(path) for sentence in sentences(paragraph)]
    assert len(said) == len(set(said))


@each_article
def test_spelling_is_american(path: Path) -> None:
    british = r"\b(ageing|colou?r(?<!color)\w*|fibre|diarrhoea|mould|odour|litre|neighbour)\b"
    assert not re.findall(british, body(path), re.IGNORECASE)


@each_article
def test_library_stays_silent_on_diabetes(path: Path) -> None:
    assert "diabet" not in path.read_text(encoding="utf-8").lower()


def test_only_one_article_is_about_wasting_muscles() -> None:
    telling = re.compile(r"atroph|wasting|sarcopenia|cachexia", re.IGNORECASE)
    assert [path.stem for path in ARTICLES if telling.search(body(path))] == ["muscle-atrophy"]


@pytest.mark.parametrize(
    "fact",
    [
        "muscle wasting, muscle withering or muscle loss",
        "Muscle catabolism",
        "muscle is not used enough",
        "signals from its nerve",
        "cancer, HIV or AIDS",
        "cachexia",
        "Functional electrical stimulation",
        "Disuse atrophy happens",
        "in order to save energy",
        "grow back under two conditions",
        "nerves that lead to the muscle must be unharmed",
        "enough good food",
        "Bodybuilders lose their extra muscle",
        "have to stay in bed",
        "its cast becomes loose",
        "Physical therapists and occupational therapists",
        "vicious circle",
        "grow old",
        "people starve",
        "corticosteroid medicines for a long time",
        "exercises that build strength",
        "physical therapy or rehabilitation",
        "talk to a healthcare provider",
    ],
)
def test_muscle_atrophy_tells_every_fact(fact: str) -> None:
    [path] = [path for path in ARTICLES if path.stem == "muscle-atrophy"]
    assert fact.lower() in " ".join(body(path).split()).lower()


def test_muscle_atrophy_does_not_speak_of_diagnosis() -> None:
    # the page does not either; "does not say how it is diagnosed" must stay true
    [path] = [path for path in ARTICLES if path.stem == "muscle-atrophy"]
    assert not re.search(r"diagnos|\btests?\b|biopsy|scan", body(path), re.IGNORECASE)


@pytest.mark.skipif(not PAGE.is_file(), reason="development data not present (READBACK_DATA)")
def test_muscle_atrophy_copies_no_run_of_the_page() -> None:
    [path] = [path for path in ARTICLES if path.stem == "muscle-atrophy"]
    page = runs(PAGE.read_text(encoding="utf-8"))
    copied = {run for block in blocks(path) for run in runs(block) & page}
    assert not copied


def test_wordings_name_text_that_stands_in_muscle_atrophy() -> None:
    [path] = [path for path in ARTICLES if path.stem == "muscle-atrophy"]
    article = " ".join(body(path).split()).lower()
    lines = (ROOT / "tests/data/wordings.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    assert len(pairs) >= 40
    assert len({question.lower() for question, _ in pairs}) == len(pairs)
    assert [fragment for _, fragment in pairs if fragment.lower() not in article] == []
