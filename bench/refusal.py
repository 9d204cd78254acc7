"""`script/bench refusal FILE`: questions that no library of health and household may answer.

FILE has one question a line. They are asked of the articles that ship. Printed: answered (false),
asked back, taken for a command or an emergency, refused; and false answers at the probability that
still answers 80% of our own answerable questions whose passage is found (tests/data, dev half).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.questions import holds, read_lines
from intents.types import Answer, Hypothesis
from intents.understanding import Understanding
from voice.config import Settings
from voice.wiring import Wiring

OWN = Path(__file__).parent.parent / "tests" / "data" / "questions_dev.jsonl"
COVERAGE = 0.8


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench refusal", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--limit", type=int, help="only the first N questions")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    lines = args.file.read_text(encoding="utf-8").splitlines()
    questions = [line.strip() for line in lines if line.strip()][: args.limit]
    result = measure(Wiring(Settings()).understanding, questions)
    table = Table("what", "value", title=f"{len(questions)} questions out of scope")
    for name, value in result.items():
        table.add_row(name, str(value))
    Console().print(table)
    if args.json:
        print(json.dumps(result))
    return 0


def measure(understanding: Understanding, questions: list[str]) -> dict[str, float]:
    """Return counts of decisions, and the share of false answers at 80% coverage."""
    kinds: Counter[str] = Counter()
    scores = []
    for question in questions:
        kinds[type(understanding.decide([Hypothesis(question)])).__name__] += 1
        scores += [m.score for m in understanding.rank([Hypothesis(question)], 1)]
    bar = threshold(understanding)
    false = sum(score >= bar for score in scores)
    names = ("Answer", "Unsure", "Command", "Emergency", "OutOfScope")
    return {
        **{name: kinds[name] for name in names},
        "threshold_at_coverage": round(bar, 3),
        "false_at_coverage": round(false / max(1, len(questions)), 4),
    }


def threshold(understanding: Understanding) -> float:
    """Return the probability that 80% of our rightly found answers reach."""
    right = []
    for line in read_lines(OWN):
        found = understanding.rank([Hypothesis(line.q)], 1)
        if found and holds(Answer(found[0]), line.expect):
            right.append(found[0].score)
    return sorted(right, reverse=True)[int(len(right) * COVERAGE)] if right else 1.0
