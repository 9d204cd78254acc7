"""`readback listen`: the assistant itself, with a view for a sighted helper.

In a terminal the view is a panel (voice/cli/screen.py); with `--plain`, and where the output is no
terminal, it is one line a change, in words (voice/cli/plain.py).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

from voice.cli.hints import tell
from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from types import FrameType

    from voice.assistant import Assistant
    from voice.audio import Frame
    from voice.cli.plain import Plain
    from voice.cli.screen import Screen
    from voice.config import WakeSettings
    from voice.parts import Parts
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
    parser.add_argument(
        "--plain",
        action="store_true",
        help="one plain line a change, for a screen reader (the default where the output is no "
        "terminal)",
    )
    parser.add_argument(
        "--partials", action="store_true", help="plain lines: also what is heard word by word"
    )
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Listen until "goodbye", q or Ctrl-C; 1 when a device is missing."""
    from voice.assistant import Assistant
    from voice.cli.keys import Keys, keys_help
    from voice.devices import DeviceError
    from voice.listening import open_parts
    from voice.wiring import Wiring

    wiring = Wiring(settings(args), notice=tell)
    try:
        with open_parts(wiring) as parts, ExitStack() as stack:
            print(f"Ready with {len(wiring.library.titles)} articles. {_how(wiring)} {keys_help()}")
            shown = stack.enter_context(_view(args, wiring.settings.wake, lambda: parts.gate.open))
            assistant = Assistant(_metered(parts, shown.sound), shown.take)
            stack.enter_context(Keys(assistant.press))
            stack.enter_context(_quit_when_told(assistant))
            assistant.run()
    except DeviceError as error:
        tell(f"{error} {WITHOUT_SOUND}")
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


def _view(
    args: argparse.Namespace, wake: WakeSettings, open_ear: Callable[[], bool]
) -> AbstractContextManager[Plain | Screen]:
    """Return what shows the events: a panel in a terminal that can move its cursor, else lines."""
    from voice.cli.keys import keys_help
    from voice.cli.plain import Plain
    from voice.cli.screen import Screen
    from voice.cli.view import Opening, View

    view = View(Opening(wake.mode, wake.phrase), open_ear)
    dumb = not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb"
    if args.plain or args.partials or dumb:
        return nullcontext(Plain(view, partial(print, flush=True), partials=args.partials))
    return Screen(view, keys_help())


def _metered(parts: Parts, look: Callable[[bytes], None]) -> Parts:
    """Return the parts with a microphone whose sound is looked at on its way."""

    def frames() -> Iterator[Frame]:
        for frame in parts.microphone.frames():
            look(frame.pcm)
            yield frame

    return replace(parts, microphone=SimpleNamespace(frames=frames))
