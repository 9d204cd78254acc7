"""What the library makes of an utterance while it is still being said. Pure but for `decide`.

Looked at only in a silence: fluent speech costs nothing, and the guesses (100 ms) and a decision
(30 ms) are there before the shortest silence that ends an utterance (300 ms).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from intents.completeness import Completeness, completeness, taken_as
from intents.types import Answer, Command, Decision, Emergency, Hypothesis

# Probability from which an answer is given as it was foreseen, without the end of the first pass.
# That end costs 20 to 60 ms, and its late guesses more than they bring: of 248 questions by four
# synthetic voices 66 answers were foreseen with 0.7 or more, 62 of them right; of the same, 56 were
# right afterwards, 4 wrong, 6 not answered.
SURE = 0.7

# Verdicts on what the library can answer as it stands.
ANSWERABLE = frozenset(("complete", "nearly"))

Decide = Callable[[Sequence[Hypothesis]], Decision]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An answer that was decided on before the utterance ended, and what it was decided from."""

    heard: Sequence[Hypothesis]
    decision: Answer


class Anticipation:
    """Judges each new wording of the utterance in progress once."""

    def __init__(
        self,
        decide: Decide,
        *,
        continues: Callable[[str], bool],
        prepare: Callable[[Decision], None],
        turn_end: Callable[[str], float] | None = None,
    ) -> None:
        """`continues` tells whether more belongs after these words; `prepare` gets what is likely.

        `prepare` is called with the decision on an utterance that looks complete, before it ended.
        `turn_end` returns the log odds that nothing follows.
        """
        self._decide = decide
        self._continues = continues
        self._prepare = prepare
        self._turn_end = turn_end
        # the wording judged last, and the verdict on it
        self._judged = ""
        self._found: Completeness = "likely"
        # the verdict that was told in this silence
        self._told: Completeness | None = None
        self._answer: Foreseen | None = None

    def speech(self) -> None:
        """Somebody speaks, or breathes: the next silence is another one."""
        self._told = None

    def judge(self, guesses: Sequence[Hypothesis]) -> Completeness | None:
        """Judge the guesses at the utterance so far, best first; None when nothing new is known.

        Within one silence a guess may still change for the worse ("tell me the", "tell me that",
        "what is cachexia", "what is cash sheets here"): "unfinished" then stays, and so does a sure
        answer, except before a command or a call for help. A breath after the words begins another
        silence; the verdict on the same words is then told again.
        """
        if not guesses or not guesses[0].text:
            return None
        if guesses[0].text != self._judged:
            self._judged = guesses[0].text
            decision = self._decide(guesses)
            found = self._look(guesses[0].text, decision)
            worse = found not in ANSWERABLE and not isinstance(decision, Command | Emergency)
            if worse and self._told in ANSWERABLE and self._sure:
                return None
            self._found, self._answer = found, None
            if found in ANSWERABLE:
                self._prepare(decision)
                if isinstance(decision, Answer):
                    self._answer = Foreseen(guesses, decision)
        elif self._told is not None:
            return None
        if self._found == "unknown" and self._told == "unfinished":
            return None
        self._told = self._found
        return self._found

    @property
    def foreseen(self) -> Foreseen | None:
        """The answer to the words so far, when they are a whole question."""
        return self._answer

    @property
    def _sure(self) -> bool:
        return self._answer is not None and self._answer.decision.match.score >= SURE

    def _look(self, text: str, decision: Decision) -> Completeness:
        # "what is my soul" does not go on, but "what is muscle", another guess at it, does
        guessed = {text, taken_as(decision) or text}
        continues = any(map(self._continues, guessed))
        # the guess that was answered may have a word more ("what is neurogenic")
        odds = fmean(map(self._turn_end, guessed)) if self._turn_end else None
        return completeness(text, decision, continues=continues, odds=odds)

    def reset(self) -> None:
        """Forget the utterance."""
        self._told = None
        self._answer = None
        self._judged = ""
