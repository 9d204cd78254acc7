"""The rules by which written text becomes spoken text, in tables: (pattern, what is said)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from intents.text import NUM, UNITS

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _rule(pattern: str, said: str | Callable[[re.Match[str]], str], flags: int = 0) -> Rule:
    return re.compile(pattern, flags), said


_I = re.IGNORECASE
_FIGURE = (
    r"(?:figures?|figs?\.?|tables?|images?|photos?|pictures?|charts?|diagrams?|boxe?s?|panels?)"
)
_WHERE = r"(?:\d+[a-z]?|[A-Z]|above|below|opposite|(?:on|at|to) the (?:left|right|top|bottom))"
# left out before anything else
SILENT: tuple[Rule, ...] = (
    _rule(
        rf"\s*[(\[](?:see |see also |as shown in |shown in )?(?:the )?{_FIGURE}\s*{_WHERE}?"
        rf"(?:[,;]? (?:and )?{_WHERE})*[)\]]",
        "",
        _I,
    ),
    _rule(
        rf",? (?:as (?:shown|seen|illustrated) in|see(?: also)?) (?:the )?{_FIGURE} {_WHERE}"
        rf"(?=[,.;]|$)",
        "",
        _I,
    ),
    _rule(rf"^(?:see(?: also)?) (?:the )?{_FIGURE}(?: {_WHERE})?\.?$", "", _I),
    _rule(
        r"\s*\[(?:\d{1,3}(?:\s*[,–-]\s*\d{1,3})*|[a-z]|note \d+|citation needed|edit|who\?|"
        r"when\?)\]",
        "",
        _I,
    ),
    _rule(
        r"(?<=[\w.,;:!?)\"”])[\u00b9\u00b2\u00b3\u2070-\u2079]+(?=[\s.,;:)]|$)"
        r"(?<!\d[\u00b2\u00b3])(?<!\b[cmk]m[\u00b2\u00b3])(?<!\bm[\u00b2\u00b3])(?<!\bft[\u00b2\u00b3])",
        "",
    ),
    _rule(r"\s*\(?(?:https?://(?:dx\.)?doi\.org/|doi:\s*)10\.\d{4,9}/[^\s)]*[^\s).,;]\)?", "", _I),
    _rule(r"\s*\(?PM(?:ID|CID):?\s*(?:PMC)?\d+\)?", ""),
    _rule(r"[*†‡§¶]+(?=[\s.,;:)]|$)|(?<![\w])[*_]{1,3}(?=\w)|(?<=\w)[*_]{1,3}(?!\w)", ""),
    _rule(r"^\s*(?:[•●○◦▪■□‣⁃∙·►▶➢✓✔☐★–—-]+\s+|[QA][:.]\s+)", ""),
)


def _host(match: re.Match[str]) -> str:
    """Say an address as its site: nobody can follow a path by ear."""
    host = re.sub(r"^www\.", "", match["host"].lower()).rstrip(".")
    return host.replace(".", " dot ").replace("-", " dash ")


def _mail(match: re.Match[str]) -> str:
    name = match[1].replace(".", " dot ").replace("_", " underscore ").replace("-", " dash ")
    return f"{name} at {match[2].replace('.', ' dot ').replace('-', ' dash ')}"


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    return ", ".join(" ".join(group) for group in groups)


ADDRESSES: tuple[Rule, ...] = (
    _rule(
        r"(?:https?://|(?<![\w.])www\.)(?P<host>[\w.-]+\w)(?::\d+)?(?:[/?#][^\s<>()\"”]*[^\s<>()\"”.,;:!?])?/?",
        _host,
        _I,
    ),
    _rule(r"\b([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})\b", _mail),
    _rule(r"(?<![\w.])(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-.]\d{4}(?!\w)", _phone),
)

_UNIT_CASE = {"IU", "mmHg", "Hz", "kHz", "°C", "°F", "mL", "dL", "μg", "MPH"}
_UNIT_NAMES = {
    **UNITS,
    **{u: UNITS[u.lower()] for u in _UNIT_CASE},
    "L": ("liter", "liters"),
    # "in" is a word as well: only before punctuation is it a unit
    "in": ("inch", "inches"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "sec": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "tsp": ("teaspoon", "teaspoons"),
    "tbsp": ("tablespoon", "tablespoons"),
    "pt": ("pint", "pints"),
    "gal": ("gallon", "gallons"),
    "GB": ("gigabyte", "gigabytes"),
    "MB": ("megabyte", "megabytes"),
    "kB": ("kilobyte", "kilobytes"),
    "kW": ("kilowatt", "kilowatts"),
    "W": ("watt", "watts"),
    "V": ("volt", "volts"),
    "mEq": ("milliequivalent", "milliequivalents"),
}
_POWERS = {"²": "square", "³": "cubic"}
_PER = {
    "L": "liter", "l": "liter", "dL": "deciliter", "dl": "deciliter", "mL": "milliliter",
    "ml": "milliliter", "kg": "kilogram", "g": "gram", "h": "hour", "hr": "hour", "min": "minute",
    "s": "second", "d": "day", "wk": "week", "mo": "month", "yr": "year",
    "m²": "square meter",
}  # fmt: skip
_UNIT = "|".join(sorted(map(re.escape, _UNIT_NAMES.keys() - {"in"}), key=len, reverse=True))
_TIMES = ("day", "week", "month", "year", "hour", "minute", "second", "dose", "person", "serving")
_AFTER = "|".join(sorted([*map(re.escape, _PER), *_TIMES], key=len, reverse=True))


def _measure(match: re.Match[str]) -> str:
    one, many = _UNIT_NAMES[match["unit"]]
    many = one if match["glue"] == "-" else many
    power = f"{_POWERS[match['power']]} " if match["power"] else ""
    per = f" per {_PER.get(match['per'], match['per'])}" if match["per"] else ""
    return f"{match['number']} {power}{one if match['number'] == '1' else many}{per}"


def _money(match: re.Match[str]) -> str:
    names = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee"}
    name = names[match[1]]
    scale = f" {match[3]}" if match[3] else ""
    plural = "" if (match[2] == "1" and not scale) or name == "yen" else "s"
    return f"{match[2]}{scale} {name}{plural}"


def _roman(match: re.Match[str]) -> str:
    values = {
        "I": 1,
        "II": 2,
        "III": 3,
        "IV": 4,
        "V": 5,
        "VI": 6,
        "VII": 7,
        "VIII": 8,
        "IX": 9,
        "X": 10,
    }
    return f"{match[1]} {values[match[2]]}"


def _slash(match: re.Match[str]) -> str:
    """Say "he/she" as "he or she", "HIV/AIDS" as two words, "and/or" as "or"."""
    left, right = match[1], match[2]
    if (left.lower(), right.lower()) == ("and", "or"):
        return "or"
    return f"{left} {right}" if left[-1:].isupper() or right[:2].isupper() else f"{left} or {right}"


AMOUNTS: tuple[Rule, ...] = (
    _rule(rf"([$€£¥₹])\s?({NUM})(?:\s?(thousand|million|billion|trillion)\b)?", _money),
    _rule(
        r"\b(\d{2,3})/(\d{2,3})(?=\s?mm\s?Hg)|(?<=blood pressure of )(\d{2,3})/(\d{2,3})",
        lambda m: f"{m[1] or m[3]} over {m[2] or m[4]}",
    ),
    _rule(r"\b24/7\b", "24 hours a day, 7 days a week"),
    _rule(
        r"(?<![\w/.])(\d{1,2} )?1/2(?![\w/])", lambda m: f"{m[1]}and a half" if m[1] else "a half"
    ),
    _rule(
        r"(?<![\w/.])(\d{1,2} )?1/4(?![\w/])",
        lambda m: f"{m[1]}and a quarter" if m[1] else "a quarter",
    ),
    _rule(
        r"(?<![\w/.])(\d{1,2} )?3/4(?![\w/])",
        lambda m: f"{m[1] + 'and ' if m[1] else ''}three quarters",
    ),
    _rule(r"(?<![\w/.])1/3(?![\w/])", "a third"),
    _rule(r"(?<![\w/.])2/3(?![\w/])", "two thirds"),
    _rule(
        rf"(?<![\w-])({NUM})(\s?(?:%|°[CF]?|°|"
        rf"[a-zμ]{{1,4}})?)\s?[–—-]\s?({NUM})(?![\d-])(?=\s?[%°a-zA-Zμ,.;:)]|\s|$)",
        lambda m: (
            f"{m[1]}{m[2]} to {m[3]}"
            if not m[2].strip().isalpha() or m[2].strip() in _UNIT_NAMES
            else m[0]
        ),
    ),
    _rule(
        rf"(?P<number>{NUM})(?P<glue>[ \u202f-]?)(?P<unit>{_UNIT}|in(?=[.,;:)]|"
        rf"$))(?P<power>[²³])?(?:/(?P<per>{_AFTER}))?(?![\w²³'’/]|-\d)",
        _measure,
    ),
    _rule(r"(?<=\d)²", " squared"),
    _rule(r"(?<=\d)³", " cubed"),
    _rule(rf"({NUM})\s?%", r"\1 percent"),
    _rule(r"(?<!\w)#\s?(\d)", r"number \1"),
    _rule(r"(?<!\w)[~≈∼]\s?(?=\d)", "about "),
    _rule(r"(?<=\d)\s?[×x]\s?(?=\d)", " times "),
    _rule(r"(?<!\w)±\s?", "plus or minus "),
    _rule(r"(?<=\s)±\s", "plus or minus "),
    _rule(r"\s?≥\s?", " at least "),
    _rule(r"\s?≤\s?", " at most "),
    _rule(r"(?<![<\w])\s?<\s?(?=\d)", " less than "),
    _rule(r"\s?>\s?(?=\d)", " more than "),
    _rule(r"(?<![\w-])[−-](?=\d)", "minus "),
    _rule(r"(?<=\d)\+", " or more"),
)

ABBREVIATIONS: tuple[Rule, ...] = tuple(
    _rule(pattern, said)
    for pattern, said in (
        (r"\b[Ee]\.\s?g\.,?", "for example,"),
        (r"\b[Ii]\.\s?e\.,?", "that is,"),
        (r"\betc\.(?=\s+[a-z(]|[,;:)])", "and so on"),
        (r"\betc\.", "and so on."),
        (r"\bet al\.(?=,|\s+[a-z(])", "and others"),
        (r"\bet al\.?", "and others"),
        (r"\b[Vv]s\.?(?=\s)", "versus"),
        (r"\bDr\.\s(?=[A-Z])", "Doctor "),
        (r"\bDrs\.\s(?=[A-Z])", "Doctors "),
        (r"\bMr\.\s", "Mister "),
        (r"\bMrs\.\s", "Missus "),
        (r"\bMs\.\s", "Miz "),
        (r"\bProf\.\s", "Professor "),
        (r"\bSt\.\s(?=[A-Z])", "Saint "),
        (r"\bMt\.\s(?=[A-Z])", "Mount "),
        (r"\bNos?\.\s?(?=\d)", "number "),
        (r"\b[Aa]pprox\.\s", "approximately "),
        (r"\b[Cc]a\.\s(?=\d)", "about "),
        (r"\b[Ff]igs?\.\s?(?=\d)", "figure "),
        (r"\b[Cc]hap\.\s?(?=\d)", "chapter "),
        (r"\b[Vv]ol\.\s?(?=\d)", "volume "),
        (r"\bpp?\.\s?(?=\d)", "page "),
        (r"\b[Dd]ept\.\s", "Department "),
        (r"\b[Ii]ncl\.\s", "including "),
        (r"(?<=\d)\s?a\.\s?m\.?(?=[\s,;)]|$)", " A M"),
        (r"(?<=\d)\s?p\.\s?m\.?(?=[\s,;)]|$)", " P M"),
        (r"(?<=\d)\s?(?:am|AM)\b", " A M"),
        (r"(?<=\d)\s?(?:pm|PM)\b", " P M"),
        (r"\bU\.\s?S\.\s?A\.(?=\s|$|,)", "U S A"),
        (r"\bU\.\s?S\.(?=\s|$|,|-)", "U S"),
        (r"\bU\.\s?K\.(?=\s|$|,)", "U K"),
        (r"\bPh\.\s?D\.?", "P H D"),
        (r"\bM\.\s?D\.(?=\s|$|,)", "M D"),
        (r"\bw/o\s", "without "),
        (r"\bw/\s", "with "),
    )
)

WORDS: tuple[Rule, ...] = (
    _rule(
        r"\b([Tt]ype|[Ss]tage|[Pp]hase|[Gg]rade|[Cc]lass|[Pp]art|[Cc]hapter|[Vv]olume) "
        r"(I|II|III|IV|V|VI|VII|VIII|IX|X)\b(?!['’])",
        _roman,
    ),
    _rule(r"\b([A-Za-z][\w-]*)/([A-Za-z][\w-]*)\b", _slash),
    _rule(r"(?<=\w)\((?:s|es)\)", "s"),
    _rule(r"\s?&\s?", " and "),
    _rule(r"\s?=\s?", " equals "),
    _rule(r"\s?(?:→|⇒|->|=>)\s?", " to "),
    _rule(r"(?<=\w)\s+\+\s+(?=\w)", " plus "),
    _rule(r"\s*(?:—|–|--)\s*(?=\S)", ", "),
    _rule(r"\s*[|•·]\s*", ", "),
    _rule(r"…|\.{3,}", "..."),
    _rule(r"[®™©℠]", ""),
)
_GREEK_NAMES = (
    *("ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON", "ZETA", "ETA", "THETA", "KAPPA", "LAMDA"),
    *("RHO", "SIGMA", "TAU", "PHI", "CHI", "PSI", "OMEGA"),
)
GREEK = {
    unicodedata.lookup(f"GREEK {case} LETTER {name}"): name.lower().replace("lamda", "lambda")
    for case in ("SMALL", "CAPITAL")
    for name in _GREEK_NAMES
}
GREEK_ALONE = re.compile(rf"(?<![\u0370-\u03ff])[{''.join(GREEK)}](?![\u0370-\u03ff])")
FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
TIDY: tuple[Rule, ...] = (
    _rule(r"[(\[]\s*[,;]?\s*[)\]]", ""),
    _rule(r"\s+(?=[,.;:!?)\]])", ""),
    _rule(r"(?<=[(\[])\s+", ""),
    _rule(r",(?:\s*,)+", ","),
    _rule(r",(?=[.;:!?])", ""),
    _rule(r"(?<!\.)\.\.(?!\.)", "."),
    _rule(r"^[\s,;:]+", ""),
    _rule(r"\s+", " "),
)
