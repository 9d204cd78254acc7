"""The one normalizer and sentence splitter: for articles, grammars and transcripts alike."""

from __future__ import annotations

import re
import unicodedata

from intents import numerals
from intents.sentences import split_sentences

__all__ = [
    "INVISIBLE",
    "UNITS",
    "fold",
    "normalize",
    "slug",
    "spell_numbers",
    "split_sentences",
    "words",
]

# marks without width: where a word may be broken, what keeps letters together. No part of a word
INVISIBLE = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# letters that do not decompose into a base letter and a mark
_LETTERS = INVISIBLE | str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "þ": "th",
        "Þ": "Th",
        "ð": "d",
        "ı": "i",
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\uff07": "'",
        "`": "'",
        "\u00b4": "'",
        "\u2044": "/",
    }
)
_MARKS = re.compile("[\u0300-\u036f]")

# unit after a number -> (one, many); what a person says, so what a recognizer writes
UNITS: dict[str, tuple[str, str]] = {
    "mg": ("milligram", "milligrams"),
    "mcg": ("microgram", "micrograms"),
    "μg": ("microgram", "micrograms"),
    "g": ("gram", "grams"),
    "kg": ("kilogram", "kilograms"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ml": ("milliliter", "milliliters"),
    "dl": ("deciliter", "deciliters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "ft": ("foot", "feet"),
    "kcal": ("kilocalorie", "kilocalories"),
    "iu": ("international unit", "international units"),
    "mmhg": ("millimeter of mercury", "millimeters of mercury"),
    "bpm": ("beat per minute", "beats per minute"),
    "mph": ("mile per hour", "miles per hour"),
    "hz": ("hertz", "hertz"),
    "khz": ("kilohertz", "kilohertz"),
    "mmol": ("millimole", "millimoles"),
    "°c": ("degree celsius", "degrees celsius"),
    "°f": ("degree fahrenheit", "degrees fahrenheit"),
    "°": ("degree", "degrees"),
}
_CURRENCY = {"$": ("dollar", "dollars"), "€": ("euro", "euros"), "£": ("pound", "pounds")}
_FRACTIONS = {
    "1/2": "one half",
    "1/3": "one third",
    "2/3": "two thirds",
    "1/4": "one quarter",
    "3/4": "three quarters",
}
# a number, as a pattern; atomic, and only from the start of a run of digits: linear on a page of
# digits. An atomic and no possessive group: in Python 3.11.2, Debian's, that keeps the comma of
# "1990, should"
NUM = r"(?<!\d)\d++(?>(?:,\d{3}(?!\d))*(?:\.\d++)?)"
_FRACTION = re.compile(r"(?:(?<=\s)|^|(?<=\d\s))(\d+ )?([123]/[234])(?![\d/])")
_MONEY = re.compile(rf"([$€£])\s?({NUM})")
_ORDINAL = re.compile(r"\b(\d{1,6})(?:st|nd|rd|th)\b")
_RANGE = re.compile(rf"({NUM})\s?[-–—]\s?({NUM})(?![\d-])")
_MEASURE = re.compile(
    rf"({NUM})\s?({'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))})"
    rf"(?:/(day|kg|hour|min|minute|week|dl|ml|l))?(?![\w'])"
)
_PER = {"min": "minute", "kg": "kilogram", "dl": "deciliter", "ml": "milliliter", "l": "liter"}
_PERCENT = re.compile(rf"({NUM})\s?%")
_NUMBER = re.compile(rf"(?<!\.){NUM}|\d+")
_SYMBOLS = {"&": " and ", "%": " percent ", "+": " plus ", "=": " equals ", "@": " at "}
_NOT_WORD = re.compile(r"[^\w']|_")
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'+|'+(?!\w)")


def fold(text: str) -> str:
    """Fold compatibility forms, accents of Latin, Greek and Cyrillic letters, and apostrophes.

    Marks of other scripts (vowel signs of Hindi, for instance) carry the word and stay.
    """
    folded = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_LETTERS)
    return unicodedata.normalize("NFC", _MARKS.sub("", folded))


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c)) if not c.isascii() and c.isdecimal() else c for c in text
    )


def _measure(match: re.Match[str]) -> str:
    one, many = UNITS[match[2]]
    per = match[3]
    unit = one if match[1] == "1" else many
    return f" {match[1]} {unit} " + (f"per {_PER.get(per, per)} " if per else "")


def _money(match: re.Match[str]) -> str:
    one, many = _CURRENCY[match[1]]
    return f" {match[2]} {one if match[2] == '1' else many} "


def _fraction(match: re.Match[str]) -> str:
    said = _FRACTIONS.get(match[2])
    if said is None:
        return match[0]
    return f"{match[1]}and {said.replace('one ', 'a ', 1)}" if match[1] else said


def spell_numbers(text: str) -> str:
    """Return lower-case `text` with amounts, units, ranges, ordinals and numbers in words."""
    text = _FRACTION.sub(_fraction, text)
    text = _MONEY.sub(_money, text)
    text = _ORDINAL.sub(lambda m: f" {numerals.ordinal(int(m[1]))} ", text)
    text = _PERCENT.sub(r" \1 percent ", text)
    text = _RANGE.sub(r" \1 to \2 ", text)
    text = _MEASURE.sub(_measure, text)
    return _NUMBER.sub(lambda m: f" {numerals.number(m[0])} ", text)


def _blank(match: re.Match[str]) -> str:
    """Keep the marks that are part of a word in Hindi, Thai or Arabic; blank everything else."""
    return match[0] if unicodedata.category(match[0])[0] == "M" else " "


def normalize(text: str) -> str:
    """Return what a recognizer would write for `text`.

    Lower-case words separated by single spaces, no punctuation, apostrophes kept inside words
    ("don't"), numbers and units spelled out, accents folded: "HIV/AIDS" -> "hiv aids",
    "5 mg" -> "five milligrams". Idempotent. Letters of other scripts stay as they are.
    """
    plain = _ascii_digits(fold(text)).lower()
    if not plain.isascii():
        # lowering brings up letters that fold again
        plain = fold(plain)
    if any(c.isdigit() for c in plain):
        plain = spell_numbers(plain)
    for symbol, said in _SYMBOLS.items():
        plain = plain.replace(symbol, said)
    plain = _LOOSE_APOSTROPHE.sub(" ", _NOT_WORD.sub(_blank, plain))
    return " ".join(plain.split())


def words(text: str) -> list[str]:
    """Return the words of `normalize(text)`."""
    return normalize(text).split()


def slug(text: str, limit: int = 60) -> str:
    """Return a readable file-safe name: ASCII letters, digits and hyphens, cut at a word."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(text).lower().replace("'", "")).strip("-")
    if len(plain) <= limit:
        return plain
    return plain[: limit + 1].rsplit("-", 1)[0][:limit].strip("-")
