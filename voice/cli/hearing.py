"""The hearing report as the library commands print it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from voice.cli.articles import say
from voice.cli.hints import command

if TYPE_CHECKING:
    from intents.types import Article
    from voice.hearing_report import Sounds, WordReport

ORIGINS = {
    "owner": "yours",
    "dictionary": "from the dictionary",
    "rules": "from its parts",
    "espeak": "from eSpeak's spelling rules",
    "analogy": "as the dictionary's words are read",
    "": "cannot be heard",
}
_MOST_LINES = 30


def known_sounds(args: argparse.Namespace) -> Sounds:
    """Return how the words of the model in use sound; nothing for a model that does not tell."""
    from models import store
    from models.errors import ModelError
    from voice.cli.settings import settings
    from voice.hearing_report import sounds_of

    try:
        return sounds_of(store.find(settings(args).ear.model) / "lexicon.txt")
    except ModelError:
        return {}


def hearing(article: Article, sounds: Sounds) -> tuple[WordReport, ...]:
    """Return how the article's new words are heard."""
    from voice.hearing_report import report

    return report(article, sounds)


def describe_hearing(lines: Sequence[WordReport]) -> None:
    """Print a line a new word: its phones, where they are from, what sounds alike."""
    if not lines:
        return
    say(f"  New words:  {len(lines)}; correct one with: {command()} pronounce WORD --like SOUND")
    for line in lines[:_MOST_LINES]:
        phones = f"{line.phones[0]}  " if line.phones else ""
        more = f", {len(line.phones) - 1} more" if len(line.phones) > 1 else ""
        alike = f"; sounds like {', '.join(line.alike)}" if line.alike else ""
        say(f"    {line.word:24} {phones}({ORIGINS[line.origin]}{more}{alike})")
    if len(lines) > _MOST_LINES:
        say(f"    and {len(lines) - _MOST_LINES} more")
