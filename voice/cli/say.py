"""`readback say`: speak a word with the real voice, and show its phones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from intents.errors import ReadbackError
from voice.cli.articles import put_json, say
from voice.cli.hearing import ORIGINS
from voice.cli.hints import tell
from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from models.lexicon import Pronunciation
    from voice.audio import Pcm


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("say", help="speak a word, and show how it is pronounced")
    parser.add_argument("words", nargs="+", metavar="WORD")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write a WAV instead of playing")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Show the phones that the ear listens for, and speak."""
    from intents.text import words

    text = " ".join(args.words)
    spoken = words(text)
    if not spoken:
        raise ReadbackError(f"there is nothing to say in '{text}'; give a word")
    found = {word: _readings(word) for word in spoken}
    for word, readings in found.items():
        for reading in readings:
            say(f"{word:24} {' '.join(reading.phones)}  ({ORIGINS[reading.origin]})")
        if not readings:
            say(f"{word:24} no pronunciation: the ear cannot hear it")
    _speak(args, text)
    put_json(args, {w: [_facts(r) for r in readings] for w, readings in found.items()})
    return 0


def _readings(word: str) -> tuple[Pronunciation, ...]:
    """Return how a word sounds: the owner's way, else as the ear finds it."""
    from models import owner
    from models.lexicon import Pronunciation, pronounce

    own = owner.load().get(word)
    return (Pronunciation(own.phones, "owner"),) if own else pronounce(word)


def _facts(reading: Pronunciation) -> dict[str, str]:
    return {"phones": " ".join(reading.phones), "from": reading.origin}


def _speak(args: argparse.Namespace, text: str) -> None:
    from voice.devices import DeviceError
    from voice.recording import write_wav
    from voice.wiring import Wiring

    with Wiring(settings(args)).speech() as speech:
        pcm = speech.render(text)
        if args.out:
            write_wav(args.out, pcm)
            return
        try:
            _play(args, pcm)
        except DeviceError as error:
            tell(f"{error} Add --out FILE for its sound.")


def _play(args: argparse.Namespace, pcm: Pcm) -> None:
    from voice.speaker import Speaker

    with Speaker(settings(args).sound.loudspeaker) as speaker:
        speaker.play(pcm)
        speaker.drain()
