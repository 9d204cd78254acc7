"""`readback add`: files, folders and pipes into the library."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from intents.errors import ReadbackError
from intents.types import Source
from models.errors import ModelError
from voice.cli.articles import (
    describe,
    facts,
    old_after_years,
    open_library,
    put_json,
    say,
    some,
)
from voice.cli.hearing import describe_hearing, hearing, known_sounds
from voice.cli.hints import as_typed, tell
from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from intents.gather import Item
    from intents.library import Added, Library
    from voice.wiring import Wiring

# More files than this are told in a line each.
_BRIEF = 5


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("add", help="add articles: files, folders, or - for a pipe")
    parser.add_argument("paths", nargs="*", metavar="FILE", help="file, folder, or - for a pipe")
    parser.add_argument(
        "--url-file", action="append", default=[], metavar="FILE", help="a saved web page"
    )
    parser.add_argument("--source", default="", help="where it is from: an address or a name")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Add everything named; a file that cannot be read does not stop the others."""
    from intents.gather import gather
    from voice.wiring import Wiring

    paths = [*args.paths, *args.url_file]
    if not paths:
        raise ReadbackError("nothing to add: name files or folders, or - to read from a pipe")
    is_url = args.source.startswith(("http://", "https://"))
    source = Source(url=args.source) if is_url else Source(name=args.source)
    items = list(gather(paths, sys.stdin.buffer))
    if not items:
        raise ReadbackError(f"{some(tuple(paths), 3)} holds no file of a known kind")
    added: list[dict[str, object]] = []
    failed: list[dict[str, str]] = []
    library, years = open_library(args), old_after_years(args)
    with library.writing():
        for item in _progress(items, quiet=args.json):
            try:
                added.append(
                    _put(library, item, source, brief=len(items) > _BRIEF, old_years=years)
                )
            except ReadbackError as error:
                failed.append({"file": item.name, "error": as_typed(str(error))})
                tell(str(error))
    if len(items) > 1:
        say(f"{len(added)} added, {len(failed)} not.")
    wiring = Wiring(settings(args), notice=tell)
    hearable = bool(added) and _teach(wiring, quiet=args.json)
    try:
        _report_hearing(args, library, added)
    except ModelError as error:
        tell(f"how the new words are heard cannot be told: {error}")
    put_json(args, {"added": added, "failed": failed, "hearable": hearable})
    return 1 if failed else 0


def _index(wiring: Wiring, *, quiet: bool) -> None:
    """Prepare the new articles for questions now, so that the next question need not wait.

    Many texts show a bar, but only on a terminal: a large library takes minutes.
    """
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        # says so in a line when it takes long
        wiring.understanding  # noqa: B018 - made now, for the index that it leaves
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Preparing for questions", total=None)
        wiring.indexed(lambda done, total: bar.update(task, completed=done, total=total))


def _teach(wiring: Wiring, *, quiet: bool) -> bool:
    """Let index and ear learn now, once for all that was added; return whether all can be heard.

    The articles are kept already: what cannot be learned is told and is no failure to add.
    """
    try:
        _index(wiring, quiet=quiet)
        unheard = wiring.unhearable()
    except (ReadbackError, ModelError) as error:
        tell(f"what was added is kept, but cannot be asked about by voice yet: {error}")
        return False
    if unheard:
        say(f"The ear cannot hear: {some(unheard, 12)}")
    else:
        say("You can ask about it now: the ear knows every word.")
    return not unheard


def _progress(items: list[Item], *, quiet: bool) -> Iterator[Item]:
    """Yield the items; many of them show a bar, but only on a terminal."""
    console = Console(stderr=True)
    progress = Progress(console=console, transient=True)
    with nullcontext() if quiet or not console.is_terminal or len(items) < 3 else progress:
        task = progress.add_task("Adding", total=len(items))
        for item in items:
            yield item
            progress.advance(task)


def _put(
    library: Library, item: Item, source: Source, *, brief: bool, old_years: int
) -> dict[str, object]:
    """Read and keep one article; print the report; return it for programs."""
    report = library.put(item.read(source), origin=item.origin)
    article = report.article
    say(f"{'Updated' if report.updated else 'Added'}: {article.title}  ({article.id})")
    if not brief:
        describe(article, report.questions, old_years)
        _describe_rest(report)
    return {
        **facts(article),
        "updated": report.updated,
        "questions": list(report.questions),
        "dropped": [{"text": d.text, "why": d.why} for d in report.dropped],
        # until the hearing report
        "new_words": [],
        "hearing": [],
    }


def _describe_rest(report: Added) -> None:
    reasons = Counter(piece.why for piece in report.dropped)
    if reasons:
        say("  Left out:   " + ", ".join(f"{why} ({n})" for why, n in reasons.items()))


def _report_hearing(
    args: argparse.Namespace, library: Library, added: list[dict[str, object]]
) -> None:
    """Say how the new words of what was added are heard, and put it into the result."""
    sounds = known_sounds(args)
    for facts_of in added:
        lines = hearing(library.get(str(facts_of["id"])), sounds)
        facts_of["new_words"] = [line.word for line in lines]
        facts_of["hearing"] = [line.as_json() for line in lines]
        if len(added) <= _BRIEF:
            if len(added) > 1 and lines:
                say(str(facts_of["title"]))
            describe_hearing(lines)
