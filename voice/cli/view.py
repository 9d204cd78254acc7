"""Pure: what a sighted helper wants to see while Readback listens, from events and sound levels.

Nothing here prints: voice/cli/screen.py draws it, voice/cli/plain.py says it in lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from intents.types import (
    Answer,
    Command,
    Decision,
    Emergency,
    Match,
    OutOfScope,
    Quotation,
    Unfinished,
    Unsure,
)
from voice import events
from voice.events import Event

State: TypeAlias = Literal[
    "waiting", "listening", "hearing", "thinking", "reading", "ducked", "paused"
]

# Digital silence is -infinity; this is what 16 bits can tell from it.
FLOOR_DB = -96.0
# Frames of 32 ms without a single sample that differs from 0, as a muted microphone gives: 3 s.
# The quietest room has some noise.
MUTED_FRAMES = 94
# Samples this near to full scale are clipped.
FULL_DB = -0.1

_ANYTIME = ("help", "what can I ask")
_READING = ("stop", "pause", "repeat", "slower", "louder", "next", "back", "who says that")
_AFTER = ("more", "repeat", "spell that", "who says that", "that's wrong", "good night")


@dataclass(frozen=True, slots=True)
class Opening:
    """How the ear is opened, for what is shown while it is closed."""

    mode: str = "always"
    phrase: str = ""

    def __str__(self) -> str:
        """Return it as an instruction."""
        way = "press space" if self.mode == "key" else f'say "{self.phrase}" or press space'
        return f"closed; {way}"


class View:
    """What is going on. `open_ear` tells whether what is said now is for us."""

    def __init__(self, opening: Opening, open_ear: Callable[[], bool]) -> None:
        """Begin before the first event."""
        self._opening = opening
        self._open_ear = open_ear
        self.state: State = "waiting"
        # loudness of the last frame, in dB of full scale
        self.level_db = FLOOR_DB
        self.clipped = False
        self._zeros = 0
        self.partial = self.heard = self.decided = self.found = self.saying = ""
        # whether `saying` is an article's sentence
        self.quoted = False
        self._decision: Decision | None = None
        self._read = False

    @property
    def muted(self) -> bool:
        """Whether the microphone gives nothing at all: switched off, or the wrong device."""
        return self._zeros >= MUTED_FRAMES

    @property
    def status(self) -> str:
        """The state in words."""
        words: dict[State, str] = {
            "waiting": str(self._opening),
            "listening": "listening",
            "hearing": "hearing you",
            "thinking": "thinking",
            "reading": "reading" if self.quoted else "speaking",
            "ducked": "lowered; listening for a command",
            "paused": "paused",
        }
        return words[self.state]

    @property
    def hints(self) -> Sequence[str]:
        """What can be said now."""
        match self.state, self._decision:
            case "waiting", _:
                return ()
            case "paused", _:
                return ("go on", "stop", "repeat", "where am I")
            case (("reading" | "ducked"), _):
                return _READING
            case _, Unsure(matches):
                choice = ("the first one", "the second one", "neither")
                return (*(("yes", "no") if len(matches) == 1 else choice), *_ANYTIME)
            case _, OutOfScope(best) if best is not None:
                return ("yes", "no", *_ANYTIME)
            case _:
                return (*(_AFTER if self._read else ()), *_ANYTIME)

    def sound(self, pcm: bytes) -> None:
        """Take a frame's samples (16-bit, mono)."""
        samples = np.frombuffer(pcm, "<i2").astype(np.float64) / 32768
        peak = float(np.abs(samples).max(initial=0.0))
        self._zeros = self._zeros + 1 if peak == 0.0 else 0
        self.clipped = decibels(peak) >= FULL_DB
        self.level_db = decibels(math.sqrt(float(np.mean(samples**2)))) if peak else FLOOR_DB

    def take(self, event: Event) -> None:
        """Take what the assistant tells."""
        match event:
            case events.Listening() | events.Awake() | events.Asleep() | events.NothingHeard():
                self._idle()
            case events.Hearing(text):
                # what was decided before is not about these words
                self.decided = self.found = ""
                self.state, self.partial = "hearing", text
            case events.Thinking():
                self.state = "thinking"
            case events.Understood(hypotheses, decision):
                self._understood(hypotheses[0].text if hypotheses else "", decision)
            case events.Saying(utterance):
                self.state, self.saying = "reading", utterance.text
                self.quoted = isinstance(utterance, Quotation)
                self._read = self._read or self.quoted
            case events.Ducked(ducked):
                self.state = "ducked" if ducked else "reading"
            case events.Interrupted(command):
                self.state = "paused" if command == "pause" else self._after(command)
            case events.Missed():
                pass

    def _idle(self) -> None:
        self.state = "listening" if self._open_ear() else "waiting"
        self.partial = self.saying = ""

    def _after(self, command: str) -> State:
        return "reading" if command == "resume" and self.saying else self.state

    def _understood(self, text: str, decision: Decision) -> None:
        self.partial = ""
        self.heard, self.decided, self.found = text, verdict(decision), source(decision)
        # of a command into an answer Interrupted tells what becomes of the answer
        if not self.saying:
            self.state = "listening"
        stray = isinstance(decision, OutOfScope) and decision.stray
        if not isinstance(decision, Command) and not stray:
            self._decision = decision


def decibels(value: float) -> float:
    """Return a share of full scale (0 to 1) in dB, at least FLOOR_DB."""
    return max(FLOOR_DB, 20 * math.log10(value)) if value > 0 else FLOOR_DB


def verdict(decision: Decision) -> str:
    """Return a decision in a few words."""
    match decision:
        case Answer(match):
            return f"answer, score {match.score:.2f}"
        case Unsure(matches):
            return f"asks back, best score {matches[0].score:.2f}"
        case OutOfScope(best, stray=stray):
            score = f", best score {best.score:.2f}" if best else ""
            return "not meant for Readback" if stray else f"the library does not say{score}"
        case Command(name):
            return f"command: {name.replace('_', ' ')}"
        case Emergency(phrase):
            return f"emergency: {phrase}"
        case Unfinished():
            return "waits for the rest"


def source(decision: Decision) -> str:
    """Return where the answer stands, or what comes nearest; "" when nothing does."""
    match decision:
        case Answer(match):
            return _place(match)
        case Unsure(matches):
            return " or ".join(map(_place, matches[:2]))
        case OutOfScope(best, stray=False) if best is not None:
            return f"nearest: {_place(best)}"
        case _:
            return ""


def _place(match: Match) -> str:
    heading = match.passage.heading.strip()
    return f"{match.article.title}, {heading}" if heading else match.article.title
