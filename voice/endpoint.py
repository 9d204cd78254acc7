"""When somebody has begun to speak, and when they have finished. Pure: no audio, no clock.

Fed with the voice-activity probability of each 32 ms frame; time is counted in samples. How long a
silence ends the utterance depends on what was said so far, which only the caller can judge: a whole
question ends at once, "what causes ..." is waited for.

Judging the sound itself was tried: the end-of-turn network smart-turn 3.2 heard 120 sentences and
100 commands, spoken by people, and each of them cut at its quietest place, with 0.3 s of silence
after it. It took half to two thirds of the cut ones for finished (area under the curve 0.73 and
0.83; on four synthetic voices 0.47 to 0.66), so it cannot shorten a wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from intents.completeness import Completeness
from intents.errors import ReadbackError
from intents.types import Ms
from voice.audio import SAMPLE_RATE_HZ

# Silero's frame at 16 kHz: 32 ms.
FRAME_SAMPLES = 512

# A frame is voice above 0.5 when waiting, and above 0.35 while somebody speaks: the two thresholds
# that Silero's own iterator uses, so that soft endings of words are kept.
_VOICE_BEGINS = 0.5
_VOICE_LASTS = 0.35
# ... while the loudspeaker plays: of 64 "stop" and "repeat" by eight synthetic voices, 20 dB below
# their echo, 5 were never above 0.5 for long enough, for what is left of a voice has holes where
# the echo was taken out. All were above this. In 15 minutes of reading and household noise it opens
# 32 times instead of 20.
_MASKED_BEGINS = 0.3
# Speech begins when 4 of 6 frames are voice: a click or a cough of under 100 ms opens nothing.
_OPENING, _OPENING_VOICED = 6, 4
# In a silence one frame of voice is a click, two in a row are speech again.
_AGAIN = 2


class EndpointError(ReadbackError):
    """A probability that is none."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what."""

    # the ear gets this much audio from before the first voiced frame
    pre_roll_ms: Ms = Ms(300)  # noqa: RUF009 - Ms is a plain int
    # silence that ends a question the library can answer as it stands (human turns leave 200 ms)
    complete_ms: Ms = Ms(300)  # noqa: RUF009
    # ... one that it can answer and that could go on
    nearly_ms: Ms = Ms(700)  # noqa: RUF009
    # ... one that it nearly can
    likely_ms: Ms = Ms(1000)  # noqa: RUF009
    # ... one of which nothing can be made: more may come, and a refusal may take its time
    unknown_ms: Ms = Ms(2100)  # noqa: RUF009
    # ... one that ends in "of", "the" or "what causes"
    unfinished_ms: Ms = Ms(2500)  # noqa: RUF009
    # the longest utterance, counted from its start: a television talks on
    longest_ms: Ms = Ms(15_000)  # noqa: RUF009


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks."""

    # the first sample for the ear, pre-roll included
    start: int
    # the sample at which this was known
    at: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """They have finished."""

    start: int
    # just past the last sample with voice in it
    end: int
    at: int
    # what the caller said last: "unfinished" means that the rest should be asked for
    completeness: Completeness = "likely"


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Somebody never stopped; quiet comes first before the next start."""

    start: int
    at: int


Event: TypeAlias = SpeechStarted | SpeechEnded | TimedOut


