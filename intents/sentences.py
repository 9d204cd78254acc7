"""Where sentences end."""

from __future__ import annotations

import re


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# a period after these never ends a sentence
_NEVER = _set(
    "dr mr mrs ms prof rev hon st mt gen sen rep gov capt lt col sgt vs v e.g i.e eg ie cf "
    "viz approx "
    "fig figs eq eqs ref refs ch chap vol pp p eds dept univ assn esp incl resp"
)
# a period after these ends a sentence only when a number does not follow
_BEFORE_NUMBER = _set("no nos par jan feb mar apr jun jul aug sep sept oct nov dec")
# these may end a sentence: only when the next word is one that usually starts one
_MAYBE = _set(
    "etc al inc ltd co corp jr sr u.s u.k u.n e.u a.m p.m ph.d m.d b.a m.a d.o r.n b.c a.d "
    "d.c bros "
    "ft oz lb lbs hr hrs sq est tel ext"
)
_STARTERS = _set(
    "a an the this that these those it its he she they we you i his her their our your my "
    "in on at "
    "by for from with without as if when while where after before since because although though "
    "however but and or so then there here to many most some several all each every no not "
    "what why "
    "how who which do does did is are was were can could should would will may might talk "
    "call see "
    "ask both either people doctors patients symptoms treatment once until during one two three "
    "also other another such over under more less according"
)
# "vitamin C." ends a sentence, "J." of "J. Smith" does not
_LETTERED = _set(
    "vitamin hepatitis type group grade stage plan class part influenza strain phase option step "
    "medicare factor protein section appendix and or"
)
# possessive or atomic (intents.text.NUM tells why both), and only from the start of a run of marks:
# linear on a page of question marks
_END = re.compile(
    r"(?:(?<![.!?…])[.!?…]++|(?<![。！？؟।॥])[。！？؟।॥]++)[\"'”’»)\]]*+"
    r"(?>(?:\[\d{1,3}\])*)(?=\s|$)"
    r"|(?<=[。！？])|\n\s*\n"
)
_TOKEN = re.compile(r"[^\s(\[\"'“‘]*$")
_NEXT_WORD = re.compile(r"[\s\"'“‘(\[]*([\w']+)")
# no voice should be handed more than this at once; longer "sentences" are cut at a clause or word
MAX_SENTENCE = 1000


def _ends_here(text: str, match: re.Match[str], start: int) -> bool:
    """Decide whether the terminator `match` ends the sentence that began at `start`."""
    mark = match[0]
    rest = text[match.end() : match.end() + 60]
    following = _NEXT_WORD.match(rest)
    if not mark.strip() or not following or "\n\n" in rest[: following.start(1)]:
        return True
    upcoming = following[1]
    if mark[0] in "!?…" or mark.startswith(".."):
        return not upcoming[0].islower() or (mark[0] in "!?" and mark[-1] in "!?")
    if mark[0] != ".":
        return True
    return _period_ends(text[start : match.start()], upcoming, closed=len(mark) > 1)


def _period_ends(before: str, upcoming: str, *, closed: bool) -> bool:
    token = _TOKEN.search(before[-40:])
    raw = token[0] if token else ""
    word = raw.lower().lstrip("(")
    starts = upcoming.lower() in _STARTERS and not upcoming.islower()
    if upcoming[0].islower() or (word in _NEVER and not closed):
        return False
    if word in _BEFORE_NUMBER:
        return not upcoming[0].isdigit()
    if word in _MAYBE and not closed:
        return starts
    if len(raw) == 1 and raw.isupper():
        prior = before[: -len(raw)].split()
        return starts or bool(prior and prior[-1].lower() in _LETTERED)
    # "1." at the start of a sentence is a list number
    return not (raw.isdigit() and len(raw) <= 3 and before.strip() == raw)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _cut_long(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a span longer than MAX_SENTENCE at a clause, else a word, else anywhere."""
    spans: list[tuple[int, int]] = []
    while end - start > MAX_SENTENCE:
        room = text[start : start + MAX_SENTENCE]
        at = max(room.rfind("; "), room.rfind(", "), room.rfind(": "))
        at = at + 1 if at > MAX_SENTENCE // 2 else max(room.rfind(" "), room.rfind("\n"))
        at = at if at > 0 else MAX_SENTENCE
        spans.append(_trim(text, start, start + at))
        start, _ = _trim(text, start + at, end)
    return [*spans, (start, end)]


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, without the white space around it, in order.

    Knows abbreviations ("Dr.", "e.g.", "No. 5", "U.S.", "et al."), initials, decimals, closing
    quotes, ellipses and reference marks after the period. A blank line always ends a sentence.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.end() <= start or not _ends_here(text, match, start):
            continue
        first, last = _trim(text, start, match.end())
        if first < last:
            spans += _cut_long(text, first, last)
        start = match.end()
    first, last = _trim(text, start, len(text))
    return spans + _cut_long(text, first, last) if first < last else spans
