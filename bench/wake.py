"""`script/bench wake DIR...`: wake phrases missed, and heard where nobody said them.

Each DIR holds recordings of one phrase, its name. A bundled phrase goes through its own network,
any other through the recognizer, as in the product: gate, endpointer, ears and loop are its own,
without devices, faster than time. `--noise` names recordings that hold no wake phrase: they are
looped for `--minutes`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench.rehearsal import Rehearsal, room
from bench.silence import read
from intents.errors import ReadbackError
from models.errors import ModelError
from voice.audio import SAMPLE_RATE_HZ
from voice.config import Settings, WakeSettings
from voice.events import Awake
from voice.wiring import Wiring

# Silence before and after a phrase; its end must be found by the endpointer.
_AROUND_S = 1, 3

Samples = NDArray[np.int16]


class Waking:
    """The loop with a closed ear, for one phrase."""

    def __init__(self, phrase: str) -> None:
        self.phrase = phrase
        # so short that the ear is closed again before the phrase can be said once more
        wake = WakeSettings("wake", phrase, followup_s=0.1)
        wiring = Wiring(dataclasses.replace(Settings(), wake=wake))
        self._rehearsal = Rehearsal(wiring, opening=wake)

    def play(self, samples: Samples) -> int:
        """Return how often the phrase was heard in a recording, int16 at 16 kHz."""
        happened = self._rehearsal.play(samples)
        return sum(isinstance(found.event, Awake) for found in happened)


def measure(
    folder: Path, noise: Sequence[Samples], minutes: float, most: int
) -> dict[str, str | float]:
    """Return misses of a folder's phrase and false alarms an hour; `most` 0 takes all files."""
    waking = Waking(folder.name.replace("_", " "))
    recordings = read([folder])[: most or None]
    before, after = (np.zeros(s * SAMPLE_RATE_HZ, np.int16) for s in _AROUND_S)
    found = [waking.play(room([before, samples, after])) > 0 for _, samples in recordings]
    row: dict[str, str | float] = {
        "phrase": waking.phrase,
        "said": len(found),
        "missed": len(found) - sum(found),
    }
    if noise:
        alarms = waking.play(looped(noise, minutes))
        row |= {"minutes": minutes, "false alarms": alarms, "an hour": alarms * 60 / minutes}
    return row


def looped(recordings: Sequence[Samples], minutes: float) -> Samples:
    """Return the recordings again and again for so long."""
    whole = np.concatenate(recordings)
    return np.resize(whole, round(minutes * 60 * SAMPLE_RATE_HZ))


def main(argv: list[str]) -> int:
    """Run the bench; return 0, or 2 when a recording or the model cannot be used."""
    parser = argparse.ArgumentParser(prog="script/bench wake", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--noise", type=Path, nargs="+", default=[], metavar="FILE")
    parser.add_argument("--minutes", type=float, default=60.0, help="of noise (default 60)")
    parser.add_argument("--most", type=int, default=0, help="so many recordings a phrase")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    options = parser.parse_args(argv)
    try:
        noise = [samples for _, samples in read(options.noise)] if options.noise else []
        rows = [measure(f, noise, options.minutes, options.most) for f in options.folders]
    except (ReadbackError, ModelError) as error:
        print(f"script/bench wake: {error}", file=sys.stderr)
        return 2
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*map(str, row.values()))
    Console().print(table)
    if options.json:
        print(json.dumps(rows))
    return 0
