"""`script/bench strangers`: what strangers say that nothing was fitted to, typed and spoken.

Calls for help and ordinary talk about the same things, commands in their own words and remarks,
talk in the room and what is meant for Readback (tests/data/*_stranger.*). Printed: the share that
is understood as meant. With `--voices` every `--every`th is also spoken by synthesizers and heard
by both ears and the second pass.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bench import voices
from bench.data import recognize
from bench.fit_commands import kind_of
from bench.utterances import LISTS, lines_of, wordings
from intents.command_meaning import NONE
from intents.types import Command, Decision, Emergency, Hypothesis, OutOfScope
from intents.understanding import Understanding
from voice.config import Settings
from voice.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance of one of the lists; `kind` is the command that it is."""

    text: str
    kind: str = NONE


Fits = Callable[[Said, Decision], bool]


def _alarm(_: Said, decision: Decision) -> bool:
    return isinstance(decision, Emergency)


def _obeyed(one: Said, decision: Decision) -> bool:
    return isinstance(decision, Command) and kind_of(decision) == one.kind


def _no_other(one: Said, decision: Decision) -> bool:
    return not isinstance(decision, Command) or kind_of(decision) in (NONE, one.kind)


def _silent(_: Said, decision: Decision) -> bool:
    return isinstance(decision, OutOfScope) and decision.stray


def _not(fits: Fits) -> Fits:
    return lambda one, decision: not fits(one, decision)


# what is looked at, the list, and whether a decision on one of it is as it should be
FIGURES: tuple[tuple[str, str, Fits], ...] = (
    ("calls for help found", "emergencies", _alarm),
    ("ordinary left alone", "not_emergencies", _not(_alarm)),
    ("commands obeyed", "commands", _obeyed),
    ("not taken for another command", "commands", _no_other),
    ("remarks left alone", "not_commands", lambda _, d: not isinstance(d, Command)),
    ("talk left alone", "stray", lambda _, d: isinstance(d, OutOfScope)),
    ("talk met with silence", "stray", _silent),
    ("not taken for talk", "for_us", _not(_silent)),
)


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench strangers", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--voices", nargs="+", default=[], choices=voices.VOICES)
    parser.add_argument("--every", type=int, default=8, help="speak only every Nth of a list")
    parser.add_argument("--failures", action="store_true", help="print what was misunderstood")
    args = parser.parse_args(argv)
    wiring = Wiring(Settings())
    columns = {"typed": judged(typed(wiring.understanding), failures=args.failures)}
    for voice in args.voices:
        decide = _heard(wiring, voice)
        columns[voice] = judged(decide, every=args.every, failures=args.failures)
    table = Table("understood as meant", *columns, title="Strangers' words")
    for name, _, _ in FIGURES:
        table.add_row(name, *("{} of {}".format(*found[name]) for found in columns.values()))
    Console().print(table)
    return 0


def judged(
    decide: Callable[[str], Decision], *, every: int = 1, failures: bool = False
) -> dict[str, tuple[int, int]]:
    """Return how many of how many were understood as meant, by figure."""
    decisions = {
        file: [(one, decide(one.text)) for one in _read(file)[::every]]
        for file in dict.fromkeys(file for _, file, _ in FIGURES)
    }
    found = {}
    for name, file, fits in FIGURES:
        right = [fits(one, decision) for one, decision in decisions[file]]
        found[name] = sum(right), len(right)
        for (one, decision), good in zip(decisions[file], right, strict=True):
            if failures and not good:
                print(f"not {name}: {one.text}: {type(decision).__name__}")
    return found


def typed(understanding: Understanding) -> Callable[[str], Decision]:
    """Return what decides on an utterance as it is written."""
    return lambda text: understanding.decide([Hypothesis(text)])


def _heard(wiring: Wiring, voice: str) -> Callable[[str], Decision]:
    ear = wiring.ear()

    def decide(text: str) -> Decision:
        guesses = recognize(voices.speak(text, voice), ear)
        return wiring.understanding.decide(guesses) if guesses else OutOfScope(stray=True)

    return decide


def _read(file: str) -> list[Said]:
    if file == "commands":
        return [Said(text, kind) for kind, text in wordings(LISTS / "commands_stranger.tsv")]
    return [Said(text) for text in lines_of(LISTS / f"{file}_stranger.txt")]
