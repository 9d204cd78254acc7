"""Keys of the terminal while the assistant listens: a thread that reads single key presses."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Callable
from typing import Any, Self

# Key -> what it does: "talk" stops an answer or opens the ear, the others are commands. A button,
# switch or pedal that types one of these works as well.
KEYS = {
    **dict.fromkeys(" \r\n", "talk"),
    **dict.fromkeys("\x1bs", "stop"),
    "q": "quit", "m": "more", "r": "repeat", "b": "back", "n": "next", "p": "pause",
    "c": "resume", "+": "faster", "=": "faster", "-": "slower", "u": "louder", "d": "quieter",
    "w": "source", "x": "next_section", "k": "bookmark", "z": "good_night", "t": "sleep_timer",
    "?": "help", "h": "help",
}  # fmt: skip

HELP = (
    "Space talks or stops, m more, r repeats, + and - change the speed, z good night, h helps, "
    "q quits."
)
# As many characters at once come from no key but from a paste or an escape sequence.
PASTE = 3


def keys_help() -> str:
    """Return which keys there are, in words; "" when the input is no terminal."""
    return HELP if _terminal() else ""


def _terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


class Keys:
    """Calls `press` with what a key does. Does nothing when the input is not a terminal."""

    def __init__(self, press: Callable[[str], None]) -> None:
        self._press = press
        self._terminal = _terminal()
        self._saved: list[Any] = []
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._read, name="keys", daemon=True)

    def __enter__(self) -> Self:
        if self._terminal:
            self._saved = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            os.write(self._wake[1], b".")
            self._thread.join()
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._saved)
        for end in self._wake:
            os.close(end)

    def _read(self) -> None:
        stdin = sys.stdin.fileno()
        while True:
            ready, _, _ = select.select([stdin, self._wake[0]], [], [])
            if self._wake[0] in ready:
                return
            pressed = os.read(stdin, 64).decode("utf-8", "replace")
            if not pressed:
                return
            for key in pressed.lower() if len(pressed) < PASTE else "":
                if key in KEYS:
                    self._press(KEYS[key])
