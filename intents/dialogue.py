"""The conversation as a pure state machine: a decision in, what to say or do out.

Time and sound never enter. What was really heard comes back as `Spoken`, so that repeat, more,
back and next start where the listener was, not where the program was.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date

from intents import bedtime, completeness, moves, prompts
from intents.age import OLD_YEARS
from intents.conversation import Conversation, Question
from intents.followup import Context
from intents.reading import first_reading
from intents.remembered import MOST_ANSWERS, Remembered, remember, restore
from intents.sleep import SleepTimer
from intents.types import (
    Answer,
    Article,
    ArticleId,
    Command,
    Control,
    Decision,
    Emergency,
    Match,
    OutOfScope,
    Prompt,
    Quotation,
    Reply,
    Spoken,
    Unfinished,
    Unsure,
)

# Voice design: at most three failed attempts, then a way out.
MOST_ATTEMPTS = 3
_EXAMPLES = 3
# From this probability on the nearest passage's article is the first topic of a refusal. Of twelve
# questions that the shipped library does not answer, three were above it, at 0.26 to 0.39
# (arthritis: muscle atrophy), nine below, at up to 0.12 (France: sunburn).
_NEAR = 0.25

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
                return _not_understood(now)
            case Emergency():
                return _emergency(now)
            case Command(name):
                return HANDLERS.get(name, _unknown)(now, decision)
            case Answer(found, question):
                now.question = question
                return _answer(now, found)
            case Unsure(matches):
                return _ask_back(now, matches)
            case OutOfScope() | Unfinished():
                return _no_answer(now, decision)

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


# --- decisions -----------------------------------------------------------------------------------


def _emergency(now: Conversation) -> Reply:
    now.misses = 0
    now.stopped = True
    return now.say(prompts.emergency(now.number))


def _answer(now: Conversation, match: Match) -> Reply:
    quotations = first_reading(match)
    if not quotations:
        return _refuse(now, OutOfScope(match))
    reply = now.read_out(match.article, (*_introduction(now, match, quotations), *quotations))
    spot = (match.article.id, quotations[0].sentence.start)
    # no more than is kept: a program runs for months
    now.answers = [*now.answers, spot][-MOST_ANSWERS:]
    now.answered = True
    return reply


def _introduction(
    now: Conversation, match: Match, quotations: Sequence[Quotation]
) -> tuple[Prompt, ...]:
    """Name the article only when it is another one and its first sentence does not."""
    article = match.article
    if now.reading and now.reading.article.id == article.id:
        return ()
    first = quotations[0].text.casefold() if quotations else ""
    if any(name.casefold() in first for name in (article.title, *article.synonyms) if name):
        return ()
    return (Prompt(f"About {prompts.title(article)}."),)


def _ask_back(now: Conversation, matches: tuple[Match, ...]) -> Reply:
    asked = now.asked
    if asked and any(_same(matches[0], m) for m in asked.matches):
        # the question back was answered in the words of one choice
        return _answer(now, matches[0])
    now.misses = 0
    now.question = ""
    return _offer(now, matches)


def _offer(now: Conversation, matches: tuple[Match, ...], before: str = "") -> Reply:
    if len(matches) > 1 and prompts.distinct(*matches[:2]):
        text = before + prompts.which(*matches[:2])
        return now.ask(text, Question(matches[:2], matches[2:]))
    return now.ask(before + prompts.shall_i(matches[0]), Question(matches[:1], matches[1:]))


def _no_answer(now: Conversation, decision: OutOfScope | Unfinished) -> Reply:
    if isinstance(decision, Unfinished):
        return now.say(completeness.ask_rest(decision.text), keep_question=True)
    return _refuse(now, decision)


def _refuse(now: Conversation, decision: OutOfScope) -> Reply:
    now.misses += 1
    best = decision.best if decision.on_topic else None
    text = (
        prompts.not_covered(best, decision.missing) if best else _out_of_scope(now, decision.best)
    )
    if now.misses == MOST_ATTEMPTS:
        return now.say(f"{text} {prompts.WAY_OUT_REFUSED}")
    if best and not _just_read(now, best):
        return now.ask(f"{text} {prompts.does_have(best, decision.missing)}", Question((best,)))
    return now.say(text)


def _out_of_scope(now: Conversation, best: Match | None) -> str:
    """Say no with a few titles: the nearest when there is one, then others each time."""
    title = best.article.title if best and best.score >= _NEAR else ""
    near = [title] if title in now.titles else []
    count = len(now.titles)
    wanted = min(_EXAMPLES, count) - len(near)
    # the nearest may be among them and is not said twice
    turn = [now.titles[(now.next_example + i) % count] for i in range(min(wanted + 1, count))]
    others = [name for name in turn if name not in near][:wanted]
    if others:
        now.next_example = (now.next_example + turn.index(others[-1]) + 1) % count
    return prompts.out_of_scope([*near, *others])


def _just_read(now: Conversation, match: Match) -> bool:
    """Tell whether the last reading was from this very passage."""
    offsets = {s.start for s in match.passage.sentences}
    said = now.read.reply.utterances if now.read else ()
    return any(
        isinstance(u, Quotation)
        and u.article_id == match.article.id
        and u.sentence.start in offsets
        for u in said
    )


def _same(one: Match, other: Match) -> bool:
    return one.article.id == other.article.id and one.passage.position == other.passage.position


def _not_understood(now: Conversation) -> Reply | Control:
    if now.paused:
        return Control("pause")
    if now.reading and now.read is now.last and now.rest and not now.stopped:
        # a cough cut the reading: go on at the sentence
        return now.read_out(now.reading.article, now.rest)
    now.misses += 1
    if now.misses > MOST_ATTEMPTS:
        # the way out was said; a television must not keep Readback talking
        return Control("stop")
    if now.misses == MOST_ATTEMPTS:
        return now.say(prompts.WAY_OUT)
    return now.say(_again(now), keep_question=True)


def _again(now: Conversation) -> str:
    if now.asked:
        return _how_to_answer(now.asked)
    return prompts.SAY_AGAIN if now.misses == 1 else prompts.SAY_SHORTER


def _how_to_answer(asked: Question) -> str:
    if len(asked.matches) > 1:
        return prompts.first_or_second(*asked.matches[:2])
    return prompts.YES_OR_NO


# --- answers to what was asked back --------------------------------------------------------------


def _yes(now: Conversation, _: Command) -> Reply:
    asked = now.asked
    if now.listing:
        return moves.more(now)
    if asked is None:
        return now.say(prompts.WHAT_NEXT)
    if asked.section is not None:
        return moves.read_section(now, asked.section)
    if len(asked.matches) > 1:
        return now.say(_how_to_answer(asked), keep_question=True)
    return _answer(now, asked.matches[0])


def _no(now: Conversation, command: Command) -> Reply:
    asked = now.asked
    if asked and asked.later:
        return _offer(now, asked.later, "Then: " if len(asked.later) < 2 else "")
    if asked and asked.matches:
        return _missed(now, prompts.OTHER_WORDS)
    if asked is None and now.listing is None and now.answered:
        return _wrong(now, command)
    return now.say(prompts.ALL_RIGHT)


def _wrong(now: Conversation, _: Command) -> Reply:
    now.stopped = True
    return _missed(now, prompts.OTHER_WORDS)


def _missed(now: Conversation, text: str) -> Reply:
    now.misses += 1
    if now.misses < MOST_ATTEMPTS:
        return now.say(text)
    now.misses = 0
    return now.say(prompts.WAY_OUT_REFUSED)


def _choose(now: Conversation, command: Command) -> Reply:
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
    return _answer(now, asked.matches[number - 1])


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
    return _not_understood(now)


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
    "choose": _choose,
    "neither": _no,
    "yes": _yes,
    "no": _no,
    "wrong": _wrong,
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
