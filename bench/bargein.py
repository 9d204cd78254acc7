"""`script/bench bargein`: "stop" over the assistant's own voice, and what is wrongly taken for it.

The product's own voice reads an article into a simulated room (decaying noise as its echo), and
other voices say "stop" over it, the echo 0, 10 and 20 dB above them. Canceller, activity,
endpointer, ears and loop are the product's; the loudspeaker neither ducks nor falls silent, which
makes it harder than in life. `--calls N` says N calls for help in strangers' words instead of
"stop" as well, `--questions N` N questions that the articles answer. `--false S` also plays S
seconds of reading and household noise without anybody speaking: every command, call for help and
answer found there is false. Faster than time.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench import voices
from bench.cutoff import spoken
from bench.data import SHARED
from bench.questions import holds
from bench.rehearsal import Happened, Rehearsal
from intents.spoken import spoken_article
from intents.types import Answer, Emergency, Ms
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import Settings
from voice.echo import EchoCanceller
from voice.endpoint import FRAME_SAMPLES
from voice.events import Event, Interrupted, Understood
from voice.wiring import Wiring

ECHOES_DB = (0, 10, 20)
DATA = Path(__file__).parent.parent / "tests" / "data"
CALLS, QUESTIONS = DATA / "emergencies_stranger.txt", DATA / "questions_dev.jsonl"
DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "flite-kal16")
# From given out to heard: both devices' latencies.
DELAY_SAMPLES = 800
# The room's echo falls by 60 dB in this time.
REVERB_S = 0.3
# The voice of the listener, and the quiet of the room, as RMS of 16-bit samples: an echo 20 dB
# above the voice must still fit into 16 bits, or it is not an echo but clipping.
USER_RMS, ROOM_RMS = 400.0, 4.0
# How long was read before, so that the canceller knows the room, as it does after the first answer.
BEFORE_S = 10
GOAL_MS = 600

Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trial:
    """What was said: recognized, and when, from its first sample; None when it was not."""

    voice: str
    echo_db: int
    after_ms: float | None
    # what was understood was something else
    mistaken: bool = False


class _Room:
    """A microphone in a room where `far` is played; its frames come out of the canceller."""

    def __init__(self, near: Samples, far: Samples, *, cancel: bool) -> None:
        self._near, self._far = near, far
        self._canceller = EchoCanceller() if cancel else None
        self.at = 0

    def frames(self) -> Iterator[Frame]:
        heard = np.clip(self._near, -32768, 32767).astype("<i2")
        given = np.clip(self._far, -32768, 32767).astype("<i2")
        for start in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            self.at = start + FRAME_SAMPLES
            frame = Frame(heard[start : self.at].tobytes(), Ms(start * 1000 // SAMPLE_RATE_HZ))
            if self._canceller:
                self._canceller.played(given[start : self.at].tobytes(), SAMPLE_RATE_HZ)
                frame = self._canceller.clean(frame)
            yield frame


class Stage:
    """Ears and a voice for any number of trials."""

    def __init__(self, *, cancel: bool = True) -> None:
        self._wiring = Wiring(Settings())
        self._cancel = cancel
        self._lines, parts = self._read()
        self.far = np.concatenate(parts)
        # where each sentence ends
        self._ends = np.cumsum([len(part) for part in parts])
        self._room = _Room(self.far[:0], self.far[:0], cancel=cancel)
        self._from = 0
        self._rehearsal = Rehearsal(self._wiring, reading=self._nearby)

    def _nearby(self) -> str:
        """Return the sentence that is being read and the one before, as the narrator tells them."""
        at = int(np.searchsorted(self._ends, self._from + self._room.at))
        return " ".join(self._lines[max(0, at - 1) : at + 1])

    def _read(self) -> tuple[list[str], list[Samples]]:
        """Return some sentences and the product's own voice reading them."""
        lines = [
            line.text
            for article in self._wiring.articles[:4]
            for line in spoken_article(article)[:6]
        ]
        with self._wiring.speech() as speech:
            pcms = [speech.render(line) for line in lines]
        parts = [
            soxr.resample(np.frombuffer(p.data, "<i2"), p.rate_hz, SAMPLE_RATE_HZ) for p in pcms
        ]
        return lines, [part.astype(np.float64) for part in parts]

    def meant(self, word: str) -> str:
        """Return the name of the command that a wording is, "" for none."""
        command = self._wiring.commands.parse(word)
        return command.name if command else ""

    def play(self, near: Samples, start: int) -> list[Happened]:
        """Run the loop while the reading is heard from sample `start` on; return what happened."""
        happened: list[Happened] = []
        self._from = start
        far = self.far[start : start + len(near)]
        self._room = _Room(near, far, cancel=self._cancel)
        self._rehearsal.run(self._room, happened.append)
        return happened


