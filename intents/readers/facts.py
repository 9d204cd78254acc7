"""Author, date and address as pages print them ("By Ann Lee", "Updated on March 3, 2021")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from intents.types import Source

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(r"\b((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)? ([A-Za-z]{3,9})\.?,? ((?:19|20)\d\d)\b")
_MONTH_YEAR = re.compile(r"\b([A-Za-z]{3,9})\.? ((?:19|20)\d\d)\b")
_DATED = re.compile(
    r"(?:(?:last |medically )?(?:updated|reviewed|published|modified|posted|revised)|"
    r"date)\b.{0,60}",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:[Ww]ritten|[Aa]rticle|[Ss]tory|[Tt]ext) )?(?:[Bb]y|BY):? "
    r"(?P<name>(?:[A-Z][\w.'’-]*)(?: "
    r"(?:[A-Z][\w.'’-]*|de|van|von|and|,))"
    r"{1,6}(?:, (?:MD|PhD|RN|DO|MPH|RD|PT|DPT|[A-Z]{2,4}))*)",
)
# what may follow a name: degrees, a job, an employer, all capitalized
_TITLES = re.compile(r"(?:[ ,|·–-]+[A-Z][\w.&'’-]*){0,6}")
_FROM = re.compile(
    r"(?:source|url|from|address|retrieved from)?:?\s*(?P<url>https?://\S+)", re.IGNORECASE
)


def _month(name: str) -> int:
    key = name[:3].lower()
    return _MONTHS.index(key) + 1 if key in _MONTHS else 0


def iso_date(text: str) -> str:
    """Return the first date in `text` as YYYY-MM-DD (or YYYY-MM), "" when there is none."""
    if match := _ISO.search(text):
        return match[0]
    if (match := _MONTH_FIRST.search(text)) and _month(match[1]) and 1 <= int(match[2]) <= 31:
        return f"{match[3]}-{_month(match[1]):02}-{int(match[2]):02}"
    if (match := _DAY_FIRST.search(text)) and _month(match[2]) and 1 <= int(match[1]) <= 31:
        return f"{match[3]}-{_month(match[2]):02}-{int(match[1]):02}"
    if (match := _MONTH_YEAR.search(text)) and _month(match[1]):
        return f"{match[2]}-{_month(match[1]):02}"
    return ""


def fact_line(line: str) -> Source | None:
    """Return what a line that is only a byline, a date or an address says; None for other lines."""
    if len(line) > 160:
        return None
    if match := _FROM.fullmatch(line):
        return Source(url=match["url"])
    match = _BY.match(line)
    if match and (
        _TITLES.fullmatch(line, match.end()) or _DATED.match(line[match.end() :].lstrip(" |·,-–"))
    ):
        return Source(author=match["name"].rstrip(" ,"), date=iso_date(line[match.end() :]))
    if _DATED.fullmatch(line) and iso_date(line):
        return Source(date=iso_date(line))
    return None


def merge(first: Source, *others: Source) -> Source:
    """Fill the empty fields of `first` from the others, in order."""
    for other in others:
        first = replace(
            first,
            **{
                name: getattr(first, name) or getattr(other, name)
                for name in ("name", "author", "url", "date", "licence")
            },
        )
    return first


def facts_of(lines: Sequence[str]) -> Source:
    """Return the facts that the lines which are only facts give, the first of each kind."""
    return merge(Source(), *(f for line in lines if (f := fact_line(line)) is not None))
