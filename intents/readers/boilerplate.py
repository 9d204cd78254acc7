"""What a page says that is not the article: surveys, credits, source lists, share buttons.

General rules over lines, each with the reason that the owner reads in the report. A rule must match
the whole line, or its telling start, so that a sentence of an article that merely mentions a
photograph or a survey stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from intents.readers.draft import (
    Block,
    Dropped,
    Heading,
    Listing,
    Paragraph,
    Silent,
    Table,
    block_text,
)
from intents.text import split_sentences

_I = re.IGNORECASE
_AGENCIES = (
    r"Getty Images|Shutterstock|iStock(?:photo)?|Unsplash|Pexels|Pixabay|Adobe Stock|Alamy|"
    r"Reuters|AFP|Associated Press|AP Photo|EPA|Corbis|Flickr|Wikimedia Commons|Stocksy|"
    r"Depositphotos|Dreamstime|Science Photo Library|Science Source|Verywell\s*/|Bloomberg"
)
# a line that is one of these and nothing else
LINE_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"(?:was|is|did you find) this (?:page|article|information|content|answer|"
            r"topic|post)?"
            r"\s*(?:helpful|useful)\??.*|(?:how|what) (?:helpful|useful) was this.*|"
            r"(?:please )?rate this (?:page|article|post|recipe).*|thanks? (?:you )?for "
            r"your feedback.*|"
            r"tell us (?:why|what you think).*|yes\s*[/|]?\s*no",
            _I,
        ),
        "survey line",
    ),
    (
        re.compile(
            rf"(?:(?:photo|image|picture|illustration|video|graphic|credit|courtesy)s?\s*"
            rf"(?:credits?|by|from|courtesy(?: of)?|source)?\s*(?::|by\b|©).{{0,120}}|"
            rf".{{0,90}}(?:/|\||©|via|by|,|-|–)\s*(?:{_AGENCIES}).{{0,40}}|(?:{_AGENCIES})|"
            r"enlarge (?:this )?image.*|click to enlarge.*|hide caption|toggle caption)",
            _I,
        ),
        "photo credit",
    ),
    (
        re.compile(
            r"(?:copyright|©|\(c\)|\u24d2).{0,160}|.{0,80}all rights reserved\.?.{0,60}", _I
        ),
        "copyright line",
    ),
    (
        re.compile(
            r"(?:share|tweet|pin|email|print|save|like|follow|comment|comments|reply|"
            r"facebook|twitter|"
            r"linkedin|pinterest|whatsapp|reddit|copy link|share this.{0,40}|share on .{0,30}|"
            r"follow us.{0,60}|print this page|email this (?:page|article)|"
            r"(?:share|print|email|tweet|save)(?:[ ,|/·•]+(?:share|print|email|tweet|save|"
            r"pin))+)[.!:]?",
            _I,
        ),
        "share button",
    ),
    (
        re.compile(
            r"(?:skip to (?:main )?content|(?:back|go|return) to (?:the )?top|table of "
            r"contents|contents|"
            r"(?:on|in) this (?:page|article)|jump to(?::| section| navigation| "
            r"search).{0,60}|menu|home|search|"
            r"next (?:page|article|post)|previous (?:page|article|post)|read more|continue "
            r"reading.{0,60}|"
            r"show more|show less|load more|view all|see all|close|expand all|collapse all|"
            r"open in new (?:tab|window)|learn more|home( ?[>»›/|] ?[^.]{1,40})+)[.:»›→]?",
            _I,
        ),
        "navigation",
    ),
    (
        re.compile(
            r"(?:advertisement|sponsored(?: content| by .{0,60})?|ad|ads|promoted|"
            r"(?:this (?:page|post|article) (?:may )?contains?|we may earn).{0,40}"
            r"(?:affiliate|commission).{0,160}|story continues below.{0,40}|"
            r"article continues (?:below|after).{0,40}|scroll to continue.{0,40})",
            _I,
        ),
        "advertisement",
    ),
    (
        re.compile(
            r"(?:we|this (?:web)?site|our (?:web)?site|our partners|by (?:using|"
            r"continuing)).{0,120}\bcookies?\b.{0,400}|"
            r"(?:accept|reject|manage)(?: all)? cookies.{0,40}|cookie (?:settings|policy|"
            r"preferences)",
            _I,
        ),
        "cookie banner",
    ),
    (
        re.compile(
            r"(?:(?:subscribe|sign up)\b.{0,30}(?:newsletters?|emails?|updates|tips|"
            r"inbox)\b.{0,120}|"
            r"get (?:our|the) .{0,60}newsletter.{0,80}|enter your e-?mail.{0,60}|"
            r"by (?:subscribing|signing up|clicking).{0,160}(?:terms|privacy|policy).{0,80}|"
            r"create (?:a free )?account|log ?in|sign in|sign up|subscribe|subscribe now)[.!]?",
            _I,
        ),
        "newsletter",
    ),
    (
        re.compile(
            r"[\w .,'’&-]{0,60}\b(?:uses?|relies on|rely on|adheres? to|follows?)\b.{0,60}"
            r"(?:high-quality sources|peer-reviewed (?:studies|research)|sourcing guidelines|"
            r"editorial (?:process|policy|guidelines)).{0,300}|"
            r"read our (?:editorial|review) (?:process|policy).{0,160}|"
            r"(?:medically |fact[- ])?(?:reviewed|checked) by (?-i:[A-Z]).{0,80}|"
            r"(?:updated|published|last (?:updated|reviewed|modified)|reviewed|posted)(?: on)?:? "
            r"(?:on )?(?:[A-Z][a-z]+\.? \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]+ \d{4}|"
            r"\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}).{0,40}|"
            r"\d{1,3} (?:sources?|references|citations|comments|min(?:ute)?s? read|shares)",
            _I,
        ),
        "editorial note",
    ),
    (
        re.compile(
            r"\(?(?:see|see also|refer to)\s+(?:the )?(?:figures?|fig\.?|tables?|image|"
            r"picture|photo|video|chart|diagram)s?"
            r"(?:\s+(?:\d+\w?|above|below|opposite|on the (?:left|right)))?\)?\.?|"
            r"(?:figure|fig\.?) \d+[.:]?.{0,200}",
            _I,
        ),
        "figure caption",
    ),
    (re.compile(r"https?://\S+|www\.\S+|doi:\s*\S+", _I), "address"),
)
# a heading (or a line that stands alone like one) after which the article is over
_TAIL = re.compile(
    r"(?:\d{1,3} )?(?:article |list of |works |literature |selected |external |further |"
    r"additional |more )?"
    r"(?:sources?|references?|bibliography|citations?|cited|footnotes|notes and references|"
    r"endnotes|reading|resources|links|for more information|learn more|see also|related "
    r"(?:articles|content|topics|posts|stories|links|reading|information|health topics)|"
    r"you (?:may|might) also like|more (?:from|on|like this|stories|articles|in)\b.{0,40}|"
    r"recommended(?: for you| reading| stories)?|popular (?:articles|posts|now)|"
    r"trending(?: now)?|"
    r"most (?:read|popular|viewed)|up next|read next|what to read next|"
    r"comments|leave a (?:comment|reply)|join the (?:conversation|discussion)|\d+ comments|"
    r"about the authors?|author information|meet the author|tags|categories|filed under|"
    r"share this"
    r"(?: article| page| post)?|article sources|disclaimer|copyright(?: notice)?|"
    r"acknowledge?ments?|"
    r"privacy policy|terms of (?:use|service)|contact us|newsletter|site map)[:.]?",
    _I,
)
_LISTISH = re.compile(
    r"\b(?:these|following|includ\w+|below|are|is|such as|ones|as follows|steps|examples?|"
    r"namely)\b",
    _I,
)
_CITATION = re.compile(
    r"(?:doi:\s?10\.|\bdoi\.org/|\b(?:19|20)\d\d;\s?\d+(?:\(\d+\))?:|\bet al\.?[,.:]? .{0,120}"
    r"\b(?:19|20)\d\d\b|\bPMID\b|\bISBN\b|Accessed (?:on )?[A-Z][a-z]+|Retrieved (?:on |"
    r"from )?[A-Z\d])"
)


def why_line(text: str) -> str:
    """Return why a line that stands alone is not part of the article, or "" when it may be."""
    line = text.strip().strip("•*·–—-|").strip()
    if not any(c.isalnum() for c in line):
        return "no words"
    if len(line) > 600:
        return ""
    for pattern, why in LINE_RULES:
        if pattern.fullmatch(line):
            return why
    return "reference" if _CITATION.search(line) and len(line) < 500 and _is_entry(line) else ""


def _is_entry(line: str) -> bool:
    """Tell a bibliography entry from a sentence that cites: it has no verb-like running text."""
    lower = sum(w.islower() for w in line.split())
    return bool(re.search(r"doi:|\d;\s?\d+|PMID|ISBN|Accessed|Retrieved", line)) and lower < 40


def is_tail(text: str) -> bool:
    """Tell whether a heading or a lone line opens the part after the article."""
    return len(text) < 80 and bool(_TAIL.fullmatch(text.strip().strip("•*[]").strip()))


def _cut_tail(blocks: Sequence[Block]) -> tuple[list[Block], list[Dropped]]:
    """Drop every tail section: from its heading to the next heading of its level or above."""
    kept: list[Block] = []
    dropped: list[Dropped] = []
    level = 0
    for block in blocks:
        if level and isinstance(block, Heading) and block.level <= level:
            level = 0
        if not level and isinstance(block, Heading) and is_tail(block.text):
            level = block.level
        if level:
            dropped.append(Dropped(block_text(block), "after the article"))
        else:
            kept.append(block)
    return kept, dropped


def _clean_lines(block: Block, dropped: list[Dropped]) -> Block | None:
    """Drop a boilerplate paragraph or heading, and the boilerplate items of a list."""
    if isinstance(block, Listing):
        items: list[str] = []
        for item in block.items:
            why = why_line(item)
            dropped += [Dropped(item, why)] if why else []
            items += [] if why else [item]
        return replace(block, items=tuple(items)) if items else None
    if isinstance(block, Table):
        return block if block.rows else None
    if isinstance(block, Silent):
        caption = why_line(block.text)
        dropped.append(Dropped(block.text, caption or block.why))
        return None if caption else block
    why = why_line(block.text)
    if why:
        dropped.append(Dropped(block.text, why))
    return None if why else block


def _dangles(last: str, following: Block | None) -> bool:
    """Tell whether a sentence that ends with a colon introduces something that is not there."""
    if not last.rstrip().endswith(":"):
        return False
    if following is None or isinstance(following, Heading):
        return True
    if isinstance(following, Listing | Table):
        return False
    # prose after "he put it like this:" is fine; after "these are the ones:" a list is missing
    return bool(_LISTISH.search(last)) and following.text.rstrip().endswith((".", "!", "?"))


def _drop_dangling(blocks: Sequence[Block], dropped: list[Dropped]) -> list[Block]:
    kept: list[Block] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if not isinstance(block, Paragraph):
            kept.append(block)
            continue
        spans = split_sentences(block.text)
        if not spans or not _dangles(block.text[slice(*spans[-1])], following):
            kept.append(block)
            continue
        dropped.append(Dropped(block.text[slice(*spans[-1])], "introduces a list that is missing"))
        if len(spans) > 1:
            kept.append(Paragraph(block.text[: spans[-2][1]]))
    return kept


def _drop_empty_sections(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings with nothing under them (a higher heading over a lower one stays)."""
    kept: list[Block] = []
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        if isinstance(block, Heading) and (
            below is None or (isinstance(below, Heading) and below.level <= block.level)
        ):
            continue
        kept.append(block)
    return kept[::-1]


def clean(blocks: Sequence[Block]) -> tuple[list[Block], list[Dropped]]:
    """Return the blocks of the article proper, and what was dropped with the reason."""
    kept, dropped = _cut_tail(blocks)
    lines = [b for b in (_clean_lines(block, dropped) for block in kept) if b is not None]
    whole = _drop_dangling(lines, dropped)
    return _drop_empty_sections(whole), dropped
