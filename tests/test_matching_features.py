"""What makes one passage fit a question better than another, on a small article of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.matching import definition, features, index
from intents.matching.excerpt import WORDS_AT_A_TIME, excerpt
from intents.matching.terms import Spelling, grams
from intents.readers import read_article
from intents.types import Hypothesis, Passage, Sentence
from intents.understanding import Understanding

TEXT = """# Gout

## Causes of gout

Gout comes from crystals in a joint. The crystals form when the blood holds too much uric acid.
They are sharp and make the joint swell. The big toe is often the first joint that hurts, and
the pain often starts at night. Cold joints are more often hit than warm ones.

Rich food, beer and some illnesses raise the uric acid. Kidneys that do not work well let it
stay in the blood. Some families have more gout than others, and men have it more often than
women do. Losing weight too fast can also raise it for a while.

## Frequently asked questions

### Can a water pill cause gout?

Yes, some water pills can cause gout.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> index.Index:
    path: Path = tmp_path_factory.mktemp("articles") / "gout.md"
    path.write_text(TEXT, encoding="utf-8")
    return index.build([read_article(path)])


def fit(library: index.Index, question: str) -> list[features.Features]:
    (prepared,) = features.prepare([question], library)
    rows = features.measure(prepared, library, features.candidates(prepared, library))
    return [features.Features._make(row.tolist()) for row in rows]


def test_an_open_question_is_not_one_for_yes_or_no(library: index.Index) -> None:
    assert [f.no_open for f in fit(library, "what causes gout")] == [0, 0, 1]
    assert [f.no_open for f in fit(library, "can a pill cause gout")] == [0, 0, 0]


def test_the_first_passage_under_a_heading_introduces_it(library: index.Index) -> None:
    assert [f.no_first for f in fit(library, "what causes gout")] == [0, 1, 0]


def test_a_cause_is_read_before_a_closed_question_without_an_encoder(library: index.Index) -> None:
    article = library.units[0].article
    best = Understanding([article]).rank([Hypothesis("what are the causes of gout")], 1)[0]
    assert best.passage.heading == "Causes of gout"


def passage(*sizes: int) -> Passage:
    sentences = []
    for number, size in enumerate(sizes):
        text = " ".join([f"w{number}"] * size) + "."
        sentences.append(Sentence(text, 0, len(text)))
    return Passage("Heading", tuple(sentences), 0)


def test_a_late_sentence_is_read_at_once_but_a_whole_passage_from_its_start() -> None:
    long = passage(30, 30, 10)
    assert excerpt(long, [0.1, 0.2, 0.9]) == long.sentences[2:]
    assert excerpt(long, [0.1, 0.2, 0.9], whole=True) == long.sentences[:1]
    assert excerpt(passage(WORDS_AT_A_TIME + 20, 5), [0.9, 0.1])[0].start == 0


def test_letter_overlap_is_a_cosine() -> None:
    def overlap(one: str, other: str) -> float:
        return Spelling(one.split()).overlap(other.split(), grams(other).norm)

    assert overlap("gout", "gout") == pytest.approx(1.0)
    assert overlap("gout", "") == 0.0
    assert 0 < overlap("gout", "gouty") < 1
    assert overlap("gout toe", "gouty gouty") == pytest.approx(overlap("gouty gouty", "gout toe"))


def test_what_an_illness_causes_is_not_what_causes_it(library: index.Index) -> None:
    assert all(f.no_named == 0 for f in fit(library, "what causes gout"))
    assert all(f.no_named == 1 for f in fit(library, "what causes arthritis"))


def test_a_long_term_use_is_not_a_term() -> None:
    sentence = "Long-term use of corticosteroids can lead to gout."
    assert not definition.explains(("corticosteroid",), [], [sentence])
    assert definition.explains(("tophi",), [], ["The term for these lumps is tophi."])
