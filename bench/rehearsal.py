"""The loop without devices, faster than time: frames in, what happened and when out.

Everything that decides is the product's own (activity, endpointer, ears, understanding, dialogue);
only the loudspeaker is mute, and an answer is over as soon as it began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from intents.types import Control, Decision, Ms, Reply, Spoken
from voice.activity import Activity
from voice.assistant import Assistant
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.endpoint import Endpointer, Patience
from voice.events import Event
from voice.gate import Gate
from voice.parts import Parts
from voice.wiring import Wiring

FRAME_SAMPLES = 512


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, and how much audio had gone in by then."""

    at_ms: float
    event: Event


class _Mute:
    """Stands for narrator and loudspeaker: everything is said at once."""

    speaking = False
    current = None
    nearby = ""
    volume = 1.0

    def poll(self) -> list[Spoken]:
        return []

    def say(self, reply: Reply) -> None: ...

    def prepare(self, reply: Reply) -> None: ...

    def cut(self) -> None: ...

    def duck(self, ducked: bool = True) -> None: ...

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def scale_rate(self, factor: float) -> None: ...


class _Quiet:
    """Stands for the dialogue: says nothing, so that every utterance is judged by itself."""

    def heard(self, decision: Decision | None) -> Reply | Control:  # noqa: ARG002
        return Control("stop")

    def preview(self, decision: Decision) -> Reply | Control:  # noqa: ARG002
        return Control("stop")

    def spoken(self, report: Spoken) -> None: ...


class _Tape:
    """A microphone that plays an array of samples, int16 at 16 kHz."""

    def __init__(self, samples: NDArray[np.int16]) -> None:
        self._samples = samples
        self.at = 0

    def frames(self) -> Iterator[Frame]:
        for start in range(0, len(self._samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            self.at = start + FRAME_SAMPLES
            pcm = self._samples[start : self.at].astype("<i2").tobytes()
            yield Frame(pcm, Ms(start * 1000 // SAMPLE_RATE_HZ))


class Rehearsal:
    """One set of ears and one library for any number of recordings."""

    def __init__(self, wiring: Wiring, patience: Patience | None = None) -> None:
        """Read the models; `patience` replaces the product's endpoint times."""
        self._wiring = wiring
        self._patience = patience
        self._ears = wiring.ear(), wiring.command_ear()
        self._decide = wiring.understanding.decide

    def play(self, samples: NDArray[np.int16]) -> list[Happened]:
        """Run the loop over a recording, int16 at 16 kHz; return what it told, in order."""
        tape = _Tape(samples)
        happened: list[Happened] = []

        def note(event: Event) -> None:
            happened.append(Happened(tape.at * 1000 / SAMPLE_RATE_HZ, event))

        mute = cast(Any, _Mute())
        for ear in self._ears:
            ear.reset()
        parts = Parts(
            microphone=tape,
            activity=Activity(),
            endpointer=Endpointer(self._patience),
            ear=self._ears[0],
            command_ear=self._ears[1],
            decide=self._decide,
            continues=self._wiring.continuations,
            parse_command=self._wiring.commands.parse,
            dialogue=_Quiet(),
            narrator=mute,
            speaker=mute,
            gate=Gate(),
            wake=None,
            phrase="",
            keep=lambda: None,
        )
        Assistant(parts, note).run()
        return happened


def room(samples: Sequence[NDArray[np.int16]], seed: int = 0) -> NDArray[np.int16]:
    """Return the pieces one after the other over the faint noise of a quiet room (about -66 dB)."""
    whole = np.concatenate(samples).astype(np.float64)
    noise = np.random.default_rng(seed).normal(0.0, 16.0, len(whole))
    return np.clip(whole + noise, -32768, 32767).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    """Return samples of nothing."""
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), np.int16)


Play = Callable[[NDArray[np.int16]], list[Happened]]
