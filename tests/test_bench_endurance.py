"""The endurance bench: what it counts, and what it calls growth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.endurance import Clock, EnduranceError, Look, children, clock, growth_kb, look

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


def test_memory_files_and_threads_are_this_process() -> None:
    before = look(0)
    ballast = np.ones(40 * 2**20, np.uint8)
    with Path(__file__).open() as opened:
        after = look(7)
    assert opened.closed
    assert after.turn == 7
    assert after.own_kb - before.own_kb > 30 * 1024, ballast.nbytes
    assert after.files == before.files + 1
    assert after.threads >= 1


def test_the_speech_child_is_counted_apart() -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; print(flush=True); sys.stdin.read()",
        "speech_worker",
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as child:
        assert child.stdout
        child.stdout.readline()
        assert children(clock_pid := look_pid(), "speech_worker") == [child.pid]
        assert child.pid in children(clock_pid)
        assert look(0).speech_kb > 1000
        assert child.stdin
        child.stdin.close()
    assert look(0).speech_kb == 0


def look_pid() -> int:
    return int(Path("/proc/self").readlink().name)


def test_growth_is_counted_from_the_hundredth_turn_on() -> None:
    looks = [Look(0, 100, 10, 5, 1), Look(100, 1000, 20, 5, 1), Look(300, 1300, 120, 5, 1)]
    assert growth_kb(looks) == 2.0
    assert growth_kb(looks[:2]) is None


def test_shares_are_percent_of_one_core() -> None:
    assert Clock(10.0, 1.0, 0.5).share(Clock(20.0, 2.5, 1.0)) == (15.0, 5.0)
    with pytest.raises(EnduranceError, match="no time passed"):
        Clock(10.0, 1.0, 0.5).share(Clock(10.0, 2.5, 1.0))


def test_processor_time_is_counted() -> None:
    before = clock(look_pid())
    while (after := clock(look_pid())).own_s < before.own_s + 0.05:
        sum(range(10_000))
    own, _ = before.share(after)
    assert own > 0