class Endpointer:
    """The state machine; the same frames give the same events however they are portioned."""

    def __init__(self, patience: Patience | None = None) -> None:
        """Wait for speech from sample 0 on."""
        self._patience = patience or Patience()
        self._samples = 0
        self._begin()

    @property
    def speaking(self) -> bool:
        """Whether an utterance is open."""
        return self._start is not None

    @property
    def samples(self) -> int:
        """How much was fed since the beginning."""
        return self._samples

    @property
    def silence_ms(self) -> Ms:
        """How long it has been silent inside the open utterance; 0 while somebody speaks."""
        if self._start is None:
            return Ms(0)
        return Ms((self._samples - self._voice_end) * 1000 // SAMPLE_RATE_HZ)

    def tell(self, completeness: Completeness) -> None:
        """Say what is known of the utterance so far; holds until told otherwise or it ends."""
        self._complete: Completeness = completeness

    def reset(self) -> None:
        """Forget the utterance and wait for a new one from here on; the sample count goes on."""
        self._begin()

    def feed(self, probability: float, *, masked: bool = False) -> Event | None:
        """Take the probability of voice (0 to 1) of the next frame; return what it means.

        `masked` says that the loudspeaker plays. Raises EndpointError for a value outside 0 to 1;
        nothing has changed then.
        """
        if not 0.0 <= probability <= 1.0:
            raise EndpointError(
                f"a probability of voice must be from 0 to 1, not {probability!r}; "
                "check the activity detector"
            )
        self._samples += FRAME_SAMPLES
        if self._quiet:
            self._recover(probability)
            return None
        if self._start is None:
            return self._waiting(probability, _MASKED_BEGINS if masked else _VOICE_BEGINS)
        return self._speaking(probability, self._start)

    def accept(self, probabilities: Sequence[float], *, masked: bool = False) -> list[Event]:
        """Take any number of frames; return what happened, in order."""
        events = (self.feed(probability, masked=masked) for probability in probabilities)
        return [event for event in events if event is not None]

    def _begin(self) -> None:
        self._since = self._samples
        self._recent: deque[bool] = deque(maxlen=_OPENING)
        self._start: int | None = None
        self._voice_end = self._samples
        self._run = 0
        # silence that must come before the next start; 0 when none must
        self._quiet = Ms(0)
        self._complete = "likely"

    def _waiting(self, probability: float, begins: float) -> Event | None:
        self._recent.append(probability >= begins)
        if sum(self._recent) >= _OPENING_VOICED:
            return self._opened()
        return None

    def _opened(self) -> Event:
        first = len(self._recent) - list(self._recent).index(True)
        voiced = self._samples - first * FRAME_SAMPLES
        self._start = max(self._since, voiced - _samples(self._patience.pre_roll_ms))
        self._voice_end = self._samples
        self._run = 0
        return SpeechStarted(self._start, self._samples)

    def _speaking(self, probability: float, start: int) -> Event | None:
        self._hear(probability)
        if self._samples - self._voice_end >= _samples(self._silence()):
            event = SpeechEnded(start, self._voice_end, self._samples, self._complete)
            self._begin()
            return event
        if self._samples - start >= _samples(self._patience.longest_ms):
            return self._give_up(start)
        return None

    def _hear(self, probability: float) -> None:
        """Move the end of voice; after a silence only a second voiced frame in a row does."""
        voiced = probability >= _VOICE_LASTS
        adjoins = self._voice_end == self._samples - FRAME_SAMPLES
        self._run = self._run + 1 if voiced else 0
        if voiced and (adjoins or self._run >= _AGAIN):
            if not adjoins:
                # they went on: what was known of the words so far no longer holds
                self._complete = "likely"
            self._voice_end = self._samples

    def _silence(self) -> Ms:
        return {
            "complete": self._patience.complete_ms,
            "nearly": self._patience.nearly_ms,
            "likely": self._patience.likely_ms,
            "unknown": self._patience.unknown_ms,
            "unfinished": self._patience.unfinished_ms,
        }[self._complete]

    def _give_up(self, start: int) -> Event:
        event = TimedOut(start, self._samples)
        self._begin()
        self._quiet = self._patience.likely_ms
        return event

    def _recover(self, probability: float) -> None:
        """Listen again only when it has been quiet for long enough."""
        if probability >= _VOICE_LASTS:
            self._voice_end = self._samples
        if self._samples - self._voice_end >= _samples(self._quiet):
            self._begin()


def _samples(ms: Ms) -> int:
    return ms * SAMPLE_RATE_HZ // 1000
