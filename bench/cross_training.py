"""How the cross-encoder is trained: pairs as numbers, and rounds of AdamW over them in JAX."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.utterances import encoder_folder
from intents.cross_encoder import MAX_PIECES, pair
from intents.wordpiece import WordPiece
from models import encoder as encoders

BATCH = 32
# batches of like length are made within so many: padding is work
POOL = 50
# of a hundred articles so many are trained on
TRAINED_ON = 80
# a passage that answers is rare among its neighbors
POSITIVE = 2.0
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with passages that answer it, and some that do not."""

    article: str
    question: str
    right: Sequence[str]
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pieces of pairs, padded: ids (n, MAX_PIECES); asked, length, right and held (n,)."""

    ids: NDArray[np.int32]
    asked: NDArray[np.int32]
    length: NDArray[np.int32]
    right: Floats
    # left out of training
    held: NDArray[np.bool_]

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


def left_out(article: str) -> bool:
    """Tell whether an article is kept for judging and never trained on."""
    return zlib.crc32(article.encode()) % 100 >= TRAINED_ON


def pieces(every: Sequence[Asked]) -> Pairs:
    """Return every question with each of its passages, as numbers."""
    known = WordPiece(encoder_folder() / encoders.VOCABULARY_FILE)
    rows, asked, right, held = [], [], [], []
    for one in every:
        for text, good in [*((t, 1.0) for t in one.right), *((t, 0.0) for t in one.wrong)]:
            ids, own = pair(known, one.question, text)
            rows.append(ids)
            asked.append(own)
            right.append(good)
            held.append(left_out(one.article))
    table = np.zeros((len(rows), MAX_PIECES), np.int32)
    for place, ids in enumerate(rows):
        table[place, : len(ids)] = ids
    lengths = np.array(list(map(len, rows)), np.int32)
    return Pairs(
        table,
        np.array(asked, np.int32),
        lengths,
        np.array(right, np.float32),
        np.array(held, bool),
    )


def train(
    weights: Mapping[str, Any],
    first: Sequence[Asked] | None,
    asked: Sequence[Asked],
    out: Path,
    begun: Mapping[str, Floats] | None = None,
) -> None:
    """Train on both, one after the other, or go on from what was `begun`; write what changed."""
    import jax.numpy as jnp

    from bench import cross_model

    base = {name: jnp.asarray(v) for name, v in weights.items() if v.dtype == np.float32}
    change = {name: jnp.asarray(v) for name, v in begun.items()} if begun else None
    if change is None:
        early = pieces(first or ())
        every = np.arange(len(early.right))
        change = _rounds(cross_model.fresh(base), base, early, every, Plan(rounds=1.0, rate=1e-3))
    late = pieces(asked)
    kept, held = np.flatnonzero(~late.held), np.flatnonzero(late.held)
    plan = Plan(2.0, 4e-4, drop=0.1) if begun else Plan(3.0, 5e-4, drop=0.1)
    change = _rounds(change, base, late, kept, plan)
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
    from bench import cross_model

    parts = [chosen[at : at + 64] for at in range(0, len(chosen), 64)]
    odds = [cross_model.odds(change, base, pairs.batch(part)) for part in parts]
    return area(np.concatenate([*odds, np.zeros(0, np.float32)]), pairs.right[chosen] > 0)


def area(scores: Floats, right: NDArray[np.bool_]) -> float:
    """Return the area under the curve: the share of (right, wrong) in which right scores more.

    1 where there are no such pairs.
    """
    above = scores[right][:, None] > scores[~right][None]
    return float(above.mean()) if above.size else 1.0
