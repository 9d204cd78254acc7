"""`script/bench fit_emergency --off-topic FILE`: weights for calls for help, and what they bring.

A small network over sentence vectors and what the rules say (intents/alarm.py), fitted to 2,488
calls for help and 3,585 ordinary utterances about the same things (bench/training/calls.txt,
not_calls.txt), to our older lists under tests/data, to the written questions, to remarks and
commands, talk in the room and problems told, and to every second line of FILE, off topic. Printed:
what the rules find, and what the network, of lists that it was not fitted to: strangers'
(tests/data/*_stranger.txt), the other lines of FILE, other written questions. `--write` replaces
intents/emergency_meaning.npz.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from bench import perceptron
from bench.utterances import LISTS, lines_of, vectors_of, wordings
from bench.written import TRAINING, about_everyday
from intents import alarm
from intents.emergency import find_emergency
from intents.perceptron import Perceptron

CALLS = ("emergencies_dev.txt", "emergencies_test.txt", "emergencies_blind.txt")
ORDINARY = (
    *("not_emergencies_dev.txt", "not_emergencies_test.txt", "not_emergencies_blind.txt"),
    "not_emergencies_mild.txt",
)
HIDDEN, RIDGE = 32, 3e-5
# how much they count: our older lists, the twins of calls, questions, remarks and commands, FILE,
# talk in the room, problems told
ORDINARY_PARTS = (0.1, 0.15, 0.12, 0.03, 0.05, 0.1, 0.05)
EVERY = 6


def main(argv: list[str]) -> int:
    """Fit, print what it finds, write when asked."""
    return perceptron.main("fit_emergency", __doc__, argv, _fit, _report, alarm.WEIGHTS)


def features_of(texts: Sequence[str]) -> perceptron.Floats:
    """Return the vectors of utterances beside what the rules say of them, (n, 386)."""
    rules = [alarm.by_rule(text) for text in texts]
    return np.hstack([vectors_of(texts), np.array(rules, np.float32).reshape(len(texts), 2)])


def _fit(off_topic: Sequence[str]) -> Perceptron:
    calls = [line for name in CALLS for line in lines_of(LISTS / name)]
    calls += lines_of(TRAINING / "calls.txt")
    groups = (
        [*(line for name in ORDINARY for line in lines_of(LISTS / name)), *_questions()],
        lines_of(TRAINING / "not_calls.txt"),
        [q.question for q in about_everyday()[0][::EVERY]],
        [
            *lines_of(TRAINING / "not_commands.txt"),
            *(text for _, text in wordings(TRAINING / "commands.tsv")[::2]),
        ],
        off_topic,
        lines_of(TRAINING / "stray.txt"),
        # problems told, without those that are as urgent as that
        [text for text in lines_of(TRAINING / "for_us.txt") if not find_emergency(text)],
    )
    texts = [*calls, *(line for group in groups for line in group)]
    kinds = (np.arange(len(texts)) < len(calls)).astype(np.int64)
    counted = [(len(g), part) for g, part in zip(groups, ORDINARY_PARTS, strict=True)]
    weights = perceptron.shares((len(calls), 1 - sum(ORDINARY_PARTS)), *counted)
    return perceptron.fit(features_of(texts), kinds, weights, HIDDEN, RIDGE)


def _questions() -> list[str]:
    names = ("questions_dev.jsonl", "questions_test.jsonl")
    return [json.loads(line)["q"] for n in names for line in (LISTS / n).read_text().splitlines()]


def _report(network: Perceptron, off_topic: Sequence[str]) -> None:
    lists = {
        "calls": lines_of(LISTS / "emergencies_stranger.txt"),
        "ordinary": lines_of(LISTS / "not_emergencies_stranger.txt"),
        "off topic": off_topic,
        "strays": lines_of(LISTS / "stray_stranger.txt"),
        "for us": lines_of(LISTS / "for_us_stranger.txt"),
        "questions": [q.question for q in about_everyday()[0][EVERY // 2 :: EVERY]],
    }
    features = {name: features_of(texts) for name, texts in lists.items()}
    odds = {name: network.odds(found) for name, found in features.items()}
    for name, found in features.items():
        print(f"rules: {int(found[:, -2].sum())} of {len(found)} {name}")
    for bar in (-2.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        print(
            f"from {bar}:",
            *(f"{int((o > bar).sum())} of {len(o)} {name}," for name, o in odds.items()),
            *(
                f"of the rules' {int((o[features[name][:, -2] > 0] > bar).sum())} {name},"
                for name, o in odds.items()
            ),
        )
