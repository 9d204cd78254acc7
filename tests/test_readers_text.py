"""Markdown and saved page text."""

import os
from pathlib import Path

import pytest

from bench.seeds import MARKDOWN, PLAIN
from intents.readers import ReadError, Reading, read_article, read_data
from intents.readers.draft import squeeze
from intents.types import Article, Passage, Source


def reading(text: str, name: str = "a.txt") -> Reading:
    return read_data(text.encode(), name)


def article(text: str, name: str = "a.txt") -> Article:
    found = reading(text, name).article
    for passage in found.passages:
        for sentence in passage.sentences:
            assert found.text[sentence.start : sentence.end] == sentence.text
    return found


def by_heading(found: Article, heading: str) -> Passage:
    return next(p for p in found.passages if p.heading == heading)


def texts(passage: Passage) -> list[str]:
    return [s.text for s in passage.sentences]


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"])
def test_marks_without_width_do_not_split_a_word(mark: str) -> None:
    assert squeeze(f" mus{mark}cle \x00 wast{mark}ing{mark}") == "muscle wasting"


def test_front_matter_fills_title_source_and_names() -> None:
    found = article(MARKDOWN, "cramps.md")
    assert (found.id, found.title) == ("leg-cramps", "Leg cramps")
    assert found.synonyms == ("charley horse", "muscle spasm")
    assert found.source == Source(
        name="A health service",
        author="Ann Lee",
        url="https://example.org/cramps",
        date="2024-05-01",
        licence="CC0",
    )


def test_markdown_sections_lists_tables_and_questions() -> None:
    found = article(MARKDOWN, "cramps.md")
    causes = by_heading(found, "What causes leg cramps")
    assert causes.kind == "list"
    assert texts(causes)[-2:] == ["lack of water", "long sitting"]
    assert any(p.kind == "table" and p.text == "Age: Adult; Dose: 5 mg" for p in found.passages)
    faq = by_heading(found, "Are leg cramps dangerous?")
    assert (faq.kind, faq.sentences[0].text) == ("faq", "No, they are not.")
    assert "[^1]" not in found.text and "A note" not in " ".join(p.text for p in found.passages)


def test_markdown_without_front_matter_takes_its_heading_as_title() -> None:
    found = article("# Sore feet\n\nFeet hurt. They rest.\n", "x.md")
    assert found.title == "Sore feet"
    assert found.passages[0].heading == "Sore feet"


def test_code_is_stored_but_not_spoken() -> None:
    result = reading("# Pipes\n\nRun this.\n\n```\nrm -rf /\n```\n\nThen stop.\n", "x.md")
    assert "rm -rf" not in " ".join(p.text for p in result.article.passages)
    assert any(d.why == "program code" for d in result.dropped)


def test_emphasis_links_and_pictures_leave_no_marks() -> None:
    found = article("# A\n\nSee **the** [guide](http://x.org) ![cat](c.png) *now*.\n", "x.md")
    assert found.passages[0].text == "See the guide now."


@pytest.mark.parametrize(
    "front",
    ["a: [1", "- a\n- b", "a: &x 1\nb: *x", "? {a: b}\n: c", "x: " + "y" * 70_000],
)
def test_bad_front_matter_says_so(front: str) -> None:
    with pytest.raises(ReadError, match="front matter"):
        reading(f"---\n{front}\n---\n\nText is here.\n", "bad.md")


def test_saved_page_keeps_its_passages_and_questions_only() -> None:
    found = article(PLAIN)
    spoken = " ".join(p.text for p in found.passages)
    assert found.title == "Leg Cramps: Causes and Relief"
    assert found.source.author == "Ann Lee"
    assert found.source.date == "2023-03-03"
    assert found.synonyms == ("charley horse",)
    assert by_heading(found, "Are cramps dangerous?").kind == "faq"
    assert texts(by_heading(found, "What Causes Cramps"))[-2:] == [
        "Too little water",
        "Long sitting",
    ]
    for alien in ("Man holding", "Getty", "helpful", "Sources", "doi", "Ann Lee", "Updated"):
        assert alien not in spoken


def test_every_dropped_piece_has_a_reason() -> None:
    reasons = {d.why for d in reading(PLAIN).dropped}
    assert {"photo caption", "photo credit", "survey line", "after the article"} <= reasons


# Pages of other kinds, made up: the rules must not know only one site.
DENTAL = """How to Look After Dentures

Written by Maria Gomez, RN | Published: 12 June 2021

Dentures are false teeth that can be taken out. Clean them every day.

(Photo by Lee Park / Unsplash)

Cleaning

Brush your dentures with a soft brush and plain soap. Do not use hot water.

Follow these steps:
1. Rinse off loose food.
2. Brush every side.
3. Soak them overnight.

Share this article

When to see a dentist

See a dentist when your dentures hurt, or when these signs show up:

Sources of iron in this diet do not matter here.

Did you find this article useful? Yes No

References

Gomez M. Dentures today. Dent J. 2019;4(2):11-19.
"""

