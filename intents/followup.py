"""Questions that mean what was just read: "what causes it", "and in arthritis", "how long". Pure.

Each such question is put in full, in the few ways that it can be meant, and the wordings are asked
like any other: the matcher decides which of them the library answers, so a wrong guess is refused
like a wrong question. A question that names a subject of its own is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from intents.guesses import best_of_each_ear
from intents.text import normalize
from intents.types import (
    Answer,
    Article,
    Command,
    Decision,
    Emergency,
    Hypothesis,
    OutOfScope,
    Unsure,
)

# What points back at the subject; "it" in "is it normal to" points at nothing.
_POINTER = re.compile(
    r"\b(?:(?:this|that|the|these|those) (?:condition|disease|illness|disorder|problem|thing)"
    r"|it|that|this|they|them|these|those)\b(?!'s? (?:ok|okay|safe|normal|possible|true) to)"
)
_OWNER = re.compile(r"\b(?:its|their)\b")
_NOBODY = re.compile(
    r"\b(?:is|was|makes|does) it (?:ok|okay|safe|normal|possible|true|bad|good|better|worth|hurt"
    r" to) (?:to|for|if|that)\b"
)
# Openings that go on from the question before.
_ON = re.compile(
    r"^(?:and (?:what|how) about|what about|how about|and(?! how| what| why| who| when| can| is)"
    r"|or|but what about|same for|also)\s+(?P<rest>.+)$"
)
_AND = re.compile(r"^(?:and|but|so|okay|ok|then)\s+")
_CIRCUMSTANCE = re.compile(
    r"^(?:in|for|with|after|before|during|at|without|if|when|on|from|while|under)\b"
)
# Questions that are whole only after something was read.
_SHORT = {
    "why": ("what causes {s}", "why does {s} happen"),
    "how come": ("what causes {s}",),
    "what for": ("what is {s} for",),
    "how long": ("how long does {s} last", "how long does {s} take"),
    "for how long": ("how long does {s} last",),
    "how often": ("how often does {s} happen",),
    "how many": ("how many people have {s}",),
    "how": ("how does {s} happen",),
    "who": ("who gets {s}",),
    "since when": ("when does {s} start",),
    "what else": ("what else about {s}",),
    "any treatment": ("how is {s} treated",),
    "what can i do": ("what helps against {s}", "how is {s} treated"),
    "what should i do": ("what helps against {s}", "how is {s} treated"),
    "what helps": ("what helps against {s}", "how is {s} treated"),
    "is there a cure": ("can {s} be cured", "how is {s} treated"),
    "when should i see a doctor": ("when should i see a doctor about {s}",),
    "should i see a doctor": ("when should i see a doctor about {s}",),
}
# Follow-ups are short; a long sentence has its subject in it.
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Context:
    """What was talked about: the article read from last, and the question that it answered."""

    subject: Article
    question: str = ""


def wordings(text: str, context: Context) -> tuple[str, ...]:
    """Return the full questions that a follow-up can mean, likeliest first; () when it is none."""
    said = normalize(text)
    if not 0 < len(said.split()) <= MOST_WORDS:
        return ()
    return tuple(dict.fromkeys(_expanded(said, context)))


def _expanded(said: str, context: Context) -> Iterator[str]:
    subject = name_in(context.question, context.subject)
    on = _ON.match(said)
    if on:
        yield from _gone_on(on["rest"], subject, context)
        return
    bare = _AND.sub("", said)
    if bare in _SHORT:
        yield from (form.format(s=subject) for form in _SHORT[bare])
    elif _NOBODY.search(bare):
        return
    elif _POINTER.search(bare) or _OWNER.search(bare):
        yield _OWNER.sub(f"{subject}'s", _POINTER.sub(subject, bare))


def _gone_on(rest: str, subject: str, context: Context) -> Iterator[str]:
    """Expand what follows "and" or "what about"."""
    if _POINTER.fullmatch(rest):
        return
    asked = normalize(context.question)
    if _CIRCUMSTANCE.match(rest):
        yield f"{asked or subject} {rest}"
        return
    if asked and subject in asked:
        # "what causes gout", "and cramps" -> "what causes cramps"
        yield asked.replace(subject, re.sub(r"^(?:the|a|an) ", "", rest))
    yield f"{rest} of {subject}"


def name_in(question: str, article: Article) -> str:
    """Return the name of the article's subject as the question had it, else its title."""
    asked = f" {normalize(question)} "
    names = sorted(map(normalize, (article.title, *article.synonyms)), key=len, reverse=True)
    found = (name for name in names if name and f" {name} " in asked)
    return next(found, normalize(article.title))


class FollowUps:
    """Decides with what was talked about in mind."""

    def __init__(
        self,
        decide: Callable[[Sequence[Hypothesis]], Decision],
        context: Callable[[], Context | None],
    ) -> None:
        """`decide` judges full questions; `context` tells what was read last, None at the start."""
        self._decide = decide
        self._context = context

    def decide(self, hypotheses: Sequence[Hypothesis]) -> Decision:
        """Return what to do about an utterance, as the follow-up that it may be."""
        context = self._context()
        if context is None:
            return self._decide(hypotheses)
        meant = [*self._meant(hypotheses, context)]
        if not meant:
            return self._decide(hypotheses)
        own = self._decide(hypotheses)
        if isinstance(own, Emergency) or (isinstance(own, Command) and not own.meant):
            return own
        found = [self._decide([guess]) for guess in meant]
        chosen = _chosen(found, context.subject)
        if isinstance(own, Command) and not isinstance(chosen, Answer | Unsure):
            return own
        if chosen is None or (isinstance(own, Answer) and not isinstance(chosen, Answer)):
            # "it" without an answer about the subject must not find one elsewhere
            return own if chosen is None or not points_back(hypotheses[0].text) else chosen
        return chosen

    def _meant(self, hypotheses: Sequence[Hypothesis], context: Context) -> Iterable[Hypothesis]:
        """Return full wordings of each ear's best guess; the rest would only cost time."""
        full: dict[str, Hypothesis] = {}
        for heard in best_of_each_ear(hypotheses):
            for wording in wordings(heard.text, context):
                full.setdefault(wording, Hypothesis(wording, heard.confidence, heard.ear))
        return list(full.values())[:4]


def points_back(text: str) -> bool:
    """Tell whether a question has no subject but what was read last."""
    said = normalize(text)
    on, bare = _ON.match(said), _AND.sub("", said)
    if on and _CIRCUMSTANCE.match(on["rest"]):
        return True
    return bare in _SHORT or (
        _NOBODY.search(bare) is None and bool(_POINTER.search(bare) or _OWNER.search(bare))
    )


def _chosen(found: Sequence[Decision], subject: Article) -> Decision | None:
    """Return the likeliest wording's answer, else a question back or a no about the subject."""
    answers = [decision for decision in found if isinstance(decision, Answer)]
    unsure = [d for d in found if isinstance(d, Unsure) and d.matches[0].article.id == subject.id]
    refused = [d for d in found if isinstance(d, OutOfScope) and d.on_topic]
    ordered: list[Decision] = [*answers, *unsure, *refused]
    return ordered[0] if ordered else None
