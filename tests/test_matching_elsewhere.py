"""What no article answers is told from what one does, by what people ask elsewhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from intents.matching import elsewhere, features, index
from intents.matching.calibration import calibration
from intents.matching.evidence import Evidence
from intents.readers import read_article
from intents.types import Hypothesis
from intents.understanding import Understanding
from tests.test_matching_evidence import PLAIN, OneWordEach

TEXT = "# Hearing aids\n\n## Whistling\n\nTurn the volume down when a hearing aid whistles.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> index.Index:
    path: Path = tmp_path_factory.mktemp("articles") / "aids.md"
    path.write_text(TEXT, encoding="utf-8")
    return index.build([read_article(path)], OneWordEach())


def no_ours(library: index.Index, question: str) -> float:
    (asked,) = features.prepare([question], library)
    rows = features.measure(asked, library, np.arange(len(library.units)))
    return features.Features._make(rows[0].tolist()).no_ours


def test_the_wordings_are_read_once_each_without_their_comments() -> None:
    found = elsewhere.lines()
    assert len(found) == len(set(found)) > 300
    assert not [line for line in found if line.startswith("#") or line != line.strip()]


def test_what_is_said_to_a_machine_is_nearer_to_that_than_to_a_passage(
    library: index.Index,
) -> None:
    assert no_ours(library, "lower your volume") > 0.3


def test_a_question_of_the_passage_is_ours(library: index.Index) -> None:
    assert no_ours(library, "when a hearing aid whistles") == 0.0


def test_what_is_asked_elsewhere_lowers_the_probability() -> None:
    numbers = calibration(meaning=True)
    good = PLAIN._replace(sentence=0.7, passage=0.7, label=0.7, beyond=0.6, covered=1.0)
    ours, others = (Evidence(good._replace(no_ours=lead), 0.1, 0.0, 5) for lead in (0.0, 0.2))
    assert numbers.probability(others) < numbers.probability(ours) - 0.05


def test_nothing_is_put_into_a_question_for_others(library: index.Index) -> None:
    understanding = Understanding([library.units[0].article], encoder=OneWordEach())
    best = understanding.rank([Hypothesis("play my favorite song")], 1)[0]
    assert not [reason for reason in best.why if reason.name.startswith("taken as")]
