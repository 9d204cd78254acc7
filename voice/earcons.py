"""The short sounds that tell what happens, made here from sines, and when they come; no files.

Two notes up mean listening, two down mean off, as lifts and trains have taught everybody. Every
sound is shorter than 200 ms and peaks 20 dB below full scale. Only "thinking" needs a clock: a
timer, which tests replace.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from threading import Timer
from typing import Literal, Protocol, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from intents.types import OutOfScope, Quotation
from voice.events import (
    Asleep,
    Awake,
    Event,
    Listening,
    NothingHeard,
    Saying,
    Thinking,
    Understood,
)

Name: TypeAlias = Literal["listening", "heard", "thinking", "nothing found", "off", "quotation"]
NAMES: tuple[Name, ...] = get_args(Name)

# -20 dB of full scale: heard beside speech, not over it.
PEAK = 3277
# -12 dB more at night.
NIGHT = 0.25
# Deciding that takes no longer than this is told by its result; people wait 1.5 s without unease.
THINKING_S = 0.7
# Rise and fall of a note; a sharper edge is heard as a click.
EDGE_MS = 5


@dataclass(frozen=True, slots=True)
class _Note:
    pitch_hz: float
    length_ms: int


_SOUNDS: dict[Name, tuple[_Note, ...]] = {
    "listening": (_Note(660, 60), _Note(990, 80)),
    "heard": (_Note(880, 60),),
    "thinking": (_Note(550, 50), _Note(550, 60)),
    # one high note, the shortest of all: it is heard once for each passage that is read
    "quotation": (_Note(1320, 45),),
    "nothing found": (_Note(440, 70), _Note(330, 110)),
    "off": (_Note(990, 60), _Note(495, 100)),
}


def earcon(name: Name, rate_hz: int, *, night: bool = False) -> bytes:
    """Return the sound: mono signed 16-bit little-endian at `rate_hz` samples a second."""
    samples = np.concatenate([_tone(note, rate_hz) for note in _SOUNDS[name]])
    level = PEAK * (NIGHT if night else 1.0)
    return bytes(np.rint(samples * level).astype("<i2").tobytes())


def name_for(event: Event) -> Name | None:
    """Return the sound that tells of an event, None for events that are heard anyway."""
    match event:
        case Listening() | Awake():
            return "listening"
        case Understood(_, OutOfScope(stray=True)):
            return None
        case NothingHeard() | Understood(_, OutOfScope()):
            return "nothing found"
        case Understood():
            return "heard"
        case Asleep():
            return "off"
        case _:
            return None


class Waiting(Protocol):
    """Something that will be done later: threading.Timer or a fake."""

    def cancel(self) -> None:
        """Let it not happen."""


def later(seconds: float, act: Callable[[], None]) -> Waiting:
    """Do something after some time, in a thread of its own."""
    timer = Timer(seconds, act)
    timer.daemon = True
    timer.start()
    return timer


class Marks:
    """Plays a short sound where Readback's own words end and an article's begin."""

    def __init__(self, play: Callable[[Name], None]) -> None:
        """Begin outside a quotation."""
        self._play = play
        self._quoting = False

    def __call__(self, event: Event) -> None:
        """Follow what is being said."""
        if isinstance(event, Saying):
            quoting = isinstance(event.utterance, Quotation)
            if quoting and not self._quoting:
                self._play("quotation")
            self._quoting = quoting
        elif isinstance(event, Listening | Asleep):
            self._quoting = False


class Chimes:
    """Plays the sound for each event, quieter at night.

    The sound for thinking comes only when no other event does within THINKING_S.
    """

    def __init__(
        self,
        mix: Callable[[bytes], None],
        rate_hz: Callable[[], int],
        is_night: Callable[[], bool],
        wait: Callable[[float, Callable[[], None]], Waiting] = later,
    ) -> None:
        """Give sounds to `mix`, at the rate that `rate_hz` tells."""
        self._mix = mix
        self._wait = wait
        self._waiting: Waiting | None = None
        self._rate_hz = rate_hz
        self._is_night = is_night

    def __call__(self, event: Event) -> None:
        """Tell of an event."""
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        if isinstance(event, Thinking):
            self._waiting = self._wait(THINKING_S, lambda: self.play("thinking"))
        name = name_for(event)
        if name:
            self.play(name)

    def play(self, name: Name) -> None:
        """Let one sound be heard now."""
        self._mix(earcon(name, self._rate_hz(), night=self._is_night()))


def span(text: str) -> tuple[datetime.time, datetime.time]:
    """Return begin and end of a night written "22:00-07:00"; ValueError when it is not."""
    begin, _, end = text.partition("-")
    return datetime.time.fromisoformat(begin.strip()), datetime.time.fromisoformat(end.strip())


def _tone(note: _Note, rate_hz: int) -> NDArray[np.float64]:
    """Return one note with soft edges, at most 1."""
    at = np.arange(note.length_ms * rate_hz // 1000) / rate_hz
    edge = EDGE_MS / 1000
    rise = np.minimum(np.minimum(at, at[-1] - at) / edge, 1.0)
    tone: NDArray[np.float64] = np.sin(2 * np.pi * note.pitch_hz * at) * np.sin(np.pi / 2 * rise)
    return tone


def is_night(time: datetime.time, begin: datetime.time, end: datetime.time) -> bool:
    """Tell whether `time` lies from `begin` up to `end`, which may be on the next day."""
    if begin <= end:
        return begin <= time < end
    return time >= begin or time < end
