"""Letters to phones by analogy with the dictionary's own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import letters
from models.lexicon import dictionary, distance, parse_phones


@pytest.fixture(scope="module")
def learned() -> letters.Letters:
    return letters.learn(dict(list(dictionary().items())[::8]))


@pytest.mark.parametrize(
    ("word", "phones"), [("bat", "B AE T"), ("ship", "SH IH P"), ("box", "B AA K S")]
)
def test_plain_words_are_read(learned: letters.Letters, word: str, phones: str) -> None:
    assert learned.read(word) == parse_phones(phones)


@pytest.mark.parametrize("word", ["", "a", "b12", "don't", "naïve", "Bat"])
def test_only_words_of_small_letters_are_read(learned: letters.Letters, word: str) -> None:
    assert learned.read(word) == ()


def test_words_it_never_saw_come_near(learned: letters.Letters) -> None:
    seen = set(list(dictionary())[::8])
    others = [w for w in list(dictionary())[3::997] if w.isalpha() and len(w) > 3 and w not in seen]
    wrong = sum(distance(learned.read(w), dictionary()[w][0]) for w in others)
    assert wrong / sum(len(dictionary()[w][0]) for w in others) < 0.30


def test_kept_and_read_again(learned: letters.Letters, tmp_path: Path) -> None:
    place = tmp_path / "cache" / "letters.npz"
    assert letters.load(place) is None
    letters.save(learned, place)
    again = letters.load(place)
    assert again is not None
    assert again.read("cachexia") == learned.read("cachexia")
    assert [p.name for p in place.parent.iterdir()] == ["letters.npz"]
    place.write_bytes(place.read_bytes()[:1000])
    assert letters.load(place) is None


def test_the_same_words_teach_the_same(learned: letters.Letters) -> None:
    again = letters.learn(dict(list(dictionary().items())[::8]))
    assert again.chunks == learned.chunks
    assert all((a == b).all() for a, b in zip(again.tables[3], learned.tables[3], strict=True))
