"""What opens the ear: always open, a wake word, or a key. Pure; time in samples.

After good night even an ear that is always open waits for the wake word or the key.

After an answer the ear stays open for a while, for a follow-up without the wake word; then it
closes by itself. While it is closed nothing is decoded but the wake word.
"""

from __future__ import annotations

from typing import Literal

from voice.audio import SAMPLE_RATE_HZ

Mode = Literal["always", "wake", "key"]


# Who called needs time to begin, also where no follow-up is wanted: to find words takes seconds.
CALL_S = 8.0


class Gate:
    """The state machine."""

    def __init__(self, mode: Mode = "always", followup_s: float = 8.0) -> None:
        """Begin closed unless `mode` is always.

        After an answer the ear stays open for `followup_s`, after a call at least for CALL_S.
        """
        self._mode = mode
        self._after_answer = round(followup_s * SAMPLE_RATE_HZ)
        self._after_call = max(self._after_answer, round(CALL_S * SAMPLE_RATE_HZ))
        self._awake = False
        self._sleeps = False
        # woken, and nothing was understood since
        self._called = False
        # samples since the call, or since somebody spoke or was answered
        self._quiet = 0

    @property
    def open(self) -> bool:
        """Whether what is said now is for us."""
        return not self._sleeps and (self._mode == "always" or self._awake)

    @property
    def always(self) -> bool:
        """Whether everybody is listened to, without a call."""
        return self._mode == "always" and not self._sleeps

    def take_call(self) -> bool:
        """Tell, once, whether what was said is for us for certain: a wake word or a key came first.

        A follow-up without it, or what an ear hears that is always open, may be talk in the room.
        """
        called, self._called = self._called, False
        return called

    def wake(self) -> None:
        """Open, because the wake word was said or the key was pressed; or stay open."""
        self._awake = self._called = True
        self._sleeps = False
        self._quiet = 0

    def close(self) -> None:
        """Close at once, because the listener said stop: the microphone must not surprise."""
        self._awake = self._called = False

    def sleep(self) -> None:
        """Close until `wake`, in every mode."""
        self.close()
        self._sleeps = True

    def pass_time(self, samples: int, *, busy: bool) -> bool:
        """Let time pass; return whether the ear closed just now.

        While `busy` (somebody speaks, an answer is read) the time for a follow-up has not begun.
        """
        self._quiet = 0 if busy else self._quiet + samples
        patience = self._after_call if self._called else self._after_answer
        if busy or not self._awake or self._quiet < patience:
            return False
        # a call of long ago is none either where the ear stays open
        self.close()
        return not self.open
