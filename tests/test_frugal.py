"""Freed memory and processors go back to the machine; measured in processes of their own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

# frees large blocks between others, so that the heap's top stays
_PROGRAM = """
import sys
from voice import frugal
frugal.begin()
import numpy as np
blocks = [np.ones(1 << 17) for _ in range(64)]
keep = blocks.pop()
blocks.clear()
if sys.argv[1] == "back":
    assert frugal.give_back()
lines = open("/proc/self/status").read().splitlines()
print(next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")))
"""
# how often the kernel is asked for a page while blocks come and go
_REUSE = """
import resource
from voice import frugal
frugal.begin()
import numpy as np
for _ in range(3):
    np.ones(1 << 17), np.ones(1 << 17)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(100):
    np.ones(1 << 17), np.ones(1 << 17)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
_GLIBC = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="this C library has no such settings"
)


def _printed(program: str, *words: str) -> int:
    command = [sys.executable, "-c", program, *words]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@_GLIBC
def test_freed_memory_is_given_back_when_asked() -> None:
    assert _printed(_PROGRAM, "back") < _printed(_PROGRAM, "keep") - 20_000


@_GLIBC
def test_until_then_it_is_reused() -> None:
    # 100 times two blocks of 256 pages
    assert _printed(_REUSE) < 1000


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
