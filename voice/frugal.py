"""What this process asks of the libraries below it: to give memory and processors back.

glibc raises its threshold for mapping with the largest block freed, and then keeps such blocks for
itself, in up to eight places a processor. Two spoken questions left 391 MB resident; with these
settings 329 MB (2 processors, x86-64), and no slower.

OpenBLAS, below numpy, works with a thread a processor, and these wait for the next product by
turning round for about 0.1 s. Our products are small: none is quicker with two threads, but one
hearing of the second pass took 180 ms of processor time instead of 92, and with both ears at work
on two processors 210 to 460 ms until it was there instead of 110 to 250.
"""

from __future__ import annotations

import ctypes
import os
import sys

# from glibc's malloc.h, and what they are set to
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_SETTINGS = {_TRIM_THRESHOLD: 128 * 1024, _MMAP_THRESHOLD: 128 * 1024, _ARENA_MAX: 2}


def one_thread() -> None:
    """Have numpy's products made in one thread, unless the user's environment says otherwise.

    To be called before numpy is imported: OpenBLAS reads it once.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


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
