"""The few lines of the protocol-buffer wire format that writing an ONNX file takes.

Writing them ourselves spares the `onnx` package (17 MB, for set-up only). Source of the layout:
 https://protobuf.dev/programming-guides/encoding and the field numbers of onnx.proto (IR 8).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

AttributeValue: TypeAlias = int | float | str | Sequence[int]

# onnx.TensorProto.DataType
FLOAT, INT8, INT32, INT64 = 1, 3, 6, 7
_TYPES = {"float32": FLOAT, "int8": INT8, "int32": INT32, "int64": INT64}


def varint(number: int) -> bytes:
    """Return a non-negative number in base 128, least significant group first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """Return a varint field; negative numbers take ten bytes, as the format has it."""
    return varint(field << 3) + varint(value & (1 << 64) - 1)


def real(field: int, value: float) -> bytes:
    """Return a 32-bit float field."""
    return varint(field << 3 | 5) + struct.pack("<f", value)


def blob(field: int, value: bytes | str) -> bytes:
    """Return a length-delimited field: text, bytes or a nested message."""
    data = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name: str, values: NDArray[np.generic]) -> bytes:
    """Return a TensorProto with the array's raw little-endian data."""
    dims = b"".join(number(1, size) for size in values.shape)
    kind = number(2, _TYPES[values.dtype.name])
    return dims + kind + blob(8, name) + blob(9, np.ascontiguousarray(values).tobytes())


def attribute(name: str, value: AttributeValue) -> bytes:
    """Return an AttributeProto; the type follows from the value."""
    if isinstance(value, float):
        return blob(1, name) + real(2, value) + number(20, 1)
    if isinstance(value, int):
        return blob(1, name) + number(3, value) + number(20, 2)
    if isinstance(value, str):
        return blob(1, name) + blob(4, value) + number(20, 3)
    return blob(1, name) + b"".join(number(8, item) for item in value) + number(20, 7)


def node(
    operator: str,
    inputs: Iterable[str],
    outputs: Iterable[str],
    attributes: Mapping[str, AttributeValue] | None = None,
    *,
    domain: str = "",
) -> bytes:
    """Return a NodeProto. An empty input name leaves that optional input out."""
    body = b"".join(blob(1, name) for name in inputs)
    body += b"".join(blob(2, name) for name in outputs)
    body += blob(4, operator)
    body += b"".join(blob(5, attribute(k, v)) for k, v in (attributes or {}).items())
    return body + (blob(7, domain) if domain else b"")


def value_info(name: str, kind: int, dims: Sequence[int | str]) -> bytes:
    """Return a ValueInfoProto; a dimension that is text is symbolic."""
    shape = b"".join(blob(1, number(1, d) if isinstance(d, int) else blob(2, d)) for d in dims)
    tensor_type = number(1, kind) + blob(2, shape)
    return blob(1, name) + blob(2, blob(1, tensor_type))


def model(graph: bytes, opsets: Mapping[str, int], *, producer: str) -> bytes:
    """Return a ModelProto around a serialized GraphProto."""
    imports = b"".join(blob(8, blob(1, domain) + number(2, v)) for domain, v in opsets.items())
    return number(1, 8) + blob(2, producer) + blob(7, graph) + imports


def graph(
    nodes: Iterable[bytes],
    initializers: Iterable[bytes],
    inputs: Iterable[bytes],
    outputs: Iterable[bytes],
) -> bytes:
    """Return a GraphProto."""
    parts = [blob(1, item) for item in nodes]
    parts.append(blob(2, "readback"))
    parts += [blob(5, item) for item in initializers]
    parts += [blob(11, item) for item in inputs]
    parts += [blob(12, item) for item in outputs]
    return b"".join(parts)
