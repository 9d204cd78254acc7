"""Freed memory goes back to the machine; measured in a process of its own."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# frees a large block, so that glibc raises its threshold, then many of half that size but the last
_PROGRAM = """
import sys
import numpy as np
from voice import allocator
if sys.argv[1] == "back":
    assert allocator.give_back()
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
