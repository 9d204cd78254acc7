"""Answers to what was asked back: yes, no, neither, the first. Pure."""

from __future__ import annotations

from intents import moves, prompts, replies
from intents.conversation import Conversation
from intents.replies import MOST_ATTEMPTS
from intents.types import Command, Reply


def yes(now: Conversation, _: Command) -> Reply:
    """Read what was offered."""
    asked = now.asked
    if now.listing:
        return moves.more(now)
    if asked is None:
        return now.say(prompts.WHAT_NEXT)
    if asked.section is not None:
        return moves.read_section(now, asked.section)
    if len(asked.matches) > 1:
        return now.say(replies.how_to_answer(asked), keep_question=True)
    return replies.answer(now, asked.matches[0])


def no(now: Conversation, command: Command) -> Reply:
    """Offer the next one, or hear what was wrong with the answer."""
    asked = now.asked
    if asked and asked.later:
        return replies.offer(now, asked.later, "Then: " if len(asked.later) < 2 else "")
    if asked and asked.matches:
        return _missed(now, prompts.OTHER_WORDS)
    if asked is None and now.listing is None and now.answered:
        return wrong(now, command)
    return now.say(prompts.ALL_RIGHT)


def wrong(now: Conversation, _: Command) -> Reply:
    """Stop: the answer was not what was asked."""
    now.stopped = True
    return _missed(now, prompts.OTHER_WORDS)


def _missed(now: Conversation, text: str) -> Reply:
    now.misses += 1
    if now.misses < MOST_ATTEMPTS:
        return now.say(text)
    now.misses = 0
    return now.say(prompts.WAY_OUT_REFUSED)


def choose(now: Conversation, command: Command) -> Reply:
    """Read the one that was named by its number."""
    number = moves.number(command)
    asked, listing = now.asked, now.listing
    if listing and listing.of == "sections":
        return moves.read_section(now, number - 1)
    if listing and 0 < number <= len(now.titles) - listing.start:
        title = now.titles[listing.start + number - 1]
        return now.say(prompts.ask_about(title))
    if asked and asked.section is not None:
        return moves.read_section(now, asked.section)
    if asked is None:
        return now.say(prompts.NOTHING_TO_CHOOSE)
    if not 1 <= number <= len(asked.matches):
        return now.say(prompts.no_such_choice(len(asked.matches)), keep_question=True)
    return replies.answer(now, asked.matches[number - 1])
