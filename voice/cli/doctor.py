"""`readback doctor`: what works on this machine, and the next step for what does not."""

from __future__ import annotations

import argparse
import dataclasses
import json

from voice.cli.hints import as_typed
from voice.cli.settings import add_settings, settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("doctor", help="check models, library, voice and devices")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print one line a check; 0 when all is well, else 1."""
    from voice.doctor import examine
    from voice.wiring import Wiring

    found = examine(Wiring(settings(args)))
    checks = [dataclasses.replace(check, text=as_typed(check.text)) for check in found]
    for check in checks:
        print(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.text}")
    if args.json:
        print(json.dumps({"checks": [dataclasses.asdict(check) for check in checks]}))
    return 0 if all(check.ok for check in checks) else 1
