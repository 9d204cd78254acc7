"""The cross-encoder as it is trained: BERT in JAX, with a narrow change to every matrix (LoRA).

The same network as models/cross_graph.py and intents/cross_encoder.py run in int8. Needs jax, which
the product does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from models.cross_graph import MATRICES, SCALE
from models.minilm_graph import EPSILON, HEADS, LAYERS, WIDTH

RANK = 16
# weights by name: the encoder's, and the change that is trained
Weights = Mapping[str, Any]


def fresh(base: Weights) -> dict[str, Any]:
    """Return a change that changes nothing, and a head that knows how near the texts are.

    With a head that began at zero nothing was learned in 13,000 pairs; the cosines that the encoder
    was made for order 0.85 of the pairs rightly before the first step.
    """
    random = np.random.RandomState(0)
    out: dict[str, Any] = {}
    for layer in range(LAYERS):
        for matrix in MATRICES:
            wide, deep = base[f"encoder.layer.{layer}.{matrix}.weight"].shape
            here = f"{layer}.{matrix}"
            out[f"{here}.a"] = (random.randn(deep, RANK) / np.sqrt(deep)).astype(np.float32)
            out[f"{here}.b"] = np.zeros((RANK, wide), np.float32)
            out[f"{here}.bias"] = np.zeros(wide, np.float32)
    out["head.w"] = np.zeros(4 * WIDTH, np.float32)
    out["head.c"] = np.array([8.0, 8.0, 2.0], np.float32)
    out["head.b"] = np.array(-8.0, np.float32)
    out["type"] = np.zeros((2, WIDTH), np.float32)
    return {name: jnp.asarray(values) for name, values in out.items()}


def odds(change: Weights, base: Weights, pairs: Weights, drop: float = 0.0, key: Any = None) -> Any:
    """Return log odds, shape (n,), of `pairs`: ids, mask and types, each (n, t).

    `drop` is the share of each sublayer's output that is dropped in training.
    """
    ids, mask, types = pairs["ids"], pairs["mask"], pairs["types"]
    count, length = ids.shape
    embedding = "embeddings."
    x = base[f"{embedding}word_embeddings.weight"][ids]
    x += base[f"{embedding}position_embeddings.weight"][:length]
    x += (base[f"{embedding}token_type_embeddings.weight"] + change["type"])[types]
    x = _normalize(x, base, f"{embedding}LayerNorm")
    away = (1 - mask)[:, None, None, :] * -1e9

    def dense(inputs: Any, layer: int, matrix: str) -> Any:
        here, file = f"{layer}.{matrix}", f"encoder.layer.{layer}.{matrix}"
        weight = base[f"{file}.weight"].T + SCALE * change[f"{here}.a"] @ change[f"{here}.b"]
        return inputs @ weight + base[f"{file}.bias"] + change[f"{here}.bias"]

    for layer in range(LAYERS):
        query, keys, values = (
            dense(x, layer, m).reshape(count, length, HEADS, -1) for m in MATRICES[:3]
        )
        scores = jnp.einsum("bqhd,bkhd->bhqk", query, keys) / np.sqrt(WIDTH // HEADS)
        mixed = jnp.einsum("bhqk,bkhd->bqhd", jax.nn.softmax(scores + away, -1), values)
        file = f"encoder.layer.{layer}"
        out = dense(mixed.reshape(count, length, WIDTH), layer, MATRICES[3])
        out, key = _dropped(out, drop, key)
        x = _normalize(x + out, base, f"{file}.attention.output.LayerNorm")
        out = dense(
            jax.nn.gelu(dense(x, layer, MATRICES[4]), approximate=False), layer, MATRICES[5]
        )
        out, key = _dropped(out, drop, key)
        x = _normalize(x + out, base, f"{file}.output.LayerNorm")
    return _head(change, x, mask * (types == 0), mask * (types == 1))


def _head(change: Weights, x: Any, asked: Any, said: Any) -> Any:
    means = [
        _unit((x * side[:, :, None]).sum(1) / side.sum(1, keepdims=True)) for side in (asked, said)
    ]
    tokens = _unit(x)
    near = jnp.einsum("bqd,bkd->bqk", tokens, tokens)
    near = jnp.where(said[:, None, :] > 0, near, -1).max(-1)
    product = means[0] * means[1]
    cosines = (
        product.sum(-1),
        (near * asked).sum(1) / asked.sum(1),
        jnp.where(asked > 0, near, 1.0).min(1),
    )
    wide = [product, jnp.abs(means[0] - means[1]), means[1]]
    whole = jnp.concatenate([x[:, 0], *(part * np.sqrt(WIDTH) for part in wide)], -1)
    return whole @ change["head.w"] + jnp.stack(cosines, -1) @ change["head.c"] + change["head.b"]


def _dropped(values: Any, drop: float, key: Any) -> tuple[Any, Any]:
    if not drop:
        return values, key
    key, now = jax.random.split(key)
    kept = jax.random.bernoulli(now, 1 - drop, values.shape)
    return values * kept / (1 - drop), key


def _normalize(x: Any, base: Weights, name: str) -> Any:
    mean = x.mean(-1, keepdims=True)
    spread = ((x - mean) ** 2).mean(-1, keepdims=True)
    scaled = (x - mean) * jax.lax.rsqrt(spread + EPSILON)
    return scaled * base[f"{name}.weight"] + base[f"{name}.bias"]


def _unit(x: Any) -> Any:
    return x * jax.lax.rsqrt((x * x).sum(-1, keepdims=True) + 1e-9)
