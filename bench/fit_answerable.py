"""`script/bench fit_answerable MEDQUAD.jsonl.gz`: fit and cross-validate thresholds.toml.

Asked are the development half of our questions (of all shipped articles, and of one alone), the
wordings of one article, and the questions of bench/training about MedQuAD's documents and about
articles written for training (of all of them, and of one alone). Folds are cut by article, so that
no figure comes from an article that was fitted on. Printed: the share answered right at few wrong
ones, and the numbers as TOML.

A ranking sum is fitted so that a right passage comes first (softmax over the candidates), then a
logistic model tells whether the first passage is right. Both with numpy alone.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.questions import squeeze
from bench.written import (
    about_everyday,
    as_article,
    asked_medquad,
    documents_of,
    expected,
    plain,
)
from intents.library import SHIPPED, shipped_articles
from intents.matching import features, meaning
from intents.matching.evidence import BIAS, DOUBT, LENGTH, LONG, MARGIN, MAX_MARGIN
from intents.matching.index import Index, build
from intents.readers import read
from intents.text import normalize
from intents.types import Article, Passage
from voice.config import Settings
from voice.wiring import Wiring

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"
FOLDS = 5
# questions about other articles that one article alone is asked
STRAYS = 15
# weight of the training questions, of which there are many more than of our own
WEIGHT = {
    "all": 1.0,
    "one": 1.0,
    "many": 0.5,
    "doc": 0.5,
    "off": 0.5,
    "plain": 0.3,
    "day": 0.3,
    "days": 0.3,
}
# set to 0 by the fit or known to hurt outside of it; kept as vetoes or tie-breakers
NOT_RANKED = ("no_named", "no_ours")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of one library."""

    question: str
    # article or document: folds are cut by it
    group: str
    # "all" or "one" of our articles, "many" or one "doc" of MedQuAD, "off" topic, all "days" or one
    # "day" of the articles written for training
    tag: str
    # features of every candidate, and whether it answers
    rows: Floats
    right: NDArray[np.bool_]
    answerable: bool
    # length of the question and the doubt of every candidate (evidence.py)
    length: float
    doubts: Floats


def main(argv: list[str]) -> int:
    """Run the fit; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench fit_answerable", description=__doc__)
    parser.add_argument("file", type=Path, metavar="MEDQUAD.jsonl.gz")
    parser.add_argument(
        "--off-topic", type=Path, metavar="FILE", help="every second line is fitted"
    )
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")
    parser.add_argument("--keep", type=Path, help="write the features to this .npy file too")
    args = parser.parse_args(argv)
    encoder = Wiring(Settings()).encoder
    every = [
        *ours(encoder, args.cache),
        *medquad(args.file, encoder, args.cache),
        *everyday(encoder, args.cache),
    ]
    if args.off_topic:
        every += off_topic(args.off_topic, encoder, args.cache)
    if args.keep:
        np.save(args.keep, np.array(every, dtype=object), allow_pickle=True)
    report(every)
    return 0


def ask(index: Index, question: str, group: str, tag: str, expect: Sequence[str]) -> Asked | None:
    """Return the question's candidates with their features, as the matcher would see them."""
    (prepared,) = features.prepare([normalize(question)], index)
    if not prepared.words:
        return None
    chosen = features.candidates(prepared, index)
    right = [holds(index.units[int(n)].passage, expect) for n in chosen]
    rows = features.measure(prepared, index, chosen)
    doubts = np.zeros(len(chosen), np.float32)
    if index.meaning is not None and prepared.vector is not None:
        without = features.parts(prepared, index)
        parts = index.meaning.store.encode(without) if without else prepared.vector[None]
        doubts[:] = [meaning.doubt(index.meaning, prepared.vector, parts, int(n)) for n in chosen]
    length = min(len(prepared.words), LONG) / LONG
    return Asked(question, group, tag, rows, np.array(right, bool), bool(expect), length, doubts)


def holds(passage: Passage, expect: Sequence[str]) -> bool:
    """Return whether a passage holds one of the texts."""
    there = squeeze(f"{passage.heading} {passage.text}")
    return any(squeeze(text) in there for text in expect)


