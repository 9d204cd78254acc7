"""What the ear must know: the articles and commands as phrases, words and text.

The library ear is a bigram model over `phrases`: it can join any two neighbors it has seen, so a
question needs not stand here as a whole. Texts come back as a recognizer would write them
(intents.text.normalize).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intents import calls
from intents.questions import questions
from intents.text import normalize
from intents.types import Article

# How people begin and end a question to a reference work: the question types of MedQuAD (causes,
# symptoms, treatment, ...) and of a talking book, worded by us. {} is an article's subject.
TEMPLATES = (
    "what is {}",
    "what are {}",
    "what's {}",
    "what does {} mean",
    "what causes {}",
    "what can cause {}",
    "what are the causes of {}",
    "why do i have {}",
    "why do people get {}",
    "why does {} happen",
    "who gets {}",
    "who is at risk of {}",
    "how do you get {}",
    "how do i know if i have {}",
    "what are the symptoms of {}",
    "what are the signs of {}",
    "what does {} feel like",
    "how common is {}",
    "how serious is {}",
    "is {} dangerous",
    "is {} contagious",
    "is {} common",
    "are {} dangerous",
    "can {} be cured",
    "can {} be reversed",
    "can {} be prevented",
    "can you die from {}",
    "does {} go away",
    "does {} get worse",
    "does {} hurt",
    "do {} go away",
    "how long does {} last",
    "how long do {} last",
    "how long does {} take",
    "how is {} treated",
    "how are {} treated",
    "how is {} diagnosed",
    "how do you treat {}",
    "how can i treat {}",
    "how do i stop {}",
    "how do i get rid of {}",
    "how do i deal with {}",
    "how do you prevent {}",
    "how can i prevent {}",
    "how can i avoid {}",
    "what is the treatment for {}",
    "what treatments are there for {}",
    "what is the best treatment for {}",
    "what is the best way to treat {}",
    "what can i do about {}",
    "what should i do about {}",
    "what should i do if i have {}",
    "what should i do for {}",
    "what helps with {}",
    "what helps against {}",
    "what is good for {}",
    "what should i eat with {}",
    "what medicine helps {}",
    "which exercises help with {}",
    "does exercise help with {}",
    "is there a cure for {}",
    "when should i see a doctor about {}",
    "when should i call a doctor about {}",
    "when should i worry about {}",
    "should i see a doctor about {}",
    "what happens if {} is not treated",
    "tell me about {}",
    "tell me more about {}",
    "read me the article about {}",
    "what do you know about {}",
    "can you tell me about {}",
    "i want to know about {}",
    "{}",
)
# Wordings without a subject, for a follow-up or to join with the words of an article.
OPENINGS = (
    "what is the",
    "what are the",
    "what does the",
    "what happens when you",
    "what happens when i",
    "what happens to",
    "how do i",
    "how do you",
    "how can i",
    "how often should i",
    "how much",
    "how many",
    "how long does it take to",
    "when should i",
    "why do my",
    "why does my",
    "why is my",
    "can i",
    "can you",
    "can it be",
    "could it be",
    "should i",
    "is it safe to",
    "is it ok to",
    "is it normal to",
    "do i need to",
    "does it help to",
    "which",
    "where should i",
    "who should",
    "what about",
    "how about",
    "and how is it treated",
    "what causes it",
    "how is it treated",
    "is it dangerous",
    "can it be prevented",
    "how long does it last",
    "who said that",
    "where does that come from",
)
# libvosk compiled 28,800 phrases in 0.1 s. Beyond it the templates are shared out between the
# subjects instead of multiplied, and only some of the text is said in whole sentences.
MOST_PHRASES = 30_000
# Calls for help count as if they were said this often in the library's text.
CALL_WEIGHT = 3


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What one article brings, as a recognizer writes it."""

    # its title and other names
    subjects: tuple[str, ...]
    # the questions it answers, and its headings
    questions: tuple[str, ...]
    # its text, a sentence a line
    sentences: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield everything."""
        yield from (*self.subjects, *self.questions, *self.sentences)


def article_text(article: Article) -> ArticleText:
    """Return what an article brings, every line once."""
    return ArticleText(
        _unique(_subjects(article)), _unique(_questions(article)), _unique(_text(article))
    )


def phrases(articles: Sequence[Article], commands: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the phrases for the library ear, each once: commands, questions, the articles' text.

    See `phrases_of`.
    """
    return phrases_of([article_text(article) for article in articles], commands)


