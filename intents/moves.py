"""Moving about in what was read: each command's reply, given the conversation. Pure."""

from __future__ import annotations

from intents import prompts
from intents.conversation import Conversation, Listing, Question
from intents.reading import Reading, recent
from intents.spelling import spell, unusual_word
from intents.spoken import counted
from intents.types import Command, Control, Prompt, Quotation, Reply, Utterance

_TITLES_AT_A_TIME = 5
_SECTIONS_AT_A_TIME = 6


def more(now: Conversation, _: Command | None = None) -> Reply:
    """Read on in the passage, then offer the next section; go on with a list that was begun."""
    if now.listing:
        return _go_on_listing(now, now.listing)
    if now.asked and now.asked.section is not None:
        return read_section(now, now.asked.section)
    if now.reading is None:
        return now.say(prompts.NOTHING_READ)
    if now.rest:
        return now.read_out(now.reading.article, now.rest)
    return _read_on(now, now.reading)


def resume(now: Conversation, _: Command | None = None) -> Reply | Control:
    """Go on where the listener was: the paused sound, the rest of what was cut, else more."""
    if now.paused:
        now.paused = False
        if not (now.last and now.last.cut):
            return Control("resume")
    if now.reading is None and now.left_off is not None:
        # the program was restarted since
        now.reading, place = now.left_off
        named = Prompt(f"{prompts.title(now.reading.article).capitalize()}.")
        return _read_span(now, now.reading, place, (named,))
    return more(now)


def pause(now: Conversation, _: Command | None = None) -> Reply | Control:
    """Hold the sound; where there is none, an open question may wait.

    "Hang on" without either was said to somebody else, and gets no answer.
    """
    if not now.paused and (now.last is None or now.last.over):
        return now.remark(prompts.ALL_RIGHT) if now.asked else Control("resume")
    now.paused = True
    return Control("pause")


def repeat(now: Conversation, _: Command | None = None) -> Reply:
    """Say again what was really heard of the last reply; a question asked stays open."""
    if now.last is None:
        return now.say(prompts.NOTHING_READ)
    last, was_reading = now.last, now.last is now.read
    said = recent(last.heard or last.reply.utterances)
    reply = now.deliver(said)
    if was_reading and now.last is not None:
        # what was not heard yet is still to come: "go on" finds it there
        now.last.then = last.after_heard
        now.read = now.last
    return reply


def back(now: Conversation, _: Command | None = None) -> Reply:
    """Read from the sentence before; said again, from the one before that."""
    reading = now.reading
    if reading is None or now.read is None:
        return now.say(prompts.NOTHING_READ)
    target = now.place - 1
    if now.back_from is not None:
        target = min(target, now.back_from - 1)
    end = max(now.horizon, target + 1)
    first = max(target, 0)
    notice = (Prompt(prompts.START_OF_ARTICLE),) if target < 0 else ()
    reply = now.read_out(reading.article, (*notice, *_quote(reading, first, max(end, first + 1))))
    now.back_from = first
    return reply


def skip(now: Conversation, _: Command | None = None) -> Reply:
    """Leave the sentence that was being read, and go on with the one after it."""
    if now.reading is None:
        return now.say(prompts.NOTHING_READ)
    rest = now.rest
    quoted = [i for i, u in enumerate(rest) if isinstance(u, Quotation)]
    if not quoted:
        return more(now)
    after = rest[quoted[0] + 1 :]
    if any(isinstance(u, Quotation) for u in after):
        return now.read_out(now.reading.article, after)
    return _read_on(now, now.reading, now.place + 1)


def next_section(now: Conversation, _: Command | None = None) -> Reply:
    """Read the section after the one that the listener is in."""
    return _section_by(now, +1)


def previous_section(now: Conversation, _: Command | None = None) -> Reply:
    """Read the section before."""
    return _section_by(now, -1)


def start_over(now: Conversation, _: Command | None = None) -> Reply:
    """Read the current section from its start."""
    return _section_by(now, 0)


def read_section(now: Conversation, index: int) -> Reply:
    """Read a section of the current article by its index, heading first."""
    reading = now.reading
    if reading is None:
        return now.say(prompts.NOTHING_READ)
    if not 0 <= index < len(reading.sections):
        return now.say(prompts.NO_SUCH_SECTION)
    section = reading.sections[index]
    heading = (Prompt(prompts.ended(section.heading)),) if section.heading else ()
    return _read_span(now, reading, section.start, heading)


def section(now: Conversation, command: Command) -> Reply:
    """Read a section by the number that the list of sections gave it."""
    return read_section(now, number(command) - 1)


def whole_article(now: Conversation, _: Command | None = None) -> Reply:
    """Read everything, with the headings; it can be interrupted like any reading."""
    reading = now.reading
    if reading is None:
        return now.say(prompts.NOTHING_READ)
    utterances: list[Utterance] = [Prompt(prompts.ended(prompts.named(reading.article.title)))]
    for part in reading.sections:
        utterances += [Prompt(prompts.ended(part.heading))] if part.heading else []
        utterances += _quote(reading, part.start, part.end)
    return now.read_out(reading.article, utterances)


def where(now: Conversation, _: Command | None = None) -> Reply:
    """Tell the article, section and sentence."""
    reading = now.reading
    if reading is None or not reading.line:
        return now.say(prompts.NOTHING_READ)
    place = _current(now, reading)
    index = reading.section(place)
    found = reading.sections[index]
    numbers = (index + 1, len(reading.sections))
    return now.say(
        prompts.where(reading.article, found.heading, numbers, place - found.start + 1),
        keep_question=True,
    )


