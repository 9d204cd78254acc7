"""`script/bench endurance`: memory over many turns, processor time while idle and while answering.

Turns run faster than time: the loop, ears, understanding, dialogue, narrator and the speech child
are the product's own; the microphone is a tape of spoken questions and the loudspeaker takes what
it is given a second at a time. What grows with the turns leaks. The bench keeps nothing a turn, and
its own memory (the tape, one question at a time) is part of the process that is measured.
Shares of the processor are taken from the real program on the virtual sound card, in real time,
its children (speech) apart; 100 % is one core busy all the time. Linux only: /proc is read.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bench import voices
from bench.rehearsal import room, silence
from bench.spoken import WORDINGS, read_wordings
from bench.stage import Program, Stage, StageError, recording
from intents.errors import ReadbackError
from intents.followup import FollowUps
from intents.types import Ms
from tests.fakes import FakeDevices
from voice.activity import Activity
from voice.assistant import Assistant
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import Settings
from voice.endpoint import FRAME_SAMPLES, Endpointer
from voice.events import Event, Understood
from voice.gate import Gate
from voice.narrator import Narrator
from voice.parts import Parts
from voice.speaker import Speaker
from voice.wiring import Wiring

DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "espeak-gb")
# Memory is looked at after these turns, and after the last one. Caches are full by the hundredth.
LOOKS = (0, 100, 500, 1000)
# Different recordings; more would only fill the disk of the voices' cache.
RECORDINGS = 60
# After the question: longer than the endpointer ever waits, so every turn is decided.
QUIET_S = 3.0
# The loudspeaker plays this much in each frame of 32 ms.
HEARD_S = 1.0
# An answer that is not over after this long (on the clock) never will be.
STUCK_S = 60.0
# Every so many turns the answer is stopped by key after its first second.
STOPPED_EVERY = 5
WORKER = "speech_worker"
_PROC = Path("/proc")


class EnduranceError(ReadbackError):
    """The program under measurement did not go on."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a process and its speech child hold after `turn` turns. Memory in kB (resident)."""

    turn: int
    own_kb: int
    speech_kb: int
    files: int
    threads: int


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for arguments that cannot be used."""
    args = _arguments(argv)
    rng = random.Random(args.seed)
    texts = [question for question, _ in read_wordings(WORDINGS)]
    asked = [
        (rng.choice(texts), args.voices[i % len(args.voices)])
        for i in range(min(RECORDINGS, max(args.turns, args.questions)))
    ]
    if args.turns:
        looks, understood = endure(asked, args.turns)
        _print_memory(looks, understood)
    if args.questions:
        _print_shares(_shares(asked[: args.questions], args.idle))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench endurance", description=__doc__)
    parser.add_argument("--turns", type=int, default=1000, metavar="N", help="0: no memory part")
    parser.add_argument("--questions", type=int, default=8, metavar="N", help="0: no CPU part")
    parser.add_argument("--idle", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--seed", type=int, default=5)
    return parser.parse_args(argv)


# --- memory --------------------------------------------------------------------------------------


class Conversation:
    """A microphone that asks when the last answer was heard, and moves the loudspeaker on."""

    def __init__(self, questions: Sequence[NDArray[np.int16]], turns: int) -> None:
        """Ask `turns` questions in a circle; int16 at 16 kHz."""
        self._questions = questions
        self._turns = turns
        self._at_ms = 0
        self.looks: list[Look] = []
        self.understood = 0
        # set once the parts exist
        self.devices = FakeDevices()
        self.narrator: Narrator | None = None
        self.assistant: Assistant | None = None

    def take(self, event: Event) -> None:
        """Count what was understood."""
        self.understood += isinstance(event, Understood)

    def frames(self) -> Iterator[Frame]:
        """Yield frames of 32 ms: each question, the silence after it, and while it is answered."""
        self.looks.append(look(0))
        for turn in range(1, self._turns + 1):
            question = self._questions[turn % len(self._questions)]
            yield from self._play(room([question, silence(QUIET_S)], turn), answering=False)
            yield from self._answer(stopped=turn % STOPPED_EVERY == 0)
            if turn in LOOKS or turn == self._turns:
                self.looks.append(look(turn))

    def _answer(self, *, stopped: bool) -> Iterator[Frame]:
        assert self.narrator
        assert self.assistant
        until = time.monotonic() + STUCK_S
        while self.narrator.speaking:
            if time.monotonic() > until:
                raise EnduranceError(f"an answer was not over after {STUCK_S:g} s")
            yield from self._play(silence(FRAME_SAMPLES / SAMPLE_RATE_HZ), answering=True)
            if stopped:
                self.assistant.press("stop")
                stopped = False

    def _play(self, samples: NDArray[np.int16], *, answering: bool) -> Iterator[Frame]:
        for start in range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
            pcm = samples[start : start + FRAME_SAMPLES].astype("<i2").tobytes()
            yield Frame(pcm, Ms(self._at_ms))
            self._at_ms += 1000 * FRAME_SAMPLES // SAMPLE_RATE_HZ
            if answering:
                stream = self.devices.stream
                stream.ask(round(HEARD_S * stream.rate_hz))


def endure(asked: Sequence[tuple[str, str]], turns: int) -> tuple[list[Look], int]:
    """Ask (question, voice) pairs in a circle; return the looks and how many were understood."""
    tape = Conversation([recording(voices.speak(*pair)) for pair in asked], turns)
    wiring = Wiring(Settings())
    with ExitStack() as stack:
        speaker = stack.enter_context(Speaker(opener=tape.devices.open_output))
        rate_wpm = wiring.settings.speech.rate_wpm
        narrator = stack.enter_context(Narrator(speaker, wiring.speech, rate_wpm))
        parts = _parts(wiring, tape, narrator, speaker)
        stack.callback(cast(Any, parts.ear).close)
        stack.callback(cast(Any, parts.command_ear).close)
        stack.callback(parts.overheard.close)
        tape.narrator, tape.assistant = narrator, Assistant(parts, tape.take)
        tape.assistant.run()
    return tape.looks, tape.understood


def _parts(wiring: Wiring, tape: Conversation, narrator: Narrator, speaker: Speaker) -> Parts:
    dialogue = wiring.dialogue()
    follow_ups = FollowUps(wiring.understanding.decide, lambda: dialogue.context)
    return Parts(
        microphone=tape,
        activity=Activity(),
        endpointer=Endpointer(),
        ear=wiring.ear(patient=True),
        command_ear=wiring.command_ear(),
        overheard=wiring.overheard(patient=True),
        decide=follow_ups.decide,
        find_call=wiring.alarm.find,
        continues=wiring.continuations,
        turn_end=wiring.turn_end,
        parse_command=wiring.commands.parse,
        dialogue=dialogue,
        narrator=narrator,
        speaker=speaker,
        gate=Gate("always"),
        wake=None,
        phrase="",
        # what is remembered is collected as in the product, and not written
        keep=lambda: cast(None, dialogue.remembered()),
        sleep=dialogue.sleep,
    )


def look(turn: int, pid: int | None = None) -> Look:
    """Return what the process `pid`, else this one, holds now."""
    pid = os.getpid() if pid is None else pid
    own = _status(pid)
    speech = sum(_status(child).get("VmRSS", 0) for child in children(pid, WORKER))
    files = len(list((_PROC / str(pid) / "fd").iterdir()))
    return Look(turn, own["VmRSS"], speech, files, own["Threads"])


def growth_kb(looks: Sequence[Look]) -> float | None:
    """Return by how many kB a turn both processes grew after the caches were full.

    None when there are no two looks from the hundredth turn on.
    """
    late = [at for at in looks if at.turn >= LOOKS[1]]
    if len(late) < 2:
        return None
    first, last = late[0], late[-1]
    grown = last.own_kb + last.speech_kb - first.own_kb - first.speech_kb
    return round(grown / (last.turn - first.turn), 2)


def children(pid: int, name: str = "") -> list[int]:
    """Return the process's children whose command line has `name` in it."""
    found = []
    for folder in _PROC.iterdir():
        if folder.name.isdigit():
            try:
                parent = int(_stat(int(folder.name))[1])
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                # it ended while we looked
                continue
            if parent == pid and name in command:
                found.append(int(folder.name))
    return found


