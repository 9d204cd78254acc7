"""`script/bench fit_emergency`: weights for calls for help by their meaning, and what they bring.

A logistic regression over sentence vectors (384 weights and a bias), fitted to every list of calls
for help and of ordinary utterances under tests/data. Printed: calls found and false alarms of the
rules, of the meaning and of both together, by cross-validation: no utterance is judged by weights
that have seen it. `--write` replaces intents/emergency_meaning.npz.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.alarm import WEIGHTS, said
from intents.emergency import find_emergency
from intents.encoder import MiniLm
from models import encoder

DATA = Path(__file__).parent.parent / "tests" / "data"
CALLS = ("emergencies_dev.txt", "emergencies_test.txt", "emergencies_blind.txt")
ORDINARY = (
    *("not_emergencies_dev.txt", "not_emergencies_test.txt", "not_emergencies_blind.txt"),
    "not_emergencies_mild.txt",
)
FOLDS = 5
# Vectors have length 1: their products with the weights are small.
SCALE = 8.0
RIDGE = 0.3
STEPS = 2000
RATE = 2.0

Vectors = NDArray[np.float64]


def main(argv: list[str]) -> int:
    """Fit, print what it finds, write when asked."""
    args = _arguments(argv)
    folder = encoder.find()
    if folder is None:
        print("the sentence encoder is not built yet: readback models encoder")
        return 2
    calls, ordinary = _lines(CALLS), [*_lines(ORDINARY), *_questions()]
    vectors = MiniLm(folder).encode([said(text) for text in (*calls, *ordinary)]).astype(np.float64)
    truth = np.r_[np.ones(len(calls)), np.zeros(len(ordinary))]
    rules = np.array([find_emergency(text) is not None for text in (*calls, *ordinary)])
    scores = _cross_validated(vectors, truth)
    for threshold in args.thresholds:
        _show(f"score above {threshold}", truth, rules, scores > threshold)
    if args.write:
        weights, bias = fit(vectors, truth)
        np.savez(WEIGHTS, weights=weights.astype(np.float32), bias=np.float32(bias))
        print(f"written: {WEIGHTS.name}")
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench fit_emergency", description=__doc__)
    parser.add_argument("--thresholds", type=float, nargs="+", default=[1.0, 1.5, 2.0, 2.5, 3.0])
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    return parser.parse_args(argv)


def _lines(names: Sequence[str]) -> list[str]:
    found = [line.strip() for name in names for line in (DATA / name).read_text().splitlines()]
    return [line for line in found if line and not line.startswith("#")]


def _questions() -> list[str]:
    names = ("questions_dev.jsonl", "questions_test.jsonl")
    return [json.loads(line)["q"] for n in names for line in (DATA / n).read_text().splitlines()]


def fit(vectors: Vectors, truth: Vectors) -> tuple[Vectors, float]:
    """Return weights and bias; both kinds of utterances count the same in all."""
    weights, bias = np.zeros(vectors.shape[1]), 0.0
    balance = np.where(truth > 0, 0.5 / truth.sum(), 0.5 / (len(truth) - truth.sum()))
    for _ in range(STEPS):
        wrong = (1 / (1 + np.exp(-(vectors @ weights * SCALE + bias))) - truth) * balance
        weights -= RATE * SCALE * (vectors.T @ wrong + RIDGE * weights / len(truth))
        bias -= RATE * wrong.sum()
    return weights * SCALE, bias


def _cross_validated(vectors: Vectors, truth: Vectors) -> Vectors:
    scores = np.zeros(len(truth))
    fold = np.random.default_rng(1).permutation(len(truth)) % FOLDS
    for held in range(FOLDS):
        weights, bias = fit(vectors[fold != held], truth[fold != held])
        scores[fold == held] = vectors[fold == held] @ weights + bias
    return scores


def _show(title: str, truth: Vectors, rules: NDArray[np.bool_], meaning: NDArray[np.bool_]) -> None:
    for name, found in (("rules", rules), (title, meaning), ("either", rules | meaning)):
        hits, false = (found & (truth > 0)).sum(), (found & (truth == 0)).sum()
        print(
            f"{name:>16}: {hits} of {int(truth.sum())} calls, {false} false of"
            f" {int((truth == 0).sum())}"
        )
