"""The conversation as a pure state machine: a decision in, what to say or do out.

Time and sound never enter. What was really heard comes back as `Spoken`, so that repeat, more,
back and next start where the listener was, not where the program was. What is said to a decision is
in replies.py, to a choice in choices.py.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date

from intents import bedtime, choices, moves, prompts, replies
from intents.age import OLD_YEARS
from intents.conversation import Conversation
from intents.followup import Context
from intents.remembered import Remembered, remember, restore
from intents.sleep import SleepTimer
from intents.types import (
    Answer,
    Article,
    ArticleId,
    Command,
    Control,
    Decision,
    Emergency,
    OutOfScope,
    Reply,
    Spoken,
    Unfinished,
    Unsure,
)

_Handler = Callable[[Conversation, Command], Reply | Control]


class Dialogue:
    """One conversation. Feed it what was heard and what was spoken; it says what comes next."""

    def __init__(
        self,
        *,
        emergency_number: str = "",
        titles: Sequence[str] = (),
        old_after_years: int = OLD_YEARS,
        today: Callable[[], date] | None = None,
        wake_phrase: str = "",
    ) -> None:
        """Start fresh; `titles` are what "what can I ask" names, in the order given.

        `today` tells the date, by which an article is called old; nothing here reads a clock.
        `wake_phrase` is what wakes Readback after good night, for people who never need it else.
        """
        self._now = Conversation(tuple(titles), emergency_number, old_after_years, today)
        self._now.wake_phrase = wake_phrase

    @property
    def context(self) -> Context | None:
        """What was read last, and for which question: what "it" means in a follow-up."""
        now = self._now
        return Context(now.reading.article, now.question) if now.reading else None

    @property
    def sleep(self) -> SleepTimer:
        """The sleep timer, which is only looked at here: a Control sets it."""
        return self._now.sleep

    def remembered(self) -> Remembered:
        """Return what is worth keeping until the next time."""
        return remember(self._now)

    def restore(self, kept: Remembered, find: Callable[[ArticleId], Article | None]) -> None:
        """Go on from what was kept; `find` gives an article by its id, None when it is gone."""
        restore(self._now, kept, find)

    def heard(self, decision: Decision | None) -> Reply | Control:
        """Take the user's next turn; None means that nothing was understood."""
        now = self._now
        now.turn += 1
        if not (isinstance(decision, Command) and decision.name == "back"):
            now.back_from = None
        match decision:
            case None:
                return replies.not_understood(now)
            case Emergency():
                return replies.emergency(now)
            case Command(name):
                return HANDLERS.get(name, _unknown)(now, decision)
            case Answer(found, question):
                now.question = question
                return replies.answer(now, found)
            case Unsure(matches):
                return replies.ask_back(now, matches)
            case OutOfScope() | Unfinished():
                return replies.no_answer(now, decision)

    def preview(self, decision: Decision) -> Reply | Control:
        """Return what `heard` would, without having heard it: for rendering ahead."""
        kept, self._now = self._now, copy.copy(self._now)
        try:
            return self.heard(decision)
        finally:
            self._now = kept

    def spoken(self, report: Spoken) -> None:
        """Take the speaker's report; reports of older replies change nothing."""
        self._now.report(report)


# --- changes to the playing and the program ------------------------------------------------------


def _stop(now: Conversation, _: Command) -> Control:
    return now.stop()


def _quit(now: Conversation, _: Command) -> Control:
    now.stop()
    return Control("quit", reply=now.say(prompts.GOODBYE))


def _change(now: Conversation, command: Command) -> Control:
    """Change rate or volume, say so, and go on with what was being read."""
    step = 1 if command.name in ("faster", "louder") else -1
    reply = now.confirm(prompts.CHANGES[command.name])
    rate = command.name in ("faster", "slower")
    return Control("rate" if rate else "volume", step, reply)


def _repeat_slower(now: Conversation, _: Command) -> Control:
    return Control("rate", -1, moves.repeat(now))


def _tell(text: str) -> _Handler:
    """Return a handler that only says `text` in passing."""

    def handler(now: Conversation, _: Command) -> Reply:
        return now.remark(text)

    return handler


def _help(now: Conversation, _: Command) -> Reply:
    return now.say(prompts.help_message(now.number), keep_question=True)


def _unknown(now: Conversation, _: Command) -> Reply | Control:
    return replies.not_understood(now)


# One for every command of commands.yaml (a test compares them).
HANDLERS: dict[str, _Handler] = {
    "stop": _stop,
    "pause": moves.pause,
    "resume": moves.resume,
    "more": moves.more,
    "repeat": moves.repeat,
    "repeat_slower": _repeat_slower,
    "slower": _change,
    "faster": _change,
    "louder": _change,
    "quieter": _change,
    "back": moves.back,
    "next": moves.skip,
    "next_section": moves.next_section,
    "previous_section": moves.previous_section,
    "start_over": moves.start_over,
    "whole_article": moves.whole_article,
    "list_sections": moves.list_sections,
    "section": moves.section,
    "choose": choices.choose,
    "neither": choices.no,
    "yes": choices.yes,
    "no": choices.no,
    "wrong": choices.wrong,
    "source": moves.source,
    "where": moves.where,
    "topics": moves.topics,
    "spell": moves.spell_out,
    "bookmark": moves.set_bookmark,
    "go_to_bookmark": moves.go_to_bookmark,
    "help": _help,
    "thanks": _tell(prompts.WELCOME),
    "hello": _tell(prompts.HELLO),
    "good_night": bedtime.good_night,
    "sleep_timer": bedtime.sleep_timer,
    "sleep_timer_off": bedtime.sleep_timer_off,
    "sleep_timer_left": bedtime.sleep_timer_left,
    "quit": _quit,
}
