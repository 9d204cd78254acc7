"""Pronunciations: dictionary first, then known parts, then eSpeak's rules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models import espeak, lexicon, wordforms
from models.errors import ModelError
from models.lexicon import PHONES, by_rules, dictionary, distance, parse_phones, pronounce


def said(word: str) -> list[str]:
    return [" ".join(p.phones) for p in pronounce(word)]


def without(word: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {known: phones for known, phones in dictionary().items() if known != word}


def test_dictionary_words_come_with_all_readings() -> None:
    assert said("Tomato") == ["T AH M EY T OW", "T AH M AA T OW"]
    assert {p.origin for p in pronounce("tomato")} == {"dictionary"}


def test_our_supplement_stands_beside_the_dictionary_not_over_it() -> None:
    assert said("cachexia") == ["K AH K EH K S IY AH"]
    assert said("copd") == ["S IY OW P IY D IY"]
    lines = (lexicon.Path(lexicon.__file__).parent / "supplement.txt").read_text().splitlines()
    entries = [line.split() for line in lines if not line.startswith("#")]
    assert entries == sorted(entries, key=lambda entry: entry[0])
    for word, *phones in entries:
        assert set(phones) <= PHONES, word


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cachexia's", "K AH K EH K S IY AH Z"),
        ("bodybuilders", "B AA D IY B IH L D ER Z"),
        ("electromyostimulation", "IH L EH K T R OW M AY OW S T IH M Y AH L EY SH AH N"),
        ("half-caff", "HH AE F K AE F"),
        ("sarcopenia-like", "S AA R K OW P IY N IY AH L AY K"),
    ],
)
def test_forms_of_known_words(word: str, expected: str) -> None:
    assert said(word)[0] == expected
    assert pronounce(word)[0].origin in ("rules", "espeak")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("therapist", "TH EH R AH P IH S T"),
        ("muscles", "M AH S AH L Z"),
        ("wasted", "W EY S T AH D"),
    ],
)
def test_words_taken_out_of_the_dictionary_come_back_nearly_right(word: str, expected: str) -> None:
    best = by_rules(word, without(word))[0].phones
    assert distance(best, expected.split()) <= 1


def test_s_and_ed_sound_like_their_word_s_end() -> None:
    def check(phones: str, s: str, ed: str) -> None:
        end = tuple(phones.split())
        assert wordforms.with_s(end) == (*end, *s.split())
        assert wordforms.with_ed(end) == (*end, *ed.split())

    check("K AE T", "S", "IH D")
    check("D AO G", "Z", "D")
    check("B UH SH", "IH Z", "T")
    check("W AY D", "Z", "IH D")
    check("W AO K", "S", "T")
    check("JH AH JH", "IH Z", "D")


@pytest.mark.parametrize("word", ["", " ", "12", "b12b", "a_b", "naïve!", "<s>", "x" * 2 + "\0"])
def test_what_is_no_word_has_no_pronunciation(word: str) -> None:
    assert pronounce(word) == ()


@settings(max_examples=200, deadline=None)
@given(st.from_regex(r"[a-z]{1,14}(-[a-z]{1,5})?('s)?", fullmatch=True))
def test_any_letters_give_valid_phones_and_few_readings(word: str) -> None:
    found = pronounce(word)
    assert len({p.phones for p in found}) == len(found)
    for reading in found:
        assert reading.phones
        assert set(reading.phones) <= PHONES
        if reading.origin != "dictionary":
            assert len(found) <= 4


def test_typographic_apostrophe_is_an_apostrophe() -> None:
    assert said("don’t") == said("don't") != []


def test_phones_are_read_with_or_without_stress() -> None:
    assert parse_phones("k ah0 k eh1 k s iy0 ah0") == (
        *("K", "AH", "K", "EH", "K"),
        *("S", "IY", "AH"),
    )


@pytest.mark.parametrize(
    ("text", "named"), [("K QQ", "'QQ'"), ("", "at least one"), ("K1", "'K1'")]
)
def test_bad_phones_are_named(text: str, named: str) -> None:
    with pytest.raises(ModelError, match=named):
        parse_phones(text)


def test_rules_stay_as_good_as_measured() -> None:
    """Every 300th long word, taken out of the dictionary: share of phones that differ."""
    words = [word for word in dictionary() if len(word) > 6 and word.isalpha()][::300]
    wrong = total = 0
    known = dict(dictionary())
    for word in words:
        readings = known.pop(word)
        best = by_rules(word, known)[0].phones
        error, length = min((distance(best, r), len(r)) for r in readings)
        known[word] = readings
        wrong, total = wrong + error, total + length
    assert total > 1500
    assert wrong / total < 0.15


def test_espeak_gives_cmu_phones() -> None:
    assert espeak.phones("muscle") == ("M", "AH", "S", "AH", "L")
    assert espeak.phones("") == ()