def source(now: Conversation, _: Command | None = None) -> Reply:
    """Tell title, author, date and age of what was read last."""
    if now.reading is None:
        return now.say(prompts.NOTHING_READ)
    today = now.today() if now.today else None
    return now.say(
        prompts.said_by(now.reading.article, today, now.old_after_years), keep_question=True
    )


def spell_out(now: Conversation, command: Command) -> Reply:
    """Spell the named word, else the last unusual word that was heard."""
    named = dict(command.slots).get("word")
    word = named or _last_unusual(now)
    if not word:
        return now.say(prompts.NOTHING_READ)
    return now.say(f"{word}: {spell(word)}", keep_question=True, heard=bool(named))


def topics(now: Conversation, _: Command | None = None) -> Reply:
    """List the titles, a few at a time, the next ones when asked again."""
    if not now.titles:
        return now.say(prompts.EMPTY_LIBRARY)
    known = now.listing if now.listing and now.listing.of == "titles" else None
    start = known.end if known and known.end < len(now.titles) else 0
    end = min(start + _TITLES_AT_A_TIME, len(now.titles))
    listed = prompts.topics(now.titles[start:end], len(now.titles) - end)
    example = prompts.example(now.reading.article) if now.reading and not start else ""
    reply = now.say(f"{example} {listed}".strip())
    now.listing = Listing("titles", start, end)
    return reply


def list_sections(now: Conversation, _: Command | None = None) -> Reply:
    """List the current article's sections with their numbers, a few at a time."""
    return _list_sections(now, 0)


def set_bookmark(now: Conversation, _: Command | None = None) -> Reply:
    """Keep the place of the sentence that was being read."""
    reading = now.reading
    if reading is None or not reading.line:
        return now.say(prompts.NOTHING_READ)
    place = _current(now, reading)
    now.bookmark = (reading, place)
    heading = reading.sections[reading.section(place)].heading
    return now.say(prompts.bookmarked(reading.article, heading), keep_question=True)


def go_to_bookmark(now: Conversation, _: Command | None = None) -> Reply:
    """Read on from the bookmark."""
    if now.bookmark is None:
        return now.say(prompts.NO_BOOKMARK)
    reading, place = now.bookmark
    now.reading = reading
    return _read_span(now, reading, place)


def number(command: Command) -> int:
    """Return the command's number slot; 0 when it has none."""
    value = dict(command.slots).get("number", "")
    return int(value) if value.isdecimal() else 0


def _read_on(now: Conversation, reading: Reading, start: int | None = None) -> Reply:
    """Read the following sentences of the section from `start` (the place), or offer the next."""
    place = now.place if start is None else start
    if place >= len(reading.line):
        return now.say(prompts.end_of(reading.article))
    index = reading.section(place)
    if place == reading.sections[index].start and place > 0:
        offer = prompts.next_section(reading.sections[index].heading)
        return now.ask(offer, Question(section=index))
    return _read_span(now, reading, place)


def _quote(reading: Reading, start: int, end: int) -> tuple[Utterance, ...]:
    """Return the sentences from `start` to before `end`; items of a list know their number."""
    return counted(reading.article, reading.quote(start, end))


def _read_span(
    now: Conversation, reading: Reading, start: int, before: tuple[Prompt, ...] = ()
) -> Reply:
    """Read some 20 s of the section from `start`; at its end offer the next one."""
    index = reading.section(start)
    section_end = reading.sections[index].end
    end = reading.chunk(start, section_end)
    utterances: list[Utterance] = [*before, *_quote(reading, start, end)]
    if end < section_end:
        return now.read_out(reading.article, utterances)
    if index + 1 < len(reading.sections):
        utterances.append(Prompt(prompts.next_section(reading.sections[index + 1].heading)))
        reply = now.read_out(reading.article, utterances)
        now.asked = Question(section=index + 1)
        return reply
    utterances.append(Prompt(prompts.end_of(reading.article)))
    return now.read_out(reading.article, utterances)


def _section_by(now: Conversation, step: int) -> Reply:
    reading = now.reading
    if reading is None or not reading.sections:
        return now.say(prompts.NOTHING_READ)
    target = reading.section(_current(now, reading)) + step
    target = max(target, 0)
    if target >= len(reading.sections):
        return now.say(prompts.end_of(reading.article))
    return read_section(now, target)


def _current(now: Conversation, reading: Reading) -> int:
    """Return the sentence that is, or was last, being heard."""
    if any(isinstance(u, Quotation) for u in now.rest):
        return now.place
    return min(max(now.place - 1, 0), len(reading.line) - 1)


def _go_on_listing(now: Conversation, listing: Listing) -> Reply:
    if listing.of == "titles":
        return topics(now)
    return _list_sections(now, listing.end)


def _list_sections(now: Conversation, start: int) -> Reply:
    reading = now.reading
    if reading is None:
        return now.say(prompts.NOTHING_READ)
    count = len(reading.sections)
    if not count:
        return now.say(prompts.end_of(reading.article))
    first = start if start < count else 0
    end = min(first + _SECTIONS_AT_A_TIME, count)
    headings = [(i + 1, reading.sections[i].heading) for i in range(first, end)]
    reply = now.say(prompts.sections(reading.article, headings, count))
    now.listing = Listing("sections", first, end)
    return reply


def _last_unusual(now: Conversation) -> str | None:
    heard = now.read.heard if now.read else ()
    return unusual_word([u.text for u in heard if isinstance(u, Quotation)])
