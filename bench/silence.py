"""Questions that nobody asked: what the listening loop makes of silence and household noise.

    script/bench silence FILES... [--minutes 20] [--json]

FILES are recordings, or folders of them, in which nobody speaks to us. They are heard one after
the other, with as much digital silence and as much faint noise beside them, and again until the
minutes are over, by the loop that listens to a microphone: voice activity, endpoints, both ears,
understanding. Nothing is played. An utterance in which words were heard is imagined; it is counted
by what would have been done about it. The goal is none.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.coffee import read_noise
from bench.rehearsal import Happened, Rehearsal
from intents.errors import ReadbackError
from intents.types import Hypothesis, Ms
from models.errors import ModelError
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import Settings
from voice.endpoint import FRAME_SAMPLES
from voice.events import NothingHeard, Understood
from voice.wiring import Wiring

_SUFFIXES = {".wav", ".flac", ".ogg", ".opus"}
# Of each minute without noise, half is digital silence and half as faint as a quiet room.
_QUIET_S = 30
# Root mean square of the faint part, in steps of 16 bits (about -70 dB of full scale).
_ROOM = 10.0

Samples = NDArray[np.int16]


class BenchError(ReadbackError):
    """Recordings that cannot be used."""


@dataclass(slots=True)
class Imagined:
    """What happened although nobody spoke."""

    minutes: float
    # kind of decision -> how often
    decisions: Counter[str] = field(default_factory=Counter)
    # recording or "silence" -> how often words were heard in it
    sources: Counter[str] = field(default_factory=Counter)
    # like speech, but no words
    without_words: int = 0
    # times at which the loudspeaker would have said something
    spoken: int = 0
    # CPU seconds a second of audio
    rtf: float = 0.0

    def as_json(self) -> dict[str, object]:
        """Return what the last line prints."""
        return {
            "minutes": round(self.minutes, 2),
            "imagined": self.decisions.total(),
            "decisions": dict(self.decisions),
            "sources": dict(self.sources),
            "without_words": self.without_words,
            "spoken": self.spoken,
            "rtf": round(self.rtf, 3),
        }


class Room:
    """The microphone: the recordings in turn until the time is over, with quiet between."""

    def __init__(self, recordings: Sequence[tuple[str, Samples]], minutes: float) -> None:
        self._left = round(minutes * 60 * SAMPLE_RATE_HZ)
        faint = np.random.default_rng(1).normal(0, _ROOM, _QUIET_S * SAMPLE_RATE_HZ)
        quiet = np.concatenate([np.zeros(_QUIET_S * SAMPLE_RATE_HZ), np.rint(faint)])
        self._recordings = [*recordings, ("silence", quiet.astype(np.int16))]
        # what is being heard, and how many samples of all were
        self.source = ""
        self.at = 0

    def frames(self) -> Iterator[Frame]:
        """Yield frames of 32 ms."""
        while True:
            for name, samples in self._recordings:
                self.source = name
                for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
                    if self.at >= self._left:
                        return
                    piece = samples[start : start + FRAME_SAMPLES]
                    began = Ms(self.at * 1000 // SAMPLE_RATE_HZ)
                    self.at += FRAME_SAMPLES
                    yield Frame(piece.tobytes(), began)


def measure(wiring: Wiring, recordings: Sequence[tuple[str, Samples]], minutes: float) -> Imagined:
    """Let the loop listen to `recordings` for `minutes` and count what it imagines."""
    room, found = Room(recordings, minutes), Imagined(minutes)
    rehearsal = Rehearsal(wiring)

    def notice(happened: Happened) -> None:
        event = happened.event
        if isinstance(event, Understood):
            found.decisions[type(event.decision).__name__] += 1
            found.sources[room.source] += 1
            print(f"  {room.source}: {_best(event.hypotheses)!r}", flush=True)
        found.without_words += isinstance(event, NothingHeard)

    started = time.process_time()
    rehearsal.run(room, notice)
    found.rtf = (time.process_time() - started) / (minutes * 60)
    found.spoken = rehearsal.asked
    return found


def _best(heard: Sequence[Hypothesis]) -> str:
    return heard[0].text if heard else ""


def read(paths: Sequence[Path]) -> list[tuple[str, Samples]]:
    """Return (name, samples) of every recording; BenchError when there is none."""
    files = [
        file
        for path in paths
        for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        if not path.is_dir() or file.suffix in _SUFFIXES
    ]
    # read_noise, because a recording of noise may be long, and silent too
    found = [
        (file.name, np.rint(np.clip(read_noise(file), -1, 1) * 32767).astype(np.int16))
        for file in files
    ]
    if not found:
        raise BenchError(f"no recording is in {', '.join(map(str, paths))}; name some of noise")
    return found


def main(argv: list[str]) -> int:
    """Run the bench; return 0, or 2 when a recording or the model cannot be used."""
    parser = argparse.ArgumentParser(prog="script/bench silence", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--minutes", type=float, default=20.0, help="how long (default 20)")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    options = parser.parse_args(argv)
    try:
        found = measure(Wiring(Settings()), read(options.files), options.minutes)
    except (ReadbackError, ModelError) as error:
        print(f"script/bench silence: {error}", file=sys.stderr)
        return 2
    row = found.as_json()
    print("  ".join(f"{name} {value}" for name, value in row.items()))
    if options.json:
        print(json.dumps(row))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
