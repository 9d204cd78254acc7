"""Fitting a small network, and keeping it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench import perceptron
from intents.encoder import WIDTH
from intents.perceptron import read, write


def test_it_learns_what_no_line_tells_apart_and_is_kept(tmp_path: Path) -> None:
    corners = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    features = np.zeros((len(corners), WIDTH + 1), np.float32)
    # one number of the sentence's vector, and one that is known besides
    features[:, 0], features[:, WIDTH] = corners[:, 0], corners[:, 1]
    weights = perceptron.shares((2, 0.5), (2, 0.5))
    network = perceptron.fit(features, corners[:, 2], weights, hidden=8, ridge=1e-5)
    assert network.chances(features).argmax(axis=1).tolist() == corners[:, 2].tolist()
    assert ((network.odds(features) > 0) == (corners[:, 2] == 1)).all()
    line = perceptron.fit(features, corners[:, 2], weights, hidden=0, ridge=1e-5)
    assert line.chances(features).argmax(axis=1).tolist() != corners[:, 2].tolist()

    write(tmp_path / "kept.npz", network)
    kept = read(tmp_path / "kept.npz")
    assert np.allclose(kept.chances(features), network.chances(features), atol=0.01)


def test_examples_are_drawn_as_often_as_they_count() -> None:
    """In batches too: what counts nothing is never seen, though it contradicts the others."""
    features = np.zeros((4, WIDTH), np.float32)
    features[:, 0] = (-1, 1, -1, 1)
    kinds = np.array([0, 1, 1, 0])
    weights = np.array([0.5, 0.5, 0.0, 0.0], np.float32)
    pace = perceptron.Pace(steps=100, batch=8, scale=1.0)
    network = perceptron.fit(features, kinds, weights, 2, 1e-5, pace)
    assert (network.odds(features) > 0).tolist() == [False, True, False, True]
    assert np.abs(network.odds(features)).min() > 2


def test_groups_count_as_much_as_they_are_given() -> None:
    assert perceptron.shares((4, 0.8), (1, 0.2)).tolist() == np.float32([0.2] * 5).tolist()
