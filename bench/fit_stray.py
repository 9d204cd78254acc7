"""`script/bench fit_stray --off-topic FILE`: weights that tell what is not meant for us.

Fitted to talk, requests to other devices and the like (bench/training/stray.txt, and every second
line of FILE, without what is a question of knowledge), against questions, problems told and
subjects named (bench/training/for_us.txt and the written questions).
Printed: what is let pass and what is held back of strangers' lists (tests/data), of our own
questions and of the other lines of FILE. `--write` replaces intents/matching/stray.npz.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np

from bench import perceptron
from bench.utterances import LISTS, lines_of, vectors_of
from bench.written import TRAINING, about_everyday
from intents.matching import stray
from intents.perceptron import Perceptron

HIDDEN, RIDGE = 32, 1e-4
# how much they count: strays, those of FILE; what is for us, questions
PARTS = (0.4, 0.1, 0.2, 0.3)
EVERY = 4
# A question of knowledge may be asked of some library: it asks, and about nobody in the room.
_ASKS = re.compile(
    r"(?:and |so |but )?(?:what|why|how|who|when|where|which|is|are|was|were|do|does|did|can|could"
    r"|should|will|would|may|must|has|have|define|tell me (?:about|how|why|what)|explain)\b"
)
_SOMEBODY = re.compile(
    r"\b(?:i|i'm|i've|me|my|mine|we|us|our|you|your|he|she|his|her|him|mum|mom|dad|darling|dear)\b"
)


def main(argv: list[str]) -> int:
    """Fit, print what it finds, write when asked."""
    return perceptron.main("fit_stray", __doc__, argv, _fit, _report, stray.WEIGHTS)


def of_knowledge(text: str) -> bool:
    """Tell whether an utterance asks for something that may stand in some article."""
    return bool(_ASKS.match(text)) and not _SOMEBODY.search(text)


def _fit(off_topic: Sequence[str]) -> Perceptron:
    groups = (
        _strays(lines_of(TRAINING / "stray.txt")),
        _strays(off_topic),
        lines_of(TRAINING / "for_us.txt"),
        [q.question for q in about_everyday()[0][::EVERY] if q.expect],
    )
    texts = [text for group in groups for text in group]
    kinds = (np.arange(len(texts)) < sum(map(len, groups[:2]))).astype(np.int64)
    weights = perceptron.shares(*((len(g), part) for g, part in zip(groups, PARTS, strict=True)))
    return perceptron.fit(vectors_of(texts), kinds, weights, HIDDEN, RIDGE)


def _strays(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if not of_knowledge(text)]


def _report(network: Perceptron, off_topic: Sequence[str]) -> None:
    names = ("questions_dev.jsonl", "questions_test.jsonl", "questions_blind.jsonl")
    asked = [json.loads(x) for name in names for x in (LISTS / name).read_text().splitlines()]
    lists = {
        "for us": lines_of(LISTS / "for_us_stranger.txt"),
        "our answerable questions": [line["q"] for line in asked if line["expect"]],
        "strays": lines_of(LISTS / "stray_stranger.txt"),
        "off topic": off_topic,
    }
    odds = {n: network.odds(vectors_of(t)) for n, t in lists.items()}
    for bar in (0.0, 1.0, 2.0, 3.0, 4.0, 6.0):
        held = (f"{int((o > bar).sum())} of {len(o)} {name}" for name, o in odds.items())
        print(f"held back from {bar}:", ", ".join(held))
