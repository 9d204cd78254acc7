"""What this process asks of the libraries below it: to give memory and processors back.

Networks come and go by the megabyte. glibc gives every large block back at once, which costs more
than the work (an utterance's second pass took 92 ms, 197 ms with blocks of 128 kB and more given
back, half of it in the kernel), or, left alone, keeps what was once freed in up to eight places a
processor. So freed memory is reused while somebody speaks, and given back in between: 127 MB
instead of 156 after an utterance's second pass, and 3 ms.

OpenBLAS, below numpy, works with a thread a processor, and these wait for the next product by
turning round for about 0.1 s. Our products are small: none is quicker with two threads, but the
second pass took 180 ms of processor time instead of 92.
"""

from __future__ import annotations

import ctypes
import os
import sys

# from glibc's malloc.h, and what they are set to: 32 MB is the most that is taken
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_SETTINGS = {_TRIM_THRESHOLD: 32 << 20, _MMAP_THRESHOLD: 32 << 20, _ARENA_MAX: 2}


def begin() -> None:
    """Settle both for this process, before other threads begin and before numpy is imported."""
    # read once by OpenBLAS; the user's environment goes first
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    mallopt = _from_libc("mallopt")
    if mallopt:
        for name, value in _SETTINGS.items():
            mallopt(name, value)


def give_back() -> bool:
    """Give freed memory back to the machine (3 ms); tell whether this C library can.

    For any thread, when nothing is urgent. Sources: mallopt(3), malloc_trim(3).
    """
    trim = _from_libc("malloc_trim")
    if trim:
        trim(0)
    return trim is not None


def _from_libc(name: str) -> ctypes._NamedFuncPointer | None:
    """Return a function of glibc; None on another system, or with another C library (musl)."""
    if not sys.platform.startswith("linux"):
        return None
    return getattr(ctypes.CDLL(None), name, None)
