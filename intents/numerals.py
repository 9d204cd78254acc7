"""Numbers as they are said in American English: "24" -> "twenty four", "1990" -> "nineteen ninety".

Pure and small on purpose: the recognizer's word list has only the words below, so the spoken form
and the recognized form of a number are the same words.
"""

from __future__ import annotations


def _split(listed: str) -> list[str]:
    return listed.split()


_ONES = _split(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_TENS = _split("zero ten twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ("", "thousand", "million", "billion", "trillion")
_ODD_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
# beyond this nobody says the number as one: the digits are said one by one
_LARGEST = 10**15


def _below_thousand(value: int) -> list[str]:
    said: list[str] = []
    if value >= 100:
        said += [_ONES[value // 100], "hundred"]
        value %= 100
    if value >= 20:
        said.append(_TENS[value // 10])
        value %= 10
        return [*said, _ONES[value]] if value else said
    return [*said, _ONES[value]] if value or not said else said


def cardinal(value: int) -> str:
    """Return a whole number in words, no hyphens and no "and": 124 -> "one hundred twenty four"."""
    if value < 0:
        return "minus " + cardinal(-value)
    if value >= _LARGEST:
        return digits(str(value))
    groups: list[str] = []
    rest = value
    for scale in _SCALES:
        rest, part = divmod(rest, 1000)
        if part or (not rest and not groups):
            groups.append(" ".join([*_below_thousand(part), *([scale] if scale else [])]))
        if not rest:
            break
    return " ".join(reversed(groups))


def ordinal(value: int) -> str:
    """Return the ordinal in words: 21 -> "twenty first"."""
    *head, last = cardinal(value).split()
    if last in _ODD_ORDINALS:
        said = _ODD_ORDINALS[last]
    else:
        said = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return " ".join([*head, said])


def year(value: int) -> str:
    """Return a year of four digits in words: "nineteen oh five", "two thousand eight"."""
    century, rest = divmod(value, 100)
    if 2000 <= value <= 2009 or value % 1000 == 0:
        return cardinal(value)
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Return the digits of `text` said one by one: "911" -> "nine one one"."""
    return " ".join(_ONES[int(c)] for c in text if c.isascii() and c.isdigit())


def number(text: str) -> str:
    """Return a written number in words: "1,250", "0.5", "007"; four digits as a year if it can be.

    Non-ASCII digits are the caller's to fold. A leading zero means the digits are said one by one.
    """
    whole, _, fraction = text.replace(",", "").partition(".")
    if fraction and len(whole) <= 15:
        return f"{cardinal(int(whole or '0'))} point {digits(fraction)}"
    if len(whole) > 15 or (len(whole) > 1 and whole.startswith("0")):
        return f"{digits(whole)} point {digits(fraction)}" if fraction else digits(whole)
    value = int(whole)
    is_year = len(text) == 4 and (1100 <= value <= 1999 or 2000 <= value <= 2099)
    return year(value) if is_year else cardinal(value)
