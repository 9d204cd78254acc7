"""`script/bench fit_turn_end LIBRARY`: weights that tell a whole question from a begun one.

Every question written for training (bench/training) is whole, and cut between two words it is not.
So are short questions about the diseases of LIBRARY, a file of MedQuAD's form, for names. Nobody
has to mark anything, and what is whole but often goes on ("why is my cast loose ... after two
weeks") gets the odds that it has. One document in ten is held out; printed: how many of its cut
questions, and of our wordings (tests/data/wordings.txt, unseen) cut at every gap, pass for whole at
several bars, beside how many whole ones. `--write` replaces intents/turn_end.npz.
"""

from __future__ import annotations

import argparse
import random
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench import perceptron
from bench.spoken import WORDINGS, read_wordings
from bench.written import about_everyday, asked_medquad, documents_of, plain
from intents import turn_end
from intents.encoder import MiniLm
from intents.perceptron import Perceptron, write
from intents.text import normalize
from models import encoder

HIDDEN, RIDGE = 48, 1e-3
PACE = perceptron.Pace(steps=12000, rate=2e-3, batch=512, scale=1.0)
# beginnings of each question, cut at random gaps
CUTS = 4
SEED = 1
HELD_OUT = 10
# words of a question that is cut
WORDS = range(3, 41)
# short questions about the names of a library: as many of its documents
NAMED = 2000
BARS = (-4.0, -2.0, 0.0, 1.0, 2.0, 3.0, 4.0, 6.0)

Floats = NDArray[np.float32]


def main(argv: list[str]) -> int:
    """Fit, print what it finds, write when asked."""
    parser = argparse.ArgumentParser(prog="script/bench fit_turn_end", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("library", type=Path, metavar="LIBRARY")
    parser.add_argument("--write", action="store_true", help="replace the shipped weights")
    args = parser.parse_args(argv)
    folder = encoder.find()
    if folder is None:
        raise SystemExit("the sentence encoder is not here; run: script/run models encoder")
    states = MiniLm(folder).ends
    asked = sorted({*_written(), *_named(args.library)})
    held_out = [zlib.crc32(about.encode()) % HELD_OUT == 0 for about, _ in asked]
    rng = random.Random(SEED)
    seen, unseen = (
        labeled([text for (_, text), out in zip(asked, held_out, strict=True) if out == side], rng)
        for side in (False, True)
    )
    network = _fit(states(seen[0]), seen[1])
    _report("held out", network.odds(states(unseen[0])), unseen[1])
    texts, whole = every_gap([question for question, _ in read_wordings(WORDINGS)])
    _report("our wordings", network.odds(states(texts)), whole)
    if args.write:
        write(turn_end.WEIGHTS, network)
        print(f"written: {turn_end.WEIGHTS.name}")
    return 0


def labeled(questions: Sequence[str], rng: random.Random) -> tuple[list[str], NDArray[np.int64]]:
    """Return the questions, then beginnings of each, and which are whole (1) and which not (0)."""
    split = [question.split() for question in questions]
    cut = [" ".join(said[: rng.randrange(1, len(said))]) for said in split for _ in range(CUTS)]
    return [*questions, *cut], np.repeat([1, 0], [len(questions), len(cut)])


def every_gap(questions: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Return the questions as they are heard, cut after every word, and which are whole (1)."""
    split = [normalize(question).split() for question in questions]
    spans = [(said, length) for said in split for length in range(1, len(said) + 1)]
    texts = [" ".join(said[:length]) for said, length in spans]
    return texts, np.array([int(length == len(said)) for said, length in spans])


def _written() -> Iterator[tuple[str, str]]:
    """Yield what each written question is about, and its words as they are heard."""
    everyday = ((q.article, q.question) for q in about_everyday()[0])
    medical = ((q["doc"], q["question"]) for q in asked_medquad())
    for about, question in (*everyday, *medical):
        text = normalize(question)
        if len(text.split()) in WORDS:
            yield about, text


def _named(library: Path) -> Iterator[tuple[str, str]]:
    documents = documents_of(library)
    for name in random.Random(SEED).sample(sorted(documents), min(NAMED, len(documents))):
        for question, _ in plain(documents[name]):
            text = normalize(question)
            if len(text.split()) in WORDS:
                yield name, text


def _fit(states: Floats, whole: NDArray[np.int64]) -> Perceptron:
    """Return the network for states as they are, fitted to states of mean 0 and deviation 1."""
    mean, spread = states.mean(axis=0), states.std(axis=0) + 1e-3
    counts = np.bincount(whole, minlength=2)
    # a whole one for each begun one
    weights = (0.5 / counts[whole]).astype(np.float32)
    made = perceptron.fit((states - mean) / spread, whole, weights, HIDDEN, RIDGE, pace=PACE)
    inner, line = made.inner / spread[:, None], made.line / spread[:, None]
    return Perceptron(
        inner, made.inner_bias - mean @ inner, made.outer, line, made.bias - mean @ line
    )


def _report(name: str, odds: Floats, whole: NDArray[np.int64]) -> None:
    for bar in BARS:
        passed = odds >= bar
        shares = (f"{(passed[whole == side]).mean():.3f}" for side in (1, 0))
        print(f"{name}, from {bar}: {' of the whole, '.join(shares)} of the begun")
