"""What opens the ear: always open, a wake word, or a key. Pure; time in samples.

After good night even an ear that is always open waits for the wake word or the key.

After an answer the ear stays open for a while, for a follow-up without the wake word; then it
closes by itself. While it is closed nothing is decoded but the wake word.
"""

from __future__ import annotations

from typing import Literal

from voice.audio import SAMPLE_RATE_HZ

Mode = Literal["always", "wake", "key"]


class Gate:
    """The state machine."""

    def __init__(self, mode: Mode = "always", followup_s: float = 8.0) -> None:
        """Begin closed unless `mode` is always."""
        self._mode = mode
        self._patience = round(followup_s * SAMPLE_RATE_HZ)
        self._left = 0
        self._sleeps = False
        self._called = False

    @property
    def open(self) -> bool:
        """Whether what is said now is for us."""
        return not self._sleeps and (self._mode == "always" or self._left > 0)

    def take_call(self) -> bool:
        """Tell, once, whether what was said is for us for certain: a wake word or a key came first.

        A follow-up without it, or what an ear hears that is always open, may be talk in the room.
        """
        called, self._called = self._called, False
        return called

    def wake(self) -> None:
        """Open, because the wake word was said or the key was pressed; or stay open."""
        self._left = self._patience
        self._sleeps = False
        self._called = True

    def close(self) -> None:
        """Close at once, because the listener said stop: the microphone must not surprise."""
        self._left = 0

    def sleep(self) -> None:
        """Close until `wake`, in every mode."""
        self._left, self._sleeps = 0, True

    def pass_time(self, samples: int, *, busy: bool) -> bool:
        """Let time pass; return whether the ear closed just now.

        While `busy` (somebody speaks, an answer is read) the time for a follow-up has not begun.
        """
        if self._mode == "always" or not self._left:
            return False
        self._left = self._patience if busy else max(0, self._left - samples)
        return not self._left