def echo_of(far: Samples, rng: np.random.Generator) -> Samples:
    """Return what the room makes of the loudspeaker's sound at the microphone, RMS 1."""
    length = round(REVERB_S * SAMPLE_RATE_HZ)
    tail = rng.normal(0, 1, length) * 10 ** (-3 * np.arange(length) / length)
    response = np.concatenate([np.zeros(DELAY_SAMPLES), [4.0], tail * 0.3])
    size = len(far) + len(response)
    echo = np.fft.irfft(np.fft.rfft(far, size) * np.fft.rfft(response, size), size)[: len(far)]
    return np.asarray(echo / _rms(echo))


def _rms(samples: Samples) -> float:
    loud = samples[np.abs(samples) > 0.01 * np.abs(samples).max()] if samples.any() else samples
    return float(np.sqrt((loud**2).mean())) if len(loud) else 1.0


# What was found, as far as the trial asks for it; "" for what is something else.
Found = Callable[[Event], str]


def command_of(event: Event) -> str:
    """Return the name of a command that interrupted the reading."""
    return event.command if isinstance(event, Interrupted) else ""


def call_of(event: Event) -> str:
    """Return "call" when a call for help was understood."""
    found = isinstance(event, Understood) and isinstance(event.decision, Emergency)
    return "call" if found else ""


def answered(event: Event, expect: Sequence[str] = ("",)) -> str:
    """Return "answer" for one whose passage holds an expected text, "wrong answer" for another."""
    decision = event.decision if isinstance(event, Understood) else None
    if not isinstance(decision, Answer):
        return ""
    return "answer" if holds(decision, expect) else "wrong answer"


def trial(stage: Stage, word: str, voice: str, echo_db: int, rng: np.random.Generator) -> Trial:
    """Let a voice say the command `word` at a random moment of a reading."""
    return said_over(
        stage, spoken(word, voice), (voice, echo_db), rng, (command_of, stage.meant(word))
    )


def said_over(
    stage: Stage,
    words: NDArray[np.int16],
    where: tuple[str, int],
    rng: np.random.Generator,
    sought: tuple[Found, str],
) -> Trial:
    """Let a voice say something at a random moment of a reading; `where` is (voice, echo in dB).

    `sought` are what looks for it, and what it must find first.
    """
    (voice, echo_db), (find, meant) = where, sought
    said = words.astype(np.float64)
    said *= USER_RMS / _rms(said)
    # a "stop" is over long before; whole sentences need more time
    length = (BEFORE_S + 9) * SAMPLE_RATE_HZ + max(0, len(said) - SAMPLE_RATE_HZ)
    start = int(rng.integers(0, max(1, len(stage.far) - length)))
    far = stage.far[start : start + length]
    near = echo_of(far, rng) * USER_RMS * 10 ** (echo_db / 20)
    near += rng.normal(0, ROOM_RMS, len(near))
    at = int(rng.integers((BEFORE_S + 4) * SAMPLE_RATE_HZ, (BEFORE_S + 6) * SAMPLE_RATE_HZ))
    near[at : at + len(said)] += said
    begun_ms = at * 1000 / SAMPLE_RATE_HZ
    for happened in stage.play(near, start):
        found = find(happened.event)
        if found and happened.at_ms > begun_ms:
            right = found == meant
            after_ms = happened.at_ms - begun_ms if right else None
            return Trial(voice, echo_db, after_ms, mistaken=not right)
    return Trial(voice, echo_db, None)


