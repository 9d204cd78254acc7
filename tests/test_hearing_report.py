"""What the owner is told about an article's new words."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.types import Article, ArticleId, Passage, Sentence
from models import owner
from voice import hearing_report

SOUNDS = hearing_report.grouped(
    [
        ("gowt", ("G", "AW", "T")),
        ("zorblind", ("Z", "AO", "R", "B", "L", "IH", "N", "D")),
        ("zorblings", ("Z", "AO", "R", "B", "L", "IH", "NG", "Z")),
        ("unlike", ("P", "AE", "N")),
    ]
)


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def article(text: str) -> Article:
    passage = Passage("Care", (Sentence(text, 0, len(text)),), 0)
    return Article(ArticleId("a"), "Gout", text, (passage,), ("Zorblindism",))


def test_only_new_and_corrected_words_are_told() -> None:
    gout = article("Gout and zorbling are not the same as zorbling.")
    assert hearing_report.new_words(gout) == ("zorbling", "zorblindism")
    owner.put("gout", owner.Own(("G", "AW", "T")))
    assert hearing_report.new_words(gout) == ("gout", "zorbling", "zorblindism")


def test_a_line_tells_phones_origin_and_what_sounds_alike() -> None:
    owner.put("gout", owner.Own(("G", "AW", "T")))
    lines = {line.word: line for line in hearing_report.report(article("Zorbling gout."), SOUNDS)}
    assert lines["gout"].origin == "owner"
    assert lines["gout"].alike == ("gowt",)
    assert lines["zorbling"].origin == "espeak"
    assert lines["zorbling"].phones[0] == "Z AO R B L IH NG"
    # an ending makes no other word
    assert lines["zorbling"].alike == ()
    assert lines["zorbling"].as_json()["from"] == "espeak"


def test_one_phone_apart_is_alike() -> None:
    owner.put("zorblint", owner.Own(("Z", "AO", "R", "B", "L", "IH", "N", "T")))
    (line, _) = hearing_report.report(article("Zorblint."), SOUNDS)
    assert line.alike == ("zorblind",)


def test_a_word_without_a_sound_is_told_as_such() -> None:
    lines = hearing_report.report(article("The x'''y."), SOUNDS)
    assert all(line.phones or line.origin == "" for line in lines)


def test_a_missing_lexicon_knows_no_sounds(tmp_path: Path) -> None:
    assert hearing_report.sounds_of(tmp_path / "none") == {}
    (tmp_path / "lexicon.txt").write_text("gout\tdictionary\tG AW T\nflu\tdictionary\tF L UW\n")
    assert hearing_report.sounds_of(tmp_path / "lexicon.txt")[("F", "L", "UW")] == ("flu",)
