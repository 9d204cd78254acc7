"""Write OpenFst's "olabel_lookahead" transducer, which libvosk composes with a grammar at run time.

Beside the transducer the file holds, for each state, which output labels can be read next over
epsilon outputs, as intervals of label numbers. The labels are renumbered in depth-first order, so
that the words below a node of the pronunciation tree form one interval. The method is OpenFst's
``label-reachable.h`` (Allauzen, Riley, Schalkwyk: "A generalized composition algorithm for
weighted finite-state transducers", Interspeech 2009); tests hold it against OpenFst's fstconvert
where that is installed.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.starter.fst import OUTPUT_SORTED, Fst, const_bytes, header, sort_by_output

I64 = npt.NDArray[np.int64]
Interval = tuple[int, int]
Intervals = tuple[Interval, ...]

_ADD_ON_MAGIC = 446681434
# The label that stands for "may end here".
_END = -1


@dataclass(frozen=True, slots=True)
class Reach:
    """Which labels each state can read next."""

    # old label -> new label, 1..n; the end of input is label -1
    renumbered: dict[int, int]
    # per state, sorted and disjoint [begin, end) of new labels
    intervals: list[Intervals]


def reachable(fst: Fst) -> Reach:
    """Find the output labels that each state can read next, and number them depth first."""
    graph = _NextLabels(fst)
    order = graph.components()
    return Reach(graph.numbers, graph.collect(order))


def lookahead_bytes(fst: Fst) -> tuple[bytes, dict[int, int]]:
    """Return the file and the map from old to new output labels (for words.txt and grammars)."""
    reach = reachable(fst)
    table = np.zeros(int(fst.arcs["olabel"].max(initial=0)) + 1, dtype=np.int32)
    for old, new in reach.renumbered.items():
        if old != _END:
            table[old] = new
    arcs = fst.arcs.copy()
    arcs["olabel"] = table[fst.arcs["olabel"]]
    renumbered = sort_by_output(Fst(fst.start, fst.final, fst.first, arcs))
    head = header("olabel_lookahead", 1, 0, OUTPUT_SORTED | 1, (-1, 0, 0))
    head += struct.pack("<i", _ADD_ON_MAGIC)
    body = const_bytes(renumbered, OUTPUT_SORTED)
    words = {old: new for old, new in reach.renumbered.items() if old != _END}
    return head + body + _add_on(reach), words


def _add_on(reach: Reach) -> bytes:
    """Return the look-ahead data: none for input labels, ours for output labels."""
    # have the pair; have no first; have a second; reaches output; keeps no relabeling table
    parts = [bytes([1, 0, 1, 0, 0]), struct.pack("<i", reach.renumbered.get(_END, -1))]
    parts.append(struct.pack("<q", len(reach.intervals)))
    for intervals in reach.intervals:
        flat = [bound for interval in intervals for bound in interval]
        size = sum(end - begin for begin, end in intervals)
        parts.append(struct.pack(f"<q{len(flat)}ii", len(intervals), *flat, size))
    return b"".join(parts)


class _NextLabels:
    """The graph of epsilon-output arcs between states, with the labels that leave each state."""

    def __init__(self, fst: Fst) -> None:
        source = fst.sources()
        silent = fst.arcs["olabel"] == 0
        self.states = fst.states
        # arcs in order; a negative target -2 - label is a label (or _END), not a state
        ends = np.flatnonzero(np.isfinite(fst.final))
        target = np.where(silent, fst.arcs["next"], -2 - fst.arcs["olabel"].astype(np.int64))
        origin = np.concatenate([source, ends])
        target = np.concatenate([target, np.full(len(ends), -2 - _END)])
        kept = origin != target
        order = np.argsort(origin[kept], kind="stable")
        self.target: list[int] = target[kept][order].tolist()
        counts = np.bincount(origin[kept], minlength=self.states)
        self.first: list[int] = np.concatenate([[0], np.cumsum(counts)]).tolist()
        entered = np.zeros(self.states, dtype=bool)
        entered[fst.arcs["next"][silent]] = True
        self.roots: list[int] = [*np.flatnonzero(~entered).tolist(), *range(self.states)]
        self.numbers: dict[int, int] = {}

    def components(self) -> list[list[int]]:
        """Return strongly connected components, successors first; number labels on the way.

        Tarjan's algorithm without recursion.
        """
        found: list[list[int]] = []
        low = [0] * self.states
        seen = [0] * self.states
        cursor = self.first[:-1]
        stack: list[int] = []
        clock = 0
        for root in self.roots:
            if seen[root]:
                continue
            clock += 1
            seen[root] = low[root] = clock
            stack.append(root)
            path = [root]
            while path:
                state = path[-1]
                at = cursor[state]
                if at < self.first[state + 1]:
                    cursor[state] = at + 1
                    target = self.target[at]
                    if target < 0:
                        self.numbers.setdefault(-2 - target, len(self.numbers) + 1)
                    elif not seen[target]:
                        clock += 1
                        seen[target] = low[target] = clock
                        stack.append(target)
                        path.append(target)
                    elif seen[target] > 0:
                        low[state] = min(low[state], seen[target])
                    continue
                path.pop()
                if path:
                    low[path[-1]] = min(low[path[-1]], low[state])
                if low[state] == seen[state]:
                    found.append(self._pop(stack, state, seen))
        return found

    @staticmethod
    def _pop(stack: list[int], state: int, seen: list[int]) -> list[int]:
        """Take one component off the stack and mark its states as done (negative)."""
        at = len(stack) - 1
        while stack[at] != state:
            at -= 1
        members = stack[at:]
        del stack[at:]
        for member in members:
            seen[member] = -1
        return members

    def collect(self, order: list[list[int]]) -> list[Intervals]:
        """Return each state's label intervals, given components with successors first."""
        result: list[Intervals] = [()] * self.states
        for members in order:
            parts: set[Intervals] = set()
            for state in members:
                for target in self.target[self.first[state] : self.first[state + 1]]:
                    if target < 0:
                        number = self.numbers[-2 - target]
                        parts.add(((number, number + 1),))
                    elif result[target]:
                        parts.add(result[target])
            merged = _union(parts)
            for state in members:
                result[state] = merged
        return result


def _union(parts: set[Intervals]) -> Intervals:
    """Merge sets of intervals into sorted, disjoint, maximal intervals."""
    if len(parts) <= 1:
        return next(iter(parts), ())
    merged: list[Interval] = []
    for begin, end in sorted({interval for part in parts for interval in part}):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return tuple(merged)
