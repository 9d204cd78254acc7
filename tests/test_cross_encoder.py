"""The cross-encoder: what it is built from, what it reads, and what its reading decides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from intents import cross_encoder
from intents.cross_encoder import MAX_PIECES, CrossEncoder, pair, passage_text
from intents.encoder import MiniLm
from intents.library import shipped_articles
from intents.matching.matcher import KEPT_READINGS, READ
from intents.types import Answer, Hypothesis, Unsure
from intents.understanding import Understanding
from intents.wordpiece import WordPiece
from models import cross_graph, encoder
from models.minilm_graph import LAYERS, WIDTH

BUILT = encoder.find()
READABLE = cross_encoder.find(BUILT) if BUILT else None
needs_models = pytest.mark.skipif(READABLE is None, reason="the encoders were not built here")


class FakeCross:
    """Gives every passage the same odds, but those that hold a word; counts what it read."""

    def __init__(self, odds: float, word: str = "", other: float = 0.0) -> None:
        self.odds, self.word, self.other = odds, word, other
        self.read: list[tuple[str, str]] = []

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        self.read += [(question, passage) for passage in passages]
        special = [self.word and self.word in passage for passage in passages]
        return np.array([self.other if s else self.odds for s in special], np.float32)


def understanding(cross: FakeCross) -> Understanding:
    assert BUILT
    return Understanding(shipped_articles()[:6], encoder=MiniLm(BUILT), cross=cross)


QUESTION = [Hypothesis("what helps against low back pain")]


def test_a_change_of_nothing_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    weights, change = {}, {"type": np.zeros((2, WIDTH), np.float32)}
    for layer in range(LAYERS):
        for matrix in cross_graph.MATRICES:
            file = f"encoder.layer.{layer}.{matrix}"
            weights[f"{file}.weight"] = rng.normal(size=(4, 3)).astype(np.float32)
            weights[f"{file}.bias"] = rng.normal(size=4).astype(np.float32)
            change[f"{layer}.{matrix}.a"] = rng.normal(size=(3, 2)).astype(np.float32)
            change[f"{layer}.{matrix}.b"] = np.zeros((2, 4), np.float32)
            change[f"{layer}.{matrix}.bias"] = np.zeros(4, np.float32)
    weights["embeddings.token_type_embeddings.weight"] = np.ones((2, WIDTH), np.float32)
    merged = cross_graph.merged(weights, change)
    assert all((merged[name] == weights[name]).all() for name in weights)
    # and a narrow change is put in as a product, the file's matrices being (out, in)
    change["0.output.dense.b"][0, 1] = 1.0
    after = cross_graph.merged(weights, change)["encoder.layer.0.output.dense.weight"]
    moved = after - weights["encoder.layer.0.output.dense.weight"]
    expected = cross_graph.SCALE * change["0.output.dense.a"][:, 0]
    assert np.allclose(moved[1], expected, atol=1e-6)
    assert not moved[[0, 2, 3]].any()


def test_what_ships_fits_the_encoder() -> None:
    change = cross_graph.adapter()
    names = {f"{n}.{m}.{part}" for n in range(LAYERS) for m in cross_graph.MATRICES
             for part in ("a", "b", "bias")}  # fmt: skip
    assert set(change) == names | {*cross_graph.HEAD, "type"}
    assert all(np.isfinite(values).all() for values in change.values())
    assert cross_graph.ADAPTER.stat().st_size < 2_000_000


def test_a_long_passage_is_cut_and_ends_as_one(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\nwhat\ntea", encoding="utf-8")
    pieces = WordPiece(tmp_path / "vocab.txt")
    assert pair(pieces, "what tea", "tea") == ([2, 4, 5, 3, 5, 3], 4)
    ids, asked = pair(pieces, "what " * 100, "tea " * 400)
    assert (len(ids), asked, ids[-1]) == (MAX_PIECES, cross_encoder.MAX_QUESTION, 3)


def test_half_a_build_is_none(tmp_path: Path) -> None:
    for name in (cross_encoder.GRAPH, cross_encoder.WORDS, cross_encoder.HEAD):
        assert cross_encoder.find(tmp_path) is None
        (tmp_path / name).touch()
    assert cross_encoder.find(tmp_path) is None
    (tmp_path / cross_encoder.VOCABULARY).touch()
    assert cross_encoder.find(tmp_path) == tmp_path


def test_both_rooms_know_the_files_by_the_same_names() -> None:
    ours = (encoder.CROSS_FILE, encoder.CROSS_WORDS, encoder.CROSS_HEAD, encoder.VOCABULARY_FILE)
    theirs = (cross_encoder.GRAPH, cross_encoder.WORDS, cross_encoder.HEAD)
    assert ours == (*theirs, cross_encoder.VOCABULARY)


@needs_models
@pytest.mark.slow
def test_the_reading_decides_what_the_vectors_leave_open() -> None:
    assert isinstance(understanding(FakeCross(8.0)).decide(QUESTION), Answer)
    assert not isinstance(understanding(FakeCross(-8.0)).decide(QUESTION), Answer | Unsure)


@needs_models
@pytest.mark.slow
def test_only_the_first_passages_are_read_and_each_once() -> None:
    cross = FakeCross(-8.0)
    asked = understanding(cross)
    asked.decide(QUESTION)
    assert len(cross.read) == READ
    asked.decide(QUESTION)
    assert len(cross.read) == READ
    for number in range(KEPT_READINGS):
        asked.decide([Hypothesis(f"what helps against pain number {number}")])
    before = len(cross.read)
    asked.decide(QUESTION)
    assert len(cross.read) == before + READ


@needs_models
@pytest.mark.slow
def test_what_can_no_longer_come_first_is_not_read() -> None:
    cross = FakeCross(8.0)
    understanding(cross).decide(QUESTION)
    assert len(cross.read) == 1


@needs_models
@pytest.mark.slow
def test_the_reading_also_orders_them() -> None:
    plain = understanding(FakeCross(0.0)).rank(QUESTION, 3)
    word = plain[1].passage.text
    asked = understanding(FakeCross(-8.0, word, 8.0))
    other = asked.rank(QUESTION, 3)
    assert other[0].passage == plain[1].passage
    # matcher and reading disagree: it is offered, not read out
    assert isinstance(asked.decide(QUESTION), Unsure)


@needs_models
@pytest.mark.slow
def test_a_passage_on_causes_answers_that_and_no_other_question() -> None:
    assert READABLE
    read = CrossEncoder(READABLE)
    article = next(a for a in shipped_articles() if a.id == "muscle-atrophy")
    causes = next(p for p in article.passages if p.heading.startswith("Causes"))
    text = passage_text(article, causes)
    asked = ("what causes muscle wasting", "how is muscle wasting diagnosed", "what causes gout")
    right, *wrong = (float(read.scores(question, [text])[0]) for question in asked)
    assert right > max(wrong) + 3
    # alone or among others: nearly the same, as activations are quantized per call
    both = read.scores(asked[0], [text, "Tea. . Tea is a drink of leaves and hot water. " * 3])
    assert both[0] == pytest.approx(right, abs=1.5)
    assert read.scores(asked[0], []).shape == (0,)
