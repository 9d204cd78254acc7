"""Arguments and printing: the only room that prints or exits. One module a command."""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import sys
from collections.abc import Sequence

from intents.errors import ReadbackError
from models.errors import ModelError
from voice import frugal
from voice.cli.hints import as_typed, command, tell

# Each is a module here with `register(subparsers)`; the order is the order of `--help`.
COMMANDS = ("listen", "ask", "library", "say", "pronounce", "explain", "models", "memory", "doctor")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog=command(),
        description="Answers spoken questions from articles you trust, in their own words. "
        "Without a command it listens to the microphone.",
    )
    version = importlib.metadata.version("readback")
    top.add_argument("--version", action="version", version=f"readback {version}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"voice.cli.{name}").register(subparsers)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0 done, 1 an error said in one sentence, 2 usage."""
    frugal.begin()
    words = list(sys.argv[1:] if argv is None else argv)
    args = parser().parse_args(words or ["listen"])
    if not hasattr(args, "func"):
        parser().print_help()
        return 2
    try:
        status: int = args.func(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # the reader (head, less) has seen enough; keep the interpreter's own flush quiet as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except (ReadbackError, ModelError, OSError) as error:
        # an OSError here is the machine's: a full disk, a folder that may not be written
        return _failed(error, as_json=getattr(args, "json", False))
    return status


def _failed(error: Exception, *, as_json: bool) -> int:
    tell(str(error))
    if as_json:
        print(json.dumps({"error": as_typed(str(error)), "kind": type(error).__name__}))
    return 1
