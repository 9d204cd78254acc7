"""What the probability is made of: the evidence by name, and the doubt that one word carries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from intents.matching import features, index, meaning
from intents.matching.calibration import calibration
from intents.matching.evidence import LONG, MAX_MARGIN, Evidence
from intents.readers import read_article

WIDTH = 384
PLAIN = features.Features._make([0.0] * len(features.Features._fields))


class OneWordEach:
    """An encoder in which every word has a direction of its own."""

    def encode(self, texts: object) -> np.ndarray:
        assert isinstance(texts, (list, tuple))
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> np.ndarray:
        out = np.full(WIDTH, 1e-6, np.float32)
        for word in text.lower().replace(".", " ").replace(":", " ").split():
            seed = np.frombuffer(word.encode().ljust(8, b"-")[:8], np.uint32)
            out += np.random.default_rng(seed.tolist()).standard_normal(WIDTH, dtype=np.float32)
        return np.asarray(out / np.linalg.norm(out), dtype=np.float32)


@pytest.fixture(scope="module")
def mold(tmp_path_factory: pytest.TempPathFactory) -> index.Index:
    path: Path = tmp_path_factory.mktemp("articles") / "mold.md"
    path.write_text("# Mold\n\n## Bleach\n\nBleach kills mold on tiles.\n", encoding="utf-8")
    return index.build([read_article(path)], OneWordEach())


def doubt(library: index.Index, question: str) -> float:
    (asked,) = features.prepare([question], library)
    assert library.meaning is not None
    assert asked.vector is not None
    parts = library.meaning.store.encode(features.parts(asked, library))
    return meaning.doubt(library.meaning, asked.vector, parts, 0)


def test_a_word_that_the_passage_lacks_raises_doubt(mold: index.Index) -> None:
    assert doubt(mold, "vinegar kills mold") > doubt(mold, "bleach kills mold")
    assert doubt(mold, "vinegar kills mold") > 0


def test_every_part_lacks_one_word_and_the_rarest_first(mold: index.Index) -> None:
    (asked,) = features.prepare(["does vinegar kill mold"], mold)
    assert features.parts(asked, mold)[0] == "does kill mold"
    assert len(features.parts(asked, mold)) == len(asked.words)
    (short,) = features.prepare(["vinegar"], mold)
    assert features.parts(short, mold) == []


def test_evidence_is_capped_where_more_says_no_more() -> None:
    values = Evidence(PLAIN, margin=5.0, repair=0.0, words=3 * LONG).values()
    assert values["margin"] == MAX_MARGIN
    assert values["length"] == 1.0


def test_every_weight_is_of_evidence_that_exists() -> None:
    known = Evidence(PLAIN, 0.0, 0.0, 1).values()
    for with_meaning in (True, False):
        numbers = calibration(meaning=with_meaning)
        assert set(numbers.logistic) | set(numbers.vetoes) <= set(known)
        assert set(numbers.rank) <= set(PLAIN._fields)
        assert 0 < numbers.unsure < numbers.answer < 1


def test_doubt_and_repair_lower_the_probability_and_a_veto_caps_it() -> None:
    numbers = calibration(meaning=True)
    good = PLAIN._replace(
        sentence=0.8, passage=0.8, label=0.9, beyond=0.7, covered=1.0, weakest=1.0
    )
    sure = numbers.probability(Evidence(good, 0.3, 0.0, 5))
    assert sure > numbers.answer
    assert numbers.probability(Evidence(good, 0.3, 0.0, 5, doubt=0.2)) < sure
    assert numbers.probability(Evidence(good, 0.3, 0.2, 5)) < sure
    vetoed = good._replace(no_strict=1.0)
    assert numbers.probability(Evidence(vetoed, 0.3, 0.0, 5)) <= numbers.vetoes["no_strict"]
