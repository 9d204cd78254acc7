"""`readback explain "question"`: the passages that fit best, and why."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from intents.types import Decision, Hypothesis, Match
from voice.cli.settings import add_settings, settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("explain", help="show why a question gets its answer")
    parser.add_argument("question", help="the question, as text")
    parser.add_argument("--limit", type=int, default=3, metavar="N", help="passages to show (3)")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print a table with one column a passage and one row a reason."""
    from voice.wiring import Wiring

    understanding = Wiring(settings(args)).understanding
    asked = [Hypothesis(args.question)]
    matches = understanding.rank(asked, max(1, args.limit))
    console = Console()
    console.print(f"Decision: {named(understanding.decide(asked))}", markup=False)
    if matches:
        console.print(table(matches))
    return 0


def named(decision: Decision) -> str:
    """Return the decision's kind, with what is missing when that is known."""
    missing = getattr(decision, "missing", "")
    return type(decision).__name__ + (f" (does not say {missing})" if missing else "")


def table(matches: list[Match]) -> Table:
    """Return the reasons of several matches side by side: contribution = weight x value."""
    shown = Table(title="Why: contribution = weight x value")
    shown.add_column("reason")
    for match in matches:
        heading = match.passage.heading or match.article.title
        shown.add_column(f"{match.article.title}: {heading}", justify="right", overflow="fold")
    shown.add_row("probability", *(f"{match.score:.2f}" for match in matches))
    for name in dict.fromkeys(reason.name for match in matches for reason in match.why):
        shown.add_row(name, *(_cell(match, name) for match in matches))
    shown.add_row("read first", *(" ".join(s.text for s in m.sentences) for m in matches))
    return shown


def _cell(match: Match, name: str) -> str:
    for reason in match.why:
        if reason.name == name:
            if not reason.weight:
                return "yes"
            return f"{reason.weight * reason.value:+.2f} = {reason.weight:.2f} x {reason.value:.2f}"
    return ""
