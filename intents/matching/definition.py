"""Questions after the meaning of a name: "what is X" is answered only where X is explained.

"What is arthritis" shares its one word with "Loss of muscle in arthritis", yet that passage does
not explain arthritis; and "what is spinal muscular atrophy" is another disease than muscle atrophy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from intents.matching.terms import content, stem, stems
from intents.text import normalize

_ASKS = re.compile(
    r"^(?:.* )?(?:what (?:is|are|was|were)|what's|whats|define|definition of|meaning of|explain|"
    r"what (?:do|does)|tell me about|what (?:exactly|actually) is)"
    r"(?: (?:a|an|the|this|that|exactly|actually|meant by|term|word))* (?P<name>.+?)"
    r"(?: (?:mean|stand for|exactly|actually|called|about|then|please))*$"
)
# a name has at most this many words; longer is a sentence and no question after a meaning
MAX_NAME = 4
# words that turn "what is ..." into a question after something else ("what is the best ...")
_OTHER = re.compile(
    r"\b(?:for|in|to|of|on|by|with|from|at|when|if|best|good|wrong|difference|cause|causes|causing|"
    r"treatment|cure|reason|reasons|signs?|symptoms?|risk|risks|chance|chances|happening|types?|kinds?|"
    r"forms?|names?|called|done|used|you|i|my|your|do|does|people|doctors?|therapists?|safe|right|"
    r"normal|dangerous|outlook|prognosis|complications?|side|types|stages?|word|term|synonyms?)\b"
)
_SPLIT = re.compile(r"[:;,()?!–—/-]|\b(?:or|and)\b")
# what follows these only places the name: "muscle loss in arthritis" does not explain arthritis
_PLACES = re.compile(r"\b(?:in|from|with|without|of|by|for|after|during|on|due|at|to)\b.*")
# questions that say what they are about, with the place of the subject
_ABOUT = re.compile(
    r"\b(?:causes?(?: of)?|symptoms of|signs of|treat|cure(?: for)?|treatment (?:of|for)|prevent|"
    r"risk of|die (?:of|from))(?: (?:a|an|the|my|having|getting))* (?P<name>\w+(?: \w+){0,2})$"
)
_EXPLAINS = frozenset({"is", "are", "was", "were", "mean", "means", "refers", "occurs", "happens"})
_INTRODUCES = frozenset({"called", "known", "name", "named", "term", "means", "word"})
# "long-term use of corticosteroids" names nothing
_SPANS = frozenset({"long", "short", "near", "medium", "full"})


def asked_name(question: str) -> tuple[str, ...]:
    """Return the stems of the name whose meaning is asked for, none when it is another question."""
    found = _ASKS.match(normalize(question))
    if found is None or _OTHER.search(found["name"]):
        return ()
    name = stems(found["name"])
    return tuple(name) if 0 < len(name) <= MAX_NAME else ()


def asked_subject(question: str) -> tuple[str, ...]:
    """Return the words that "what causes ..." and its like are about, none for other questions."""
    found = _ABOUT.search(normalize(question))
    return tuple(content(found["name"])) if found else ()


def named(subject: Sequence[str], labels: Sequence[str]) -> bool:
    """Return whether a word of the subject is in a label other than to place something there.

    "Loss of muscle in arthritis" is about muscle, not about arthritis.
    """
    wanted = {stem(word) for word in subject}
    return any(wanted & part for label in labels for part in _parts(label))


def explains(name: Sequence[str], labels: Sequence[str], sentences: Sequence[str]) -> bool:
    """Return whether a passage explains the name: by its labels (names, heading) or a sentence."""
    return any(_labelled(name, label) for label in labels) or says(name, map(normalize, sentences))


def says(name: Sequence[str], sentences: Iterable[str]) -> bool:
    """Return whether one of these normalized sentences explains the name."""
    wanted = set(name)
    return any(_defined(wanted, sentence.split()) for sentence in sentences)


@lru_cache(maxsize=4096)
def _parts(label: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(stems(_PLACES.sub("", p))) for p in _SPLIT.split(label.lower()))


def _labelled(name: Sequence[str], label: str) -> bool:
    """Return whether one part of the label is this name and little else."""
    wanted = set(name)
    return any(wanted <= p and 2 * len(wanted) >= len(p) for p in _parts(label))


def _defined(wanted: set[str], words: Sequence[str]) -> bool:
    """Return whether the sentence opens "X is ..." or says "... is called X"."""
    stemmed = [stem(word) for word in words]
    if not wanted <= set(stemmed):
        return False
    for place, word in enumerate(words):
        if word in _EXPLAINS and place <= len(wanted) + 3 and wanted <= set(stemmed[:place]):
            return True
        after = set(stemmed[place + 1 : place + 10])
        spans = word == "term" and words[max(0, place - 1)] in _SPANS
        if word in _INTRODUCES and not spans and wanted <= after:
            return True
    return False
