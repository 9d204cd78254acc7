"""Ranks passages for several guesses at one question, and says how likely the best one answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.cross_encoder import passage_text
from intents.errors import ReadbackError
from intents.matching import features, meaning
from intents.matching.calibration import Calibration, calibration
from intents.matching.evidence import MAX_MARGIN, STRAY, Evidence
from intents.matching.excerpt import excerpt
from intents.matching.features import Features, Question
from intents.matching.index import Index, opened
from intents.matching.shelf import Shelf
from intents.matching.stray import stray as is_stray
from intents.matching.terms import stem, stems
from intents.matching.vectors import DamagedError, Encoder, Progress, silent
from intents.text import normalize, words
from intents.types import Hypothesis, Match, Reason

_log = logging.getLogger(__name__)
# guesses that are looked at, and repaired ones when those are weak; each costs about 5 ms
MAX_GUESSES, MAX_REPAIRS = 3, 2
# price of a repaired wording in the ranking sum: 0.03 + 0.3 x distance (understanding.md)
REPAIR_PRICE, REPAIR_SLOPE = 0.03, 0.3
# price of a recognizer's second, third ... guess, a step each; of 162 spoken wordings, 13 were
# answered wrong at 0.01 and 11 from 0.12 on, and as many right (110, 109)
GUESS_PRICE = 0.12
# lead of what no article answers (elsewhere.py) from which on nothing is put into the question:
# "what is the weather" became "what is the withering". Of 1,158 questions off topic 5 are answered
# without this gate and 1 with it; at 80% coverage 2.25% and 0.69% pass
ELSEWHERE = 0.1
# passages that the cross-encoder reads at most (with a third one no more questions are answered
# right), and how many of its readings are kept: the same words are judged while they are being said
# and when they have been
READ, KEPT_READINGS = 2, 64
# log odds that are hardly ever exceeded: what would not come first with them is not read
HIGH_ODDS = 4.0
# lead of the heading's cosine over the best sentence's from which on the passage is read from its
# start: "what causes muscle wasting" has 0.20, "can starving make you lose your muscles" 0.13
WHOLE = 0.15


class Cross(Protocol):
    """intents.cross_encoder.CrossEncoder or a fake."""

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return the log odds that each passage answers."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One guess at the question, perhaps with library words put in."""

    text: str
    # taken off the ranking sum
    price: float
    # distance of the repair, 0 when taken as heard
    repair: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One passage for one wording."""

    unit: int
    hybrid: float
    row: NDArray[np.float32]
    question: Question
    wording: Wording
    # log odds of the cross-encoder; None when it read nothing
    odds: float | None = None

    @property
    def features(self) -> Features:
        """The row of numbers by name."""
        return Features._make(self.row.tolist())


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a search."""

    matches: list[Match]
    # the question names the best passage's subject
    on_topic: bool
    # what the best article does not say, in words; empty when unknown
    missing: str
    # no question, but talk or a request to somebody else
    stray: bool = False


