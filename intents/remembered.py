"""What outlives the conversation: the bookmark, where each article was left, what was answered.

Places are offsets into an article's stored text, so they stay right when the program is restarted,
and are moved to the nearest sentence when the article has changed. No words of the listener are
kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from intents.conversation import Conversation
from intents.reading import Reading
from intents.types import Article, ArticleId

# Articles whose place is kept, and answers that are; older ones are forgotten.
MOST_PLACES = 200
MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class Spot:
    """A sentence of an article, by its offset in the text."""

    article: ArticleId
    offset: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """Everything of a conversation that is worth keeping; the latest last."""

    bookmark: Spot | None = None
    left: tuple[Spot, ...] = ()
    answers: tuple[Spot, ...] = ()


def remember(now: Conversation) -> Remembered:
    """Return what to keep of a conversation."""
    left = now.places()
    spots = tuple(Spot(article, offset) for article, offset in left.items())
    answers = tuple(Spot(article, offset) for article, offset in now.answers)
    return Remembered(_bookmark(now), spots[-MOST_PLACES:], answers[-MOST_ANSWERS:])


def _bookmark(now: Conversation) -> Spot | None:
    if now.bookmark is None:
        return None
    reading, place = now.bookmark
    return Spot(reading.article.id, reading.line[place].start)


def restore(
    now: Conversation, kept: Remembered, find: Callable[[ArticleId], Article | None]
) -> None:
    """Put back what was kept; what is about articles that are gone is left out."""
    now.left = {spot.article: spot.offset for spot in kept.left if find(spot.article)}
    now.answers = [(s.article, s.offset) for s in kept.answers if find(s.article)]
    now.bookmark = _found(kept.bookmark, find) if kept.bookmark else None
    now.left_off = next(
        (found for spot in reversed(kept.left) if (found := _found(spot, find))), None
    )


def _found(spot: Spot, find: Callable[[ArticleId], Article | None]) -> tuple[Reading, int] | None:
    article = find(spot.article)
    reading = Reading(article) if article else None
    if reading is None or not reading.line:
        return None
    before = [i for i, s in enumerate(reading.line) if s.start <= spot.offset]
    return reading, before[-1] if before else 0
