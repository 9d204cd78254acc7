"""A context: sentence templates with slots that become both the ear's grammar and the parser."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from intents import context_grammar, context_repair, context_templates
from intents.context_grammar import Acceptor, Network, Tag
from intents.context_templates import ContextError, Template
from intents.text import normalize
from intents.types import Hypothesis

__all__ = ["Context", "ContextError", "Parsed"]

# Most that a sentence may be repaired, as a share of its words: beyond it, nothing was understood.
MOST_REPAIR = 0.5
# How much one wrong word weighs against the recognizer's probabilities, in nats.
_REPAIR_WEIGHT = 3.0
# A hypothesis never counts as impossible, whatever its rank.
_LEAST_CONFIDENCE = 1e-3


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a sentence of a context means."""

    intent: str
    # in the order spoken; slots the intent sets by itself come last
    slots: tuple[tuple[str, str], ...]


class Context:
    """The templates of one file, compiled."""

    def __init__(self, templates: Sequence[Template], skip_words: Iterable[str] = ()) -> None:
        """Compile `templates`; raises ContextError when one uses a list or rule that is missing."""
        self._skip = frozenset(skip_words)
        grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[Template]] = defaultdict(list)
        for template in templates:
            grouped[template.intent, template.fixed].append(template)
        self._networks: list[tuple[str, tuple[tuple[str, str], ...], Network]] = [
            (intent, fixed, context_grammar.network(group))
            for (intent, fixed), group in grouped.items()
        ]
        self._whole = context_grammar.network(templates)

    @classmethod
    def load(cls, path: Path) -> Context:
        """Read and compile a context file, hassil's or Picovoice's dialect.

        Raises ContextError, naming the file, when it is missing or anything in it is wrong.
        """
        read = context_templates.read(path)
        try:
            return cls(read.templates, read.skip_words)
        except ContextError as error:
            raise ContextError(f"{path}: {error}") from error

    @cached_property
    def acceptor(self) -> Acceptor:
        """Exactly the context's sentences, as the smallest network; for an exact grammar."""
        return context_grammar.acceptor(self._whole)

    @property
    def words(self) -> frozenset[str]:
        """Every word that must be hearable."""
        return self.acceptor.words | self._skip

    def phrases(self) -> tuple[str, ...]:
        """Return few sentences that hold every pair of neighboring words: a bigram grammar."""
        return (*context_grammar.covering(self.acceptor), *sorted(self._skip))

    def parse(self, text: str) -> Parsed | None:
        """Return what `text` means, word for word as a template says it, else None.

        Skip words may stand anywhere. A text that two intents claim means nothing.
        """
        return self._parse(normalize(text).split())

    def _parse(self, said: Sequence[str]) -> Parsed | None:
        tries = [list(said)]
        if self._skip.intersection(said):
            tries.append([word for word in said if word not in self._skip])
        for wording in tries:
            found = [
                Parsed(intent, _with_fixed(slots, fixed))
                for intent, fixed, made in self._networks
                if (slots := _slots(made, wording)) is not None
            ]
            if found:
                return found[0] if len({p.intent for p in found}) == 1 else None
        return None

    def nearest(self, text: str) -> str | None:
        """Return the sentence of the grammar that is nearest to what was heard, None if none is."""
        said = normalize(text).split()
        said = [word for word in said if word not in self._skip] or said
        if self._parse(said):
            return " ".join(said)
        near = self._near(said)
        return " ".join(near[1]) if near else None

    def understand(self, hypotheses: Sequence[Hypothesis]) -> Parsed | None:
        """Return what was most likely meant, or None when nothing of the context was said.

        Every hypothesis is moved to the nearest sentence of the grammar; hypotheses that then mean
        the same add up (a command may be worded in several ways), discounted by what the repair
        cost.
        """
        votes: dict[Parsed, float] = defaultdict(float)
        for hypothesis in hypotheses:
            repaired = self._repair(normalize(hypothesis.text).split())
            if repaired is None:
                continue
            cost, parsed = repaired
            confidence = max(hypothesis.confidence, _LEAST_CONFIDENCE)
            votes[parsed] += confidence * math.exp(-_REPAIR_WEIGHT * cost)
        return max(votes, key=lambda parsed: votes[parsed], default=None)

    def _repair(self, said: Sequence[str]) -> tuple[float, Parsed] | None:
        said = [word for word in said if word not in self._skip] or list(said)
        exact = self._parse(said)
        if exact:
            return 0.0, exact
        near = self._near(said)
        parsed = self._parse(near[1]) if near else None
        return (near[0], parsed) if near and parsed else None

    def _near(self, said: Sequence[str]) -> tuple[float, tuple[str, ...]] | None:
        near = context_repair.nearest(self.acceptor, said, MOST_REPAIR * len(said))
        # most of what was heard, and most of what it became, must agree
        return near if near and near[0] <= MOST_REPAIR * len(near[1]) else None


def _with_fixed(
    slots: tuple[tuple[str, str], ...], fixed: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    named = {name for name, _ in slots}
    return (*slots, *((name, value) for name, value in fixed if name not in named))


def _slots(made: Network, said: Sequence[str]) -> tuple[tuple[str, str], ...] | None:
    """Follow `said` through the network; return the first path's slots, None without a path."""
    reached: dict[int, tuple[Tag, ...]] = {0: ()}
    for word in said:
        following: dict[int, tuple[Tag, ...]] = {}
        for state, tags in reached.items():
            for arc_word, met, target in made.arcs[state]:
                if arc_word == word:
                    following.setdefault(target, (*tags, *met))
        reached = following
    ends = [(*tags, *made.finals[state]) for state, tags in reached.items() if state in made.finals]
    return tuple((tag.slot, tag.value) for tag in ends[0]) if ends else None