class Matcher:
    """A library's index with the calibration that fits it."""

    def __init__(
        self,
        shelf: Shelf,
        encoder: Encoder | None,
        cache: Path | None,
        progress: Progress,
        cross: Cross | None = None,
    ) -> None:
        """Index the articles."""
        self._open = partial(opened, shelf, encoder, cache)
        self.index: Index = self._open(progress)
        # vectors of the question at hand with each word left out
        self._parts: dict[str, NDArray[np.float32]] = {}
        self._cross = cross if self.index.meaning is not None else None
        self._readings: dict[tuple[str, int], float] = {}
        self.calibration: Calibration = calibration(
            meaning=self.index.meaning is not None, cross=self._cross is not None
        )

    def find(self, hypotheses: Sequence[Hypothesis], limit: int) -> Found:
        """Return the `limit` best passages over all guesses.

        Where an article that is needed is gone or changed, or the index damaged, all are indexed
        anew; what was added since is not noticed by itself.
        """
        try:
            return self._find(hypotheses, limit)
        except ReadbackError as error:
            _log.warning("looking again with a new index: %s", error)
            self.index = self._open(silent, trusted=not isinstance(error, DamagedError))
            self._readings.clear()
            return self._find(hypotheses, limit)

    def _find(self, hypotheses: Sequence[Hypothesis], limit: int) -> Found:
        self._parts.clear()
        ranked = self._read(self._rank(list(_distinct(hypotheses))))
        if not ranked:
            return Found([], on_topic=False, missing="")
        talk = _stray(ranked)
        matches = [
            self._match(ranked, place, stray=talk) for place in range(min(limit, len(ranked)))
        ]
        matches[1:] = sorted(matches[1:], key=lambda match: -match.score)
        if talk:
            return Found(matches, on_topic=False, missing="", stray=True)
        return Found(matches, *self._topic(ranked[0]))

    def _read(self, ranked: list[Scored]) -> list[Scored]:
        """Return the passages in the order that they have once the first few were read.

        How far one leads is left as the matcher sees it: with the readings in it, of 108 questions
        (dev, 2% wrong) two fewer are answered right.
        """
        weigh = self.calibration.cross
        if self._cross is None or weigh is None or not ranked:
            return ranked
        odds = [self._odds(ranked[0])]
        for scored in ranked[1:READ]:
            if ranked[0].hybrid - scored.hybrid < weigh.rank * (HIGH_ODDS - odds[0]):
                odds.append(self._odds(scored))
        # what was not read is no better than the worst that was
        odds += [min(odds)] * (len(ranked) - len(odds))
        read = [replace(scored, odds=value) for scored, value in zip(ranked, odds, strict=True)]
        return sorted(read, key=lambda s: (-s.hybrid - weigh.rank * (s.odds or 0.0), s.unit))

    def _odds(self, scored: Scored) -> float:
        assert self._cross is not None
        key = scored.wording.text, scored.unit
        if key not in self._readings:
            unit = self.index.units[scored.unit]
            (found,) = self._cross.scores(key[0], [passage_text(unit.article, unit.passage)])
            if len(self._readings) >= KEPT_READINGS:
                del self._readings[next(iter(self._readings))]
            self._readings[key] = float(found)
        return self._readings[key]

    def _rank(self, guesses: Sequence[str]) -> list[Scored]:
        """Return each passage once, under the wording that fits it best."""
        heard = [Wording(g, i * GUESS_PRICE, 0.0) for i, g in enumerate(guesses[:MAX_GUESSES])]
        ranked = self._best(heard)
        if ranked and (self._promising(ranked[0]) or ranked[0].features.no_ours > ELSEWHERE):
            return ranked
        return self._best(self._repaired(heard), ranked)

    def _best(self, wordings: Sequence[Wording], known: Sequence[Scored] = ()) -> list[Scored]:
        best = {scored.unit: scored for scored in known}
        for question, wording in self._prepared(wordings):
            for scored in self._score(question, wording):
                old = best.get(scored.unit)
                if old is None or scored.hybrid > old.hybrid:
                    best[scored.unit] = scored
        return sorted(best.values(), key=lambda scored: (-scored.hybrid, scored.unit))

    def _promising(self, scored: Scored) -> bool:
        """Return whether a passage would answer if nothing spoke against it."""
        numbers = self.calibration
        return numbers.probability(_evidence(scored, 0.0, 0.0, stray=False)) >= numbers.promising

    def _repaired(self, heard: Sequence[Wording]) -> list[Wording]:
        """Return the cheapest repairs; only weak questions get here, for each costs a search."""
        repaired = [
            Wording(
                r.text, w.price + REPAIR_PRICE + REPAIR_SLOPE * r.distance, max(r.distance, 0.02)
            )
            for w in heard[:2]
            for r in self.index.repair.alternatives(words(w.text), 2)
        ]
        said = {wording.text for wording in heard}
        fresh = {
            wording.text: wording for wording in reversed(repaired) if wording.text not in said
        }
        return sorted(fresh.values(), key=lambda wording: wording.price)[:MAX_REPAIRS]

    def _prepared(self, wordings: Sequence[Wording]) -> Iterator[tuple[Question, Wording]]:
        questions = features.prepare([wording.text for wording in wordings], self.index)
        pairs = zip(questions, wordings, strict=True)
        yield from (pair for pair in pairs if pair[0].words)

    def _score(self, question: Question, wording: Wording) -> Iterator[Scored]:
        chosen = features.candidates(question, self.index)
        rows = features.measure(question, self.index, chosen)
        sums = (self.calibration.hybrid(rows) - wording.price).tolist()
        for number, hybrid, row in zip(chosen.tolist(), sums, rows, strict=True):
            yield Scored(number, hybrid, row, question, wording)

    def _match(self, ranked: Sequence[Scored], place: int, *, stray: bool) -> Match:
        scored = ranked[place]
        unit = self.index.units[scored.unit]
        others = [other.hybrid for other in ranked[:READ] if other is not scored]
        lead = scored.hybrid - max(others, default=scored.hybrid - MAX_MARGIN)
        evidence = _evidence(scored, lead, self._doubt(scored), stray=stray)
        return Match(
            article=unit.article,
            passage=unit.passage,
            sentences=excerpt(unit.passage, self._fits(scored), whole=_whole(scored)),
            score=self.calibration.probability(evidence),
            margin=lead,
            why=self._reasons(scored, evidence),
            wording=scored.wording.text,
        )

    def _doubt(self, scored: Scored) -> float:
        table, vector = self.index.meaning, scored.question.vector
        if table is None or vector is None:
            return 0.0
        text = scored.question.text
        if text not in self._parts:
            parts = features.parts(scored.question, self.index)
            self._parts[text] = table.store.encode(parts) if parts else vector[None]
        return meaning.doubt(table, vector, self._parts[text], scored.unit)

    def _fits(self, scored: Scored) -> list[float] | NDArray[np.float32]:
        """Return how well each sentence of the passage fits the question."""
        table, vector = self.index.meaning, scored.question.vector
        if table is not None and vector is not None:
            low, high = table.sentences.bounds[scored.unit : scored.unit + 2]
            fits: NDArray[np.float32] = table.sentences.take(np.arange(low, high)) @ vector
            return fits
        asked = set(scored.question.stems)
        sentences = self.index.units[scored.unit].passage.sentences
        return [float(len(asked & {stem(w) for w in words(s.text)})) for s in sentences]

    def _reasons(self, scored: Scored, evidence: Evidence) -> tuple[Reason, ...]:
        values, numbers = evidence.values(), self.calibration
        reasons = [Reason(n, values[n], numbers.weight(n, evidence)) for n in numbers.logistic]
        if evidence.stray:
            reasons.append(Reason(STRAY, 1.0, 0.0))
        if numbers.cross and evidence.odds is not None:
            reasons.append(Reason("read together", evidence.odds, numbers.cross.odds))
            reasons.append(Reason("reading's bias", 1.0, numbers.cross.bias))
        if self.index.meaning is None:
            reasons.append(Reason("no sentence encoder: words only", 1.0, 0.0))
        if scored.wording.repair:
            reasons.append(Reason(f"taken as: {scored.wording.text}", 1.0, 0.0))
        return tuple(reasons)

    def _topic(self, best: Scored) -> tuple[bool, str]:
        """Return whether the question names the best article's subject, and what is missing."""
        here = self.index.shape(best.unit)
        named = _names(here.names, best.question.stems)
        on_topic = named or best.features.label >= self.calibration.topic
        if not on_topic:
            return False, ""
        asked, own = best.question.wanted, self.index.units.siblings(best.unit)
        silent = [a for a in asked if not any(self.index.shape(n).speaks(a) for n in own)]
        silent += [a for a in asked if not here.speaks(a)]
        return True, silent[0].missing if silent else ""


