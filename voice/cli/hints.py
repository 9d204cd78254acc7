"""Hints in the words that this user types: `readback`, or what started it (`script/run`).

In a clone no `readback` is on the path; script/run says in READBACK_COMMAND how it was called.
Errors of every room write `readback COMMAND`; where they are printed, the name is put right.
"""

from __future__ import annotations

import os
import re
import sys

VARIABLE = "READBACK_COMMAND"
_COMMANDS = "add|ask|doctor|explain|library|listen|memory|models|pronounce|say"
# not the folder "readback/models", nor a sentence that is about Readback
_TYPED = re.compile(rf"(?<![\w/.-])readback(?= (?:{_COMMANDS})\b)")


def command() -> str:
    """Return what the user types to run this program."""
    return os.environ.get(VARIABLE, "").strip() or "readback"


def as_typed(text: str) -> str:
    """Return `text` with every `readback COMMAND` in it as this user types it."""
    name = command()
    return _TYPED.sub(lambda _: name, text)


def tell(text: str) -> None:
    """Print a sentence beside the result, on standard error, with its hints as this user types."""
    print(f"readback: {as_typed(text)}", file=sys.stderr)
