"""Lines and headings that are not part of an article, as patterns with their reasons.

A rule must match the whole line, so that a sentence of an article that merely mentions a photograph
or a survey stays.
"""

from __future__ import annotations

import re

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
            r"next (?:page|article|post)|previous (?:page|article|post)|(?:read more ?)+|"
            r"continue "
            r"reading.{0,60}|"
            r"show more|show less|load more|view all|see all|close|expand all|collapse all|"
            r"open in new (?:tab|window)|learn more|home( ?[>»›/|] ?[^.]{1,40})+|"
            r"(?:main|further|see also|related)(?: (?:articles?|information))?: .{1,120}|"
            r"(?:other )?people (?:are|also) (?:reading|read|like)|more on this "
            r"topic.{0,60})[.:»›→]?",
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
    (re.compile(r".{10,500}(?:…|\.\.\.|[.!?])\s*(?:read more ?)+[.»›→]?", _I), "teaser"),
)
# a heading (or a line that stands alone like one) after which the article is over
TAIL = re.compile(
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
# of these headings, the ones that may as well open a section of the article: "Sources" of iron
PROSE_TAILS = re.compile(
    r"(?:sources?|resources|comments|tags|categories|notes|contents|disclaimer|trending|reading|"
    r"for more information|learn more|links|newsletter)[:.]?",
    re.IGNORECASE,
)
