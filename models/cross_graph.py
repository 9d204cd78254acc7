"""The cross-encoder as an int8 ONNX graph: all-MiniLM-L6-v2 with what training changed in it.

Question and passage are read together, so that every word of one attends to every word of the
other. `cross_encoder.npz` holds the change: per matrix a product of two narrow ones (LoRA, Hu et
al. 2021; rank 16, scale 2) and a bias, 1.4 MB; `script/bench fit_cross` made it. The table of words
stays outside of the graph: only the rows in use are then in memory (numpy maps the file).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models import minilm_graph
from models import protobuf as pb
from models.minilm_graph import LAYERS, WIDTH, Weights, Writer

ADAPTER = Path(__file__).with_name("cross_encoder.npz")
# of the product of the two narrow matrices, as in training
SCALE = 2.0
HEAD = ("head.w", "head.c", "head.b")
MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


def adapter(path: Path = ADAPTER) -> dict[str, NDArray[np.float32]]:
    """Return the change that was trained, by name, in float32."""
    with np.load(path) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def merged(
    weights: Weights, change: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.generic]]:
    """Return the encoder's weights with the change put in."""
    out = dict(weights)
    for number in range(LAYERS):
        for matrix in MATRICES:
            here, file = f"{number}.{matrix}", f"encoder.layer.{number}.{matrix}"
            product = change[f"{here}.a"] @ change[f"{here}.b"]
            out[f"{file}.weight"] = _float(weights, f"{file}.weight") + SCALE * product.T
            out[f"{file}.bias"] = _float(weights, f"{file}.bias") + change[f"{here}.bias"]
    types = "embeddings.token_type_embeddings.weight"
    out[types] = _float(weights, types) + change["type"]
    return out


def _float(weights: Weights, name: str) -> NDArray[np.float32]:
    return np.asarray(weights[name], dtype=np.float32)


def words(weights: Weights) -> NDArray[np.float16]:
    """Return the vector of every piece, shape (30522, 384)."""
    return np.asarray(weights["embeddings.word_embeddings.weight"], dtype=np.float16)


def _embed(w: Writer) -> str:
    """Add position and segment to the vectors of the words."""
    w.op("Shape", ["words"], "length", {"start": 1, "end": 2})
    start = w.constant("zero", np.zeros(1, np.int64))
    axes = w.constant("axes", np.zeros(1, np.int64))
    places = w.constant("places", w.array("embeddings.position_embeddings.weight"))
    w.op("Slice", [places, start, "length", axes], "place")
    segments = w.constant("segments", w.array("embeddings.token_type_embeddings.weight"))
    w.op("Gather", [segments, "types"], "segment")
    w.op("Add", ["words", "place"], "placed")
    w.op("Add", ["placed", "segment"], "embedded")
    return w.normalize("embedded", "embeddings.LayerNorm", "layer.in")


def serialize(weights: Weights) -> bytes:
    """Return the ONNX file of merged weights.

    words (n, t, 384) float32, types (n, t) int64: 0 question, 1 passage, mask (n, t) int32
    -> hidden (n, t, 384) float32.
    """
    w = Writer(weights)
    last = _embed(w)
    for number in range(LAYERS):
        last = minilm_graph.layer(w, number, last)
    w.op("Identity", [last], "hidden")
    inputs = [
        pb.value_info("words", pb.FLOAT, ["n", "t", WIDTH]),
        pb.value_info("types", pb.INT64, ["n", "t"]),
        pb.value_info("mask", pb.INT32, ["n", "t"]),
    ]
    outputs = [pb.value_info("hidden", pb.FLOAT, ["n", "t", WIDTH])]
    graph = pb.graph(w.nodes, w.constants, inputs, outputs)
    return pb.model(graph, {"": 17, minilm_graph.FUSED: 1}, producer="readback")
