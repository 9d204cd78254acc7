"""Write Kaldi's binary objects: tokens, matrices, an nnet3 network, a transition model.

Layouts as in Kaldi's ``io-funcs.cc``, ``kaldi-matrix.cc``, ``nnet-nnet.cc``,
``nnet-simple-component.cc``, ``hmm-topology.cc`` and ``transition-model.cc``.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.ArrayLike


def token(text: str) -> bytes:
    """Return a token followed by its blank."""
    return text.encode() + b" "


def int32(value: int) -> bytes:
    """Return an integer with its size byte."""
    return b"\4" + struct.pack("<i", value)


def float32(value: float) -> bytes:
    """Return a single with its size byte."""
    return b"\4" + struct.pack("<f", value)


def int_vector(values: Sequence[int] | npt.NDArray[np.int64]) -> bytes:
    """Return a vector of int32."""
    array = np.asarray(values, dtype="<i4")
    return b"\4" + struct.pack("<i", len(array)) + array.tobytes()


def vector(values: Floats) -> bytes:
    """Return a vector of singles."""
    array = np.asarray(values, dtype="<f4")
    return b"FV " + int32(len(array)) + array.tobytes()


def matrix(values: Floats) -> bytes:
    """Return a matrix of singles, row by row."""
    array = np.ascontiguousarray(values, dtype="<f4")
    return b"FM " + int32(array.shape[0]) + int32(array.shape[1]) + array.tobytes()


@dataclass(slots=True)
class Network:
    """An nnet3 network under construction; every method adds a node and returns its name.

    `source` is an nnet3 descriptor: a node's name, Append(a,b), Offset(a,-1), ...
    """

    _config: list[str] = field(default_factory=list)
    _components: list[tuple[str, bytes]] = field(default_factory=list)

    def input(self, dim: int) -> str:
        """Add the input node."""
        self._config.append(f"input-node name=input dim={dim}")
        return "input"

    def output(self, source: str) -> None:
        """Add the output node."""
        self._config.append(f"output-node name=output input={source} objective=linear")

    def slice(self, name: str, source: str, start: int, dim: int) -> str:
        """Add a node that is columns start .. start + dim of node `source`."""
        self._config.append(
            f"dim-range-node name={name} input-node={source} dim-offset={start} dim={dim}"
        )
        return name

    def affine(self, name: str, source: str, weights: Floats, bias: Floats = 0.0) -> str:
        """Add weights [out, in] @ x + bias [out] (or one number for all)."""
        table = np.asarray(weights)
        shift = np.broadcast_to(np.asarray(bias), (len(table),))
        body = token("<LinearParams>") + matrix(table) + token("<BiasParams>") + vector(shift)
        return self._component(name, source, "FixedAffineComponent", body)

    def linear(self, name: str, source: str, weights: Floats) -> str:
        """Add weights [out, in] @ x (a LinearComponent: it does not copy its bias per frame)."""
        body = token("<LearningRate>") + float32(0.001) + token("<Params>") + matrix(weights)
        body += token("<UseNaturalGradient>") + b"F" + token("<RankInOut>") + int32(20) + int32(80)
        body += token("<Alpha>") + float32(4.0) + token("<NumSamplesHistory>") + float32(2000.0)
        body += token("<UpdatePeriod>") + int32(4)
        return self._component(name, source, "LinearComponent", body)

    def relu(self, name: str, source: str, dim: int) -> str:
        """Add max(x, 0)."""
        return self._nonlinear(name, source, "RectifiedLinearComponent", dim)

    def sigmoid(self, name: str, source: str, dim: int) -> str:
        """Add 1 / (1 + exp(-x))."""
        return self._nonlinear(name, source, "SigmoidComponent", dim)

    def softmax(self, name: str, source: str, dim: int) -> str:
        """Add exp(x) / sum(exp(x))."""
        return self._nonlinear(name, source, "SoftmaxComponent", dim)

    def log_sign(self, name: str, source: str, dim: int) -> str:
        """Add the pair (sign x, log |x|) for each of `dim` values: [2 dim].

        NormalizeComponent over blocks of one value: x / |x|, then the log of its size; the size
        has Kaldi's floor of 2^-33.
        """
        return self._normalize(name, source, dim, with_log=True)

    def sign(self, name: str, source: str, dim: int) -> str:
        """Add x / |x| for each of `dim` values; 0 where x is 0."""
        return self._normalize(name, source, dim, with_log=False)

    def product(self, name: str, source: str, dim_in: int, dim_out: int) -> str:
        """Add the product of the dim_in / dim_out parts of the source."""
        body = token("<InputDim>") + int32(dim_in) + token("<OutputDim>") + int32(dim_out)
        return self._component(name, source, "ElementwiseProductComponent", body)

    def sum_groups(self, name: str, source: str, sizes: Sequence[int]) -> str:
        """Add the sums of consecutive groups of these sizes."""
        return self._component(
            name, source, "SumGroupComponent", token("<Sizes>") + int_vector(sizes)
        )

    def to_bytes(self) -> bytes:
        """Return the network as Kaldi reads it."""
        text = "\n".join(self._config).encode()
        body = token("<Nnet3>") + b"\n" + text + b"\n\n"
        body += token("<NumComponents>") + int32(len(self._components))
        for name, component in self._components:
            body += token("<ComponentName>") + token(name) + component
        return body + token("</Nnet3>")

    def _component(self, name: str, source: str, kind: str, body: bytes) -> str:
        self._config.append(f"component-node name={name} component={name} input={source}")
        self._components.append((name, token(f"<{kind}>") + body + token(f"</{kind}>")))
        return name

    def _nonlinear(self, name: str, source: str, kind: str, dim: int) -> str:
        none = vector([])
        body = token("<Dim>") + int32(dim) + token("<ValueAvg>") + none
        body += token("<DerivAvg>") + none + token("<Count>") + float32(0)
        body += token("<OderivRms>") + none + token("<OderivCount>") + float32(0)
        body += token("<NumDimsSelfRepaired>") + float32(0)
        body += token("<NumDimsProcessed>") + float32(0)
        return self._component(name, source, kind, body)

    def _normalize(self, name: str, source: str, dim: int, *, with_log: bool) -> str:
        body = token("<InputDim>") + int32(dim)
        if dim != 1:
            body += token("<BlockDim>") + int32(1)
        body += token("<TargetRms>") + float32(1.0)
        body += token("<AddLogStddev>") + (b"T" if with_log else b"F")
        return self._component(name, source, "NormalizeComponent", body)


def acoustic_network(network: Network, left: int, right: int) -> bytes:
    """Return an AmNnetSimple: the network, the frames it reads beside each, no priors."""
    context = token("<LeftContext>") + int32(left) + token("<RightContext>") + int32(right)
    return network.to_bytes() + context + token("<Priors>") + vector([])


def transition_model(
    phones: Sequence[int], triples: Sequence[tuple[int, int, int]], log_probs: Sequence[float]
) -> bytes:
    """Return a TransitionModel of three-state phones without skips.

    triples: sorted (phone, state, pdf). log_probs: one leading 0, then self-loop and forward of
    each triple, as transition ids count.
    """
    class_of = [-1] * (max(phones) + 1)
    for phone in phones:
        class_of[phone] = 0
    body = token("<TransitionModel>") + token("<Topology>")
    body += int_vector(phones) + int_vector(class_of) + int32(1) + _three_states()
    body += token("</Topology>") + token("<Triples>") + int32(len(triples))
    # every integer has its size byte: rows of (4, phone, 4, state, 4, pdf)
    rows = np.zeros((len(triples), 3), dtype=np.dtype([("size", "u1"), ("value", "<i4")]))
    rows["size"], rows["value"] = 4, np.asarray(triples)
    body += rows.tobytes() + token("</Triples>") + token("<LogProbs>") + vector(log_probs)
    return body + token("</LogProbs>") + token("</TransitionModel>")


def _three_states() -> bytes:
    body = int32(4)
    for state in range(3):
        body += int32(state) + int32(2)
        body += int32(state) + float32(0.5) + int32(state + 1) + float32(0.5)
    return body + int32(-1) + int32(0)
