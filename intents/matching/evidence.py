"""All that speaks for or against one passage: what the probability is made of."""

from __future__ import annotations

from dataclasses import dataclass

from intents.matching.features import Features

# a lead over the next passage beyond this says no more
MAX_MARGIN = 0.3
# content words beyond which a question counts as long
LONG = 12
MARGIN, REPAIR, LENGTH, DOUBT, BIAS = "margin", "repair", "length", "doubt", "bias"
STRAY = "stray"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One passage's fit and what surrounds it."""

    features: Features
    # lead over the next passage in the ranking sum
    margin: float
    # distance of the sound-alike words put into the question, 0 when it was taken as heard
    repair: float
    # content words of the question
    words: int
    # how much nearer the passage comes once one word is left out of the question: that word is
    # not what the passage is about
    doubt: float = 0.0
    # log odds of the cross-encoder, which read question and passage together; None without it
    odds: float | None = None
    # the utterance is no question, but talk or a request to somebody else
    stray: bool = False

    def values(self) -> dict[str, float]:
        """Return every number by the name that thresholds.toml knows it under."""
        return self.features._asdict() | {
            MARGIN: min(self.margin, MAX_MARGIN),
            REPAIR: self.repair,
            LENGTH: min(self.words, LONG) / LONG,
            DOUBT: self.doubt,
            BIAS: 1.0,
            STRAY: float(self.stray),
        }