WRAPPED = """MOLD IN THE CELLAR

Mold grows where walls stay damp for more than a day or
two. It needs water and a little dirt, and it spreads by
spores that float in the air of the house.

Getting rid of it

Open the windows and scrub the wall with soap and hot
water. Dry it well afterwards.

Copyright 2020 The House Paper. All rights reserved.
"""


def test_another_saved_page() -> None:
    found = article(DENTAL)
    spoken = " ".join(p.text for p in found.passages)
    assert found.source.author.startswith("Maria Gomez")
    assert found.source.date == "2021-06-12"
    for alien in ("Unsplash", "Share", "useful", "Dent J", "Written by", "these signs show up:"):
        assert alien not in spoken
    steps = next(p for p in found.passages if "Soak them overnight." in p.text)
    assert texts(steps)[-3:] == [
        "Rinse off loose food.", "Brush every side.", "Soak them overnight.",
    ]  # fmt: skip
    assert "Sources of iron in this diet" in spoken


def test_wrapped_lines_are_one_paragraph() -> None:
    found = article(WRAPPED)
    assert found.title == "MOLD IN THE CELLAR"
    first = found.passages[0].sentences[0].text
    assert first == "Mold grows where walls stay damp for more than a day or two."
    assert by_heading(found, "Getting rid of it").sentences[-1].text == "Dry it well afterwards."
    assert "Copyright" not in found.text


def test_a_sentence_that_mentions_a_survey_or_photo_stays() -> None:
    text = "Asking well\n\nAsk the patient: was this page helpful? A photo by the bed can help.\n"
    spoken = " ".join(p.text for p in article(text).passages)
    assert "was this page helpful?" in spoken
    assert "A photo by the bed can help." in spoken


def test_prose_under_a_heading_called_sources_stays() -> None:
    text = (
        "Vitamin D\n\nVitamin D keeps bones strong. The skin makes it.\n\nSources\n\n"
        "The skin makes most of our vitamin D in the sun, and oily fish, eggs and mushrooms have "
        "some of it as well. People who stay inside may need tablets from their doctor.\n"
    )
    assert by_heading(article(text), "Sources").text.startswith("The skin makes most")


def test_long_paragraphs_are_cut_and_short_ones_joined() -> None:
    many = " ".join(f"This is sentence number {n} of a long one." for n in range(40))
    found = article(f"Long\n\n{many}\n\nShort one.\n\nShort two.\n")
    assert max(len(p.sentences) for p in found.passages) <= 12
    assert any(texts(p)[-2:] == ["Short one.", "Short two."] for p in found.passages)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Gout\n\nGout, also known as gouty arthritis, hurts.", {"gouty arthritis"}),
        ("Flu\n\nFlu is an infection. It is also called influenza or the grippe.",
         {"influenza", "grippe"}),
        ("Chronic obstructive pulmonary disease\n\nChronic obstructive pulmonary disease (COPD) is "
         "a lung disease. It is bad.", {"COPD"}),
        ("Gout\n\nOther names for gout include:\n\n- podagra\n- gouty arthritis\n\nIt hurts.",
         {"podagra", "gouty arthritis"}),
        ("Gout\n\nThe synonyms for it are podagra, crystal arthritis, and gouty arthritis.",
         {"podagra", "crystal arthritis", "gouty arthritis"}),
    ],
)  # fmt: skip
def test_names_from_the_text(text: str, names: set[str]) -> None:
    assert names <= set(article(text).synonyms)


@pytest.mark.parametrize(
    "sentence",
    [
        "A part of the heart is also called the atrium.",
        "The tool for this is also known as a spanner.",
        "See the doctor (NOT the nurse) first.",
    ],
)
def test_names_of_other_things_are_not_the_subject(sentence: str) -> None:
    assert article(f"Gout\n\nGout hurts the foot. {sentence}").synonyms == ()


def test_the_page_the_user_starts_from() -> None:
    root = Path(os.environ.get("READBACK_DATA", Path(__file__).parents[2] / "shared" / "data"))
    page = root / "articles" / "muscle-atrophy-web-page.txt"
    if not page.exists():
        pytest.skip("the development data is not on this machine")
    found = read_article(page)
    assert [p.heading for p in found.passages if p.kind == "faq"] == [
        "What is muscle atrophy?",
        "What causes muscle atrophy?",
        "Can you rebuild muscles that have atrophied?",
    ]
    spoken = " ".join(p.text for p in found.passages)
    for alien in ("Older woman", "Getty", "helpful", "2 Sources", "Verywell", "doi", "related to"):
        assert alien not in spoken
    assert len({p.heading for p in found.passages}) == 8
    assert set(found.synonyms) >= {"muscle wasting", "muscle loss", "muscle withering"}


def test_lines_with_tabs_are_a_table() -> None:
    text = (
        "Doses\n\nAsk a doctor first. Take it with water.\n\nAge\tDose\nAdult\t5 mg\nChild\t2 mg\n"
    )
    table = next(p for p in article(text).passages if "Adult" in p.text)
    assert table.kind == "table"
    assert texts(table)[-2:] == ["Age: Adult; Dose: 5 mg", "Age: Child; Dose: 2 mg"]
