"""`script/bench cutoff`: people who pause are not cut off, and wait how long when they finished.

Our wordings are spoken by each voice with a pause of 0.3 to 2 s at a random gap between two words.
An utterance is cut off when something was decided before its last part ended. The same wordings
without a pause give the time from the end of speech to the decision. `--babble S` also plays S
seconds of overlapped voices, as of a television: an utterance may never be longer than the limit.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench import voices
from bench.rehearsal import Happened, Rehearsal, room, silence
from bench.spoken import WORDINGS, read_wordings
from intents.types import Answer, Ms, Unfinished
from voice.audio import SAMPLE_RATE_HZ
from voice.config import Settings
from voice.endpoint import Patience
from voice.events import NothingHeard, Understood
from voice.wiring import Wiring

DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "flite-kal16")
PAUSES_S = (0.3, 2.0)
# A wait that people notice; printed with `--failures`.
SLOW_MS = 900
# The baseline of everybody else: a fixed silence (Vosk's default rule: 0.5 s after a final state).
FIXED = Patience(
    complete_ms=Ms(500),
    nearly_ms=Ms(500),
    likely_ms=Ms(500),
    unknown_ms=Ms(500),
    unfinished_ms=Ms(500),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A recording and where its speech ends, in ms; `pause_s` is 0 without one."""

    text: str
    voice: str
    pause_s: float
    samples: NDArray[np.int16]
    ends_ms: float


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case; `wait_ms` from the end of speech, None when cut off or not heard."""

    case: Case
    cut: bool
    asked_rest: bool
    answered: bool
    wait_ms: float | None
    said: str


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for arguments that cannot be used."""
    args = _arguments(argv)
    texts = [question for question, _ in read_wordings(WORDINGS)][: args.limit]
    rng = random.Random(args.seed)
    paused = [paused_case(text, voice, rng) for voice in args.voices for text in texts]
    plain = [plain_case(text, voice) for voice in args.voices for text in texts]
    wiring = Wiring(Settings())
    runs = {"the library decides": Rehearsal(wiring)}
    if args.baseline:
        runs["fixed 0.5 s"] = Rehearsal(wiring, FIXED)
    results = {
        name: {
            kind: [judge(case, run.play(case.samples)) for case in cases]
            for kind, cases in (("paused", paused), ("plain", plain))
        }
        for name, run in runs.items()
    }
    figures = {
        name: {k: v for kind, found in both.items() for k, v in summary(found, kind).items()}
        for name, both in results.items()
    }
    if args.babble:
        figures["the library decides"] |= _babble(runs["the library decides"], texts, args)
    _print(figures)
    if args.failures:
        _explain([found for both in results["the library decides"].values() for found in both])
    if args.json:
        print(json.dumps(figures))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench cutoff", description=__doc__)
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--limit", type=int, help="only the first N wordings")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--babble", type=float, default=0.0, metavar="S")
    parser.add_argument(
        "--baseline", action="store_true", help="a fixed silence of 0.5 s beside it"
    )
    parser.add_argument("--failures", action="store_true", help="print each that was cut off")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(argv)


def spoken(text: str, voice: str) -> NDArray[np.int16]:
    """Return a voice's samples at 16 kHz, without the silence around them."""
    data, rate_hz = soundfile.read(voices.speak(text, voice), dtype="int16")
    samples = np.asarray(soxr.resample(data, rate_hz, SAMPLE_RATE_HZ), np.int16)
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 300)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples


def paused_case(text: str, voice: str, rng: random.Random) -> Case:
    """Return a wording with a pause of random length at a random gap between words."""
    words = text.split()
    gap, pause_s = rng.randint(1, len(words) - 1), rng.uniform(*PAUSES_S)
    first, second = (spoken(" ".join(part), voice) for part in (words[:gap], words[gap:]))
    pieces = [silence(0.5), first, silence(pause_s), second]
    ends_ms = sum(map(len, pieces)) * 1000 / SAMPLE_RATE_HZ
    shown = " ".join([*words[:gap], "...", *words[gap:]])
    return Case(shown, voice, pause_s, room([*pieces, silence(4.0)]), ends_ms)


def plain_case(text: str, voice: str) -> Case:
    """Return a wording as it is."""
    pieces = [silence(0.5), spoken(text, voice)]
    ends_ms = sum(map(len, pieces)) * 1000 / SAMPLE_RATE_HZ
    return Case(text, voice, 0.0, room([*pieces, silence(4.0)]), ends_ms)


def judge(case: Case, happened: Sequence[Happened]) -> Result:
    """Return what became of it: the first decision counts, and asking for the rest cuts off."""
    first = next((h for h in happened if isinstance(h.event, Understood | NothingHeard)), None)
    if first is None or isinstance(first.event, NothingHeard):
        return Result(
            case, first is not None and first.at_ms < case.ends_ms, False, False, None, ""
        )
    assert isinstance(first.event, Understood)
    decision, said = first.event.decision, first.event.hypotheses[0].text
    rest = isinstance(decision, Unfinished)
    cut = first.at_ms < case.ends_ms
    wait_ms = None if cut else first.at_ms - case.ends_ms
    return Result(case, cut, rest, isinstance(decision, Answer), wait_ms, said)


def summary(results: Sequence[Result], name: str) -> dict[str, float]:
    """Return the figures of some results, `name` before each key."""
    waits = sorted(r.wait_ms for r in results if r.wait_ms is not None)
    answers = sorted(r.wait_ms for r in results if r.wait_ms is not None and r.answered)
    return {
        f"{name} utterances": len(results),
        f"{name} cut off": round(sum(r.cut for r in results) / max(1, len(results)), 4),
        f"{name} asked for the rest": sum(r.asked_rest for r in results),
        f"{name} wait median ms": round(statistics.median(waits)) if waits else -1,
        f"{name} wait p95 ms": round(waits[int(0.95 * (len(waits) - 1))]) if waits else -1,
        f"{name} answered": len(answers),
        f"{name} answer wait median ms": round(statistics.median(answers)) if answers else -1,
        f"{name} answer wait p95 ms": (
            round(answers[int(0.95 * (len(answers) - 1))]) if answers else -1
        ),
    }


def _babble(run: Rehearsal, texts: Sequence[str], args: argparse.Namespace) -> dict[str, float]:
    """Play talk without end; return how long the longest utterance was taken for."""
    tracks = [
        np.concatenate([spoken(text, voice) for text in texts]).astype(np.int32)
        for voice in args.voices[:3]
    ]
    length = round(args.babble * SAMPLE_RATE_HZ)
    mixed = np.sum([np.resize(track, length) for track in tracks], axis=0) // len(tracks)
    happened = run.play(room([silence(0.5), mixed.astype(np.int16), silence(4.0)]))
    answers = [h for h in happened if isinstance(h.event, Understood)]
    last = max((h.at_ms for h in happened), default=0.0)
    return {"babble s": args.babble, "babble decided": len(answers), "babble last event ms": last}


def _print(figures: dict[str, dict[str, float]]) -> None:
    table = Table("figure", *figures, title="Cut-offs")
    for key in next(iter(figures.values())):
        table.add_row(key, *[str(row.get(key, "")) for row in figures.values()])
    Console().print(table)


def _explain(results: Sequence[Result]) -> None:
    for found in results:
        case = found.case
        if found.cut:
            print(f"{case.voice} cut off at {case.pause_s:.2f} s: {case.text} -> {found.said}")
        elif found.wait_ms and found.wait_ms > SLOW_MS:
            print(f"{case.voice} waited {found.wait_ms:.0f} ms: {case.text} -> {found.said}")