def phrases_of(texts: Sequence[ArticleText], commands: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the phrases for the library ear, each once, whatever the size of the library.

    A library too large for every template with every subject gives each subject its turn of
    templates, at least one. Sentences have the room that is left, at least half of it, shared
    between the articles; words that are in none of them stand alone, so that each can be heard.
    """
    subjects = _unique(itertools.chain.from_iterable(text.subjects for text in texts))
    asked = itertools.chain.from_iterable(text.questions for text in texts)
    fixed = _unique((*map(normalize, commands), *_calls(), *OPENINGS, *asked))
    said = _shared(texts, MOST_PHRASES // 2)
    room = max(MOST_PHRASES - len(fixed) - len(said), MOST_PHRASES // 2)
    chosen = dict.fromkeys((*fixed, *said, *_filled(subjects, room)))
    heard = {word for phrase in chosen for word in phrase.split()}
    every = {word for text in texts for line in text.lines() for word in line.split()}
    return tuple(filter(None, (*chosen, *sorted(every - heard))))


def words(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return every word that must be hearable, sorted: names, headings, text, question words."""
    return words_of([article_text(article) for article in articles])


def words_of(texts: Sequence[ArticleText], commands: Sequence[str] = ()) -> tuple[str, ...]:
    """Return every word that must be hearable, sorted."""
    own = (*_filled([""], len(TEMPLATES)), *OPENINGS, *_calls(), *map(normalize, commands))
    lines = itertools.chain(own, *(text.lines() for text in texts))
    return tuple(sorted({word for line in lines for word in line.split()}))


def sentences(articles: Sequence[Article]) -> tuple[str, ...]:
    """Return text for a language model: spoken questions about the articles, and their text."""
    return sentences_of([article_text(article) for article in articles])


def sentences_of(texts: Sequence[ArticleText], commands: Sequence[str] = ()) -> tuple[str, ...]:
    """Return text for a language model; what stands there more than once counts more."""
    subjects = _unique(itertools.chain.from_iterable(text.subjects for text in texts))
    own = (*map(normalize, commands), *OPENINGS, *(_calls() * CALL_WEIGHT))
    brought = itertools.chain.from_iterable((*t.questions, *t.sentences) for t in texts)
    return (*own, *_unique(brought), *_filled(subjects, MOST_PHRASES))


def _calls() -> tuple[str, ...]:
    return tuple(map(normalize, calls.wordings()))


def _shared(texts: Sequence[ArticleText], room: int) -> tuple[str, ...]:
    """Return the first sentences of every article, as many of each as there is room for."""
    longest = max((len(text.sentences) for text in texts), default=0)
    found: dict[str, None] = {}
    for rank in range(longest):
        row = [text.sentences[rank] for text in texts if rank < len(text.sentences)]
        if len(found) + len(row) > room and rank > 0:
            break
        found.update(dict.fromkeys(row))
    return tuple(found)


def _filled(subjects: Sequence[str], room: int) -> Iterator[str]:
    """Put the subjects into the templates, `room` phrases at most (but one a subject)."""
    each = min(len(TEMPLATES), max(1, room // max(1, len(subjects))))
    for number, subject in enumerate(subjects):
        for step in range(each):
            # neighbors in a large library start at different templates
            template = TEMPLATES[(number * each + step) % len(TEMPLATES)]
            yield template.format(subject)


def _subjects(article: Article) -> Iterator[str]:
    """Yield what an article is about, as it would be said."""
    yield normalize(article.title)
    for name in article.synonyms:
        yield normalize(name)


def _questions(article: Article) -> Iterator[str]:
    """Yield the questions that the article answers, and its headings."""
    yield from map(normalize, questions(article))
    for passage in article.passages:
        yield normalize(passage.heading)


def _text(article: Article) -> Iterator[str]:
    """Yield the sentences: a question uses the article's words, often in its order."""
    for passage in article.passages:
        for sentence in passage.sentences:
            yield normalize(sentence.text)


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
