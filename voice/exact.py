"""Pure: a grammar's sentences as the Gr.fst that libvosk composes with a look-ahead model.

A run-time grammar of vosk is a bigram model: it joins any words that were neighbors somewhere, and
noise after the last word becomes more words. With the acceptor itself as Gr.fst the whole recording
has to be one sentence, with noise before and after it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from intents.context_grammar import Acceptor
from models.starter import fst

# Cost in nats of each stretch of noise around the sentence. 42 coffee commands in household noise
# at 12 and 6 dB, without the speech gate: 3.0 -> 0.48, 0.36 right; 1.5 -> 0.60, 0.43;
# 0.5 -> 0.69, 0.55; 0 -> 0.71, 0.57, but then one more clean command is lost. With the gate, at
# 6 dB: 0.5 -> 0.81, 2.0 -> 0.76.
NOISE_COST = 0.5


def grammar(made: Acceptor, ids: Mapping[str, int], noise: int | None) -> bytes:
    """Return `made` as a binary OpenFst acceptor over the model's word numbers.

    Every way on from a state is equally likely. Words without a number are left out. `noise` is the
    number of the model's word for sounds that are no words; None when it has none.
    """
    final = np.full(len(made.arcs), np.inf, np.float32)
    rows: list[tuple[int, int, float, int]] = []
    for state, row in enumerate(made.arcs):
        end = state in made.finals
        cost = math.log(max(1, len(row) + end))
        if end:
            final[state] = cost
        rows += [(state, ids[word], cost, to) for word, to in row.items() if word in ids]
        if noise is not None and (end or state == 0):
            rows.append((state, noise, NOISE_COST, state))
    source, label, costs, target = (np.array(column) for column in zip(*rows, strict=True))
    arcs = fst.make_arcs(label, label, costs, target)
    # the look-ahead composition needs arcs sorted by label
    return fst.vector_bytes(fst.sort_by_input(fst.from_arcs(0, final, source, arcs)))


def write_folder(model: Path, into: Path, gr_fst: bytes, ids: Mapping[str, int]) -> None:
    """Make a model folder in the empty folder `into`: `model`, but with this Gr.fst and words."""
    (into / "graph").mkdir()
    for entry in model.iterdir():
        if entry.name != "graph":
            (into / entry.name).symlink_to(entry.resolve())
    for entry in (model / "graph").iterdir():
        if entry.name not in ("Gr.fst", "words.txt"):
            (into / "graph" / entry.name).symlink_to(entry.resolve())
    (into / "graph" / "Gr.fst").write_bytes(gr_fst)
    lines = "".join(f"{word} {number}\n" for word, number in sorted(ids.items()))
    (into / "graph" / "words.txt").write_text("<eps> 0\n" + lines, encoding="utf-8")
