"""What the assistant's loop connects, each as the little that the loop needs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from intents.completeness import Completeness
from intents.sleep import SleepTimer
from intents.types import Control, Decision, Hypothesis, Ms, Reply, Spoken
from voice import endpoint
from voice.audio import Frame
from voice.events import Event
from voice.gate import Gate
from voice.interruption import Parse
from voice.narrator import Narrator
from voice.overheard import Overheard
from voice.recognizer import Heard, Partial


class Source(Protocol):
    """Where frames come from: voice.microphone.Microphone or a fake."""

    def frames(self) -> Iterator[Frame]:
        """Yield frames, waiting for each, until closed."""


class VoiceActivity(Protocol):
    """voice.activity.Activity or a fake."""

    def accept(self, frame: Frame) -> list[float]:
        """Return the probability of speech for every completed window."""

    def reset(self) -> None:
        """Forget what was heard."""


class Endpoint(Protocol):
    """voice.endpoint.Endpointer or a fake."""

    @property
    def silence_ms(self) -> Ms:
        """How long it has been silent inside an utterance."""

    def accept(
        self, probabilities: Sequence[float], *, masked: bool = False
    ) -> list[endpoint.Event]:
        """Return what more windows of audio mean; `masked` while the loudspeaker plays."""

    def tell(self, completeness: Completeness) -> None:
        """Say what is known of the utterance so far."""

    def reset(self) -> None:
        """Begin anew, outside speech."""


class Listener(Protocol):
    """voice.recognizer.Ear or a fake."""

    def accept(self, frame: Frame) -> Partial | None:
        """Hear a frame."""

    def so_far(self) -> Sequence[Hypothesis] | None:
        """Return the guesses at the utterance so far; None while they are being worked out."""

    def finish(self) -> Heard:
        """End the utterance and return what was said."""

    def reset(self) -> None:
        """Forget the utterance so far."""


class Conversation(Protocol):
    """intents.dialogue.Dialogue or a fake."""

    def heard(self, decision: Decision | None) -> Reply | Control:
        """Return what to say or do now."""

    def preview(self, decision: Decision) -> Reply | Control:
        """Return what `heard` would, changing nothing."""

    def spoken(self, report: Spoken) -> None:
        """Take note of what the listener really heard."""


class Volume(Protocol):
    """The part of the loudspeaker that the loop itself handles."""

    volume: float

    def duck(self, ducked: bool = True) -> None:
        """Speak lower, or normally again."""

    def pause(self) -> None:
        """Hold still."""

    def resume(self) -> None:
        """Go on."""

    def hold_next(self) -> None:
        """Hold still when this utterance has ended."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop connects. Opened and closed by whoever made them."""

    microphone: Source
    activity: VoiceActivity
    endpointer: Endpoint
    # hears questions and commands
    ear: Listener
    # hears commands while an answer plays
    command_ear: Listener
    # hears what was no clear command, spoken into an answer, once more
    overheard: Overheard
    decide: Callable[[Sequence[Hypothesis]], Decision]
    # returns the words that call for help
    find_call: Callable[[Sequence[Hypothesis]], str | None]
    # tells whether more belongs after these words
    continues: Callable[[str], bool]
    # the log odds that nothing follows these words; None without the encoder
    turn_end: Callable[[str], float] | None
    parse_command: Parse
    dialogue: Conversation
    narrator: Narrator
    speaker: Volume
    # what opens the ear; `wake` hears the wake word, None when the recognizer does that itself
    gate: Gate
    wake: Callable[[Frame], bool] | None
    # the listener's own wake phrase, for the recognizer
    phrase: str
    # keeps what must outlive a power cut; called when something of it changed
    keep: Callable[[], None]
    # ends the reading after a while
    sleep: SleepTimer = field(default_factory=SleepTimer)
    # tells by a short sound what happens
    chime: Callable[[Event], None] = lambda _: None
