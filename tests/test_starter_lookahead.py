"""The look-ahead file: reachable labels against brute force, the bytes against OpenFst's tool."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import ModelError
from models.starter.fst import (
    Fst,
    const_bytes,
    from_arcs,
    make_arcs,
    parse_const,
    read_const,
    sort_by_input,
    sort_by_output,
    vector_bytes,
)
from models.starter.lookahead import lookahead_bytes, reachable

ARCS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from([0, 0, 0, 1, 2, 3, 4]),
              st.integers(0, 9)),
    min_size=1, max_size=40,
)  # fmt: skip


def graph(arcs: list[tuple[int, int, int, int]], ends: set[int]) -> Fst:
    source, ilabel, olabel, target = zip(*arcs, strict=True)
    final = np.array([0.5 if k in ends else np.inf for k in range(10)], dtype=np.float32)
    return from_arcs(0, final, source, make_arcs(ilabel, olabel, 0.25, target))


def next_labels(fst: Fst, state: int) -> set[int]:
    """Walk over epsilon outputs; -1 stands for a final state."""
    seen, todo, labels = {state}, [state], set()
    while todo:
        at = todo.pop()
        if np.isfinite(fst.final[at]):
            labels.add(-1)
        for arc in fst.arcs[fst.first[at] : fst.first[at + 1]]:
            if arc["olabel"]:
                labels.add(int(arc["olabel"]))
            elif int(arc["next"]) not in seen:
                seen.add(int(arc["next"]))
                todo.append(int(arc["next"]))
    return labels


@settings(max_examples=300, deadline=None)
@given(ARCS, st.sets(st.integers(0, 9)))
def test_intervals_are_the_labels_that_can_follow(
    arcs: list[tuple[int, int, int, int]], ends: set[int]
) -> None:
    fst = graph(arcs, ends)
    reach = reachable(fst)
    assert sorted(reach.renumbered.values()) == list(range(1, len(reach.renumbered) + 1))
    for state in range(10):
        expected = {reach.renumbered[label] for label in next_labels(fst, state)}
        intervals = reach.intervals[state]
        assert {k for begin, end in intervals for k in range(begin, end)} == expected
        # sorted, disjoint and maximal
        assert all(a[1] < b[0] for a, b in pairwise(intervals))


@settings(max_examples=100, deadline=None)
@given(ARCS, st.sets(st.integers(0, 9)))
def test_const_files_come_back_as_they_were(
    arcs: list[tuple[int, int, int, int]], ends: set[int]
) -> None:
    fst = graph(arcs, ends)
    again = parse_const(const_bytes(fst))
    assert again.start == fst.start
    assert np.array_equal(again.final, fst.final)
    assert np.array_equal(again.first, fst.first)
    assert np.array_equal(again.arcs, fst.arcs)


def test_sorting_orders_labels_and_keeps_the_arcs_of_each_state() -> None:
    fst = graph([(0, 3, 4, 1), (0, 1, 9, 2), (1, 2, 2, 0), (0, 2, 0, 3)], {3})
    assert sort_by_output(fst).arcs["olabel"].tolist() == [0, 4, 9, 2]
    assert sort_by_input(fst).arcs["ilabel"].tolist() == [1, 2, 3, 2]


@pytest.mark.parametrize(
    "data", [b"", b"abc", b"\0" * 200, vector_bytes(graph([(0, 1, 1, 1)], {1}))]
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "G.fst"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=r"G\.fst"):
        read_const(path)


def split(data: bytes) -> tuple[Fst, bytes]:
    """Return the transducer of a look-ahead file and the bytes of its reach data."""
    inner = data.index(b"\xd6\xfd\xb2\x7e", 4)
    fst = parse_const(data[inner:])
    size = len(const_bytes(fst))
    return fst, data[inner + size :]


def canonical(fst: Fst) -> np.ndarray:
    """Return arcs in one order: OpenFst's sort leaves equal labels in any order."""
    order = np.lexsort(
        (
            fst.arcs["next"],
            fst.arcs["weight"],
            fst.arcs["ilabel"],
            fst.arcs["olabel"],
            fst.sources(),
        )
    )
    return fst.arcs[order]


@pytest.mark.skipif(shutil.which("fstconvert") is None, reason="OpenFst's tools are not installed")
@pytest.mark.parametrize("seed", range(5))
def test_file_equals_the_one_of_openfst(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    states, count = 60, 240
    source, target = rng.integers(0, states, (2, count))
    # arcs without a word only go forward: with cycles both number labels well, but not alike
    silent = rng.random(count) < 0.7
    source, target = np.where(silent, np.sort([source, target], axis=0), [source, target])
    olabel = np.where(silent, 0, rng.integers(1, 25, count))
    final = np.where(rng.random(states) < 0.1, 1.5, np.inf).astype(np.float32)
    arcs = make_arcs(rng.integers(1, 50, count), olabel, rng.random(count), target)
    fst = from_arcs(0, final, source, arcs)
    (tmp_path / "in.fst").write_bytes(vector_bytes(fst))
    command = ["fstconvert", "--fst_type=olabel_lookahead"]
    command += [f"--save_relabel_opairs={tmp_path}/pairs", "in.fst", "out.fst"]
    environment = dict(os.environ, LD_PRELOAD=_library())
    subprocess.run(command, cwd=tmp_path, env=environment, check=True)

    theirs, their_reach = split((tmp_path / "out.fst").read_bytes())
    data, renumbered = lookahead_bytes(fst)
    ours, our_reach = split(data)
    lines = (tmp_path / "pairs").read_text().splitlines()
    pairs = dict(tuple(map(int, line.split())) for line in lines)
    assert {old: pairs[old] for old in renumbered} == renumbered
    assert our_reach == their_reach
    assert np.array_equal(ours.final, theirs.final)
    assert np.array_equal(ours.first, theirs.first)
    assert np.array_equal(canonical(ours), canonical(theirs))


def _library() -> str:
    found = sorted(Path("/usr/lib").rglob("libfstlookahead.so.*"))
    if not found:
        pytest.skip("OpenFst's look-ahead library is not installed")
    return str(found[-1])


def test_reach_data_has_openfst_s_layout() -> None:
    # 0 -eps-> 1 -a-> 2(final): worked out by hand from label-reachable.h
    final = np.array([np.inf, np.inf, 0], dtype=np.float32)
    fst = from_arcs(0, final, [0, 1], make_arcs([1, 2], [0, 7], 0.0, [1, 2]))
    data, renumbered = lookahead_bytes(fst)
    _, reach = split(data)
    assert renumbered == {7: 1}
    word, end = struct.pack("<qiii", 1, 1, 2, 1), struct.pack("<qiii", 1, 2, 3, 1)
    assert reach == bytes([1, 0, 1, 0, 0]) + struct.pack("<iq", 2, 3) + word + word + end
