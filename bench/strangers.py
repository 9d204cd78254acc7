"""`script/bench strangers`: what strangers say that nothing was fitted to, typed and spoken.

Calls for help and ordinary talk about the same things, commands in their own words and remarks,
talk in the room and what is meant for Readback (tests/data/*_stranger.*). Printed: the share that
is understood as meant. With `--voices` every `--every`th is also spoken by synthesizers and heard
by both ears and the second pass.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench import voices
from bench.data import recognize
from bench.fit_commands import kind_of, wordings
from bench.fit_emergency import DATA, lines_of
from intents.types import Command, Decision, Emergency, Hypothesis, OutOfScope
from voice.config import Settings
from voice.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance of one of the lists; `kind` is the command that it is."""

    of: str
    text: str
    kind: str = ""


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench strangers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--voices", nargs="+", default=[], choices=voices.VOICES)
    parser.add_argument("--every", type=int, default=8, help="speak only every Nth")
    parser.add_argument("--failures", action="store_true", help="print what was misunderstood")
    args = parser.parse_args(argv)
    wiring, said = Wiring(Settings()), list(_read())
    decide = wiring.understanding.decide
    columns: dict[str, dict[str, str]] = {
        "typed": _shares(said, lambda one: decide([Hypothesis(one.text)]), failures=args.failures)
    }
    ear = wiring.ear() if args.voices else None
    for voice in args.voices:
        assert ear is not None

        def heard(one: Said, voice: str = voice) -> Decision:
            found = recognize(voices.speak(one.text, voice), ear)
            return decide(found) if found else OutOfScope(stray=True)

        columns[voice] = _shares(said[:: args.every], heard, failures=args.failures)
    table = Table("understood as meant", *columns, title="Strangers' words")
    for name in columns["typed"]:
        table.add_row(name, *(found.get(name, "") for found in columns.values()))
    Console().print(table)
    return 0


def _read() -> Sequence[Said]:
    lists = {
        "calls for help": "emergencies",
        "ordinary, like calls": "not_emergencies",
        "remarks, like commands": "not_commands",
        "talk in the room": "stray",
        "meant for us": "for_us",
    }
    plain = [
        Said(name, text)
        for name, file in lists.items()
        for text in lines_of(DATA / f"{file}_stranger.txt")
    ]
    commands = wordings(DATA / "commands_stranger.tsv")
    return [*plain, *(Said("commands", text, kind) for kind, text in commands)]


def _shares(
    said: Sequence[Said], decide: Callable[[Said], Decision], *, failures: bool
) -> dict[str, str]:
    counts: dict[str, list[bool]] = {}
    for one in said:
        decision = decide(one)
        right = _as_meant(one, decision)
        counts.setdefault(one.of, []).append(right)
        if failures and not right:
            print(f"{one.of}: {one.text}: {type(decision).__name__}")
    return {name: f"{sum(found)} of {len(found)}" for name, found in counts.items()}


def _as_meant(one: Said, decision: Decision) -> bool:
    """Tell whether a decision fits: no alarm, no command and so on where none is meant."""
    match one.of:
        case "calls for help":
            return isinstance(decision, Emergency)
        case "commands":
            return isinstance(decision, Command) and kind_of(decision) == one.kind
        case "ordinary, like calls":
            return not isinstance(decision, Emergency)
        case "remarks, like commands":
            return not isinstance(decision, Command)
        case "talk in the room":
            return isinstance(decision, OutOfScope)
        case _:
            silent = isinstance(decision, OutOfScope) and decision.stray
            return not silent and not isinstance(decision, Command)
