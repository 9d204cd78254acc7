"""`readback memory`: see and delete what is kept between two runs."""

from __future__ import annotations

import argparse
import dataclasses
import json

from voice.cli.settings import add_settings, settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its actions."""
    parser = subparsers.add_parser("memory", help="see or delete places, bookmark, speed by voice")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    show = actions.add_parser("show", help="print what is kept")
    show.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(show)
    show.set_defaults(func=run_show)
    clear = actions.add_parser("clear", help="forget everything that is kept")
    clear.set_defaults(func=run_clear)


def run_show(args: argparse.Namespace) -> int:
    """Print the bookmark, the places, the last answers and what was set by voice."""
    from intents.remembered import Spot
    from voice import memory
    from voice.wiring import Wiring

    kept = memory.load()
    library = Wiring(settings(args)).library

    def named(spot: Spot) -> str:
        article = library.find(spot.article)
        return f"{article.title if article else spot.article}, character {spot.offset}"

    talk = kept.conversation
    print(f"Bookmark: {named(talk.bookmark) if talk.bookmark else 'none'}")
    print("Left at: " + ("; ".join(map(named, reversed(talk.left))) or "nothing"))
    print("Answered from: " + ("; ".join(map(named, reversed(talk.answers))) or "nothing"))
    for name, voiced in (("Words a minute", kept.rate_wpm), ("Loudness", kept.volume)):
        print(f"{name} set by voice: {f'{voiced.value:g}' if voiced else 'no'}")
    print(f"Kept in {memory.default_path()}; no audio and no word that was heard.")
    if args.json:
        print(json.dumps(dataclasses.asdict(kept)))
    return 0


def run_clear(args: argparse.Namespace) -> int:
    """Delete the memory."""
    from voice import memory

    del args
    print("Forgotten." if memory.clear() else "There was nothing to forget.")
    return 0
