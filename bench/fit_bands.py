"""`script/bench fit_bands MEDQUAD.jsonl.gz --off-topic FILE`: weigh the cross-encoder.

The matcher's log odds and the cross-encoder's are weighed against each other on questions about
articles that the latter was not trained on: our development half (of all articles and of one), a
fifth of those in bench/training (of all of them and of one), and questions off topic. Printed: how
well right first passages stand above wrong ones without and with the cross-encoder (area under the
curve), the share answered right at few wrong ones, and the numbers as TOML.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.cross_training import area, left_out
from bench.fit_answerable import DATA, fit_logistic, holds, names, of_one_article, table
from bench.written import Written, about_everyday, about_medquad, documents_of, lines_of
from intents.library import shipped_articles
from intents.matching.calibration import calibration
from intents.types import Article, Hypothesis, Match
from intents.understanding import Understanding
from voice.config import Settings
from voice.wiring import Wiring

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """The first passage for one question."""

    # "ours", "day" or "medquad" and of "all" or "one" article; "off topic"
    tag: str
    answerable: bool
    right: bool
    # log odds of the matcher, and of the cross-encoder
    ours: float
    cross: float
    # the highest probability that a veto, or a reading that overturned the order, leaves
    cap: float


def main(argv: list[str]) -> int:
    """Fit; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench fit_bands", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="MEDQUAD.jsonl.gz")
    parser.add_argument("--off-topic", type=Path, metavar="FILE", required=True)
    args = parser.parse_args(argv)
    judge = Judge(Wiring(Settings()))
    every = [*ours(judge), *everyday(judge), *medquad(judge, args.file)]
    every += off_topic(judge, args.off_topic)
    report(every)
    return 0


class Judge:
    """Asks the product's own matcher."""

    def __init__(self, wiring: Wiring) -> None:
        """Use the encoders of this machine."""
        if wiring.encoder is None or wiring.cross_encoder is None:
            raise SystemExit("there is no cross-encoder here; run: script/run models encoder")
        self._encoders = wiring.encoder, wiring.cross_encoder
        self._numbers = calibration(meaning=True, cross=True)

    def ask(
        self, tag: str, articles: Sequence[Article], questions: Iterable[Written]
    ) -> Iterator[Judged]:
        """Yield what is found for each question; nothing where nothing is."""
        encoder, cross = self._encoders
        understanding = Understanding(articles, encoder=encoder, cross=cross)
        for q in questions:
            for best in understanding.rank([Hypothesis(q.question)], 1):
                yield self._judged(tag, q, best)

    def _judged(self, tag: str, q: Written, best: Match) -> Judged:
        assert self._numbers.cross is not None
        values = {reason.name: reason.value for reason in best.why}
        scaled = math.fsum(r.weight * r.value for r in best.why if r.name in self._numbers.logistic)
        vetoes = self._numbers.vetoes.items()
        overturned = self._numbers.cross.overturned if best.margin < 0 else 1.0
        return Judged(
            tag,
            bool(q.expect),
            holds(best.passage, q.expect),
            scaled / self._numbers.cross.scale,
            values["read together"],
            min([overturned, *(cap for name, cap in vetoes if values.get(name) == 1.0)]),
        )


def ours(judge: Judge) -> Iterator[Judged]:
    """Yield our own questions, asked of all articles and of their own one."""
    asked = lines_of(DATA / "questions_dev.jsonl")
    every = [Written(q["article"] or "", q["q"], q["expect"]) for q in asked]
    yield from judge.ask("ours all", shipped_articles(), every)
    for name, article, questions in of_one_article(asked):
        own = [Written(name, q["q"], q["expect"]) for q in questions]
        yield from judge.ask("ours one", [article], own)


def everyday(judge: Judge) -> Iterator[Judged]:
    """Yield the questions about articles written for training that were left out of it.

    All of them together are asked only what names its article.
    """
    questions, articles = about_everyday()
    held = [q for q in questions if left_out(q.article)]
    named = [q for q in held if names(q.question, articles[q.article])]
    yield from judge.ask("day all", list(articles.values()), named)
    yield from _alone(judge, "day one", held, articles)


def medquad(judge: Judge, file: Path) -> Iterator[Judged]:
    """Yield the questions about MedQuAD documents that were left out of training."""
    questions, articles = about_medquad(documents_of(file))
    held = [q for q in questions if left_out(q.article)]
    yield from _alone(judge, "medquad one", held, articles)


def _alone(
    judge: Judge, tag: str, questions: Sequence[Written], articles: Mapping[str, Article]
) -> Iterator[Judged]:
    for name in sorted({q.article for q in questions}):
        yield from judge.ask(tag, [articles[name]], [q for q in questions if q.article == name])


def off_topic(judge: Judge, path: Path) -> Iterator[Judged]:
    """Yield questions that no article of ours answers."""
    lines = path.read_text(encoding="utf-8").splitlines()
    questions = [Written("", line.strip(), []) for line in lines if line.strip()]
    yield from judge.ask("off topic", shipped_articles(), questions)


def report(every: Sequence[Judged]) -> None:
    """Print the fit and what it brings, library by library."""
    x = np.array([(j.ours, j.cross) for j in every], np.float32)
    right = np.array([j.right for j in every])
    tags = Counter(j.tag for j in every)
    # each library counts the same
    weight = np.array([len(every) / len(tags) / tags[j.tag] for j in every], np.float32)
    free = np.array([j.cap == 1.0 for j in every])
    w = fit_logistic(x[free], right[free], weight[free], decay=0.0)
    chances = 1 / (1 + np.exp(-(x @ w[:2] + w[2])))
    caps = np.array([j.cap for j in every])
    for tag in tags:
        here = np.array([j.tag == tag for j in every])
        judged = [
            (j.tag, j.answerable, j.right, float(min(chance, j.cap)))
            for j, chance in zip(every, chances, strict=True)
            if j.tag == tag
        ]
        without, together = (
            area(np.minimum(scores, caps)[here], right[here])
            for scores in (1 / (1 + np.exp(-x[:, 0])), chances)
        )
        print(f"{tag}: area under the curve {without:.3f} without, {together:.3f} with it")
        print(*table(judged), sep="\n  ")
        for bar in (0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
            good = sum(j[2] and j[3] >= bar for j in judged)
            bad = sum(not j[2] and j[3] >= bar for j in judged)
            print(f"  at {bar}: {good} right, {bad} wrong")
    numbers = ("scale", "odds", "bias")
    print("[meaning.cross]", *(f"{n} = {v:.3f}" for n, v in zip(numbers, w, strict=True)), sep="\n")
