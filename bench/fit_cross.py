"""`script/bench fit_cross MEDQUAD.jsonl.gz --weights model.safetensors`: train the cross-encoder.

First on MedQuAD's own questions and short plain ones about 1,400 of its documents (8,392
questions), then on the written ones of bench/training about others: which passages answer, which of
the same document do not, which of others do not. A fifth of the latter's documents is left out, to
tell how good it is and to fit thresholds.toml on. Writes models/cross_encoder.npz, 1.4 MB. Needs
`pip install jax optax`; 70 minutes on two cores.

The weights are those of the package in models/encoder.py, unpacked. What ships was trained on the
first 1,474 questions for 2.5 rounds and on 1,834 (files a to d) for 1.5 more; this does 3 rounds of
all. The questions of questions_e.jsonl were written too late for it, and can measure it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.fit_answerable import TRAINING, as_article, expected, holds, plain
from intents.cross_encoder import MAX_PIECES, pair, passage_text
from intents.matching import features
from intents.matching.calibration import calibration
from intents.matching.index import Index, build
from intents.text import normalize
from intents.types import Article
from intents.wordpiece import WordPiece
from models import cross_graph
from models import encoder as encoders
from voice.config import Settings
from voice.wiring import Wiring

DOCUMENTS = 1400
BATCH = 32
# batches of like length are made within so many: padding is work
POOL = 50
# documents whose number, of a hundred, is higher are not trained on
HELD_OUT = 80
# a passage that answers is rare among its neighbors
POSITIVE = 2.0
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with passages that answer it, and some that do not."""

    group: str
    question: str
    right: Sequence[str]
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pieces of pairs, padded: ids (n, MAX_PIECES); asked, length, right and group (n,)."""

    ids: NDArray[np.int32]
    asked: NDArray[np.int32]
    length: NDArray[np.int32]
    right: Floats
    group: NDArray[np.int32]

    def batch(self, chosen: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """Return ids, mask and types of some, cut to their longest (a multiple of 16)."""
        longest = -(-int(self.length[chosen].max()) // 16) * 16
        place = np.arange(longest)[None]
        mask = place < self.length[chosen][:, None]
        types = mask & (place >= self.asked[chosen][:, None])
        return {
            "ids": self.ids[chosen][:, :longest],
            "mask": mask.astype(np.float32),
            "types": types.astype(np.int32),
        }


def main(argv: list[str]) -> int:
    """Train; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench fit_cross", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("file", type=Path, metavar="MEDQUAD.jsonl.gz")
    parser.add_argument("--weights", type=Path, required=True, help="model.safetensors")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors between runs")
    parser.add_argument("--out", type=Path, default=cross_graph.ADAPTER)
    parser.add_argument(
        "--documents", type=int, default=DOCUMENTS, help="at most so many: a quick try"
    )
    args = parser.parse_args(argv)
    with gzip.open(args.file, "rt", encoding="utf-8") as file:
        documents = {d["id"]: d for d in map(json.loads, file)}
    questions = [
        json.loads(line)
        for path in sorted(TRAINING.glob("questions_*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    asked = list(written(questions, documents, args.documents, args.cache))
    first = list(templates(questions, documents, args.documents, args.cache))
    train(encoders.read_safetensors(args.weights.read_bytes()), first, asked, args.out)
    return 0


def written(
    questions: Sequence[dict[str, Any]],
    documents: Mapping[str, Any],
    count: int,
    cache: Path | None,
) -> Iterator[Asked]:
    """Yield the written questions with the passages that are nearest to them."""
    encoder = Wiring(Settings()).encoder
    names = sorted({q["doc"] for q in questions})[:count]
    articles = {name: as_article(documents[name]) for name in names}
    whole = build(list(articles.values()), encoder, cache)
    for name in names:
        alone = build([articles[name]], encoder, cache)
        for q in (q for q in questions if q["doc"] == name):
            right: list[str] = []
            wrong: list[str] = []
            expect = expected(q, documents[name])
            for unit in ranked(alone, q["question"]):
                there = bool(expect) and holds(alone.units[unit].passage, expect)
                (right if there else wrong).append(_text(alone, unit))
            far = _others(whole, q["question"], articles[name])
            if right or not expect:
                yield Asked(name, q["question"], right[:2], [*wrong[:4], *far[:1]])


def templates(
    questions: Sequence[dict[str, Any]],
    documents: Mapping[str, Any],
    count: int,
    cache: Path | None,
) -> Iterator[Asked]:
    """Yield questions by type about other documents; of a section its first passage answers."""
    encoder, rng = Wiring(Settings()).encoder, random.Random(3)
    used = {q["doc"] for q in questions}
    names = [n for n, d in documents.items() if n not in used and 2 <= len(d["qas"]) <= 12]
    rng.shuffle(names)
    articles = {name: as_article(documents[name]) for name in names[:count]}
    whole = build(list(articles.values()), encoder, cache)
    for name, article in articles.items():
        alone = build([article], encoder, cache)
        units = [alone.units[number].passage for number in range(len(alone.units))]
        own = [
            (qa["question"], [" ".join(qa["answer"].split()[:8])]) for qa in documents[name]["qas"]
        ]
        short = list(plain(documents[name]))
        for question, expect in rng.sample(own, 2) + rng.sample(short, min(4, len(short))):
            right = [n for n, passage in enumerate(units) if expect and holds(passage, expect)]
            if expect and not right:
                continue
            # what else stands in the section may answer as well
            headings = {units[n].heading for n in right}
            wrong = [n for n, passage in enumerate(units) if passage.heading not in headings]
            rng.shuffle(wrong)
            far = _others(whole, question, article)
            yield Asked(
                name,
                normalize(question),
                [_text(alone, n) for n in right[:1]],
                [*(_text(alone, n) for n in wrong[:2]), *far[:2]],
            )


def ranked(index: Index, question: str) -> list[int]:
    """Return the candidates for a question, best first, as the matcher ranks them."""
    (prepared,) = features.prepare([normalize(question)], index)
    if not prepared.words:
        return []
    chosen = features.candidates(prepared, index)
    sums = calibration(meaning=True).hybrid(features.measure(prepared, index, chosen))
    return [int(chosen[place]) for place in np.argsort(-sums)]


def _others(whole: Index, question: str, article: Article) -> list[str]:
    near = ranked(whole, question)[:12]
    return [_text(whole, n) for n in near if whole.units[n].article.id != article.id]


def _text(index: Index, number: int) -> str:
    return passage_text(index.units[number].article, index.units[number].passage)


def pieces(every: Sequence[Asked]) -> Pairs:
    """Return every question with each of its passages, as numbers."""
    folder = encoders.find()
    if folder is None:
        raise SystemExit("the sentence encoder is not here; run: script/run models encoder")
    known = WordPiece(folder / encoders.VOCABULARY_FILE)
    rows, asked, right, group = [], [], [], []
    for one in every:
        for text, good in [*((t, 1.0) for t in one.right), *((t, 0.0) for t in one.wrong)]:
            ids, own = pair(known, one.question, text)
            rows.append(ids)
            asked.append(own)
            right.append(good)
            group.append(zlib.crc32(one.group.encode()) % 100)
    table = np.zeros((len(rows), MAX_PIECES), np.int32)
    for place, ids in enumerate(rows):
        table[place, : len(ids)] = ids
    lengths = np.array(list(map(len, rows)), np.int32)
    return Pairs(
        table,
        np.array(asked, np.int32),
        lengths,
        np.array(right, np.float32),
        np.array(group, np.int32),
    )


def train(
    weights: Mapping[str, Any], first: Sequence[Asked], asked: Sequence[Asked], out: Path
) -> None:
    """Train on both, one after the other; write what changed."""
    import jax.numpy as jnp

    from bench import cross_model

    base = {name: jnp.asarray(v) for name, v in weights.items() if v.dtype == np.float32}
    change = cross_model.fresh(base)
    early, late = pieces(first), pieces(asked)
    held = np.flatnonzero(late.group >= HELD_OUT)
    change = _rounds(change, base, early, np.arange(len(early.right)), Plan(rounds=1.0, rate=1e-3))
    kept = np.flatnonzero(late.group < HELD_OUT)
    change = _rounds(change, base, late, kept, Plan(rounds=3.0, rate=5e-4, drop=0.1))
    print(f"held out, {len(held)} pairs: right above wrong {_order(change, base, late, held):.3f}")
    halves = {
        name: np.asarray(v, np.float16 if v.ndim > 1 else np.float32) for name, v in change.items()
    }
    np.savez_compressed(out, **halves)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast is trained."""

    rounds: float
    # the highest rate
    rate: float
    # share of each sublayer's output that is dropped
    drop: float = 0.0


def _rounds(change: Any, base: Any, pairs: Pairs, chosen: NDArray[np.int64], plan: Plan) -> Any:
    """Return the change after so many rounds by AdamW, the rate rising, then falling to a 20th."""
    import jax
    import jax.numpy as jnp
    import optax

    from bench import cross_model

    steps = max(1, int(plan.rounds * len(chosen) / BATCH))
    rising = min(max(20, steps // 15), steps)
    curve = optax.warmup_cosine_decay_schedule(0, plan.rate, rising, steps + rising, plan.rate / 20)
    adam = optax.chain(
        optax.clip_by_global_norm(1.0), optax.adamw(curve, b2=0.98, weight_decay=0.01)
    )
    faster = {name: 10.0 if name in ("head.c", "head.b") else 1.0 for name in change}
    state = adam.init(change)

    def loss(now: Any, batch: Any, right: Any, key: Any) -> Any:
        odds = cross_model.odds(now, base, batch, plan.drop, key)
        weight = 1 + (POSITIVE - 1) * right
        return (weight * (jnp.logaddexp(0, odds) - right * odds)).sum() / weight.sum()

    @jax.jit  # type: ignore[untyped-decorator]
    def step(now: Any, state: Any, batch: Any, right: Any, key: Any) -> Any:
        value, slope = jax.value_and_grad(loss)(now, batch, right, key)
        move, state = adam.update(slope, state, now)
        move = {name: move[name] * faster[name] for name in move}
        return optax.apply_updates(now, move), state, value

    key, began, seen = jax.random.PRNGKey(0), time.monotonic(), []
    for number, batch in enumerate(_batches(pairs, chosen, steps), 1):
        key, now = jax.random.split(key)
        change, state, value = step(change, state, pairs.batch(batch), pairs.right[batch], now)
        seen.append(float(value))
        if number % 100 == 0:
            took = time.monotonic() - began
            print(f"{number} of {steps}: loss {np.mean(seen[-100:]):.3f}, {took:.0f} s", flush=True)
    return change


def _batches(pairs: Pairs, chosen: NDArray[np.int64], steps: int) -> Iterator[NDArray[np.int64]]:
    rng, done = np.random.RandomState(1), 0
    while done < steps:
        mixed = rng.permutation(chosen)
        for start in range(0, len(mixed), BATCH * POOL):
            pool = mixed[start : start + BATCH * POOL]
            pool = pool[np.argsort(pairs.length[pool], kind="stable")]
            # a batch of another size would be compiled anew
            starts = list(range(0, max(1, len(pool) - BATCH + 1), BATCH))
            rng.shuffle(starts)
            for at in starts[: steps - done]:
                yield pool[at : at + BATCH]
            done += min(len(starts), steps - done)


def _order(change: Any, base: Any, pairs: Pairs, chosen: NDArray[np.int64]) -> float:
    """Return the share of (right, wrong) in which the right pair has more: area under the curve."""
    from bench import cross_model

    if not len(chosen):
        return 0.0
    parts = [chosen[at : at + 64] for at in range(0, len(chosen), 64)]
    odds = np.concatenate([cross_model.odds(change, base, pairs.batch(part)) for part in parts])
    right = pairs.right[chosen] > 0
    above = odds[right][:, None] > odds[~right][None]
    return float(above.mean()) if above.size else 0.0
