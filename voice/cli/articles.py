"""What the library commands say of an article, for people and for programs."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from voice.cli.settings import settings

if TYPE_CHECKING:
    from intents.library import Library
    from intents.types import Article


def open_library(args: argparse.Namespace) -> Library:
    """Open the user's library as the settings want it."""
    from intents.library import Library

    return Library.open(shipped=settings(args).library.shipped)


def say(text: str) -> None:
    """Print a line for people."""
    print(text)


def put_json(args: argparse.Namespace, result: object) -> None:
    """Print the result for programs, when asked for."""
    if args.json:
        print(json.dumps(result, ensure_ascii=False))


def facts(article: Article) -> dict[str, object]:
    """Return the facts of an article as JSON types."""
    source = article.source
    return {
        "id": article.id,
        "title": article.title,
        "author": source.author,
        "source": source.name,
        "url": source.url,
        "date": source.date,
        "licence": source.licence,
        "sections": list(dict.fromkeys(p.heading for p in article.passages)),
        "passages": len(article.passages),
        "synonyms": list(article.synonyms),
    }


def describe(article: Article, questions: tuple[str, ...], old_after_years: int) -> None:
    """Print an article's facts, a line each, without the empty ones; tell when it is old."""
    source = article.source
    sections = tuple(dict.fromkeys(p.heading for p in article.passages))
    rows = (
        ("Author", source.author),
        ("Source", " ".join(filter(None, (source.name, source.url)))),
        ("Date", dated(source.date, old_after_years)),
        ("Sections", f"{len(sections)}, {len(article.passages)} passages"),
        ("Answers", some(questions, 6, " ")),
        ("Also named", ", ".join(article.synonyms)),
    )
    for name, value in rows:
        if value:
            say(f"  {name + ':':11} {value}")


def old_after_years(args: argparse.Namespace) -> int:
    """Return the age from which the owner wants an article called old."""
    return settings(args).library.old_after_years


def dated(written: str, years: int) -> str:
    """Return a date with a note when it is at least `years` ago."""
    from intents.age import is_old

    old = is_old(written, datetime.now(tz=UTC).date(), years)
    return (
        f"{written} (more than {years} {'year' if years == 1 else 'years'} ago)" if old else written
    )


def some(texts: tuple[str, ...], most: int, glue: str = ", ") -> str:
    """Join the first `most` texts and say how many more there are."""
    more = f"{glue}and {len(texts) - most} more" if len(texts) > most else ""
    return glue.join(texts[:most]) + more
