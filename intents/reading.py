"""An article as one line of sentences, cut into sections: how a reader moves about in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from intents.matching.excerpt import WORDS_AT_A_TIME
from intents.spoken import counted
from intents.types import Article, Match, Passage, Quotation, Sentence, Utterance


@dataclass(frozen=True, slots=True)
class Section:
    """Neighboring passages under one heading; `start` and `end` count sentences in the article."""

    heading: str
    start: int
    end: int


class Reading:
    """The sentences of one article in order; places are indices into that line."""

    def __init__(self, article: Article) -> None:
        """Lay the article out; passages without sentences have no place in it."""
        self.article = article
        passages = [p for p in article.passages if p.sentences]
        self.line: tuple[Sentence, ...] = tuple(s for p in passages for s in p.sentences)
        self.sections: tuple[Section, ...] = tuple(_sections(passages))
        self._places = {s.start: i for i, s in reversed(list(enumerate(self.line)))}

    def place(self, sentence: Sentence) -> int:
        """Return where `sentence` stands; the nearest place before its offset if it is unknown."""
        known = self._places.get(sentence.start)
        if known is not None:
            return known
        before = [i for i, s in enumerate(self.line) if s.start <= sentence.start]
        return before[-1] if before else 0

    def section(self, place: int) -> int:
        """Return the index of the section that holds `place` (of the last one past the end)."""
        for index, section in enumerate(self.sections):
            if place < section.end:
                return index
        return len(self.sections) - 1

    def chunk(self, start: int, end: int) -> int:
        """Return where to stop reading from `start`: some 20 s on, one sentence at least."""
        words = 0
        for place in range(start, end):
            words += len(self.line[place].text.split())
            if words > WORDS_AT_A_TIME and place > start:
                return place
        return end

    def quote(self, start: int, end: int) -> tuple[Quotation, ...]:
        """Return the sentences from `start` to before `end`, word for word."""
        return tuple(Quotation(self.article.id, s) for s in self.line[start:end])


def quotations(match: Match) -> tuple[Quotation, ...]:
    """Return what answers: the match's sentences, else the passage as far as 20 s reach."""
    article, sentences = match.article, match.sentences
    if not sentences:
        reading = Reading(article)
        places = [reading.place(s) for s in match.passage.sentences]
        return reading.quote(places[0], reading.chunk(places[0], places[-1] + 1)) if places else ()
    quoted = tuple(Quotation(article.id, s) for s in sentences)
    whole = len(sentences) == len(match.passage.sentences)
    return (
        tuple(u for u in counted(article, quoted) if isinstance(u, Quotation)) if whole else quoted
    )


def recent(utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    """Return the end of what was said, some 20 s of it, one utterance at least."""
    words = 0
    for index in range(len(utterances) - 1, -1, -1):
        words += len(utterances[index].text.split())
        if words > WORDS_AT_A_TIME * 3 // 2 and index + 1 < len(utterances):
            return utterances[index + 1 :]
    return utterances


def _sections(passages: list[Passage]) -> Iterator[Section]:
    start = place = 0
    for number, passage in enumerate(passages):
        place += len(passage.sentences)
        last = number + 1 == len(passages)
        if last or passages[number + 1].heading != passage.heading:
            yield Section(passage.heading, start, place)
            start = place
