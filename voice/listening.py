"""The parts of a listening assistant, opened together and closed together."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import cast

from intents.dialogue import Dialogue
from intents.followup import FollowUps
from intents.text import normalize
from voice import memory
from voice.activity import Activity
from voice.assistant import Parts
from voice.audio import Frame
from voice.config import SoundSettings, WakeSettings
from voice.earcons import Chimes, Marks, is_night, span
from voice.echo import Cancelled, EchoCanceller, Source
from voice.endpoint import Endpointer
from voice.events import Event
from voice.gate import Gate, Mode
from voice.memory import Memory, MemoryFileError, Voiced
from voice.microphone import Microphone
from voice.narrator import Narrator
from voice.speaker import Speaker
from voice.wake import BUNDLED, WakeWord
from voice.wiring import Wiring


@contextmanager
def open_parts(wiring: Wiring) -> Iterator[Parts]:
    """Open loudspeaker and microphone, then read the models; close everything afterwards.

    The devices come first: a missing one is told at once, not after the models were read. The
    microphone is opened last of all, so that nothing said to a program that is not ready is kept.
    Raises DeviceError, ModelError, or what reading the library raises.
    """
    from voice import devices

    sound, wake = wiring.settings.sound, wiring.settings.wake
    devices.find("input", sound.microphone)
    kept = memory.load_or_begin(wiring.notice)
    with ExitStack() as stack:
        speaker = stack.enter_context(Speaker(sound.loudspeaker))
        speaker.volume = kept.volume.value if kept.volume else speaker.volume
        narrator = stack.enter_context(_narrator(wiring, speaker, kept))
        ear, command_ear, overheard = wiring.ear(), wiring.command_ear(), wiring.overheard()
        for part in (ear, command_ear, overheard):
            stack.callback(part.close)
        warn(wiring)
        dialogue = wiring.dialogue()
        dialogue.restore(kept.conversation, wiring.library.find)
        follow_ups = FollowUps(wiring.understanding.decide, lambda: dialogue.context)
        yield Parts(
            microphone=_microphone(stack.enter_context(Microphone(sound.microphone)), speaker),
            activity=Activity(),
            endpointer=Endpointer(),
            ear=ear,
            command_ear=command_ear,
            overheard=overheard,
            decide=follow_ups.decide,
            find_call=wiring.alarm.find,
            continues=wiring.continuations,
            turn_end=wiring.turn_end,
            parse_command=wiring.commands.parse,
            dialogue=dialogue,
            narrator=narrator,
            speaker=speaker,
            gate=Gate(cast(Mode, wake.mode), wake.followup_s),
            wake=wake_word(wake),
            phrase=wake.phrase,
            keep=Keeper(
                kept,
                wiring.settings.speech.rate_wpm,
                (dialogue, narrator, speaker),
                wiring.notice,
            ),
            sleep=dialogue.sleep,
            chime=_chime(sound, speaker),
        )


def _narrator(wiring: Wiring, speaker: Speaker, kept: Memory) -> Narrator:
    """Return a narrator at the rate that was set by voice, else at the settings'."""
    own = wiring.settings.speech.rate_wpm
    rate_wpm = round(kept.rate_wpm.over(own)) if kept.rate_wpm else own
    factor = (wiring.settings.speech.prompt_rate_wpm or own) / own
    return Narrator(speaker, wiring.voice, rate_wpm, prompt_factor=factor, notice=wiring.notice)


def warn(wiring: Wiring) -> None:
    """Tell now what would be found out in the dark: that the wake phrase cannot be heard."""
    if why := wiring.unheard_phrase():
        wiring.notice(f"{why}.")


def wake_word(settings: WakeSettings) -> Callable[[Frame], bool] | None:
    """Return what hears the wake word; None when the recognizer hears the owner's phrase.

    An ear that is always open needs it only after good night.
    """
    if settings.mode == "key":
        return lambda _: False
    return WakeWord(settings.phrase).accept if normalize(settings.phrase) in BUNDLED else None


def _chime(settings: SoundSettings, speaker: Speaker) -> Callable[[Event], None]:
    """Return what plays the earcons, or what does nothing when they are switched off."""
    if not (settings.earcons or settings.quotation_mark):
        return lambda _: None
    night = span(settings.night) if settings.night else None

    def night_now() -> bool:
        now = time.localtime()
        return night is not None and is_night(datetime.time(now.tm_hour, now.tm_min), *night)

    chimes = Chimes(speaker.mix, lambda: speaker.rate_hz, night_now)
    marks = Marks(chimes.play)

    def tell(event: Event) -> None:
        if settings.earcons:
            chimes(event)
        if settings.quotation_mark:
            marks(event)

    return tell


def _microphone(microphone: Microphone, speaker: Speaker) -> Source:
    """Return the microphone with the loudspeaker's sound taken out of it."""
    canceller = EchoCanceller()
    speaker.tap = canceller.played
    return Cancelled(microphone, canceller)


class Keeper:
    """Saves what changed since the last time; a disk that refuses is told once and ends nothing."""

    def __init__(
        self,
        kept: Memory,
        rate_wpm: int,
        parts: tuple[Dialogue, Narrator, Speaker],
        notice: Callable[[str], None],
    ) -> None:
        """`kept` is what the file holds now, `rate_wpm` what the settings say."""
        self._kept = kept
        self._rate_wpm = rate_wpm
        self._parts = parts
        self._notice = notice
        self._told = False

    def __call__(self) -> None:
        """Save, if there is something new."""
        dialogue, narrator, speaker = self._parts
        rate, volume = narrator.rate_wpm, speaker.volume
        now = Memory(
            rate_wpm=Voiced(rate, self._rate_wpm) if rate != self._rate_wpm else None,
            volume=Voiced(volume, 1.0) if volume != 1.0 else None,
            conversation=dialogue.remembered(),
        )
        if now == self._kept:
            return
        try:
            memory.save(now)
        except MemoryFileError as error:
            # an answer is being read: it is worth more than its place
            if not self._told:
                self._notice(f"{error}. Until then nothing is kept for the next time.")
            self._told = True
        else:
            self._kept = now
