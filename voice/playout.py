"""Pure: which samples go to the loudspeaker next, and what of them has been heard.

Driven from two sides without locks. `fill` runs in the audio callback and owns the reading
position; `add`, `mix`, `gain`, `paused` and `hold_next` may be used from another thread at any time
(one assignment or one deque operation each). `cut` may only run while the callback does not.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from intents.types import Ms, Spoken

BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Clip:
    """One utterance's samples at the loudspeaker's rate: mono signed 16-bit."""

    data: bytes
    turn: int
    index: int

    @property
    def samples(self) -> int:
        """How many there are."""
        return len(self.data) // BYTES_PER_SAMPLE


@dataclass(slots=True)
class _Passage:
    """A clip on its way to the ear."""

    clip: Clip
    # how many of the clip's samples were given out
    given: int = 0
    # the stream's count right after the last of them; None before the first
    end: int | None = None


class Playout:
    """A queue of clips turned into one endless stream of samples, silence in between.

    `delay` is the number of samples between giving one out and hearing it: what has been given out
    within the last `delay` samples does not count as heard.
    """

    def __init__(self, rate_hz: int, delay: int = 0, lead: int = 0) -> None:
        """Start with `lead` samples of silence, for devices that swallow their first moment."""
        self.rate_hz = rate_hz
        self.delay = delay
        self._lead = lead
        self.gain = 1.0
        self.paused = False
        # pause when the clip that is being given out has ended
        self.hold_next = False
        self._waiting: deque[_Passage] = deque()
        # given out completely, but still on their way to the ear
        self._sounding: deque[_Passage] = deque()
        # sounds over the clips; the first is the one that sounds
        self._mixed: deque[bytes] = deque()
        # samples given out so far, silence included
        self._given = 0

    @property
    def given(self) -> int:
        """Samples given out so far, silence included: the stream's own clock."""
        return self._given

    @property
    def busy(self) -> bool:
        """Whether something is playing or waiting to be played."""
        return bool(self._waiting or self._sounding)

    def add(self, clip: Clip) -> None:
        """Play a clip after everything added before."""
        self._waiting.append(_Passage(clip))

    def mix(self, data: bytes) -> None:
        """Let a short sound be heard at once over whatever plays; it never delays a clip."""
        self._mixed.append(data)

    def fill(self, count: int) -> tuple[bytes, list[Spoken]]:
        """Return the next `count` bytes (an even number) and the clips heard to their end."""
        parts: list[bytes] = [bytes(min(count, self._lead * BYTES_PER_SAMPLE))]
        led = len(parts[0])
        wanted = count - len(parts[0])
        self._lead -= len(parts[0]) // BYTES_PER_SAMPLE
        self._given += len(parts[0]) // BYTES_PER_SAMPLE
        # a clip without sound has been given out as soon as the one before it ends
        while self._waiting and not self.paused and (wanted or not self._waiting[0].clip.data):
            part = self._take(wanted)
            wanted -= len(part)
            parts.append(part)
        parts.append(bytes(wanted))
        self._given += wanted // BYTES_PER_SAMPLE
        data = self._over(b"".join(parts), led)
        return (data if self.gain == 1.0 else scaled(data, self.gain)), self._heard()

    def cut(self) -> list[Spoken]:
        """Drop everything; report each clip that had begun, with what was heard of it."""
        dropped = [*self._sounding, *self._waiting]
        self._sounding.clear()
        self._waiting.clear()
        self._mixed.clear()
        self.paused = self.hold_next = False
        return [self._report(passage) for passage in dropped if passage.end is not None]

    def heard_ms(self) -> Ms:
        """Return how much of the clip now sounding has been heard."""
        for clips in (self._sounding, self._waiting):
            try:
                return self._report(clips[0]).played_ms
            except IndexError:
                continue
        return Ms(0)

    def _over(self, data: bytes, start: int) -> bytes:
        """Return `data` with the mixed-in sound added from byte `start` on."""
        if not self._mixed or start == len(data):
            return data
        sound = self._mixed.popleft()
        length = min(len(sound), len(data) - start)
        if len(sound) > length:
            self._mixed.appendleft(sound[length:])
        both = np.frombuffer(data, "<i2").astype(np.int32)
        first = start // BYTES_PER_SAMPLE
        both[first : first + length // BYTES_PER_SAMPLE] += np.frombuffer(sound[:length], "<i2")
        return bytes(np.clip(both, -32768, 32767).astype("<i2").tobytes())

    def _take(self, wanted: int) -> bytes:
        """Give out at most `wanted` bytes of the first waiting clip."""
        passage = self._waiting[0]
        start = passage.given * BYTES_PER_SAMPLE
        part = passage.clip.data[start : start + wanted]
        passage.given += len(part) // BYTES_PER_SAMPLE
        self._given += len(part) // BYTES_PER_SAMPLE
        passage.end = self._given
        if passage.given >= passage.clip.samples:
            # in this order, so that `busy` never sees it in neither
            self._sounding.append(passage)
            self._waiting.popleft()
            self.paused = self.paused or self.hold_next
        return part

    def _heard(self) -> list[Spoken]:
        """Take out the clips whose last sample has been heard."""
        reports = []
        while self._sounding and not self._on_the_way(self._sounding[0]):
            reports.append(self._report(self._sounding.popleft()))
        return reports

    def _report(self, passage: _Passage) -> Spoken:
        clip = passage.clip
        heard = passage.given - self._on_the_way(passage)
        played = Ms(heard * 1000 // self.rate_hz)
        return Spoken(clip.turn, clip.index, played, heard >= clip.samples)

    def _on_the_way(self, passage: _Passage) -> int:
        """Return how many of the clip's samples were given out but not heard yet.

        After a pause within the last `delay` samples this may count some as not heard that were:
        whoever goes back then hears a little twice, never too little.
        """
        if passage.end is None:
            return 0
        return min(passage.given, max(0, passage.end + self.delay - self._given))


def scaled(data: bytes, gain: float) -> bytes:
    """Return 16-bit samples times `gain`, limited instead of wrapped around."""
    loud = np.rint(np.frombuffer(data, "<i2").astype(np.float32) * gain)
    limited = np.clip(loud, -32768, 32767).astype("<i2")
    return bytes(limited.tobytes())