def ours(encoder: Any, cache: Path | None) -> Iterator[Asked]:
    """Yield our questions, asked of all articles and of their own one."""
    lines = (DATA / "questions_dev.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    whole = build(shipped_articles(), encoder, cache)
    for q in asked:
        yield from _some(ask(whole, q["q"], q["article"] or "none", "all", q["expect"]))
    for name, article, questions in of_one_article(asked):
        alone = build([article], encoder, cache)
        for q in questions:
            yield from _some(ask(alone, q["q"], name, "one", q["expect"]))


def of_one_article(
    asked: Sequence[dict[str, Any]],
) -> Iterator[tuple[str, Article, list[dict[str, Any]]]]:
    """Yield each shipped article that was asked about: file name, article, what it alone is asked.

    Questions name an article by its file. Ids are made from titles (`back-pain.md` is
    "low-back-pain"): compared with those, most articles got no question of their own.
    """
    for file in sorted(SHIPPED.glob("*.md")):
        name = file.stem
        own = [q for q in asked if q["article"] == name]
        strays = [{**q, "expect": []} for q in asked if q["article"] != name]
        random.Random(name).shuffle(strays)
        if name == "muscle-atrophy":
            lines = (DATA / "wordings.txt").read_text(encoding="utf-8").splitlines()
            pairs = [line.partition("\t")[::2] for line in lines]
            own += [{"q": question, "expect": [expect]} for question, expect in pairs]
        if own:
            yield name, read(file).article, own + strays[:STRAYS]


def off_topic(path: Path, encoder: Any, cache: Path | None) -> Iterator[Asked]:
    """Yield every second question of a file that no article answers, asked of all our articles."""
    whole = build(shipped_articles(), encoder, cache)
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    for number, question in enumerate(lines[::2]):
        yield from _some(ask(whole, question, f"off topic {number % 50}", "off", []))


def _some(asked: Asked | None) -> Iterator[Asked]:
    if asked is not None:
        yield asked


def medquad(path: Path, encoder: Any, cache: Path | None) -> Iterator[Asked]:
    """Yield the training questions, asked of their document alone and of all those documents."""
    questions, every = asked_medquad(), documents_of(path)
    documents = {name: every[name] for name in dict.fromkeys(q["doc"] for q in questions)}
    articles = {name: as_article(document) for name, document in documents.items()}
    whole = build(list(articles.values()), encoder, cache)
    for name, article in articles.items():
        alone = build([article], encoder, cache)
        for question, expect in plain(documents[name]):
            yield from _some(ask(alone, question, name, "plain", expect))
            yield from _some(ask(whole, question, name, "plain", expect))
        for q in questions:
            if q["doc"] == name:
                expect = expected(q, documents[name])
                yield from _some(ask(alone, q["question"], name, "doc", expect))
                if q["kind"] != "elsewhere" and names(q["question"], article):
                    yield from _some(ask(whole, q["question"], name, "many", expect))


def everyday(encoder: Any, cache: Path | None) -> Iterator[Asked]:
    """Yield the questions about articles written for training, each alone and all of them."""
    questions, articles = about_everyday()
    whole = build(list(articles.values()), encoder, cache)
    for name, article in articles.items():
        alone = build([article], encoder, cache)
        for q in (q for q in questions if q.article == name):
            yield from _some(ask(alone, q.question, name, "day", q.expect))
            if names(q.question, article):
                yield from _some(ask(whole, q.question, name, "days", q.expect))


def names(question: str, article: Article) -> bool:
    """Return whether a question says which article it is about."""
    from intents.matching.terms import stems

    asked = set(stems(question))
    return any(asked & set(stems(name)) for name in (article.title, *article.synonyms))


def fit_rank(data: Sequence[Asked], decay: float = 0.1, steps: int = 400) -> Floats:
    """Return weights under which a right passage comes first, by Adam on the softmax loss."""
    useful = [a for a in data if a.right.any() and not a.right.all()]
    size = max(len(a.rows) for a in useful)
    rows = np.zeros((len(useful), size, len(features.Features._fields)), np.float32)
    right, there = np.zeros((2, len(useful), size), bool)
    for place, a in enumerate(useful):
        rows[place, : len(a.rows)] = a.rows
        right[place, : len(a.rows)], there[place, : len(a.rows)] = a.right, True
    weight = np.array([WEIGHT[a.tag] for a in useful], np.float32)
    weight /= weight.sum()
    w = np.full(rows.shape[2], 0.1, np.float32)
    first, second = np.zeros_like(w), np.zeros_like(w)
    used = np.array([name not in NOT_RANKED for name in features.Features._fields])
    for step in range(1, steps + 1):
        scores = np.where(there, rows @ w * 10, -np.inf)
        chance = np.exp(scores - scores.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        good = chance * right
        pull = (chance - good / good.sum(axis=1, keepdims=True)) * weight[:, None]
        slope = 10 * np.einsum("ij,ijk->k", pull, rows) + 2 * decay * w
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        w -= 0.02 * first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        w *= used
    return w


def fit_logistic(x: Floats, y: NDArray[np.bool_], weight: Floats, decay: float = 0.3) -> Floats:
    """Return weights and a bias (last) of a logistic regression, by Newton's method."""
    x = np.column_stack([x, np.ones(len(x))]).astype(np.float64)
    penalty = np.full(x.shape[1], decay)
    penalty[-1] = 0.0
    w = np.zeros(x.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        slope = x.T @ (weight * (chance - y)) + penalty * w
        curve = (x.T * (weight * chance * (1 - chance))) @ x + np.diag(penalty + 1e-9)
        w -= np.linalg.solve(curve, slope)
    return w.astype(np.float32)


def inputs(asked: Asked, w: Floats, among: NDArray[np.bool_] | None = None) -> tuple[Floats, int]:
    """Return the first passage's features with its lead, and its place."""
    sums = asked.rows @ w
    if among is not None:
        sums = np.where(among, sums, -np.inf)
    place = int(sums.argmax())
    rest = np.delete(sums, place)
    lead = min(MAX_MARGIN, sums[place] - rest.max()) if len(rest) else MAX_MARGIN
    more = (lead, asked.length, asked.doubts[place])
    return np.append(asked.rows[place], more).astype(np.float32), place


def fit(data: Sequence[Asked]) -> tuple[Floats, Floats]:
    """Return the weights of the ranking sum and of the logistic model."""
    w = fit_rank(data)
    x, y, weight = [], [], []
    for a in data:
        row, place = inputs(a, w)
        x.append(row)
        y.append(bool(a.right[place]))
        weight.append(WEIGHT[a.tag])
        # an answerable question also counts half with its best wrong and its best right passage
        for among in (a.right, ~a.right) if a.right.any() and not a.right.all() else ():
            row, place = inputs(a, w, among)
            x.append(row)
            y.append(bool(a.right[place]))
            weight.append(WEIGHT[a.tag] / 2)
    return w, fit_logistic(np.array(x), np.array(y), np.array(weight, np.float32))


def report(every: Sequence[Asked]) -> None:
    """Print cross-validated figures, then the numbers fitted on everything."""
    groups = sorted({a.group for a in every})
    random.Random(1).shuffle(groups)
    judged: list[tuple[str, bool, bool, float]] = []
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        w, logistic = fit([a for a in every if a.group not in out])
        for a in every:
            if a.group in out:
                row, place = inputs(a, w)
                score = float(1 / (1 + np.exp(-(row @ logistic[:-1] + logistic[-1]))))
                judged.append((a.tag, a.answerable, bool(a.right[place]), score))
    for tag in WEIGHT:
        print(tag, *table([j for j in judged if j[0] == tag]), sep="\n  ")
    w, logistic = fit(every)
    names = (*features.Features._fields, MARGIN, LENGTH, DOUBT, BIAS)
    print("[meaning.rank]", *(f"{n} = {v:.3f}" for n, v in zip(names, w, strict=False)), sep="\n")
    print(
        "[meaning.logistic]",
        *(f"{n} = {v:.3f}" for n, v in zip(names, logistic, strict=True)),
        sep="\n",
    )


def table(judged: Sequence[tuple[str, bool, bool, float]]) -> Iterator[str]:
    """Yield lines: first passage right, and answered right at shares of wrong answers."""
    answerable = sum(j[1] for j in judged) or 1
    first = sum(j[2] for j in judged) / answerable
    yield f"{len(judged)} questions, {answerable} answerable, first right {first:.3f}"
    for most in (0.01, 0.02, 0.03, 0.05, 0.1):
        right = wrong = best = 0
        bar = 1.0
        for _, _, good, score in sorted(judged, key=lambda j: -j[3]):
            right, wrong = right + good, wrong + (not good)
            if wrong <= most * len(judged) and right > best:
                best, bar = right, score
        yield f"{most:.0%} wrong: {best / answerable:.3f} right, at {bar:.2f}"
