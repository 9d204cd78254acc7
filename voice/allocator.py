"""How the C library keeps freed memory: give it back, for networks come and go by the megabyte.

glibc raises its threshold for mapping with the largest block freed, and then keeps such blocks for
itself, in up to eight places a processor. Two spoken questions left 391 MB resident; with these
settings 329 MB (2 processors, x86-64), and no slower.
"""

from __future__ import annotations

import ctypes
import sys

# from glibc's malloc.h, and what they are set to
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_SETTINGS = {_TRIM_THRESHOLD: 128 * 1024, _MMAP_THRESHOLD: 128 * 1024, _ARENA_MAX: 2}


def give_back() -> bool:
    """Have freed memory given back; tell whether this C library can be told to.

    To be called before other threads begin. Source: mallopt(3).
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        # another C library, such as musl, which gives back anyway
        return False
    done = [mallopt(name, value) for name, value in _SETTINGS.items()]
    return done == [1] * len(_SETTINGS)
