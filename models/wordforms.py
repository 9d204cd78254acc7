"""Pronunciations of words that are built from known ones: plurals, endings, combining forms.

"electromyostimulation" is electro + myo + stimulation; a rule that knows the parts beats letter
to sound rules on the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

Phones = tuple[str, ...]
Known = Mapping[str, Sequence[Phones]]

_VOICELESS = frozenset(["F", "K", "P", "T", "TH"])
_SIBILANT = frozenset(["CH", "JH", "S", "SH", "Z", "ZH"])
# Endings that leave the stem's sound alone.
_ENDINGS = {
    "ing": "IH NG", "ly": "L IY", "less": "L AH S", "ness": "N AH S", "like": "L AY K",
    "ful": "F AH L", "ment": "M AH N T", "er": "ER", "ers": "ER Z", "able": "AH B AH L",
    "wise": "W AY Z", "fold": "F OW L D",
}  # fmt: skip
# Combining forms of medicine, each before a word of its own.
_FORMS = {
    "anti": "AE N T IY", "arthro": "AA R TH R OW", "auto": "AO T OW", "bio": "B AY OW",
    "cardio": "K AA R D IY OW", "chemo": "K IY M OW", "counter": "K AW N T ER",
    "cyto": "S AY T OW", "electro": "IH L EH K T R OW", "endo": "EH N D OW",
    "gastro": "G AE S T R OW", "hepato": "HH EH P AH T OW", "hydro": "HH AY D R OW",
    "hyper": "HH AY P ER", "hypo": "HH AY P OW", "immuno": "IH M Y UW N OW",
    "inter": "IH N T ER", "intra": "IH N T R AH", "macro": "M AE K R OW", "mal": "M AE L",
    "micro": "M AY K R OW", "mono": "M AA N OW", "multi": "M AH L T IY",
    "musculo": "M AH S K Y AH L OW", "myo": "M AY OW", "neuro": "N UH R OW", "non": "N AA N",
    "osteo": "AA S T IY OW", "over": "OW V ER", "para": "P EH R AH", "peri": "P EH R AH",
    "photo": "F OW T OW", "physio": "F IH Z IY OW", "poly": "P AA L IY", "post": "P OW S T",
    "pre": "P R IY", "pseudo": "S UW D OW", "psycho": "S AY K OW", "pulmo": "P UH L M OW",
    "radio": "R EY D IY OW", "re": "R IY", "self": "S EH L F", "semi": "S EH M IY",
    "sub": "S AH B", "super": "S UW P ER", "thermo": "TH ER M OW", "trans": "T R AE N Z",
    "ultra": "AH L T R AH", "un": "AH N", "under": "AH N D ER", "vaso": "V EY Z OW",
}  # fmt: skip
# Shorter stems make false parts ("the" in "therapist").
_SHORTEST_STEM = 4
_SHORTEST_PART = 4


def parts(word: str, known: Known) -> tuple[Phones, ...]:
    """Return readings of a word as a form of known words, best first; empty if it is none."""
    found = [*_ending_s(word, known), *_past(word, known), *_endings(word, known)]
    found += [*_prefixed(word, known), *_compound(word, known)]
    return tuple(dict.fromkeys(found))


def with_s(phones: Phones) -> Phones:
    """Return the plural, possessive or third person of a word: S, Z or IH Z."""
    if phones[-1] in _SIBILANT:
        return (*phones, "IH", "Z")
    return (*phones, "S" if phones[-1] in _VOICELESS else "Z")


def with_ed(phones: Phones) -> Phones:
    """Return the past tense of a verb: T, D or IH D."""
    if phones[-1] in ("T", "D"):
        return (*phones, "IH", "D")
    voiceless = phones[-1] in _VOICELESS or phones[-1] in ("CH", "S", "SH")
    return (*phones, "T" if voiceless else "D")


def _stems(stem: str) -> tuple[str, ...]:
    """Return what stands before a vowel ending: as it is, with its e, with one letter less."""
    doubled = len(stem) > 2 and stem[-1] == stem[-2]
    return (stem, stem + "e", *((stem[:-1],) if doubled else ()))


def _ending_s(word: str, known: Known) -> Iterator[Phones]:
    bases: tuple[str, ...] = ()
    if word.endswith("'s"):
        bases = (word[:-2],)
    elif word.endswith(("s'", "s")) and not word.endswith("ss"):
        base = word.removesuffix("'")[:-1]
        bases = (base, base[:-1] if base.endswith("e") else base)
        bases += (base[:-2] + "y",) if base.endswith("ie") else ()
    for base in dict.fromkeys(bases):
        for phones in known.get(base, ()):
            yield with_s(phones)


def _past(word: str, known: Known) -> Iterator[Phones]:
    if word.endswith("ed"):
        stem = word[:-2]
        changed = (stem[:-1] + "y",) if stem.endswith("i") else ()
        for base in (*_stems(stem), *changed):
            if len(base) >= _SHORTEST_STEM:
                for phones in known.get(base, ()):
                    yield with_ed(phones)


def _endings(word: str, known: Known) -> Iterator[Phones]:
    for ending, sound in _ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        for base in _stems(stem) if ending[0] in "aei" else (stem,):
            for phones in known.get(base, ()):
                yield (*phones, *sound.split())


def _prefixed(word: str, known: Known) -> Iterator[Phones]:
    for prefix, sound in _FORMS.items():
        rest = word.removeprefix(prefix)
        if rest == word or len(rest) < _SHORTEST_STEM:
            continue
        tails = (*known.get(rest, ()), *_prefixed(rest, known), *_ending_s(rest, known))
        for phones in tails:
            yield (*sound.split(), *phones)


def _compound(word: str, known: Known) -> Iterator[Phones]:
    """Yield two known words side by side, the most even split first."""
    spots = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    for at in sorted(spots, key=lambda k: abs(2 * k - len(word))):
        for first in known.get(word[:at], ())[:1]:
            for second in known.get(word[at:], ())[:1]:
                yield (*first, *second)