def _status(pid: int) -> dict[str, int]:
    """Return the numbers of /proc/PID/status (proc(5)); memory in kB."""
    lines = (_PROC / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    fields = (line.split() for line in lines if line.startswith(("VmRSS", "Threads")))
    return {name.rstrip(":"): int(number) for name, number, *_ in fields}


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on: the name before may hold spaces."""
    return (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()


# --- processor -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """Wall time and the processor time of a program and of its children, all in seconds."""

    wall_s: float
    own_s: float
    children_s: float

    def share(self, later: Clock) -> tuple[float, float]:
        """Return both shares of one core from here to `later`, in percent."""
        wall = later.wall_s - self.wall_s
        if wall <= 0:
            raise EnduranceError(f"no time passed ({wall:g} s): there is no share to tell")
        own, others = later.own_s - self.own_s, later.children_s - self.children_s
        return round(100 * own / wall, 1), round(100 * others / wall, 1)


def clock(pid: int) -> Clock:
    """Return the time now, and what the process and its children have used so far."""
    used = [_used_s(child) for child in children(pid)]
    return Clock(time.monotonic(), _used_s(pid), sum(used))


def _used_s(pid: int) -> float:
    # utime and stime are the 14th and 15th field, the state is the 3rd
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


Shares = dict[str, list[tuple[float, float]]]


def _shares(asked: Sequence[tuple[str, str]], idle_s: float) -> Shares:
    """Return (program, children) percent while idle, while being asked and while answering."""
    shares: Shares = {"idle": [], "being asked": [], "answering": []}
    with Stage() as stage, stage.program() as program:
        program.wait_for("Listening.")
        # what was read at the start is still being put away
        stage.wait(stage.now_s + 5.0)
        before = clock(program.pid)
        stage.wait(stage.now_s + idle_s)
        shares["idle"].append(before.share(clock(program.pid)))
        for pair in asked:
            _ask(stage, program, pair, shares)
    return shares


def _ask(stage: Stage, program: Program, pair: tuple[str, str], shares: Shares) -> None:
    before = clock(program.pid)
    said = stage.play(recording(voices.speak(*pair)))
    try:
        first = stage.first_sound(said.began_s, 6.0)
    except StageError:
        return
    begun = clock(program.pid)
    shares["being asked"].append(before.share(begun))
    stage.wait(stage.quiet(first, 1.5) + 1.5)
    shares["answering"].append(begun.share(clock(program.pid)))


# --- printing ------------------------------------------------------------------------------------


def _print_memory(looks: Sequence[Look], understood: int) -> None:
    columns = ("turn", "program MB", "speech MB", "open files", "threads")
    table = Table(*columns, title=f"Memory; {understood} utterances understood")
    for at in looks:
        own, speech = f"{at.own_kb / 1024:.1f}", f"{at.speech_kb / 1024:.1f}"
        table.add_row(str(at.turn), own, speech, str(at.files), str(at.threads))
    Console().print(table)
    grown = growth_kb(looks)
    if grown is not None:
        print(f"Growth after turn {LOOKS[1]}: {grown:g} kB a turn")


def _print_shares(shares: Shares) -> None:
    table = Table("while", "times", "program %", "speech %", title="Share of one core, mean")
    for name, found in shares.items():
        if found:
            own, others = np.mean(found, axis=0)
            table.add_row(name, str(len(found)), f"{own:.1f}", f"{others:.1f}")
    Console().print(table)
