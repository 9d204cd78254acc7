"""`script/bench questions FILE.jsonl --articles PATH...`: answered, or refused, and rightly so.

A fresh temporary library holds just the given articles. Each line of FILE is
{"q": "...", "expect": ["text that stands in an acceptable passage", ...]}; an empty "expect" means
that the library does not say. An optional "wav" (relative to FILE) is recognized instead of "q".
Expected text is looked up in the heading and text of the answering passage, without regard to case,
white space and typographic quotes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from intents.errors import ReadbackError
from intents.library import Library
from intents.text import fold
from intents.types import Answer, Article, Command, Decision, Emergency, Hypothesis, Unsure
from intents.understanding import Understanding
from voice.config import Settings
from voice.wiring import Wiring

OUTCOMES = {
    "right": "answered, and the passage holds an expected text",
    "wrong": "answered with another passage, or although the library does not say; also a command "
    "or an emergency made of a question",
    "asked_back": "offered something and asked, whether or not there is an answer",
    "refused": "rightly: the library does not say, and said so",
    "wrongly_refused": "said no although an expected text is in the library",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One question of the file."""

    q: str
    expect: tuple[str, ...]
    wav: Path | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with what came of it."""

    line: Line
    heard: str
    outcome: str
    # heading of the best passage and its probability, for --failures
    note: str = field(default="")


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for files that cannot be used."""
    args = _arguments(argv)
    try:
        lines = list(read_lines(args.file))[: args.limit]
        with tempfile.TemporaryDirectory(prefix="readback-bench-") as folder:
            turns = run(lines, read_library(Path(folder), args.articles))
    except ReadbackError as error:
        print(f"script/bench questions: {error}", file=sys.stderr)
        return 2
    show(turns, failures=args.failures)
    if args.json:
        print(json.dumps(summary(turns)))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench questions", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--articles", type=Path, nargs="+", required=True, metavar="PATH")
    parser.add_argument("--limit", type=int, help="only the first N questions")
    parser.add_argument("--failures", action="store_true", help="print each that was not right")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(argv)


class BadLineError(ReadbackError):
    """A line of the question file that is not a question."""


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the questions of a JSON-lines file; BadLineError names the first bad line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLineError(f"{path} cannot be read as questions: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            expect, wav = entry.get("expect") or [], entry.get("wav")
            found = [expect] if isinstance(expect, str) else [str(text) for text in expect]
            recording = path.parent / wav if wav else None
            yield Line(str(entry.get("q", "")), tuple(found), recording)
        except (ValueError, AttributeError, TypeError) as error:
            raise BadLineError(
                f'{path}, line {number} is not {{"q": ..., "expect": [...]}}: {line[:60]!r}'
            ) from error


def read_library(folder: Path, paths: Sequence[Path]) -> tuple[Article, ...]:
    """Return the articles of files and folders, read through a library of their own."""
    library = Library.open(folder, shipped=False)
    for path in paths:
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            library.add(file)
    return library.articles()


def run(lines: Sequence[Line], articles: Sequence[Article]) -> list[Turn]:
    """Ask every question of a library of just these articles."""
    wiring = Wiring(Settings())
    understanding = understanding_of(wiring, articles)
    listen = _listener(wiring, articles) if any(line.wav for line in lines) else _typed
    return [_turn(line, listen(line), understanding) for line in lines]


def understanding_of(wiring: Wiring, articles: Sequence[Article]) -> Understanding:
    """Return the product's own understanding, over other articles."""
    return Understanding(
        articles,
        encoder=wiring.encoder,
        cross=wiring.cross_encoder,
        besides=wiring.besides,
    )


def _typed(line: Line) -> Sequence[Hypothesis]:
    return [Hypothesis(line.q)]


def _listener(
    wiring: Wiring, articles: Sequence[Article]
) -> Callable[[Line], Sequence[Hypothesis]]:
    """Return what hears recordings, with an ear for just these articles."""
    from bench.data import ear_for, recognize

    ear = ear_for(articles, wiring)
    return lambda line: recognize(line.wav, ear) if line.wav else _typed(line)


def _turn(line: Line, heard: Sequence[Hypothesis], understanding: Understanding) -> Turn:
    decision = understanding.decide(heard)
    best = understanding.rank(heard, 1)
    note = f"{best[0].passage.heading or best[0].article.title} {best[0].score:.2f}" if best else ""
    return Turn(line, heard[0].text if heard else "", outcome(decision, line.expect), note)


def outcome(decision: Decision, expect: Sequence[str]) -> str:
    """Return which of OUTCOMES a decision is."""
    if isinstance(decision, Answer):
        return "right" if holds(decision, expect) else "wrong"
    if isinstance(decision, Command | Emergency):
        return "wrong"
    if isinstance(decision, Unsure):
        return "asked_back"
    return "wrongly_refused" if expect else "refused"


def holds(answer: Answer, expect: Sequence[str]) -> bool:
    """Return whether the passage that answers holds one of the texts."""
    passage = answer.match.passage
    there = squeeze(f"{passage.heading} {passage.text}")
    return any(squeeze(text) in there for text in expect)


def squeeze(text: str) -> str:
    """Return the text without white space, case, accents and kinds of quotation marks."""
    return re.sub(r"\s+", "", fold(text).lower().replace("“", '"').replace("”", '"'))


def summary(turns: Sequence[Turn]) -> dict[str, int]:
    """Return the count of each outcome."""
    counts = Counter(turn.outcome for turn in turns)
    return {name: counts[name] for name in OUTCOMES}


def show(turns: Sequence[Turn], *, failures: bool) -> None:
    """Print the table, and every question that was not right on request."""
    console = Console()
    table = Table("outcome", "count", "share", "what it means", title=f"{len(turns)} questions")
    for name, count in summary(turns).items():
        table.add_row(name, str(count), f"{count / max(1, len(turns)):.3f}", OUTCOMES[name])
    console.print(table)
    answerable = sum(1 for turn in turns if turn.line.expect)
    right = summary(turns)["right"]
    console.print(f"answered right: {right} of {answerable} that the library answers")
    if failures:
        for turn in turns:
            if turn.outcome not in ("right", "refused"):
                heard = f" (heard: {turn.heard})" if turn.line.wav else ""
                console.print(
                    f"{turn.outcome}: {turn.line.q}{heard} -> {turn.note}",
                    markup=False,
                    soft_wrap=True,
                )
