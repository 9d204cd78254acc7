"""`script/bench latency`: from the end of a spoken question to the first sample of the answer.

The real program runs on a virtual sound card (bench/stage.py). Wordings of tests/data/wordings.txt,
chosen at random, are spoken by several synthesizers into its microphone; the time runs from the
question's last audible sample to the loudspeaker's first, the endpoint's silence included. The next
question comes when the answer was said to its end: some 20 s each.
With `--usual` the usual script (bench/usual.py) is asked the same questions on the same stage, with
the same acoustic model: Vosk's default endpoint rule, rapidfuzz, pyttsx3's runAndWait.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import voices
from bench.spoken import WORDINGS, read_wordings
from bench.stage import Program, Stage, StageError, recording
from intents.library import shipped_articles
from models import store

DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "espeak-gb")
# The product may wait 2.5 s for the rest of a sentence, the usual script 2 s for the end of one.
WAIT_S = 6.0
# An answer is over after this much silence: longer than the pause between two sentences.
PAUSE_S = 1.5
# Room for the endpoint between the answer's end and the next question.
APART_S = 0.7


@dataclass(frozen=True, slots=True)
class Turn:
    """One question; `first_ms` is None when nothing was said."""

    voice: str
    question: str
    first_ms: float | None
    # what was heard and decided, as the program printed it
    heard: str

    @property
    def answered(self) -> bool:
        """Whether an article answered, rather than a question back or a no."""
        return self.heard.endswith("(answer)")


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for arguments that cannot be used."""
    args = _arguments(argv)
    rng = random.Random(args.seed)
    texts = [question for question, _ in read_wordings(WORDINGS)]
    asked = [(rng.choice(texts), args.voices[i % len(args.voices)]) for i in range(args.questions)]
    figures: dict[str, dict[str, float | int | None]] = {}
    with Stage() as stage:
        with stage.program() as program:
            turns = _ask(stage, program, asked)
        figures["readback"] = summary(turns)
        figures["readback, answers only"] = summary([turn for turn in turns if turn.answered])
        if args.usual:
            with tempfile.TemporaryDirectory() as folder:
                command = _usual(Path(folder))
                with stage.start(command) as program:
                    figures["the usual script"] = summary(_ask(stage, program, asked))
    _print(figures)
    if args.turns:
        for turn in turns:
            print(f"{turn.voice} {turn.first_ms} ms: {turn.question} -> {turn.heard}")
    if args.json:
        print(json.dumps(figures))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench latency", description=__doc__)
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--questions", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--usual", action="store_true", help="the usual script beside it")
    parser.add_argument("--turns", action="store_true", help="print each question's time")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(argv)


def _ask(stage: Stage, program: Program, asked: Sequence[tuple[str, str]]) -> list[Turn]:
    """Ask each (question, voice) when the answer before is over."""
    program.wait_for("Listening.")
    return [_turn(stage, program, question, voice) for question, voice in asked]


def _turn(stage: Stage, program: Program, question: str, voice: str) -> Turn:
    program.skip()
    said = stage.play(recording(voices.speak(question, voice)))
    try:
        # an answer before the end of the question is a cut-off, and no quick answer
        first = stage.first_sound(said.began_s, WAIT_S)
    except StageError:
        return Turn(voice, question, None, _heard(program))
    stage.wait(stage.quiet(first, PAUSE_S) + PAUSE_S + APART_S)
    return Turn(voice, question, round((first - said.ended_s) * 1000, 1), _heard(program))


def _heard(program: Program) -> str:
    """Return what was heard of the newest question."""
    return next((line for _, line in reversed(program.lines) if line.startswith("Heard")), "")


def _usual(folder: Path) -> list[str]:
    """Return the command of the usual script, with our headings as the questions it knows."""
    answers = [
        (f"{article.title} {passage.heading}", passage.sentences[0].text)
        for article in shipped_articles()
        for passage in article.passages
        if passage.sentences
    ]
    path = folder / "questions.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    return [sys.executable, "-m", "bench.usual", str(store.find()), str(path)]


def summary(turns: Sequence[Turn]) -> dict[str, float | int | None]:
    """Return the figures; a time before the question's end counts as a cut-off only."""
    times = sorted(t.first_ms for t in turns if t.first_ms is not None and t.first_ms >= 0)
    return {
        "questions": len(turns),
        "cut off": sum(t.first_ms is not None and t.first_ms < 0 for t in turns),
        "nothing said": sum(t.first_ms is None for t in turns),
        "median ms": round(statistics.median(times)) if times else None,
        "p95 ms": round(times[min(len(times) - 1, int(0.95 * len(times)))]) if times else None,
        "worst ms": round(times[-1]) if times else None,
    }


def _print(figures: dict[str, dict[str, float | int | None]]) -> None:
    table = Table("figure", *figures, title="End of speech to first sample of the answer")
    for key in next(iter(figures.values())):
        table.add_row(key, *[str(row[key]) for row in figures.values()])
    Console().print(table)
