"""`readback models`: build, fetch, choose, check and remove the speech models on this machine."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from models import catalogue, store
from models.catalogue import Entry
from voice.cli.hints import command
from voice.cli.settings import add_settings, settings


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its subcommands."""
    parser = subparsers.add_parser("models", help="build, fetch, choose and check speech models")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    build = actions.add_parser("build", help="build the starter model with the library's words")
    build.add_argument("--plain", action="store_true", help="without the library's words")
    build.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(build)
    build.set_defaults(func=run_build)
    encoder = actions.add_parser("encoder", help="build the sentence encoder (needs a network)")
    encoder.set_defaults(func=run_encoder)
    second = actions.add_parser("whisper", help="bring the second pass (needs a network)")
    second.set_defaults(func=run_whisper)
    verify = actions.add_parser("verify", help="check that a model is whole")
    verify.add_argument("name", nargs="?", default=store.STARTER)
    verify.add_argument("--json", action="store_true", help="one JSON object on the last line")
    verify.set_defaults(func=run_verify)
    listing = actions.add_parser("list", help="list the models here, and those to be fetched")
    listing.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(listing)
    listing.set_defaults(func=run_list)
    fetch = actions.add_parser("fetch", help="fetch an official model (needs a network once)")
    fetch.add_argument("name")
    fetch.add_argument(
        "--from", dest="source", default="", metavar="FILE_OR_URL", help="a stick or a mirror"
    )
    fetch.set_defaults(func=run_fetch)
    use = actions.add_parser("use", help="hear with this model from now on")
    use.add_argument("name")
    add_settings(use)
    use.set_defaults(func=run_use)
    remove = actions.add_parser("remove", help="delete a fetched or built model")
    remove.add_argument("name")
    add_settings(remove)
    remove.set_defaults(func=run_remove)
    path = actions.add_parser("path", help="print a model's folder")
    path.add_argument("name", nargs="?", default=store.STARTER)
    path.set_defaults(func=run_path)


def run_build(args: argparse.Namespace) -> int:
    """Build the starter model into the user's data folder."""
    from voice import hearing
    from voice.wiring import Wiring

    plain = hearing.LibraryText((), ())
    text = plain if args.plain else Wiring(settings(args)).library_text()
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


def run_whisper(args: argparse.Namespace) -> int:
    """Bring the weights of the second pass into the user's data folder."""
    from models import whisper

    del args
    began = time.monotonic()
    folder = whisper.bring(progress=lambda step: print(step, file=sys.stderr, flush=True))
    print(f"Brought {folder} in {time.monotonic() - began:.1f} s.")
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
    """Print each model that is here, with its folder, then those that can be fetched."""
    here = store.installed()
    chosen = settings(args).ear.model
    for model in here:
        print(f"{'*' if model.name == chosen else ' '} {model.name}\t{model.path}")
    if not here:
        print(f"There is no speech model on this machine yet; run `{command()} models build`.")
    names = {model.name for model in here}
    others = [entry for entry in catalogue.entries() if entry.name not in names]
    if others:
        print(
            f"To be fetched with `{command()} models fetch NAME` "
            "(word errors on read speech, talks):"
        )
    for entry in others:
        print(f"  {entry.name}\t{_described(entry)}")
    if args.json:
        found = [{"name": m.name, "path": str(m.path), "used": m.name == chosen} for m in here]
        print(json.dumps({"installed": found, "catalogue": [e.name for e in others]}))
    return 0


def _described(entry: Entry) -> str:
    size = f"{entry.bytes / 1e6:,.0f} MB, {entry.memory_mb:,} MB of memory"
    return f"{entry.language}, {size}, {entry.licence}, {entry.word_error_rate} %"


def run_fetch(args: argparse.Namespace) -> int:
    """Fetch an official model, check it, and say how to use it."""
    from models import fetch

    entry = catalogue.entry(args.name)
    with shown_download(entry) as progress:
        folder = fetch.fetch(entry, args.source, progress=progress)
    if not entry.sha256:
        print(
            f"{entry.name} was checked by its publisher's MD5 only: that finds a broken download,"
            " not a forged one. Its SHA-256 is now on record in its manifest.",
            file=sys.stderr,
        )
    print(f"Fetched {folder}. To hear with it: {command()} models use {entry.name}")
    return 0


def run_use(args: argparse.Namespace) -> int:
    """Check a model and write its name into the settings."""
    from voice import config

    found = store.verify(store.find(args.name))
    path = config.change("ear", "model", args.name, args.settings)
    closed = args.name != store.STARTER
    note = " Its words are fixed: words of your articles that it lacks are not heard." * closed
    print(f"From now on Readback hears with {found.path} ({path}).{note}")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Delete a model of the user's own folder."""
    from models import fetch

    if args.name == settings(args).ear.model:
        print(f"{args.name} is the model in use; choose another first.", file=sys.stderr)
        return 1
    print(f"Removed {fetch.remove(args.name)}")
    return 0


def run_path(args: argparse.Namespace) -> int:
    """Print a model's folder."""
    print(store.find(args.name))
    return 0


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


@contextmanager
def shown_download(entry: Entry) -> Iterator[Callable[[int, int], None]]:
    """Yield a progress callback in bytes: a bar on a terminal, a line every tenth otherwise."""
    if not sys.stderr.isatty():
        tenths: set[int] = set()

        def line(done: int, total: int) -> None:
            if 10 * done // total not in tenths:
                tenths.add(10 * done // total)
                print(f"{done / total:4.0%} {entry.name}", file=sys.stderr, flush=True)

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(entry.name, total=entry.bytes)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _as_json(found: store.Verified) -> dict[str, str | int | bool | None]:
    path: Path = found.path
    return {
        "path": str(path),
        "files": found.files,
        "bytes": found.bytes,
        "sha256": found.sha256,
        "words": found.words,
    }
