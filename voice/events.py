"""What the assistant tells while it runs, for a screen to show; nothing depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from intents.types import Decision, Hypothesis, Ms, Utterance


@dataclass(frozen=True, slots=True)
class Listening:
    """Ready for the next question."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Somebody is speaking; what it sounds like so far."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """The utterance has ended; what to do about it is being decided."""


@dataclass(frozen=True, slots=True)
class Ducked:
    """Somebody speaks into the answer, which goes on lower; or they did, and it is normal again."""

    ducked: bool


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """There was sound like speech, but no words."""


@dataclass(frozen=True, slots=True)
class Understood:
    """An utterance was heard and decided."""

    hypotheses: tuple[Hypothesis, ...]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Saying:
    """An utterance of the answer begins."""

    utterance: Utterance


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody spoke a command into the answer, or pressed a key."""

    # name of the command
    command: str


@dataclass(frozen=True, slots=True)
class Missed:
    """The computer was too busy to listen for a while."""

    lost_ms: Ms


@dataclass(frozen=True, slots=True)
class Awake:
    """The wake word was heard or the key pressed: what is said now is for us."""


@dataclass(frozen=True, slots=True)
class Asleep:
    """Nothing is listened for but the wake word or the key."""


Event: TypeAlias = (
    Awake
    | Asleep
    | Listening
    | Hearing
    | Thinking
    | NothingHeard
    | Understood
    | Saying
    | Ducked
    | Interrupted
    | Missed
)
