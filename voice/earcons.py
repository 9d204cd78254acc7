"""Pure: the short sounds that tell what happens, made here from sines; no files, no clock.

Two notes up mean listening, two down mean off, as lifts and trains have taught everybody. Every
sound is shorter than 200 ms and peaks 20 dB below full scale.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from intents.types import OutOfScope
from voice.events import Asleep, Awake, Event, Listening, NothingHeard, Understood

Name: TypeAlias = Literal["listening", "heard", "nothing found", "off"]
NAMES: tuple[Name, ...] = get_args(Name)

# -20 dB of full scale: heard beside speech, not over it.
PEAK = 3277
# -12 dB more at night.
NIGHT = 0.25
# Rise and fall of a note; a sharper edge is heard as a click.
EDGE_MS = 5


@dataclass(frozen=True, slots=True)
class _Note:
    pitch_hz: float
    length_ms: int


_SOUNDS: dict[Name, tuple[_Note, ...]] = {
    "listening": (_Note(660, 60), _Note(990, 80)),
    "heard": (_Note(880, 60),),
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
        case NothingHeard() | Understood(_, OutOfScope()):
            return "nothing found"
        case Understood():
            return "heard"
        case Asleep():
            return "off"
        case _:
            return None


class Chimes:
    """Plays the sound for each event, quieter at night."""

    def __init__(
        self,
        mix: Callable[[bytes], None],
        rate_hz: Callable[[], int],
        is_night: Callable[[], bool],
    ) -> None:
        """Give sounds to `mix`, at the rate that `rate_hz` tells."""
        self._mix = mix
        self._rate_hz = rate_hz
        self._is_night = is_night

    def __call__(self, event: Event) -> None:
        """Tell of an event."""
        name = name_for(event)
        if name:
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