def _evidence(scored: Scored, lead: float, doubt: float, *, stray: bool) -> Evidence:
    words, repair = len(scored.question.words), scored.wording.repair
    return Evidence(scored.features, lead, repair, words, doubt, scored.odds, stray)


def _stray(ranked: Sequence[Scored]) -> bool:
    """Tell whether the likeliest guess, as it was heard, is talk in the room.

    Not as repaired: with the library's words in it "tell me about shingles" was one.
    """
    heard = [scored for scored in ranked if not scored.wording.repair]
    first = min(heard, key=lambda scored: scored.wording.price, default=None)
    vector = first.question.vector if first else None
    return vector is not None and is_stray(vector)


def _whole(scored: Scored) -> bool:
    """Return whether the question is nearer to the heading than to any one sentence."""
    return scored.features.label - scored.features.sentence >= WHOLE


def _names(names: Sequence[str], asked: Sequence[str]) -> bool:
    """Return whether the question holds every content word of one of the article's names."""
    known = set(asked)
    return any(parts and set(parts) <= known for parts in map(stems, names))


def _distinct(hypotheses: Sequence[Hypothesis]) -> Iterator[str]:
    """Yield each wording once, in order."""
    yield from dict.fromkeys(normalize(h.text) for h in hypotheses if words(h.text))
