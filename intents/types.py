"""The messages of the text side: what flows between reading, matching, dialogue and voice.

All frozen and slotted. Offsets are in characters (Unicode code points) of ``Article.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NewType, TypeAlias

ArticleId = NewType("ArticleId", str)
Ms = NewType("Ms", int)
PassageKind = Literal["prose", "list", "faq", "table"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence (or list item) exactly as the source has it."""

    text: str
    # offsets of `text` in the article's text, end exclusive
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that answers a question: sentences that stand together under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]
    # 0-based order in the article
    position: int
    kind: PassageKind = "prose"

    @property
    def text(self) -> str:
        """The sentences joined by single spaces."""
        return " ".join(s.text for s in self.sentences)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article comes from; what "who says that" speaks. Empty text means unknown."""

    name: str = ""
    author: str = ""
    url: str = ""
    # ISO 8601 date, of the last review if known
    date: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """One document of the library, with the text it is quoted from."""

    id: ArticleId
    title: str
    # the stored text; every sentence is a slice of it
    text: str
    passages: tuple[Passage, ...]
    # other names of the article's subject found in its own text or front matter ("muscle wasting")
    synonyms: tuple[str, ...] = ()
    source: Source = field(default_factory=Source)


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One guess at what was said. A typed question is one hypothesis of confidence 1."""

    text: str
    # 0..1, as the recognizer reports it; never to be trusted alone
    confidence: float = 1.0
    # who said it: the keyboard, the recognizer tuned to the library, or the one for free speech
    ear: Literal["typed", "library", "free", "second"] = "typed"
    # every ear thought these words the best: a list of guesses has each text only once
    agreed: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature's part in a score: contribution = weight * value."""

    name: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that may answer, and the sentences of it to read first."""

    article: Article
    passage: Passage
    # the answering sentences in reading order; whole sentences of the passage
    sentences: tuple[Sentence, ...]
    # calibrated probability 0..1 that the passage answers what was asked
    score: float
    # score minus the best score of another passage
    margin: float
    why: tuple[Reason, ...] = ()
    # the guess at the question that it fits best, words of the library put in
    wording: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """The library says it: read the match."""

    match: Match
    # the question as it was taken
    asked: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Unsure:
    """Something close: ask back with the best first. `matches` is never empty."""

    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """The library does not say. `best` is the nearest match, if any, to name what it can offer."""

    best: Match | None = None
    # the topic is in the library but not what was asked of it ("how is it diagnosed")
    on_topic: bool = False
    # what was asked, in a word or two, when known ("how it is diagnosed")
    missing: str = ""
    # no question at all, but talk in the room or a request to another device
    stray: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A spoken command, with its slots; `meant`: found by its meaning, in no known wording."""

    name: str
    slots: tuple[tuple[str, str], ...] = ()
    meant: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Emergency:
    """A phrase that gets the fixed emergency message before anything else."""

    phrase: str


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The speaker stopped in the middle ("what causes the ..."): ask for the rest."""

    text: str


Decision: TypeAlias = Answer | Unsure | OutOfScope | Command | Emergency | Unfinished


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of an article, to be read out; intents.spoken.said gives its sound in words."""

    article_id: ArticleId
    sentence: Sentence
    # the place in a counted list, said before the sentence ("First"); never shown as the source's
    lead: str = field(default="", compare=False)

    @property
    def text(self) -> str:
        """What the source says, word for word."""
        return self.sentence.text


@dataclass(frozen=True, slots=True)
class Prompt:
    """Words of Readback itself, never of an article."""

    text: str
    # repeats words that were heard, so its sound is not kept on a disk
    heard: bool = field(default=False, compare=False)


Utterance: TypeAlias = Quotation | Prompt


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say now, in order."""

    # counts the user's turns; audio of an older turn is dropped
    turn: int
    utterances: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """A change to the playing or the program instead of speech."""

    # "timer" sets the sleep timer, "sleep" closes the ear after the reply
    action: Literal["stop", "pause", "resume", "quit", "rate", "volume", "timer", "sleep"]
    # relative steps for "rate" and "volume": +1 faster or louder, -1 slower or quieter; for "timer"
    # the seconds until good night, 0 switches it off
    step: int = 0
    # what to say once the change is made: a confirmation, then the rest of an interrupted reading
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The speaker's report of what was really heard of one utterance of a reply."""

    turn: int
    # index into Reply.utterances
    index: int
    played_ms: Ms
    finished: bool
