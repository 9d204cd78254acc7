"""The numbers that turn features into a rank, a probability and a decision: thresholds.toml."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from intents.matching.evidence import Evidence
from intents.matching.features import Features


@dataclass(frozen=True, slots=True)
class Cross:
    """What the cross-encoder's log odds do to order and probability."""

    # weight of the log odds beside the ranking sum
    rank: float
    # new log odds: scale x those of the logistic model + odds x the cross-encoder's + bias
    scale: float
    odds: float
    bias: float
    # the highest probability of a passage that only the reading put first
    overturned: float
    # bands as below
    answer: float
    unsure: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """One set of numbers: with the sentence encoder, or without."""

    # feature -> weight in the ranking sum
    rank: Mapping[str, float]
    # feature or other evidence -> weight in the logistic model
    logistic: Mapping[str, float]
    # at least this probability: answer; between the two: ask back; below: refuse
    answer: float
    unsure: float
    # features that alone forbid an answer -> the highest probability left when they are 1
    vetoes: Mapping[str, float]
    # below this label or covered value the question is about something else
    topic: float
    # at least this probability without the cross-encoder: the question was understood as heard
    promising: float
    cross: Cross | None = None

    def hybrid(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weighted sums that rank passages, one a row of features."""
        weights = [self.rank.get(name, 0.0) for name in Features._fields]
        return rows @ np.array(weights, np.float32)

    def probability(self, evidence: Evidence) -> float:
        """Return the probability 0..1 that the passage answers."""
        values = evidence.values()
        total = math.fsum(self.weight(name, evidence) * values[name] for name in self.logistic)
        if self.cross and evidence.odds is not None:
            total += self.cross.odds * evidence.odds + self.cross.bias
        fit = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
        caps = [cap for name, cap in self.vetoes.items() if values[name] == 1.0]
        if self.cross and evidence.odds is not None and evidence.margin < 0:
            caps.append(self.cross.overturned)
        return min([fit, *caps])

    def weight(self, name: str, evidence: Evidence) -> float:
        """Return what one piece of evidence weighs beside the others."""
        scale = self.cross.scale if self.cross and evidence.odds is not None else 1.0
        return scale * self.logistic[name]


@lru_cache(maxsize=4)
def calibration(*, meaning: bool, cross: bool = False) -> Calibration:
    """Return the numbers for a library with sentence vectors, or for words alone.

    `cross` tells whether the cross-encoder is there too, which needs the vectors.
    """
    text = files("intents.matching").joinpath("thresholds.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)["meaning" if meaning else "lexical"]
    bands = table["bands"]
    crossed = Cross(**table["cross"]) if cross and meaning else None
    return Calibration(
        rank=table["rank"],
        logistic=table["logistic"],
        answer=crossed.answer if crossed else bands["answer"],
        unsure=crossed.unsure if crossed else bands["unsure"],
        vetoes=table["vetoes"],
        topic=bands["topic"],
        promising=bands["answer"],
        cross=crossed,
    )
