"""The second pass beside the first: keeps the utterance's audio and has it heard in the background.

In a silence the words so far are heard as a whole, so that the answer to "is this all?" and the
words themselves are ready when the silence has lasted long enough (70 ms on a PC's core).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.types import Hypothesis
from voice import frugal
from voice.audio import SAMPLE_RATE_HZ
from voice.fusing import fused
from voice.nbest import Alternative
from voice.second_pass import Encoded

# More than the endpointer's longest utterance; what is said after it is not reviewed.
_MOST_BYTES = 2 * SAMPLE_RATE_HZ * 25


class Second(Protocol):
    """voice.second_pass.SecondPass or a fake."""

    def encode(self, samples: NDArray[np.int16]) -> Encoded:
        """Return samples for `hear`."""

    def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
        """Return what is said."""

    def spells(self, word: str) -> bool:
        """Tell whether it can be expected to spell this word."""


class Review:
    """One utterance at a time. Audio is kept in memory until it ends."""

    def __init__(
        self,
        second: Second,
        *,
        patient: bool = False,
        for_one_ear: Container[str] = (),
    ) -> None:
        """Hear with `second`, in a thread of our own; close it after use.

        A patient one is waited for each time: where audio comes faster than it is spoken.
        `for_one_ear` are the words that only one ear of the first pass can hear.
        """
        self._second = second
        self._patient = patient
        self._for_one_ear = for_one_ear
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="second-pass")
        self._audio = bytearray()
        # what is being heard, and how much speech there was in it
        self._future: Future[tuple[Alternative, ...]] | None = None
        self._speech = -1

    def hear(self, pcm: bytes) -> None:
        """Take more of the utterance."""
        self._audio += pcm[: max(0, _MOST_BYTES - len(self._audio))]

    def so_far(self, first: Sequence[Hypothesis], speech: int) -> tuple[Hypothesis, ...] | None:
        """Return the guesses of both passes when they are ready, else None.

        `speech` says how much speech there was; more of it needs another hearing, which begins now
        unless one is under way.
        """
        if self._future is None or (self._future.done() and self._speech != speech):
            self._future = self._start(speech)
        ready = self._speech == speech and (self._patient or self._future.done())
        return self._fused(first, self._future) if ready else None

    def finish(self, first: Sequence[Hypothesis], speech: int) -> tuple[Hypothesis, ...]:
        """Return the guesses of both passes at the whole utterance, waiting for them."""
        if self._future is None or self._speech != speech:
            self._future = self._start(speech)
        return self._fused(first, self._future)

    def reset(self) -> None:
        """Forget the utterance; what is still being heard of it is nobody's business."""
        if self._future:
            self._future.cancel()
            # behind what is still being heard; the next utterance is a second away at least
            self._pool.submit(frugal.give_back)
        self._audio.clear()
        self._future = None
        self._speech = -1

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(cancel_futures=True)

    def _start(self, speech: int) -> Future[tuple[Alternative, ...]]:
        samples = np.frombuffer(bytes(self._audio), dtype="<i2")
        self._speech = speech
        return self._pool.submit(lambda: self._second.hear(self._second.encode(samples)))

    def _fused(
        self, first: Sequence[Hypothesis], second: Future[tuple[Alternative, ...]]
    ) -> tuple[Hypothesis, ...]:
        heard = second.result()
        return fused(first, heard, lambda word: not self._second.spells(word), self._for_one_ear)