def false_commands(stage: Stage, seconds: float, rng: np.random.Generator) -> list[str]:
    """Return what is found in reading and household noise without a listener."""
    found: list[str] = []
    clips = sorted((SHARED / "noise" / "household").glob("*.*"))
    clips = [clip for clip in clips if clip.suffix in {".wav", ".flac", ".ogg"}]
    done = 0.0
    while done < seconds:
        far = stage.far[: 60 * SAMPLE_RATE_HZ]
        near = echo_of(far, rng) * USER_RMS * 10 ** (rng.uniform(0, 20) / 20)
        for at in range(2 * SAMPLE_RATE_HZ, len(near) - 6 * SAMPLE_RATE_HZ, 8 * SAMPLE_RATE_HZ):
            clip, _ = soundfile.read(clips[rng.integers(len(clips))], dtype="float64")
            noise = clip[: 5 * SAMPLE_RATE_HZ] if clip.ndim == 1 else clip[: 5 * SAMPLE_RATE_HZ, 0]
            near[at : at + len(noise)] += noise / (_rms(noise) or 1.0) * USER_RMS
        happened = stage.play(near, 0)
        found += [command_of(h.event) or call_of(h.event) or answered(h.event) for h in happened]
        done += len(far) / SAMPLE_RATE_HZ
    return [name for name in found if name]


def calls(stage: Stage, args: argparse.Namespace, rng: np.random.Generator) -> list[Trial]:
    """Let strangers' calls for help be said into the reading, the voices in turn."""
    lines = CALLS.read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    chosen = texts[:: max(1, len(texts) // args.calls)][: args.calls]
    return [
        said_over(stage, spoken(text, voice), (voice, echo_db), rng, (call_of, "call"))
        for echo_db in ECHOES_DB
        for text, voice in zip(chosen, itertools.cycle(args.voices), strict=False)
    ]


def questions(stage: Stage, args: argparse.Namespace, rng: np.random.Generator) -> list[Trial]:
    """Let questions that the articles answer be said into the reading, the voices in turn."""
    lines = map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines())
    asked = [(line["q"], line["expect"]) for line in lines if line["expect"]]
    chosen = asked[:: max(1, len(asked) // args.questions)][: args.questions]
    return [
        said_over(
            stage,
            spoken(text, voice),
            (voice, echo_db),
            rng,
            (partial(answered, expect=expect), "answer"),
        )
        for echo_db in ECHOES_DB
        for (text, expect), voice in zip(chosen, itertools.cycle(args.voices), strict=False)
    ]


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for arguments that cannot be used."""
    args = _arguments(argv)
    rng = np.random.default_rng(args.seed)
    stage = Stage(cancel=not args.without)
    trials = [
        trial(stage, args.word, voice, echo_db, rng)
        for echo_db in ECHOES_DB
        for voice in args.voices
        for _ in range(args.trials)
    ]
    figures: dict[str, Any] = {
        f"{echo_db} dB": summary([t for t in trials if t.echo_db == echo_db])
        for echo_db in ECHOES_DB
    }
    for name, wanted, say in (
        ("calls", args.calls, calls),
        ("questions", args.questions, questions),
    ):
        found = say(stage, args, rng) if wanted else []
        for echo_db in ECHOES_DB if found else ():
            figures[f"{name}, {echo_db} dB"] = summary([t for t in found if t.echo_db == echo_db])
    _print(figures)
    if args.false:
        wrong = false_commands(stage, args.false, rng)
        print(f"false commands in {args.false:.0f} s: {len(wrong)} {wrong}")
        figures["false"] = {"seconds": args.false, "commands": wrong}
    if args.json:
        print(json.dumps(figures))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench bargein", description=__doc__)
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--trials", type=int, default=10, help="a voice and echo level")
    parser.add_argument("--word", default="stop", help="any spoken command")
    parser.add_argument("--calls", type=int, default=0, metavar="N", help="calls for help as well")
    parser.add_argument("--questions", type=int, default=0, metavar="N", help="questions as well")
    parser.add_argument("--false", type=float, default=0.0, metavar="S")
    parser.add_argument("--without", action="store_true", help="without echo cancellation")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(argv)


def summary(trials: Sequence[Trial]) -> dict[str, float]:
    """Return the figures of some trials."""
    times = [t.after_ms for t in trials if t.after_ms is not None]
    return {
        "trials": len(trials),
        "recognized": round(len(times) / max(1, len(trials)), 3),
        "mistaken": round(sum(t.mistaken for t in trials) / max(1, len(trials)), 3),
        "within 600 ms": round(sum(ms <= GOAL_MS for ms in times) / max(1, len(trials)), 3),
        "median ms": round(statistics.median(times)) if times else -1,
    }


def _print(figures: dict[str, dict[str, float]]) -> None:
    table = Table("echo above the voice", *next(iter(figures.values())), title="Barge-in")
    for name, row in figures.items():
        table.add_row(name, *map(str, row.values()))
    Console().print(table)
