"""all-MiniLM-L6-v2 as an int8 ONNX graph: six layers of BERT, mean pooling, unit length.

What its middle layers make of every piece comes out besides, for intents/turn_end.py.

The architecture is BERT's (Devlin et al. 2019) with 6 layers, 12 heads, 384 dimensions; pooling
and normalization are those of sentence-transformers (Reimers & Gurevych 2019). Weights are
quantized per output channel, activations per call, by onnxruntime's DynamicQuantizeMatMul.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models import protobuf as pb

Weights = Mapping[str, NDArray[np.generic]]

LAYERS, HEADS, WIDTH = 6, 12, 384
# The layers whose states tell best whether a question is whole, the second to the fourth: where 95%
# of our wordings passed for whole, of their beginnings 11% did by these, 15% by the third alone.
MIDDLE = (1, 2, 3)
EPSILON = 1e-12
# 7 bits, not 8: without VNNI, x86 adds pairs of u8 x s8 products in 16 bits and saturates at full
# range. 63 can never overflow (2 * 255 * 63 < 32768); cosine to the float model is 0.993 on
# average and 0.982 at worst over 100 questions.
LIMIT = 63.0
# contributed operators of onnxruntime: x86-64 and aarch64 builds both have them
FUSED = "com.microsoft"


def quantize(
    values: NDArray[np.float32], axis: int
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return int8 values and the scale of each slice, reducing over `axis`."""
    peak = np.abs(values).max(axis=axis, keepdims=True)
    scale = np.maximum(peak, 1e-12) / LIMIT
    codes = np.clip(np.rint(values / scale), -LIMIT, LIMIT).astype(np.int8)
    return codes, scale.astype(np.float32).squeeze(axis)


class Writer:
    """Collects nodes and initializers; every method returns the name of its result."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        self.nodes: list[bytes] = []
        self.constants: list[bytes] = []

    def array(self, name: str) -> NDArray[np.float32]:
        """Return a weight as float32."""
        return np.asarray(self.weights[name], dtype=np.float32)

    def constant(self, name: str, values: NDArray[np.generic]) -> str:
        """Put an array into the file."""
        self.constants.append(pb.tensor(name, values))
        return name

    def op(
        self,
        operator: str,
        inputs: list[str],
        out: str,
        attributes: Mapping[str, pb.AttributeValue] | None = None,
        *,
        domain: str = "",
    ) -> str:
        """Add a node."""
        self.nodes.append(pb.node(operator, inputs, [out], attributes, domain=domain))
        return out

    def dense(self, inp: str, prefix: str, out: str) -> str:
        """Multiply by an int8 matrix and add its bias. The file's matrices are (out, in)."""
        codes, scale = quantize(self.array(f"{prefix}.weight").T, axis=0)
        names = [
            inp,
            self.constant(f"{out}.q", codes),
            self.constant(f"{out}.s", scale),
            "",
            self.constant(f"{out}.b", self.array(f"{prefix}.bias")),
        ]
        return self.op("DynamicQuantizeMatMul", names, out, domain=FUSED)

    def normalize(self, inp: str, prefix: str, out: str) -> str:
        """Normalize over the last axis."""
        gain = self.constant(f"{out}.g", self.array(f"{prefix}.weight"))
        bias = self.constant(f"{out}.b", self.array(f"{prefix}.bias"))
        how: dict[str, pb.AttributeValue] = {"axis": -1, "epsilon": EPSILON}
        return self.op("LayerNormalization", [inp, gain, bias], out, how)


def _embed(w: Writer) -> str:
    """Look the tokens up: int8 rows with a scale each, plus position and segment."""
    codes, scale = quantize(w.array("embeddings.word_embeddings.weight"), axis=1)
    w.op("Gather", [w.constant("words.q", codes), "ids"], "words.int")
    w.op("Cast", ["words.int"], "words.float", {"to": pb.FLOAT})
    w.op("Gather", [w.constant("words.s", scale[:, None]), "ids"], "words.scale")
    w.op("Mul", ["words.float", "words.scale"], "words")
    places = w.array("embeddings.position_embeddings.weight")
    places = places + w.array("embeddings.token_type_embeddings.weight")[0]
    w.op("Shape", ["ids"], "length", {"start": 1, "end": 2})
    start, axes = (
        w.constant("zero", np.zeros(1, np.int64)),
        w.constant("axes", np.zeros(1, np.int64)),
    )
    w.op("Slice", [w.constant("places", places), start, "length", axes], "place")
    w.op("Add", ["words", "place"], "embedded")
    return w.normalize("embedded", "embeddings.LayerNorm", "layer.in")


def layer(w: Writer, index: int, inp: str) -> str:
    """One transformer layer: attention, then the feed-forward pair, each added and normalized."""
    here, file = f"l{index}", f"encoder.layer.{index}"
    heads = [
        w.dense(inp, f"{file}.attention.self.{n}", f"{here}.{n}") for n in ("query", "key", "value")
    ]
    w.op(
        "MultiHeadAttention",
        [*heads, "", "mask"],
        f"{here}.heads",
        {"num_heads": HEADS},
        domain=FUSED,
    )
    w.dense(f"{here}.heads", f"{file}.attention.output.dense", f"{here}.mixed")
    w.op("Add", [inp, f"{here}.mixed"], f"{here}.sum")
    attended = w.normalize(f"{here}.sum", f"{file}.attention.output.LayerNorm", f"{here}.attended")
    w.dense(attended, f"{file}.intermediate.dense", f"{here}.wide")
    w.op("Gelu", [f"{here}.wide"], f"{here}.gelu", domain=FUSED)
    w.dense(f"{here}.gelu", f"{file}.output.dense", f"{here}.narrow")
    w.op("Add", [attended, f"{here}.narrow"], f"{here}.sum2")
    return w.normalize(f"{here}.sum2", f"{file}.output.LayerNorm", f"{here}.out")


def _pool(w: Writer, inp: str) -> None:
    """Average the unmasked tokens and scale to unit length."""
    w.op("Cast", ["mask"], "mask.float", {"to": pb.FLOAT})
    w.op("Unsqueeze", ["mask.float", w.constant("last", np.array([2], np.int64))], "mask.wide")
    w.op("Mul", [inp, "mask.wide"], "kept")
    w.op(
        "ReduceSum", ["kept", w.constant("tokens", np.array([1], np.int64))], "sum", {"keepdims": 0}
    )
    w.op("LpNormalization", ["sum"], "vectors", {"axis": -1, "p": 2})


def serialize(weights: Weights) -> bytes:
    """Return the ONNX file: ids (n, t) int64 and mask (n, t) int32 -> vectors (n, 384) float32.

    A second output, middle (n, t, 1152) float32, has the states of the layers MIDDLE.
    """
    w = Writer(weights)
    states = [_embed(w)]
    for index in range(LAYERS):
        states.append(layer(w, index, states[-1]))
    w.op("Concat", [states[1 + index] for index in MIDDLE], "middle", {"axis": -1})
    _pool(w, states[-1])
    inputs = [
        pb.value_info("ids", pb.INT64, ["n", "t"]),
        pb.value_info("mask", pb.INT32, ["n", "t"]),
    ]
    outputs = [
        pb.value_info("vectors", pb.FLOAT, ["n", WIDTH]),
        pb.value_info("middle", pb.FLOAT, ["n", "t", len(MIDDLE) * WIDTH]),
    ]
    graph = pb.graph(w.nodes, w.constants, inputs, outputs)
    return pb.model(graph, {"": 17, FUSED: 1}, producer="readback")
