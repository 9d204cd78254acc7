"""`script/bench floors`: the figures of understanding beside the floors that the tests keep.

tests/floors.json holds each figure with the SHA-256 of the data it was measured on. `--update`
raises floors to what is measured now; a floor that would sink needs `--lower` as well. Figures on
data that is not part of the project are measured where that data is.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from bench import paraphrase, questions, rankers, refusal, strangers
from bench.data import SHARED
from bench.spoken import read_wordings
from bench.utterances import lines_of
from intents.alarm import Alarm
from intents.library import SHIPPED, shipped_articles
from intents.types import Answer, Article, Hypothesis
from intents.understanding import Understanding
from voice.config import Settings
from voice.wiring import Wiring

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests" / "data"
FLOORS = ROOT / "tests" / "floors.json"
PAIRS = SHARED / "questions" / "medical_question_pairs_dev.csv"
OUT_OF_SCOPE = SHARED / "questions" / "out_of_scope_dev.txt"
# Figures are shares; a floor is missed only by more than rounding.
LEEWAY = 0.0005

Figures = dict[str, float]


def main(argv: list[str]) -> int:
    """Measure and compare; exit status 1 when a figure is below its floor."""
    parser = argparse.ArgumentParser(prog="script/bench floors", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write what is better than its floor")
    parser.add_argument("--lower", action="store_true", help="also write what is worse")
    args = parser.parse_args(argv)
    floors, measured = load(), {name: group() for name, group in available().items()}
    missed = 0
    for name, figures in measured.items():
        for figure, value in figures.items():
            floor = floors.get(name, {}).get("figures", {}).get(figure)
            low = floor is not None and value < floor - LEEWAY
            missed += low
            print(f"{name}: {figure}: {value:.4f} (floor {floor}){' BELOW' if low else ''}")
    if args.update:
        FLOORS.write_text(json.dumps(raised(floors, measured, lower=args.lower), indent=1) + "\n")
    return 1 if missed and not args.lower else 0


def load() -> dict[str, Any]:
    """Return the floors, by group of figures."""
    return dict(json.loads(FLOORS.read_text())) if FLOORS.exists() else {}


def raised(floors: dict[str, Any], measured: dict[str, Figures], *, lower: bool) -> dict[str, Any]:
    """Return the floors with what was measured; none sinks unless `lower` or on other data."""
    new = dict(floors)
    for name, figures in measured.items():
        digest, old = data_hash(name), floors.get(name, {})
        kept = old.get("figures", {}) if old.get("data_sha256") == digest and not lower else {}
        best = {k: max(round(v, 4), kept.get(k, 0.0)) for k, v in figures.items()}
        new[name] = {"data_sha256": digest, "figures": best}
    return new


def available() -> dict[str, Callable[[], Figures]]:
    """Return the groups of figures whose data is on this machine."""
    outside = {"paraphrase": PAIRS, "out_of_scope": OUT_OF_SCOPE}
    return {k: v for k, v in GROUPS.items() if k not in outside or outside[k].exists()}


def data_hash(name: str) -> str:
    """Return the SHA-256 over the files that a group is measured on."""
    total = hashlib.sha256()
    for file in _FILES[name]():
        total.update(file.name.encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


@cache
def _wiring() -> Wiring:
    return Wiring(Settings())


def _understanding(articles: Sequence[Article]) -> Understanding:
    return questions.understanding_of(_wiring(), articles)


def _own(part: str) -> Figures:
    """Ask our questions of all shipped articles."""
    lines = list(questions.read_lines(TESTS / f"questions_{part}.jsonl"))
    understanding = _understanding(shipped_articles())
    outcomes = [
        questions.outcome(understanding.decide([Hypothesis(line.q)]), line.expect) for line in lines
    ]
    answerable = sum(bool(line.expect) for line in lines)
    return {
        "answered right, of the answerable": outcomes.count("right") / answerable,
        "not wrong, of all": 1 - outcomes.count("wrong") / len(lines),
    }


def _wordings() -> Figures:
    """Ask the wordings of one article, with all articles there."""
    understanding = _understanding(shipped_articles())
    right = wrong = 0
    pairs = read_wordings(TESTS / "wordings.txt")
    for question, expected in pairs:
        decision = understanding.decide([Hypothesis(question)])
        if isinstance(decision, Answer):
            good = questions.holds(decision, [expected])
            right, wrong = right + good, wrong + (not good)
    return {"answered right": right / len(pairs), "not wrong": 1 - wrong / len(pairs)}


def _emergencies() -> Figures:
    """Count calls for help found, and ordinary utterances left alone, of lists that were fitted."""
    calls, others = _lists("emergencies_*.txt"), _lists("not_emergencies_*.txt")
    alarm = Alarm(_wiring().encoder)
    return {"found": _alarms(alarm, calls), "left alone": 1 - _alarms(alarm, others)}


def _lists(pattern: str) -> list[str]:
    fitted = (f for f in sorted(TESTS.glob(pattern)) if "stranger" not in f.name)
    return [line for file in fitted for line in lines_of(file)]


def _alarms(alarm: Alarm, texts: Sequence[str]) -> float:
    return sum(alarm.find([Hypothesis(text)]) is not None for text in texts) / len(texts)


def _strangers() -> Figures:
    """Count what strangers said that nothing was fitted to: calls for help, commands, neither."""
    found = strangers.judged(strangers.typed(_understanding(shipped_articles())))
    return {name: right / all_of_them for name, (right, all_of_them) in found.items()}


def _paraphrase() -> Figures:
    texts, asked = paraphrase.read(PAIRS, None)
    articles = [rankers.as_article(i, text, "", text) for i, text in enumerate(texts)]
    wiring = _wiring()
    ours = rankers.ours(articles, wiring.encoder, wiring.cross_encoder)
    return {"top-1": paraphrase.share(ours, asked)}


def _out_of_scope() -> Figures:
    lines = [line.strip() for line in OUT_OF_SCOPE.read_text().splitlines() if line.strip()]
    found = refusal.measure(_understanding(shipped_articles()), lines)
    return {
        "not answered": 1 - found["Answer"] / len(lines),
        "not answered at 80% coverage": 1 - found["false_at_coverage"],
    }


GROUPS: dict[str, Callable[[], Figures]] = {
    "questions_dev": lambda: _own("dev"),
    "questions_test": lambda: _own("test"),
    "wordings": _wordings,
    "emergencies": _emergencies,
    "strangers": _strangers,
    "paraphrase": _paraphrase,
    "out_of_scope": _out_of_scope,
}


def _articles() -> list[Path]:
    return sorted(SHIPPED.glob("*.md"))


_FILES: dict[str, Callable[[], list[Path]]] = {
    "questions_dev": lambda: [TESTS / "questions_dev.jsonl", *_articles()],
    "questions_test": lambda: [TESTS / "questions_test.jsonl", *_articles()],
    "wordings": lambda: [TESTS / "wordings.txt", *_articles()],
    "emergencies": lambda: [
        f for f in sorted(TESTS.glob("*emergencies_*.txt")) if "stranger" not in f.name
    ],
    "strangers": lambda: sorted(TESTS.glob("*_stranger.*")),
    "paraphrase": lambda: [PAIRS],
    "out_of_scope": lambda: [OUT_OF_SCOPE, *_articles()],
}
