"""Is it meant for us at all? What is said in a room: "we are seeing the doctor next week".

An ear that is always open hears talk, requests to other devices and the television, and a library
of household words has something near to much of it. A small network over the question's vector,
which is there anyway, tells a remark or a request from a question, a problem told ("I dripped oil
on my blouse") or a bare subject ("leg cramps"). It knows nothing of subjects: no question of
knowledge, whatever it is about, was among the strays that it was fitted to (`script/bench
fit_stray`).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.perceptron import Perceptron, read

WEIGHTS = Path(__file__).with_name("stray.npz")
# Log odds from which on it is none of ours; see the figures of fit_stray.
THRESHOLD = 4.0


def stray(vector: NDArray[np.float32]) -> bool:
    """Tell whether an utterance, given its unit vector (384,), is not meant for us."""
    return bool(_network().odds(vector[None])[0] > THRESHOLD)


@lru_cache(maxsize=1)
def _network() -> Perceptron:
    return read(WEIGHTS)
