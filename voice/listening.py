"""The parts of a listening assistant, opened together and closed together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from intents.followup import FollowUps
from voice.activity import Activity
from voice.assistant import Parts
from voice.endpoint import Endpointer
from voice.microphone import Microphone
from voice.narrator import Narrator
from voice.speaker import Speaker
from voice.speech import Speech
from voice.wiring import Wiring


@contextmanager
def open_parts(wiring: Wiring) -> Iterator[Parts]:
    """Open loudspeaker and microphone, then read the models; close everything afterwards.

    The devices come first: a missing one is told at once, not after the models were read. The
    microphone is opened last of all, so that nothing said to a program that is not ready is kept.
    Raises DeviceError, ModelError, or what reading the library raises.
    """
    from voice import devices

    sound, settings = wiring.settings.sound, wiring.settings.speech
    devices.find("input", sound.microphone)

    def make_voice(rate_wpm: int) -> Speech:
        return Speech(rate_wpm=rate_wpm, voice=settings.voice, volume=settings.volume)

    with ExitStack() as stack:
        speaker = stack.enter_context(Speaker(sound.loudspeaker))
        narrator = stack.enter_context(Narrator(speaker, make_voice, settings.rate_wpm))
        ear, command_ear = wiring.ear(), wiring.command_ear()
        stack.callback(ear.close)
        stack.callback(command_ear.close)
        dialogue = wiring.dialogue()
        follow_ups = FollowUps(wiring.understanding.decide, lambda: dialogue.context)
        yield Parts(
            microphone=stack.enter_context(Microphone(sound.microphone)),
            activity=Activity(),
            endpointer=Endpointer(),
            ear=ear,
            command_ear=command_ear,
            decide=follow_ups.decide,
            continues=wiring.continuations,
            parse_command=wiring.commands.parse,
            dialogue=dialogue,
            narrator=narrator,
            speaker=speaker,
        )
