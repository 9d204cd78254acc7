"""What a conversation remembers, and the three ways to say something: tell, ask, read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from intents.age import OLD_YEARS
from intents.reading import Reading
from intents.sleep import SleepTimer
from intents.types import (
    Article,
    ArticleId,
    Control,
    Match,
    Prompt,
    Quotation,
    Reply,
    Spoken,
    Utterance,
)


@dataclass(slots=True)
class Delivery:
    """A reply and what was heard of it."""

    reply: Reply
    begun: set[int] = field(default_factory=set)
    finished: set[int] = field(default_factory=set)
    # what was to follow when this reply repeats a part of a longer one
    then: tuple[Utterance, ...] = ()
    # whether any report came; a typed question gets none, and then all counts as heard
    reported: bool = False
    # whether it was cut: nothing of it is on the loudspeaker any more
    cut: bool = False

    def report(self, spoken: Spoken) -> None:
        """Take the speaker's report, unless it is about another reply."""
        if spoken.turn != self.reply.turn:
            return
        self.reported = True
        if spoken.finished or spoken.played_ms > 0:
            self.begun.add(spoken.index)
        if spoken.finished:
            self.finished.add(spoken.index)
        self.cut = self.cut or not spoken.finished

    @property
    def over(self) -> bool:
        """Whether it was cut or heard to its end; without a report it may still be played."""
        return self.cut or len(self.finished) == len(self.reply.utterances)

    @property
    def resume_at(self) -> int:
        """The first utterance not heard to its end; past the last when all was heard."""
        count = len(self.reply.utterances)
        if not self.reported:
            return count
        return next((i for i in range(count) if i not in self.finished), count)

    @property
    def rest(self) -> tuple[Utterance, ...]:
        """What is still to be heard, from the start of the utterance that was cut."""
        return self.reply.utterances[self.resume_at :]

    @property
    def after_heard(self) -> tuple[Utterance, ...]:
        """What is to come after the last utterance of which anything was heard."""
        if not self.reported:
            return self.then
        return (*self.reply.utterances[max(self.begun, default=-1) + 1 :], *self.then)

    @property
    def heard(self) -> tuple[Utterance, ...]:
        """What was heard, at least in part."""
        if not self.reported:
            return self.reply.utterances
        return tuple(u for i, u in enumerate(self.reply.utterances) if i in self.begun)


