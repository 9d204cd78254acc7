"""The loop without devices, faster than time: frames in, what happened and when out.

What hears and decides is the product's own (activity, endpointer, ears, understanding, the loop).
Narrator, loudspeaker and dialogue are stand-ins: either nothing is ever being said, or a reading
goes on whatever happens. Every utterance therefore meets the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from intents.types import ArticleId, Control, Decision, Ms, Quotation, Reply, Sentence, Spoken
from voice.activity import Activity
from voice.assistant import Assistant
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import WakeSettings
from voice.endpoint import FRAME_SAMPLES, Endpointer, Patience
from voice.events import Event
from voice.gate import Gate, Mode
from voice.listening import wake_word
from voice.overheard import Overheard
from voice.parts import Parts
from voice.wiring import Wiring

# What a reading reads.
QUOTATION = Quotation(ArticleId("reading"), Sentence("Reading.", 0, 8))
# Changes nothing in the loop: no step louder.
_NOTHING = Control("volume", 0)


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, and how much audio had gone in by then."""

    at_ms: float
    event: Event


class Source(Protocol):
    """A microphone that knows how many samples it gave."""

    at: int

    def frames(self) -> Iterator[Frame]:
        """Yield frames of 32 ms until the end."""


class Tape:
    """A microphone that plays an array of samples, int16 at 16 kHz."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self._samples = samples
        self.at = 0

    def frames(self) -> Iterator[Frame]:
        """Yield frames of 32 ms until the end."""
        for start in range(0, len(self._samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            self.at = start + FRAME_SAMPLES
            pcm = self._samples[start : self.at].astype("<i2").tobytes()
            yield Frame(pcm, Ms(start * 1000 // SAMPLE_RATE_HZ))


class _Loudspeaker:
    """Stands for narrator and loudspeaker: silent, or reading on and on what `reading` returns."""

    volume = 1.0
    rate_wpm = 165

    def __init__(self, reading: Callable[[], str] | None) -> None:
        self._reading = reading
        self.speaking = reading is not None
        self.current = QUOTATION if reading else None

    @property
    def nearby(self) -> str:
        return self._reading() if self._reading else ""

    def poll(self) -> list[Spoken]:
        return []

    def say(self, reply: Reply) -> None: ...

    def prepare(self, reply: Reply) -> None: ...

    def cut(self) -> None: ...

    def duck(self, ducked: bool = True) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def scale_rate(self, factor: float) -> None: ...

    def hold_next(self) -> None: ...


class _Dialogue:
    """Says nothing, and counts how often the product would have said something."""

    def __init__(self) -> None:
        self.asked = 0

    def heard(self, decision: Decision | None) -> Reply | Control:  # noqa: ARG002
        self.asked += 1
        return _NOTHING

    def preview(self, decision: Decision) -> Reply | Control:  # noqa: ARG002
        return _NOTHING

    def spoken(self, report: Spoken) -> None: ...


class Rehearsal:
    """One set of ears and one library for any number of recordings."""

    def __init__(
        self,
        wiring: Wiring,
        patience: Patience | None = None,
        reading: Callable[[], str] | None = None,
        *,
        opening: WakeSettings | None = None,
    ) -> None:
        """Read the models; `patience` replaces the product's endpoint times.

        With `reading`, the text that it returns is being read aloud all the time: what is said then
        is a remark into an answer. `opening` tells what opens the ear; without it the ear is always
        open.
        """
        self._wiring = wiring
        self._patience = patience
        self._reading = reading
        self._ears = wiring.ear(patient=True), wiring.command_ear()
        self._dialogue = _Dialogue()
        self._opening = opening or WakeSettings("always")

    @property
    def asked(self) -> int:
        """How often something would have been said so far."""
        return self._dialogue.asked

    def play(self, samples: NDArray[np.int16]) -> list[Happened]:
        """Run the loop over a recording, int16 at 16 kHz; return what it told, in order."""
        happened: list[Happened] = []
        self.run(Tape(samples), happened.append)
        return happened

    def run(self, source: Source, notice: Callable[[Happened], None]) -> None:
        """Run the loop until `source` ends; `notice` gets what it tells, when it does."""
        for ear in self._ears:
            ear.reset()
        # one a run: what is still to be heard belongs to its recording
        with closing(self._wiring.overheard(patient=True)) as overheard:
            parts = self._parts(source, overheard)
            ms = 1000 / SAMPLE_RATE_HZ
            Assistant(parts, lambda event: notice(Happened(source.at * ms, event))).run()

    def _parts(self, source: Source, overheard: Overheard) -> Parts:
        loudspeaker = cast(Any, _Loudspeaker(self._reading))
        return Parts(
            microphone=source,
            activity=Activity(),
            endpointer=Endpointer(self._patience),
            ear=self._ears[0],
            command_ear=self._ears[1],
            overheard=overheard,
            decide=self._wiring.understanding.decide,
            find_call=self._wiring.alarm.find,
            continues=self._wiring.continuations,
            turn_end=self._wiring.turn_end,
            parse_command=self._wiring.commands.parse,
            dialogue=self._dialogue,
            narrator=loudspeaker,
            speaker=loudspeaker,
            gate=Gate(cast(Mode, self._opening.mode), self._opening.followup_s),
            wake=wake_word(self._opening),
            phrase=self._opening.phrase,
            keep=lambda: None,
        )


def room(samples: Sequence[NDArray[np.int16]], seed: int = 0) -> NDArray[np.int16]:
    """Return the pieces one after the other over the faint noise of a quiet room (about -66 dB)."""
    whole = np.concatenate(samples).astype(np.float64)
    noise = np.random.default_rng(seed).normal(0.0, 16.0, len(whole))
    return np.clip(whole + noise, -32768, 32767).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    """Return samples of nothing."""
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


Play = Callable[[NDArray[np.int16]], list[Happened]]
