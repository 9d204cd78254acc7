"""Has the speaker finished? Judged from the words so far. Pure.

A pause inside a question is mostly a search for a word: before it stands a word that cannot end a
question ("what causes the ..."). People's own pauses inside a turn are as long as those between
turns (0.2 to 0.5 s; see Skantze 2021, "Turn-taking in conversational systems"), so silence alone
cannot tell.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Literal

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

# complete: the library can answer it as it stands. nearly: it can, but more could follow. likely:
# it nearly can. unknown: nothing can be made of it (yet), or it goes on. unfinished: something must
# follow
Completeness = Literal["complete", "nearly", "likely", "unknown", "unfinished"]

# Log odds that nothing follows (intents/turn_end.py) from which an answer is given at once, and
# from which after a longer silence: of held-out questions 88 and 96% have them, of their beginnings
# 6 and 12%.
_ENDS, _MAY_END = 1.0, -0.5
# ... from which it is a question that the library does not answer: 73 and 3%.
_ASKED = 2.0
# How much less likely it is that a name of the library or a command is whole which longer ones
# begin with: the network knows none of them.
_GOES_ON = 1.0


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that no question ends with: something must follow. Prepositions that often end a spoken
# question ("what is it good for", "who do I talk to") are not among them, nor is "is" ("tell me
# what it is").
_OPEN = _words(
    "a an the my your our their of and or but because if whether than from between without during "
    "against into unless although very um uh er what's who's how's where's when's i'm you're "
    "they're"
)
# A question that is nothing but its opening: "what", "what causes", "how do I", "tell me about".
_BARE = re.compile(
    r"(?:(?:what|why|how|who|when|where|which)"
    r"(?: (?:is|are|was|were|do|does|did|can|could|should|would|will|has|have|might|must)"
    r"(?: (?:i|you|we|he|she|it|they|there|my))?)?"
    r"|how (?:long|much|many|often|bad|soon|far)(?: (?:is|are|do|does|can|should|will))?"
    r"|what (?:happens|else|makes(?: (?:you|me|us|people|someone|somebody))?)"
    r"|how (?:many|much) (?:types?|kinds?|sorts?|forms?|stages)"
    # a question for yes or no has more than two words
    r"|(?:can|could|do|does|did|is|are|was|were|should|will|would|may|must|has|have) \w+"
    r"|(?:what|how) about|what (?:kinds?|sorts?|types?) of|what causes|what helps with"
    r"|tell me(?: about)?|read me|talk about|(?:is|are) there|can (?:i|you)|should i|do i|does"
    r"|i (?:want|would like) to know(?: about)?|i have a question(?: about)?)"
)
# "What is another name for": a noun that is for or of something. "What is it good for" is whole.
_NOUN_FOR = re.compile(
    r".*\b(?:names?|words?|terms?|treatments?|cures?|tests?|causes?|reasons?|risks?|signs?|symptoms?"
    r"|medicines?|drugs?|remed(?:y|ies)|exercises?|diets?|help|kinds?|types?) (?:for|in|with|to)"
)
# "... who should I talk to": the last word goes with one that came before, and ends its question.
_STRANDED = re.compile(
    r"\b(?:who|what|which)(?: \w+)? (?:do|does|did|can|could|should|would|will|am|is|are)"
    r" (?:i|you|we|they|he|she|it)(?: \w+){1,3} (?:to|for|with|about|from|like)$"
    # "... wondering what on earth that is", "what else is it called"
    r"|\b(?:what|who|how|where|why|which)\b.* (?:it|that|this|these|those|they|he|she)"
    r" (?:is|are|was|were|means?|does|do)$"
    r"|\bwhat\b.* (?:is|are|was|were) .*\b(?:called|named)$"
)
# "... hardly ever move, can": the verb that a question begins with, after no name of a person.
_VERB = re.compile(
    r"(?:.* )?(?!(?:i|you|we|they|he|she|it|that|this) )\w+"
    r" (?:can|could|should|would|will|does|did)"
)
# "What happens to a muscle when"; "should she take it, and when" is whole.
_WHEN = re.compile(r"(?:[\w']+ ){2,}(?!(?:and|or|but|since|until|by|from) )[\w']+ when")
# A verb and its subject, of which nothing is said yet: "how are (leg cramps)", "does", "can a".
# "What is", "how bad is" and "where are" want no more than the subject. Of 31,000 whole questions,
# typed, none is taken for one of these.
_OF_SUBJECT = re.compile(
    r"(?:(?:and|so|but|or|then) )?"
    r"(?:(?:.* )?(?:(?:what|how|who|where|when|why) else|how|why|when) (?:is|are|was|were)"
    r"|(?:is|are|was|were)"
    r"|(?:(?:.* )?(?:what|who|how(?: \w+)?|why|when|where|which \w+|else) )?"
    r"(?:do|does|did|can|could|will|would|should|must|may|might))"
    r" (?:(?:the|a|an|my|your) )?(?P<subject>.+)"
)
# Whole although they look like an opening.
_WHOLE = frozenset(
    {"what is it", "who is it", "what was it", "why is it", "how is it", "who are you"}
)
_CLAUSE = re.compile(r"[.,;:!?()\n]+")
# What follows a name: then the name is whole.
_FUNCTION = _words(
    "a an the of in on at to for from by with without and or but if when while as than that which "
    "who is are was were be been can could may might must should will would has have had do does "
    "did not also often usually sometimes it they you he she we i this these those after before "
    "during because so until into about between through over under more less most"
)
# How much more often a word must go on than end a name, to be taken for the beginning of one.
_MOSTLY = 1.5
# Two words that are no command and no answer are the beginning of something.
_FEWEST_WORDS = 3
# More of a begun sentence than this is no help in asking back.
_WORDS_BACK = 6
_ARTICLES = _words("a an the my your our their um uh er")
# Where "what?" would not be English.
_REST = {"what happens": "What happens when?", "what else": "What else would you like to know?"}


def unfinished(text: str) -> bool:
    """Tell whether something must still follow these words."""
    said = normalize(text)
    words = said.split()
    if not words or said in _WHOLE:
        return False
    if any(opening.fullmatch(said) for opening in (_BARE, _NOUN_FOR, _VERB, _WHEN)):
        return True
    return len(words) > 1 and words[-1] in _OPEN


def completeness(
    text: str, decision: Decision, *, continues: bool = False, odds: float | None = None
) -> Completeness:
    """Judge an utterance so far by its words and by what would be decided now.

    `continues` says that more belongs after these words: a longer command ("next", "next section")
    or the rest of a name ("muscle", "muscle wasting"). `odds` are the log odds that nothing
    follows; None where nobody knows.
    """
    opening = unfinished(text)
    if isinstance(decision, Command):
        # "what" asks to repeat, and begins most questions; of a wording that only its meaning tells
        # nobody knows how it goes on
        more = opening or (continues and decision.meant)
        return "unknown" if more else "likely" if continues or decision.meant else "complete"
    if opening:
        return "unfinished"
    if isinstance(decision, Emergency):
        return "likely"
    if odds is not None:
        return _by_odds(text, decision, odds - _GOES_ON * continues)
    return _by_words(text, decision, continues=continues)


def _by_words(text: str, decision: Decision, *, continues: bool) -> Completeness:
    """Judge a question where nobody knows how likely it is that nothing follows."""
    if isinstance(decision, Answer):
        return "unknown" if continues else "complete"
    length = len(text.split())
    # what is missing is known only where subject and aspect were both named: a whole question
    named = isinstance(decision, OutOfScope) and bool(decision.missing) and not continues
    asks_back = isinstance(decision, Unsure) and not continues
    if (named or asks_back) and length > _FEWEST_WORDS:
        return "likely"
    return "unfinished" if length < _FEWEST_WORDS and not asks_back else "unknown"


def _by_odds(text: str, decision: Decision, odds: float) -> Completeness:
    """Judge a question by how likely it is that nothing follows."""
    if isinstance(decision, Answer):
        return "complete" if odds >= _ENDS else "nearly" if odds >= _MAY_END else "unknown"
    length = len(text.split())
    # "what is it", after nothing that it could mean, is a beginning misheard
    if odds >= _ASKED and length > _FEWEST_WORDS:
        return "likely"
    short = length < _FEWEST_WORDS and not isinstance(decision, Unsure)
    return "unfinished" if short else "unknown"


def taken_as(decision: Decision) -> str:
    """Return the guess at a question that the decision was made on; "" when it is unknown."""
    match decision:
        case Answer(best) | OutOfScope(best) if best:
            return best.wording
        case Unsure((best, *_)):
            return best.wording
    return ""


class Continuations:
    """After which words the library goes on: the beginnings of its names and of the commands.

    "Muscle wasting" is a name and "muscle" only begins one. Of other words the library's own
    sentences tell: in "the calf muscles cramp at night" a phrase ends before "at", so "cramp" can
    end a question.
    """

    def __init__(self, articles: Iterable[Article], phrases: Iterable[str]) -> None:
        """Count in the articles, each read once; `phrases` are the commands' wordings."""
        self._inside: Counter[str] = Counter()
        self._last: Counter[str] = Counter()
        names: set[str] = set()
        for article in articles:
            names.update(map(normalize, (article.title, *article.synonyms)))
            for passage in article.passages:
                for sentence in passage.sentences:
                    self._count(sentence.text)
        self._subjects = {subject for name in names for subject in _subjects(name)}
        self._names = {name.split()[-1] for name in names if name}
        self._opens = {
            word for name in names for word in name.split()[:-1] if word not in _FUNCTION
        } - self._names
        self._begun = {
            " ".join(words[:length])
            for words in map(str.split, phrases)
            for length in range(1, len(words))
        }

    def _count(self, sentence: str) -> None:
        for clause in _CLAUSE.split(sentence):
            for word, following in pairwise([*normalize(clause).split(), ""]):
                ends = not following or following in _FUNCTION
                (self._last if ends else self._inside)[word] += 1

    def __call__(self, text: str) -> bool:
        """Tell whether more belongs after these words."""
        said = normalize(text)
        if _STRANDED.search(said):
            return False
        last = said.rpartition(" ")[2]
        inside, ends = self._inside[last], self._last[last]
        asked = _OF_SUBJECT.fullmatch(said)
        if asked and _singular(asked["subject"]) in self._subjects:
            return True
        if last in self._names:
            return said in self._begun
        return said in self._begun or last in self._opens or inside > _MOSTLY * (ends + 1)


def _subjects(name: str) -> set[str]:
    """Return what a question calls the subject of a name: "leg cramp" for "leg cramps at night"."""
    words = name.split()
    if words and words[0] in _ARTICLES:
        del words[0]
    first = list(itertools.takewhile(lambda word: word not in _FUNCTION, words))
    return {_singular(" ".join(some)) for some in (words, first) if some}


def _singular(name: str) -> str:
    """Return a name by which both its numbers can be told: "leg cramp" for "leg cramps"."""
    return name.removesuffix("s")


def ask_rest(text: str) -> str:
    """Return the question for the missing end: "what causes the" -> "What causes what?"."""
    words = normalize(text).split()
    if " ".join(words) in _REST:
        return _REST[" ".join(words)]
    while words and words[-1] in _ARTICLES:
        words.pop()
    said = " ".join("I" if word == "i" else word for word in words[-_WORDS_BACK:])
    return f"{said[:1].upper()}{said[1:]} what?" if said else "What would you like to know?"


def joined(begun: str, hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return the hypotheses as ends of an utterance that was left unfinished."""
    return tuple(replace(found, text=f"{begun} {found.text}") for found in hypotheses)