@dataclass(frozen=True, slots=True)
class Question:
    """What Readback asked and waits to be told; `later` are matches to offer after a no."""

    matches: tuple[Match, ...] = ()
    later: tuple[Match, ...] = ()
    # a section of the current article that was offered
    section: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of which the part from `start` to `end` was said last."""

    of: str
    start: int
    end: int


@dataclass(slots=True)
class Conversation:
    """The state of one conversation; `turn` counts what the user said."""

    titles: tuple[str, ...] = ()
    number: str = ""
    # from which age an article is called old
    old_after_years: int = OLD_YEARS
    # the date, read at the edge; without it nothing is called old
    today: Callable[[], date] | None = None
    turn: int = 0
    # failed attempts in a row
    misses: int = 0
    # what was said last, and the last that quoted an article
    last: Delivery | None = None
    read: Delivery | None = None
    reading: Reading | None = None
    # the question that the last answer was for
    question: str = ""
    asked: Question | None = None
    listing: Listing | None = None
    paused: bool = False
    # the user said stop: nothing goes on by itself
    stopped: bool = False
    # the last reply was an answer, so "no" means that it was the wrong one
    answered: bool = False
    # where the last "back" began, while nothing else was said since
    back_from: int | None = None
    bookmark: tuple[Reading, int] | None = None
    # from earlier conversations: where reading ended, where each article was left (offset in its
    # text, the latest last), and the passages that answered
    left_off: tuple[Reading, int] | None = None
    left: dict[ArticleId, int] = field(default_factory=dict)
    answers: list[tuple[ArticleId, int]] = field(default_factory=list)
    next_example: int = 0
    sleep: SleepTimer = field(default_factory=SleepTimer)
    # what wakes Readback after good night; "" when the listener uses it anyway
    wake_phrase: str = ""

    def report(self, spoken: Spoken) -> None:
        """Take the speaker's report on one of the last replies."""
        for delivery in (self.last, self.read if self.read is not self.last else None):
            if delivery is not None:
                delivery.report(spoken)

    @property
    def rest(self) -> tuple[Utterance, ...]:
        """What is left of the last reading when it was cut; nothing when only our words are."""
        left = (*self.read.rest, *self.read.then) if self.read else ()
        return left if _quoted(left) else ()

    @property
    def place(self) -> int:
        """Where the listener is: the first sentence not heard to its end, else the next one."""
        if self.read is None or self.reading is None:
            return 0
        quoted = _quoted(self.rest)
        if quoted:
            return self.reading.place(quoted[0].sentence)
        done = _quoted(self.read.reply.utterances)
        return self.reading.place(done[-1].sentence) + 1 if done else 0

    @property
    def horizon(self) -> int:
        """The end of what the last reading was to read."""
        done = _quoted(self.read.reply.utterances) if self.read else ()
        if not done or self.reading is None:
            return 0
        return max(self.reading.place(q.sentence) for q in done) + 1

    def say(self, text: str, *, keep_question: bool = False, heard: bool = False) -> Reply:
        """Say a sentence of our own; an open question is dropped unless `keep_question`.

        `heard`: it repeats words that were heard.
        """
        if not keep_question:
            self.asked = self.listing = None
        return self.deliver((Prompt(text, heard),))

    def remark(self, text: str) -> Reply:
        """Say a word in passing: an open question stays, and "repeat" means what came before."""
        before, answered = self.last, self.answered
        reply = self.say(text, keep_question=True)
        self.last = before or self.last
        self.answered = answered
        return reply

    def confirm(self, text: str) -> Reply:
        """Say that something was changed, and go on with what was being read."""
        if self.reading and self.rest and not self.stopped and not self.paused:
            question, listing = self.asked, self.listing
            reply = self.read_out(self.reading.article, (Prompt(text), *self.rest))
            self.asked, self.listing = question, listing
            return reply
        return self.remark(text)

    def ask(self, text: str, question: Question) -> Reply:
        """Ask, and remember what the answer will be about."""
        reply = self.say(text)
        self.asked = question
        return reply

    def read_out(self, article: Article, utterances: Sequence[Utterance]) -> Reply:
        """Read from `article`; it becomes what "it" and "more" are about."""
        self.asked = self.listing = None
        self.misses = 0
        self.stopped = False
        if self.reading is None or self.reading.article != article:
            self.left = self.places()
            self.reading = Reading(article)
        reply = self.deliver(utterances)
        if _quoted(utterances):
            self.read = self.last
        return reply

    def places(self) -> dict[ArticleId, int]:
        """Return where each article was left, as an offset in its text, the current one last."""
        if self.reading is None or not self.reading.line:
            return dict(self.left)
        place = min(self.place, len(self.reading.line) - 1)
        current = self.reading.article.id
        others = {name: offset for name, offset in self.left.items() if name != current}
        return {**others, current: self.reading.line[place].start}

    def deliver(self, utterances: Sequence[Utterance]) -> Reply:
        """Make the reply of this turn."""
        reply = Reply(self.turn, tuple(utterances))
        self.last = Delivery(reply)
        self.paused = self.answered = False
        return reply

    def stop(self) -> Control:
        """Fall silent; what was not heard can still be gone on with."""
        self.asked = self.listing = None
        self.paused, self.stopped = False, True
        return Control("stop")


def _quoted(utterances: Sequence[Utterance]) -> list[Quotation]:
    return [u for u in utterances if isinstance(u, Quotation)]
