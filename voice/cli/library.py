"""`readback library`: articles listed, shown, checked, removed, taken along, read aloud."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from voice.cli import adding
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
from voice.cli.hints import tell
from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from voice.audio import Pcm


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    adding.register(subparsers)
    parser = subparsers.add_parser("library", help="the articles that answer: list, show, remove")
    _common(parser)
    parser.set_defaults(func=_list)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    _action(actions, "list", "title, source, date and passages of every article", _list)
    show = _action(actions, "show", "an article's sections, questions and source", _show, "ID")
    show.add_argument("--text", action="store_true", help="its passages as they are spoken")
    check = _action(actions, "check", "is it whole, and can all its words be heard", _check)
    check.add_argument("id", nargs="?", metavar="ID", help="one article (default: all)")
    _action(actions, "remove", "forget one of your articles", _remove, "ID")
    _action(actions, "export", "write your articles to one file", _export, "FILE")
    _action(actions, "import", "add the articles of an exported file", _import, "FILE")
    _action(actions, "starter", "the articles that come with Readback", _starter)
    listen = _action(actions, "listen", "read an article aloud", _listen, "ID")
    listen.add_argument("--out", type=Path, metavar="FILE", help="write a WAV instead of playing")


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(parser)


def _action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_text: str,
    func: Callable[[argparse.Namespace], int],
    argument: str = "",
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=help_text)
    if argument:
        parser.add_argument(argument.lower(), metavar=argument)
    _common(parser)
    parser.set_defaults(func=func)
    return parser


def _list(args: argparse.Namespace) -> int:
    from voice.hearing_report import new_words

    library = open_library(args)
    articles = library.articles()
    rows = []
    for article in articles:
        shipped = library.is_shipped(article.id)
        unheard = len(new_words(article))
        rows.append({**facts(article), "shipped": shipped, "new_words": unheard})
        mark = "*" if shipped else " "
        note = "  ".join(filter(None, (article.source.date, article.source.name[:40])))
        say(f"{mark} {article.id:40} {len(article.passages):4} passages  {unheard:3} new  {note}")
    for name, problem in library.problems.items():
        tell(f"{name}: {problem}")
    say(f"{len(articles)} articles; * comes with Readback.")
    put_json(args, {"articles": rows, "problems": library.problems})
    return 0


def _show(args: argparse.Namespace) -> int:
    from intents.questions import questions

    article = open_library(args).get(args.id)
    asked = questions(article)
    say(f"{article.title}  ({article.id})")
    describe(article, asked, old_after_years(args))
    lines = hearing(article, known_sounds(args))
    describe_hearing(lines)
    for passage in article.passages:
        say(f"  {passage.position + 1:3}. {passage.heading} [{passage.kind}]")
        if args.text:
            from intents.spoken import spoken_passage

            for line in spoken_passage(article, passage):
                say(f"       {line.text}")
    heard = [line.as_json() for line in lines]
    put_json(args, {**facts(article), "questions": list(asked), "hearing": heard})
    return 0


def _check(args: argparse.Namespace) -> int:
    library = open_library(args)
    names = [args.id] if args.id else [a.id for a in library.articles()]
    problems = {} if args.id else library.problems
    checked = []
    sounds = known_sounds(args)
    for name in names:
        article = library.check(name)
        lines = hearing(article, sounds)
        new, deaf = [line.word for line in lines], [line.word for line in lines if not line.phones]
        heard = [line.as_json() for line in lines]
        checked.append({"id": name, "new_words": new, "unhearable": deaf, "hearing": heard})
        say(f"{name}: whole" + (f"; cannot be heard: {some(tuple(deaf), 12)}" if deaf else ""))
        if args.id:
            describe_hearing(lines)
    for name, problem in problems.items():
        tell(f"{name}: {problem}")
    put_json(args, {"whole": checked, "problems": problems})
    return 1 if problems else 0


def _remove(args: argparse.Namespace) -> int:
    open_library(args).remove(args.id)
    say(f"Removed: {args.id}")
    put_json(args, {"removed": args.id})
    return 0


def _export(args: argparse.Namespace) -> int:
    count = open_library(args).export(Path(args.file))
    say(f"{count} articles written to {args.file}")
    put_json(args, {"exported": count, "file": args.file})
    return 0


def _import(args: argparse.Namespace) -> int:
    reports = list(open_library(args).restore(Path(args.file)))
    for report in reports:
        say(f"{'Updated' if report.updated else 'Added'}: {report.article.title}")
    put_json(args, {"imported": [r.article.id for r in reports]})
    return 0


def _starter(args: argparse.Namespace) -> int:
    from intents.library import shipped_articles

    articles = shipped_articles()
    for article in articles:
        say(f"{article.title}  ({article.id})")
        say(f"    facts from: {article.source.name}")
    say(f"{len(articles)} articles")
    put_json(args, {"articles": [facts(article) for article in articles]})
    return 0


def _listen(args: argparse.Namespace) -> int:
    from intents.spoken import spoken_article
    from voice.recording import join, write_wav
    from voice.speaker import Speaker
    from voice.wiring import Wiring

    article = open_library(args).get(args.id)
    lines = spoken_article(article)
    with Wiring(settings(args)).speech() as speech:
        if args.out:
            parts: list[Pcm] = [speech.render(line.text) for line in lines]
            write_wav(args.out, join(parts))
        else:
            with Speaker(settings(args).sound.loudspeaker) as speaker:
                for line in lines:
                    # rendered while the sentence before it is still playing
                    pcm = speech.render(line.text)
                    speaker.drain()
                    speaker.play(pcm)
                speaker.drain()
    put_json(args, {"id": article.id, "sentences": len(lines), "out": str(args.out or "")})
    return 0
