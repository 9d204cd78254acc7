"""Freed memory and processors go back to the machine; measured in processes of their own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

# frees a large block, so that glibc raises its threshold, then many of half that size but the last
_PROGRAM = """
import sys
import numpy as np
from voice import frugal
if sys.argv[1] == "back":
    assert frugal.give_back()
large = np.ones(3 << 20)
del large
blocks = [np.ones(1 << 17) for _ in range(64)]
keep = blocks.pop()
blocks.clear()
lines = open("/proc/self/status").read().splitlines()
print(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="this C library has no mallopt")
def test_freed_memory_is_given_back() -> None:
    def resident(how: str) -> int:
        words = [sys.executable, "-c", _PROGRAM, how]
        return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)

    assert resident("back") < resident("keep") - 20_000


# numpy after the command line has begun
_THREADS = """
import os
from voice import cli
try:
    cli.main(["--version"])
except SystemExit:
    pass
import numpy
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is read")
@pytest.mark.parametrize(("wanted", "threads"), [(None, 1), ("2", 2)])
def test_numpy_works_in_one_thread_unless_the_user_wants_more(
    wanted: str | None, threads: int
) -> None:
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    if wanted:
        environment["OPENBLAS_NUM_THREADS"] = wanted
    words = [sys.executable, "-c", _THREADS]
    ran = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
    assert int(ran.stdout.splitlines()[-1]) == min(threads, os.cpu_count() or 1)
