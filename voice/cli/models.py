"""`readback models`: build, check and list the speech models on this machine."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models import store

if TYPE_CHECKING:
    from voice.hearing import LibraryText


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its subcommands."""
    parser = subparsers.add_parser("models", help="build, check and list speech models")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    build = actions.add_parser("build", help="build the starter model with the library's words")
    build.add_argument("--plain", action="store_true", help="without the library's words")
    build.add_argument("--json", action="store_true", help="one JSON object on the last line")
    build.set_defaults(func=run_build)
    encoder = actions.add_parser("encoder", help="build the sentence encoder (needs a network)")
    encoder.set_defaults(func=run_encoder)
    verify = actions.add_parser("verify", help="check that a model is whole")
    verify.add_argument("name", nargs="?", default=store.STARTER)
    verify.add_argument("--json", action="store_true", help="one JSON object on the last line")
    verify.set_defaults(func=run_verify)
    listing = actions.add_parser("list", help="list the models on this machine")
    listing.set_defaults(func=run_list)
    path = actions.add_parser("path", help="print a model's folder")
    path.add_argument("name", nargs="?", default=store.STARTER)
    path.set_defaults(func=run_path)


def run_build(args: argparse.Namespace) -> int:
    """Build the starter model into the user's data folder."""
    from voice import hearing

    text = hearing.LibraryText((), ()) if args.plain else library_text()
    began = time.monotonic()
    with shown_progress() as progress:
        folder = hearing.tune(text, progress)
    found = store.verify(folder)
    seconds = time.monotonic() - began
    print(f"Built {folder}: {found.words:,} words, {found.bytes / 1e6:.1f} MB, in {seconds:.1f} s.")
    if args.json:
        print(json.dumps({**_as_json(found), "seconds": round(seconds, 2)}))
    return 0


def run_encoder(args: argparse.Namespace) -> int:
    """Build the sentence encoder into the user's data folder."""
    from models import encoder

    del args
    began = time.monotonic()
    folder = encoder.build(progress=lambda step: print(step, file=sys.stderr, flush=True))
    print(f"Built {folder} in {time.monotonic() - began:.1f} s.")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Check one model; ModelError says what is wrong with it."""
    found = store.verify(store.find(args.name))
    how = "every checksum is right" if found.sha256 else "the layout is right (it has no checksums)"
    words = "" if found.words is None else f", {found.words:,} words"
    print(f"{found.path}: {found.files} files, {found.bytes / 1e6:.1f} MB{words}; {how}.")
    if args.json:
        print(json.dumps(_as_json(found)))
    return 0


def run_list(args: argparse.Namespace) -> int:
    """Print each model's name and folder."""
    del args
    models = store.installed()
    for model in models:
        print(f"{model.name}\t{model.path}")
    if not models:
        print("There is no speech model on this machine yet; run `readback models build`.")
    return 0


def run_path(args: argparse.Namespace) -> int:
    """Print a model's folder."""
    print(store.find(args.name))
    return 0


def library_text() -> LibraryText:
    """Return what the library and the commands need to be heard."""
    from voice import hearing
    from voice.config import Settings
    from voice.wiring import Wiring

    wiring = Wiring(Settings())
    return hearing.library_text(wiring.articles, wiring.commands.phrases())


@contextmanager
def shown_progress() -> Iterator[Callable[[str, float], None]]:
    """Yield a progress callback: a bar on a terminal, one line a stage otherwise."""
    if not sys.stderr.isatty():
        yield lambda stage, share: print(f"{share:4.0%} {stage}", file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:20}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("starter model", total=1.0)
        yield lambda stage, share: bar.update(task, description=stage, completed=share)


def _as_json(found: store.Verified) -> dict[str, str | int | bool | None]:
    path: Path = found.path
    return {
        "path": str(path),
        "files": found.files,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "words": found.words,
    }
