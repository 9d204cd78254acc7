"""`readback listen`: the assistant itself, with a plain view for a sighted helper.

The view is one line an event, in words, so that a screen reader can follow it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from types import FrameType

    from voice.assistant import Assistant
    from voice.events import Event
    from voice.wiring import Wiring

WITHOUT_SOUND = (
    'Without them these two work: readback ask "what causes muscle wasting", and '
    "readback ask --wav question.wav --out answer.wav"
)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "listen", help="listen to the microphone and answer aloud (what happens without a command)"
    )
    parser.add_argument("--partials", action="store_true", help="show what is heard word by word")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Listen until "goodbye", q or Ctrl-C; 1 when a device is missing."""
    from voice.assistant import Assistant
    from voice.cli.keys import Keys
    from voice.devices import DeviceError
    from voice.listening import open_parts
    from voice.wiring import Wiring

    wiring = Wiring(settings(args), notice=_notice)
    try:
        with open_parts(wiring) as parts:
            assistant = Assistant(parts, lambda event: _show(event, partials=args.partials))
            with Keys(assistant.press) as keys, _quit_when_told(assistant):
                print(f"Ready with {len(wiring.articles)} articles. {_how(wiring)} {keys.help}")
                assistant.run()
    except DeviceError as error:
        print(f"readback: {error} {WITHOUT_SOUND}", file=sys.stderr)
        return 1
    print("Goodbye.")
    return 0


def _how(wiring: Wiring) -> str:
    """Say how to begin."""
    wake = wiring.settings.wake
    ways = {
        "wake": f'Say "{wake.phrase}", then ask a question.',
        "key": "Press space, then ask a question.",
    }
    return ways.get(wake.mode, "Ask a question.")


@contextmanager
def _quit_when_told(assistant: Assistant) -> Iterator[None]:
    """Let Ctrl-C and a service's stop end the loop in order; a second Ctrl-C ends it at once."""

    def quit_once(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        assistant.press("quit")

    before = {n: signal.signal(n, quit_once) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _notice(text: str) -> None:
    print(f"readback: {text}", file=sys.stderr)


def _show(event: Event, *, partials: bool) -> None:
    line = _line(event, partials=partials)
    if line:
        print(line, flush=True)


def _line(event: Event, *, partials: bool) -> str:
    from intents.types import Quotation
    from voice import events
    from voice.results import NAMES

    line = ""
    match event:
        case events.Listening():
            line = "Listening."
        case events.Awake():
            line = "Awake."
        case events.Asleep():
            line = "Asleep."
        case events.Hearing(text):
            line = f"Hearing: {text}" if partials else ""
        case events.NothingHeard():
            line = "Heard no words."
        case events.Understood(hypotheses, decision):
            name = NAMES[type(decision)].replace("_", " ")
            line = f"Heard: {hypotheses[0].text} ({name})"
        case events.Saying(utterance):
            label = "Reads" if isinstance(utterance, Quotation) else "Says"
            line = f"{label}: {utterance.text}"
        case events.Interrupted(command):
            line = f"Interrupted: {command}"
        case events.Missed(lost_ms):
            line = f"Missed {lost_ms} ms of sound; the computer was busy."
    return line
