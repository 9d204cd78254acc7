"""`script/bench paraphrase PAIRS.csv`: is a doctor's rewording found among look-alikes.

PAIRS.csv has the columns question_1, question_2 and same (1 or 0), as Medical Question Pairs has.
Every question_2 of the file is a text; question_1 of each pair that is the same must rank its own
first. The look-alikes (same = 0) are the distractors. Peers rank the same texts in the same run.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import rankers
from voice.config import Settings
from voice.wiring import Wiring


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench paraphrase", description=__doc__)
    parser.add_argument("file", type=Path, metavar="PAIRS.csv")
    parser.add_argument("--limit", type=int, help="only the first N pairs")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    texts, asked = read(args.file, args.limit)
    wiring = Wiring(Settings())
    encoder = wiring.encoder
    articles = [rankers.as_article(i, text, "", text) for i, text in enumerate(texts)]
    ours = rankers.ours(articles, encoder, wiring.cross_encoder)
    every = {"Readback": ours, **rankers.peers(texts, encoder)}
    result = {name: share(ranker, asked) for name, ranker in every.items()}
    show(result, len(asked), len(texts))
    if args.json:
        print(json.dumps({"questions": len(asked), "texts": len(texts), "top1": result}))
    return 0


def read(path: Path, limit: int | None) -> tuple[list[str], list[tuple[str, int]]]:
    """Return the distinct texts, and questions with the place of the right one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:limit]
    texts = list(dict.fromkeys(row["question_2"] for row in rows))
    asked = [(r["question_1"], texts.index(r["question_2"])) for r in rows if r["same"] == "1"]
    return texts, asked


def share(ranker: rankers.Ranker, asked: Sequence[tuple[str, int]]) -> float:
    """Return how many of the questions have the right text first, 0..1."""
    right = sum(list(ranker(question))[:1] == [place] for question, place in asked)
    return round(right / max(1, len(asked)), 4)


def show(result: dict[str, float], questions: int, texts: int) -> None:
    """Print the table."""
    table = Table("ranker", "top-1", title=f"{questions} rewordings among {texts} questions")
    for name, value in result.items():
        table.add_row(name, f"{value:.3f}")
    Console().print(table)
