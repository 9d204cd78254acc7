"""`script/bench fit_commands --off-topic FILE`: weights for commands by their meaning.

Fitted to 3,484 wordings in five styles (bench/training/commands.tsv) and wordings of the sentence
templates, against what is none: remarks and requests (bench/training/not_commands.txt, stray.txt),
the written questions, problems told (for_us.txt), calls for help, and every second line of FILE,
questions off topic. Printed: what is
found of 316 wordings by strangers, of which none is among them (tests/data/commands_stranger.tsv),
by the templates, by the meaning, and by both, and what is wrongly obeyed. `--write` replaces
intents/command_meaning.npz.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from bench import perceptron
from bench.utterances import LISTS, lines_of, vectors_of, wordings
from bench.written import TRAINING, about_everyday
from intents.command_meaning import KINDS, NAMES, NONE, WEIGHTS
from intents.commands import Commands
from intents.perceptron import Perceptron
from intents.types import Command

# wordings of the templates a command: "spell ..." alone has thousands
MOST = 25
HIDDEN, RIDGE = 16, 1e-5
# how much all that is no command counts, and of it: remarks, questions, calls for help, off topic,
# talk in the room, problems told
NO_COMMAND = 0.5
PARTS = (0.25, 0.2, 0.1, 0.15, 0.2, 0.1)
# of the questions every so manieth: there are 30,000
EVERY = 6


def main(argv: list[str]) -> int:
    """Fit, print what it finds, write when asked."""
    return perceptron.main("fit_commands", __doc__, argv, _fit, _report, WEIGHTS)


def _fit(off_topic: Sequence[str]) -> Perceptron:
    said = [*wordings(TRAINING / "commands.tsv"), *_of_templates()]
    groups = (
        [*lines_of(TRAINING / "not_commands.txt"), *lines_of(LISTS / "not_commands.txt")],
        [q.question for q in about_everyday()[0][::EVERY]],
        [*lines_of(TRAINING / "calls.txt"), *lines_of(TRAINING / "not_calls.txt")],
        off_topic,
        lines_of(TRAINING / "stray.txt"),
        lines_of(TRAINING / "for_us.txt"),
    )
    texts = [text for _, text in said] + [text for group in groups for text in group]
    kinds = np.zeros(len(texts), np.int64)
    kinds[: len(said)] = [NAMES.index(name) for name, _ in said]
    counted = [(len(g), NO_COMMAND * part) for g, part in zip(groups, PARTS, strict=True)]
    weights = perceptron.shares((len(said), 1 - NO_COMMAND), *counted)
    return perceptron.fit(vectors_of(texts), kinds, weights, HIDDEN, RIDGE)


def _of_templates() -> list[tuple[str, str]]:
    shipped = Commands.shipped()
    found: dict[str, list[str]] = defaultdict(list)
    for phrase in shipped.phrases():
        kind = kind_of(shipped.parse(phrase))
        if kind != NONE:
            found[kind].append(phrase)
    rng = random.Random(0)
    return [
        (kind, text)
        for kind, every in sorted(found.items())
        for text in rng.sample(every, min(MOST, len(every)))
    ]


def kind_of(command: Command | None) -> str:
    """Return the kind of a command among NAMES; NONE when the meaning knows none such."""
    if command is None:
        return NONE
    for kind, known in KINDS.items():
        if known.slots == command.slots and command.name in ("choose", "section"):
            return kind
    return command.name if command.name in NAMES else NONE


def _report(network: Perceptron, off_topic: Sequence[str]) -> None:
    shipped = Commands.shipped()
    asked = wordings(LISTS / "commands_stranger.tsv")
    truth = [name for name, _ in asked]
    template = [kind_of(shipped.parse(text)) for _, text in asked]
    chances = network.chances(vectors_of([text for _, text in asked]))
    right = sum(found == name for found, name in zip(template, truth, strict=True))
    print(f"templates: {right} of {len(asked)} right")
    others = {
        "remarks": lines_of(LISTS / "not_commands_stranger.txt"),
        "strays": lines_of(LISTS / "stray_stranger.txt"),
        "off topic": [text for text in off_topic if not shipped.parse(text)],
        "questions": [q.question for q in about_everyday()[0][EVERY // 2 :: EVERY]],
    }
    vectors = {name: network.chances(vectors_of(texts)) for name, texts in others.items()}
    for bar in (0.5, 0.6, 0.7, 0.8, 0.9):
        meant = [NAMES[n] if p >= bar else NONE for n, p in _best(chances)]
        either = [a if a != NONE else b for a, b in zip(template, meant, strict=True)]
        print(
            f"from {bar}:",
            *(
                f"{name} {sum(map(str.__eq__, found, truth))} right"
                f" {sum(f not in (NONE, t) for f, t in zip(found, truth, strict=True))} wrong,"
                for name, found in (("meaning", meant), ("both", either))
            ),
            *(
                f"{sum(n > 0 and p >= bar for n, p in _best(found))} of {len(found)} {name},"
                for name, found in vectors.items()
            ),
        )


def _best(chances: perceptron.Floats) -> list[tuple[int, float]]:
    return [(int(n), float(row[n])) for n, row in zip(chances.argmax(1), chances, strict=True)]
