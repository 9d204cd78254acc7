"""Weighted transducers as numpy arrays, and OpenFst's file formats "vector" and "const".

Weights are costs (negative natural logs). Arcs of a state stand together, in the state order.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from models.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]

ARC = np.dtype([("ilabel", "<i4"), ("olabel", "<i4"), ("weight", "<f4"), ("next", "<i4")])
Arcs = npt.NDArray[np.void]
_STATE = np.dtype(
    [("final", "<f4"), ("first", "<u4"), ("arcs", "<u4"), ("in_eps", "<u4"), ("out_eps", "<u4")]
)
_MAGIC_BYTES = struct.pack("<i", 2125659606)
# fst.h properties: expanded; plus mutable for "vector"
_EXPANDED, _MUTABLE = 0x1, 0x2
OUTPUT_SORTED = 0x40000000
_ALIGNED = 0x4


@dataclass(frozen=True, slots=True)
class Fst:
    """A transducer: arcs[first[s] : first[s + 1]] leave state s."""

    start: int
    # [states] cost of ending; infinity where not final
    final: F32
    # [states + 1] arc offsets
    first: I64
    # [arcs] of ARC
    arcs: Arcs

    @property
    def states(self) -> int:
        """How many states."""
        return len(self.final)

    def sources(self) -> I64:
        """Return [arcs]: the state that each arc leaves."""
        return np.repeat(np.arange(self.states), np.diff(self.first))


def from_arcs(start: int, final: F32, source: npt.ArrayLike, arcs: Arcs) -> Fst:
    """Group arcs by their source state, keeping their order within it."""
    origin = np.asarray(source, dtype=np.int64)
    order = np.argsort(origin, kind="stable")
    counts = np.bincount(origin, minlength=len(final))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return Fst(start, final.astype(np.float32), first, arcs[order])


def make_arcs(
    ilabel: npt.ArrayLike, olabel: npt.ArrayLike, weight: npt.ArrayLike, target: npt.ArrayLike
) -> Arcs:
    """Return arcs from columns of one length (or single numbers, repeated)."""
    columns = np.broadcast_arrays(ilabel, olabel, weight, target)
    arcs = np.zeros(columns[0].shape, dtype=ARC)
    for name, column in zip(("ilabel", "olabel", "weight", "next"), columns, strict=True):
        arcs[name] = column
    return arcs


def sort_by_output(fst: Fst) -> Fst:
    """Sort the arcs of each state by output label (stable)."""
    order = np.lexsort((fst.arcs["olabel"], fst.sources()))
    return Fst(fst.start, fst.final, fst.first, fst.arcs[order])


def sort_by_input(fst: Fst) -> Fst:
    """Sort the arcs of each state by input label (stable)."""
    order = np.lexsort((fst.arcs["ilabel"], fst.sources()))
    return Fst(fst.start, fst.final, fst.first, fst.arcs[order])


def header(
    kind: str, version: int, flags: int, properties: int, counts: tuple[int, int, int]
) -> bytes:
    """Return an OpenFst file header; counts are start, states, arcs."""

    def text(value: str) -> bytes:
        return struct.pack("<i", len(value)) + value.encode()

    head = _MAGIC_BYTES + text(kind) + text("standard")
    return head + struct.pack("<iiQqqq", version, flags, properties, *counts)


def const_bytes(fst: Fst, properties: int = 0) -> bytes:
    """Return the transducer in format "const", version 2 (not aligned)."""
    states = np.zeros(fst.states, dtype=_STATE)
    states["final"], states["first"] = fst.final, fst.first[:-1]
    states["arcs"] = np.diff(fst.first)
    source = fst.sources()
    for name, label in (("in_eps", "ilabel"), ("out_eps", "olabel")):
        states[name] = np.bincount(source[fst.arcs[label] == 0], minlength=fst.states)
    counts = (fst.start, fst.states, len(fst.arcs))
    head = header("const", 2, 0, properties | _EXPANDED, counts)
    return head + states.tobytes() + fst.arcs.tobytes()


def vector_bytes(fst: Fst) -> bytes:
    """Return the transducer in format "vector": per state its final cost, arc count and arcs."""
    width = 12 + ARC.itemsize * np.diff(fst.first)
    ends = np.cumsum(width)
    starts = ends - width
    data = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    head = np.zeros(fst.states, dtype=np.dtype([("final", "<f4"), ("count", "<i8")]))
    head["final"], head["count"] = fst.final, np.diff(fst.first)
    data[starts[:, None] + np.arange(12)] = head.view(np.uint8).reshape(-1, 12)
    at = 12 * (fst.sources() + 1) + ARC.itemsize * np.arange(len(fst.arcs))
    data[at[:, None] + np.arange(ARC.itemsize)] = fst.arcs.view(np.uint8).reshape(-1, ARC.itemsize)
    counts = (fst.start, fst.states, len(fst.arcs))
    return header("vector", 2, 0, _EXPANDED | _MUTABLE, counts) + data.tobytes()


def read_const(path: Path) -> Fst:
    """Read a "const" file as OpenFst writes it; ModelError for anything else."""
    return parse_const(path.read_bytes(), str(path))


def parse_const(data: bytes, name: str = "the transducer") -> Fst:
    """Parse a file in format "const"."""
    kind, at = _text(data, 4) if data[:4] == _MAGIC_BYTES else ("", 0)
    if kind != "const":
        raise ModelError(f"{name} is not a constant transducer; build the model again.")
    _, at = _text(data, at)
    version, flags, _, start, n_states, n_arcs = struct.unpack_from("<iiQqqq", data, at)
    if version != 2 or flags & _ALIGNED:
        raise ModelError(f"{name} is an aligned transducer, which Readback does not write or read.")
    at += struct.calcsize("<iiQqqq")
    states = np.frombuffer(data, _STATE, n_states, at)
    at += _STATE.itemsize * n_states
    arcs = np.frombuffer(data, ARC, n_arcs, at)
    first = np.append(states["first"], n_arcs).astype(np.int64)
    return Fst(int(start), states["final"].copy(), first, arcs.copy())


def _text(data: bytes, at: int) -> tuple[str, int]:
    (size,) = struct.unpack_from("<i", data, at)
    return data[at + 4 : at + 4 + size].decode(), at + 4 + size
