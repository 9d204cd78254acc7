"""From what was heard to what to do: emergency first, then commands, then the library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.guesses import best_of_each_ear, trusted
from intents.matching.matcher import Cross, Matcher
from intents.matching.shelf import Loose, Shelf
from intents.matching.vectors import Encoder, Progress, silent
from intents.text import words
from intents.types import (
    Answer,
    Article,
    Command,
    Decision,
    Emergency,
    Hypothesis,
    Match,
    OutOfScope,
    Unsure,
)

__all__ = ["Besides", "Encoder", "Understanding"]


@dataclass(frozen=True, slots=True)
class Besides:
    """What is understood besides questions; what is left out is not."""

    # known wordings of commands, and what is asked about all else that the library has no answer to
    parse_command: Callable[[str], Command | None] | None = None
    mean_command: Callable[[Sequence[Hypothesis]], Command | None] | None = None
    # returns the words that call for help
    find_emergency: Callable[[Sequence[Hypothesis]], str | None] | None = None


class Understanding:
    """A library that can be asked. Deterministic; no clock, no network, no sound."""

    def __init__(
        self,
        articles: Sequence[Article] | Shelf,
        *,
        encoder: Encoder | None = None,
        cross: Cross | None = None,
        besides: Besides | None = None,
        cache: Path | None = None,
        progress: Progress = silent,
    ) -> None:
        """Index the articles: all of them at hand, or a library, of which few are held in memory.

        Without an encoder only words are compared: fewer questions are answered, none more boldly.
        With the cross-encoder `cross` besides, the first passages are read together with the
        question.
        `cache` is a folder in which vectors, and a library's whole index, are kept between runs;
        `progress` gets (done, total) articles while new ones are indexed.
        """
        shelf = Loose(articles) if isinstance(articles, Sequence) else articles
        self._matcher = Matcher(shelf, encoder, cache, progress, cross)
        self._besides = besides or Besides()

    def decide(self, hypotheses: Sequence[Hypothesis]) -> Decision:
        """Return what to do about one utterance, given as guesses at its words, best first."""
        said = [hypothesis for hypothesis in hypotheses if words(hypothesis.text)]
        if not said:
            return OutOfScope()
        known = self._emergency(said) or self._command(said)
        if known:
            return known
        judged = self._judge(said)
        if isinstance(judged, Answer) or self._besides.mean_command is None:
            return judged
        return self._besides.mean_command(said) or judged

    def warm(self) -> None:
        """Do the one-time work of the first decision now (rules compiled, encoder started).

        Measured: 0.35 s of a first typed question.
        """
        self.decide([Hypothesis("is there anything to answer here")])

    def rank(self, hypotheses: Sequence[Hypothesis], limit: int = 5) -> list[Match]:
        """Return the passages that fit best, best first, with the reasons for their scores."""
        return self._matcher.find(hypotheses, limit).matches

    def _emergency(self, said: Sequence[Hypothesis]) -> Emergency | None:
        find = self._besides.find_emergency
        phrase = find(said) if find else None
        return Emergency(phrase) if phrase else None

    def _command(self, said: Sequence[Hypothesis]) -> Command | None:
        parse = self._besides.parse_command
        if parse is None:
            return None
        found = (parse(guess.text) for guess in best_of_each_ear(said))
        command = next((command for command in found if command), None)
        if command and trusted(command, said, lambda guess: parse(guess.text)):
            return command
        return None

    def _judge(self, said: Sequence[Hypothesis]) -> Decision:
        found = self._matcher.find(said, 3)
        if not found.matches:
            return OutOfScope()
        best, bands = found.matches[0], self._matcher.calibration
        if best.score >= bands.answer:
            return Answer(best, said[0].text)
        if best.score >= bands.unsure:
            return Unsure(tuple(m for m in found.matches if m.score >= bands.unsure))
        return OutOfScope(best, on_topic=found.on_topic, missing=found.missing, stray=found.stray)
