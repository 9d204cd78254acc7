"""Other names of an article's subject, found in its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intents.text import slug, words
from intents.types import Passage

_NAME = r"[^.;:()\[\]?!]{2,160}"
# phrases that introduce other names of the subject
_ALSO = re.compile(
    r"(?:also|sometimes|often|commonly|formerly|previously|otherwise|better)\s+(?:be\s+)?"
    r"(?:called|known as|referred to as|named|termed)\s+(?:simply\s+)?[\"“]?(?P<names>"
    + _NAME
    + ")",
    re.IGNORECASE,
)
_OTHER_TERMS = re.compile(
    r"\b(?:other|another|alternative|different)?\s*(?:terms?|names?|words?|synonyms?)\s+"
    r"(?:for|of)\s+(?P<subject>[^.;:()?!]{1,60}?)\s+"
    r"(?:include|includes|are|is)\b:?\s*(?P<names>[^.;()?!]*)",
    re.IGNORECASE,
)
_NICKNAMES = re.compile(
    r"\b(?:goes by|go by) (?:the )?(?:many |several |other )?names?,?(?: including| such "
    r"as|:)?\s+(?P<names>" + _NAME + ")",
    re.IGNORECASE,
)
_SHORT = re.compile(r"\((?:or )?(?P<short>[A-Z][A-Za-z0-9-]{1,9})(?:[;,][^)]*)?\)")
_SPLIT = re.compile(r"\s*,\s*(?:and|or)\s+|\s*,\s*|\s+(?:and|or)\s+|\s*/\s*(?=[a-z])")
# where a list of names is over and the sentence goes on
_STOP = re.compile(
    r"\s+(?:is|are|was|were|because|when|which|that|who|if|in which|affects?|occurs?|"
    r"happens?|can|"
    r"may|has|have|refers?|means?|by (?:doctors|some)|among|during|since|although|while|but|so|"
    r"and (?:is|are|it|can|may|this|they)|in (?:the|some|many)|for short)\b.*|[—–].*",
    re.IGNORECASE | re.DOTALL,
)
_JUNK_START = re.compile(
    r"^(?:the|a|an|or|and|as|simply|just)\s+|^[\"“'‘]+|[\"”'’,]+$", re.IGNORECASE
)
_SMALL = frozenset(
    {
        *("the", "a", "an", "of", "in", "on", "for", "to", "or", "and", "by", "as", "with", "from"),
        *("is", "are", "was", "were", "be", "has", "have", "can", "may", "also", "known", "called"),
        *("condition", "conditions", "disease", "disorder", "illness", "type", "kind", "form"),
    }
)
_PRONOUNS = frozenset({"it", "this", "these", "that", "they"})
_LONGEST = 7


def _names(listed: str) -> Iterator[str]:
    for raw in _SPLIT.split(_STOP.sub("", listed)):
        name = raw.strip()
        for _ in range(3):
            name = _JUNK_START.sub("", name).strip()
        if (
            2 <= len(name) <= 60
            and 1 <= len(name.split()) <= _LONGEST
            and any(map(str.isalpha, name))
        ):
            yield name


def _is_subject(phrase: str, title: str) -> bool:
    """Tell whether a phrase speaks of the article's subject: a pronoun, or mostly title words."""
    said = set(words(phrase))
    content = said - _SMALL - _PRONOUNS
    if not content:
        return bool(said & _PRONOUNS)
    return len(content & set(words(title))) * 2 >= len(content)


def _near_subject(text: str, at: int, title: str) -> bool:
    """Tell whether the sentence up to `at` opens with the subject or a pronoun for it."""
    before = text[max(0, at - 120) : at]
    start = max(before.rfind(". "), before.rfind("? "), before.rfind("\n"))
    clause = before[start + 1 :].split()[:8]
    return _is_subject(" ".join(clause), title)


def _initials(phrase: Sequence[str]) -> str:
    return "".join(w[0] for p in phrase for w in p.split("-") if w).lower()


def abbreviations(text: str) -> Iterator[tuple[str, str]]:
    """Yield (short, long) of "chronic obstructive pulmonary disease (COPD)": initials must fit.

    The long form is the run of words before the parenthesis whose initials spell the short one,
    small words allowed between (Schwartz and Hearst, 2003, kept to initials).
    """
    for match in _SHORT.finditer(text):
        short = match["short"]
        letters = re.sub(r"[^a-z]", "", (short[:-1] if short.endswith("s") else short).lower())
        before = re.split(r"[.;:,()]\s*", text[max(0, match.start() - 120) : match.start()])[
            -1
        ].split()
        for count in range(max(1, len(letters) - 2), len(letters) + 4):
            phrase = before[-count:]
            big = [
                w for w in phrase if w.lower() not in {"of", "and", "the", "in", "for", "or", "to"}
            ]
            if len(before) >= count and letters and letters in {_initials(phrase), _initials(big)}:
                yield short, " ".join(phrase)
                break


def _listed(passage: Passage, title: str) -> Iterator[str]:
    """Yield the items of a list that "Other terms for it include:" introduces."""
    for index, sentence in enumerate(passage.sentences):
        match = _OTHER_TERMS.search(sentence.text)
        if not match or not _is_subject(match["subject"], title):
            continue
        if match["names"].strip(" :"):
            yield from _names(match["names"])
        elif sentence.text.rstrip().endswith(":"):
            for item in passage.sentences[index + 1 :]:
                if len(item.text.split()) > _LONGEST:
                    break
                yield from _names(item.text.rstrip("."))


def _in_passage(passage: Passage, title: str) -> Iterator[str]:
    yield from _listed(passage, title)
    for sentence in passage.sentences:
        for pattern in (_ALSO, _NICKNAMES):
            for match in pattern.finditer(sentence.text):
                if _near_subject(sentence.text, match.start(), title):
                    yield from _names(match["names"])
        for short, long in abbreviations(sentence.text):
            if len(set(words(long)) & set(words(title))) * 2 >= len(words(long)):
                yield from (short, long)


def find_synonyms(title: str, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Return other names of the subject that the article itself gives, in order, without doubles.

    `title` names the subject; a phrase such as "also called" counts only when the sentence is about
    it. Looks for "also called", "other terms for X include" with a list, "the synonyms for it are",
    and abbreviations in parentheses.
    """
    found: dict[str, str] = {}
    for passage in passages:
        for name in _in_passage(passage, title):
            found.setdefault(slug(name), name)
    found.pop(slug(title), None)
    return tuple(name for key, name in found.items() if key)
