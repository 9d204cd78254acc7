"""Calls for help that are spoken into an answer.

While the loudspeaker plays, only short commands are listened for (voice/interruption.py says why),
and the recognizer for them knows no other words. What was no command is therefore heard once more
as a whole, in the background, and only a call for help in it is acted on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from intents.guesses import best_of_each_ear
from intents.text import normalize, words
from intents.types import Hypothesis
from voice.audio import Frame
from voice.interruption import without
from voice.reviewing import Second

# Returns the words that call for help.
Find = Callable[[Sequence[Hypothesis]], str | None]
# Guesses at what was said, and the text that was playing.
_Heard = tuple[tuple[Hypothesis, ...], str]
# With more than this share of the words of what is playing, it is the loudspeaker that was heard:
# articles too say "call an ambulance".
_ECHO = 0.5


class Calls:
    """Takes remarks from the loop's thread and tells it, some frames later, of a call for help."""

    def __init__(self, find: Find, second: Second | None, *, patient: bool = False) -> None:
        """Hear with `second`, in a thread of our own; without it the first guesses must do.

        A patient one is waited for: where audio comes faster than it is spoken.
        """
        self._find = find
        self._second = second
        self._patient = patient
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="calls")
        self._waiting: deque[Future[_Heard]] = deque()

    def listen(self, said: Sequence[Frame], heard: Sequence[Hypothesis], playing: str) -> None:
        """Take a remark that was no command: its audio, the first guesses, and what was playing."""
        pcm = b"".join(frame.pcm for frame in said)
        first = best_of_each_ear(heard)
        if first or self._second:
            self._waiting.append(self._pool.submit(self._hear, pcm, first, playing))

    def found(self) -> tuple[tuple[Hypothesis, ...], str] | None:
        """Return (guesses, the words that call for help) of a remark, if one was a call."""
        while self._waiting and (self._patient or self._waiting[0].done()):
            guesses, playing = self._waiting.popleft().result()
            own = tuple(guess for guess in guesses if not _echoes(guess.text, playing))
            call = self._find(own) if own else None
            if call:
                self._waiting.clear()
                return own, call
        return None

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(cancel_futures=True)

    def _hear(self, pcm: bytes, first: tuple[Hypothesis, ...], playing: str) -> _Heard:
        if self._second is None:
            return first, playing
        sound = self._second.encode(np.frombuffer(pcm, "<i2"))
        again = (Hypothesis(a.text, a.probability, "second") for a in self._second.hear(sound))
        # the free ear has words that the network misses ("i think i talk too many fields")
        return (*again, *first), playing


def _echoes(text: str, playing: str) -> bool:
    said = len(normalize(text).split())
    return said - len(without(text, set(words(playing)))) > _ECHO * said
