"""What is said to a decision: an answer, a question back, a refusal, help. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from intents import completeness, prompts, reading
from intents.conversation import Conversation, Question
from intents.remembered import MOST_ANSWERS
from intents.types import Control, Match, OutOfScope, Prompt, Quotation, Reply, Unfinished

# Voice design: at most three failed attempts, then a way out.
MOST_ATTEMPTS = 3
_EXAMPLES = 3
# From this probability on the nearest passage's article is the first topic of a refusal. Of twelve
# questions that the shipped library does not answer, three were above it, at 0.26 to 0.39
# (arthritis: muscle atrophy), nine below, at up to 0.12 (France: sunburn).
_NEAR = 0.25


def emergency(now: Conversation) -> Reply:
    """Give the fixed message, and stay silent after it."""
    now.misses = 0
    now.stopped = True
    return now.say(prompts.emergency(now.number))


def answer(now: Conversation, match: Match) -> Reply:
    """Read a passage; refuse where it has nothing to read."""
    quotations = reading.quotations(match)
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


def ask_back(now: Conversation, matches: tuple[Match, ...]) -> Reply:
    """Ask which one is meant, the best first; answer when that was asked just now."""
    asked = now.asked
    if asked and any(_same(matches[0], m) for m in asked.matches):
        # the question back was answered in the words of one choice
        return answer(now, matches[0])
    now.misses = 0
    now.question = ""
    return offer(now, matches)


def offer(now: Conversation, matches: tuple[Match, ...], before: str = "") -> Reply:
    """Offer one passage, or two to choose from; `before` is said first."""
    if len(matches) > 1 and prompts.distinct(*matches[:2]):
        text = before + prompts.which(*matches[:2])
        return now.ask(text, Question(matches[:2], matches[2:]))
    return now.ask(before + prompts.shall_i(matches[0]), Question(matches[:1], matches[1:]))


def no_answer(now: Conversation, decision: OutOfScope | Unfinished) -> Reply:
    """Say that the library does not say, or ask for the rest of the question."""
    if isinstance(decision, Unfinished):
        return now.say(completeness.ask_rest(decision.text), keep_question=True, heard=True)
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


def not_understood(now: Conversation) -> Reply | Control:
    """Ask again, each time otherwise, at most three times; a cut reading goes on."""
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
        return how_to_answer(now.asked)
    return prompts.SAY_AGAIN if now.misses == 1 else prompts.SAY_SHORTER


def how_to_answer(asked: Question) -> str:
    """Return how a question back can be answered."""
    if len(asked.matches) > 1:
        return prompts.first_or_second(*asked.matches[:2])
    return prompts.YES_OR_NO
