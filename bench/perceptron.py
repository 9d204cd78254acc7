"""Fitting the small networks of intents/perceptron.py, with numpy alone."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.utterances import lines_of
from intents.encoder import WIDTH
from intents.perceptron import Perceptron, write

STEPS, RATE, MEMBERS = 600, 0.02, 4
# of the moments of Adam (Kingma and Ba, 2015)
FADE = (0.9, 0.99)

# The numbers of a unit vector are small beside a weight's usual size.
SCALE = 4.0

Floats = NDArray[np.float32]
Kinds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pace:
    """How a network is fitted."""

    steps: int = STEPS
    rate: float = RATE
    # examples looked at in each step, drawn by their weights; 0 for all
    batch: int = 0
    # what the numbers of the first WIDTH features are multiplied by
    scale: float = SCALE


STEADY = Pace()


def main(
    name: str,
    about: str | None,
    argv: list[str],
    fit: Callable[[Sequence[str]], Perceptron],
    report: Callable[[Perceptron, Sequence[str]], None],
    weights: Path,
) -> int:
    """Fit with every second question off topic, report on the others, write when asked."""
    parser = argparse.ArgumentParser(prog=f"script/bench {name}", description=about)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--off-topic", type=Path, required=True, metavar="FILE")
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    args = parser.parse_args(argv)
    lines = lines_of(args.off_topic)
    network = fit(lines[::2])
    report(network, lines[1::2])
    if args.write:
        write(weights, network)
        print(f"written: {weights.name}")
    return 0


def fit(
    features: Floats,
    kinds: Kinds,
    weights: Floats,
    hidden: int,
    ridge: float,
    pace: Pace = STEADY,
) -> Perceptron:
    """Return the network that tells kinds 0, 1, ... apart, by cross-entropy.

    `features` (n, width) begin with unit vectors of sentences; `weights` (n,) sum to 1: how much
    each example counts. `ridge` times the sum of squares of all weights is added. It is the mean
    of MEMBERS networks that began with other numbers, which is one network with as many times
    `hidden`: single ones differed by as much as the tries did.
    """
    scales = np.where(np.arange(features.shape[1]) < WIDTH, pace.scale, 1.0).astype(np.float32)
    examples = _Examples(features * scales, kinds, weights)
    every = [_fit(examples, hidden, ridge, seed, pace) for seed in range(MEMBERS)]
    return Perceptron(
        np.hstack([one.inner for one in every]) * scales[:, None],
        np.hstack([one.inner_bias for one in every]),
        np.vstack([one.outer for one in every]) / np.float32(MEMBERS),
        np.mean([one.line for one in every], axis=0) * scales[:, None],
        np.mean([one.bias for one in every], axis=0),
    )


@dataclass(frozen=True)
class _Examples:
    """What a network is fitted to: (n, width), (n,) and (n,)."""

    features: Floats
    kinds: Kinds
    weights: Floats

    @cached_property
    def _edges(self) -> Floats:
        return np.cumsum(self.weights)

    def some(self, count: int, rng: np.random.Generator) -> _Examples:
        """Return as many, drawn by their weights; all for 0."""
        if not count:
            return self
        # by bisection: choice with probabilities sorts them anew for each draw
        drawn = np.searchsorted(self._edges, rng.random(count) * self.weights.sum())
        drawn = np.minimum(drawn, len(self.kinds) - 1)
        alike = np.full(count, 1 / count, np.float32)
        return _Examples(self.features[drawn], self.kinds[drawn], alike)


def _fit(examples: _Examples, hidden: int, ridge: float, seed: int, pace: Pace) -> Perceptron:
    rng = np.random.default_rng(seed)
    width, classes = examples.features.shape[1], int(examples.kinds.max()) + 1
    now = [
        rng.normal(0, 0.1, (width, hidden)).astype(np.float32),
        np.zeros(hidden, np.float32),
        rng.normal(0, 0.1, (hidden, classes)).astype(np.float32),
        np.zeros((width, classes), np.float32),
        np.zeros(classes, np.float32),
    ]
    truths = np.eye(classes, dtype=np.float32)
    first, second = ([np.zeros_like(part) for part in now] for _ in range(2))
    for step in range(1, pace.steps + 1):
        network, seen = Perceptron(*now), examples.some(pace.batch, rng)
        features = seen.features
        wrong = seen.weights[:, None] * (network.chances(features) - truths[seen.kinds])
        layer = np.tanh(features @ network.inner + network.inner_bias)
        back = (wrong @ network.outer.T) * (1 - layer * layer)
        slopes = [
            features.T @ back + 2 * ridge * network.inner,
            back.sum(axis=0),
            layer.T @ wrong + 2 * ridge * network.outer,
            features.T @ wrong + 2 * ridge * network.line,
            wrong.sum(axis=0),
        ]
        rate = pace.rate * 0.5 * (1 + np.cos(np.pi * step / pace.steps))
        for n, slope in enumerate(slopes):
            first[n] += (1 - FADE[0]) * (slope - first[n])
            second[n] += (1 - FADE[1]) * (slope * slope - second[n])
            size = np.sqrt(second[n] / (1 - FADE[1] ** step)) + 1e-8
            now[n] -= rate * (first[n] / (1 - FADE[0] ** step)) / size
    return Perceptron(*now)


def shares(*groups: tuple[int, float]) -> Floats:
    """Return the weights of groups of examples, each (count, the share that it counts in all)."""
    return np.concatenate([np.full(count, share / count, np.float32) for count, share in groups])
