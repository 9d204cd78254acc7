"""The owner's pronunciations: kept whole, used by ear and voice, spelled in plain letters."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from intents.errors import ReadbackError
from intents.library import Library
from models import espeak, owner, respelling
from models.errors import ModelError
from models.lexicon import distance, parse_phones
from voice import hearing
from voice.cli import pronounce, say
from voice.pronouncing import PronouncingSpeech, respelled
from voice.recording import read_samples

CACHEXIA = parse_phones("K AH K EH K S IY AH")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers()
    for module in (pronounce, say):
        module.register(subparsers)
    args = parser.parse_args(words)
    status: int = args.func(args)
    return status


def test_a_word_is_kept_corrected_and_forgotten() -> None:
    assert owner.load() == {}
    assert owner.put("Cachexia", owner.Own(CACHEXIA, "kuh keck see uh")) == "cachexia"
    owner.put("zebra", owner.Own(("Z",)))
    assert owner.load()["cachexia"] == owner.Own(CACHEXIA, "kuh keck see uh")
    owner.put("zebra", owner.Own(("Z", "IY")))
    assert owner.load()["zebra"].phones == ("Z", "IY")
    owner.remove("zebra")
    assert list(owner.load()) == ["cachexia"]
    with pytest.raises(ModelError, match="zebra"):
        owner.remove("zebra")
    assert [p.name for p in owner.default_path().parent.iterdir()] == ["pronunciations.txt"]


@pytest.mark.parametrize("word", ["", "two words", "b12", "a\tb"])
def test_what_is_no_word_is_refused_and_named(word: str) -> None:
    with pytest.raises(ModelError, match="no word"):
        owner.put(word, owner.Own(("K",)))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("gout\n", "line 1: a line is a word, a tab, its phones"),
        ("gout G AW T\n", r"pronunciations\.txt, line 1: a line is .*; not 'gout G AW T'"),
        ("gout\tG AW T\nflu\tF QQ\n", "line 2.*QQ"),
    ],
)
def test_a_broken_file_names_its_line(content: str, named: str) -> None:
    owner.default_path().parent.mkdir(parents=True)
    owner.default_path().write_text(content)
    with pytest.raises(ModelError, match=named) as raised:
        owner.load()
    assert "unpack" not in str(raised.value)
    owner.default_path().write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match="UTF-8"):
        owner.load()


@pytest.mark.parametrize(
    ("letters", "phones"),
    [
        ("kuh keck see uh", "K AH K EH K S IY AH"),
        ("nyew-ROH-jeh-nick", "N Y Y UW R OW JH EH N IH K"),
        ("fizz ee oh", "F IH Z IY OW"),
        ("tchay", "CH EY"),
    ],
)
def test_plain_letters_are_read_as_phones(letters: str, phones: str) -> None:
    assert " ".join(respelling.phones_like(letters)) == phones


@pytest.mark.parametrize("letters", ["", " - ", "k1", "é"])
def test_letters_without_a_sound_are_refused(letters: str) -> None:
    with pytest.raises(ModelError, match="kuh keck"):
        respelling.phones_like(letters)


def test_every_listed_spelling_gives_known_phones() -> None:
    for phones in respelling.LETTERS.values():
        parse_phones(phones)


@pytest.mark.parametrize(
    "phones",
    ["K AH K EH K S IY AH", "S AA R K AH P IY N IY AH", "K AO R T IH K OW S T EH R OY D Z"],
)
def test_phones_are_written_so_that_espeak_says_them(phones: str) -> None:
    wanted = parse_phones(phones)
    assert distance(espeak.phones(respelling.written(wanted)), wanted) <= 0.25 * len(wanted)


def test_syllables_are_the_whole_word() -> None:
    cut = respelling.syllables(CACHEXIA)
    assert [" ".join(s) for s in cut] == ["K AH", "K EH K", "S IY", "AH"]
    assert respelling.syllables(()) == ()


def test_only_whole_words_are_respelled() -> None:
    said = {"gout": "gowt", "gout's": "gowts"}
    assert respelled("Gout, gouty and non-gout; gout's end.", said) == (
        "gowt, gouty and non-gout; gowts end."
    )
    assert respelled("Gout", {}) == "Gout"


def test_the_voice_says_the_owners_way() -> None:
    with PronouncingSpeech({"gout": "telephone"}) as own, PronouncingSpeech({}) as plain:
        assert own.render("Gout.").data == plain.render("telephone.").data
        assert own.render("Gout.").data != plain.render("Gout.").data


def test_the_ear_is_told_the_owners_phones_and_learns_again(home: Path) -> None:
    library = Library.open(home / "library", shipped=False)
    before = hearing.gathered(library, [])
    owner.put("gout", owner.Own(("G", "UW", "T")))
    after = hearing.gathered(library, [])
    assert (before.own, after.own) == ({}, {"gout": "G UW T"})


def test_correct_list_and_remove_as_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pronounce", "cachexia", "--like", "kuh keck see uh", "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["phones"] == list(CACHEXIA)
    assert run("pronounce", "gout", "G AW1 T") == 0
    assert run("pronounce", "--list") == 0
    assert "G AW T" in capsys.readouterr().out
    assert run("pronounce", "--remove", "gout") == 0
    assert list(owner.load()) == ["cachexia"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("gout",), "gout"),
        (("gout", "G", "--like", "g"), "one way"),
        ((), "name a word"),
        (("gout", "--list"), "--list"),
    ],
)
def test_unclear_corrections_are_refused(words: tuple[str, ...], named: str) -> None:
    with pytest.raises(ReadbackError, match=named):
        run("pronounce", *words)


def test_a_bad_phone_is_named_with_the_set() -> None:
    with pytest.raises(ModelError, match=r"'QX' is not a CMU phone.* AA .* ZH"):
        run("pronounce", "gout", "G QX")
    assert owner.load() == {}


def test_say_shows_the_phones_and_writes_what_is_spoken(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("pronounce", "cachexia", "K AH K EH K S IY AH")
    assert run("say", "cachexia", "--out", str(home / "word.wav"), "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told == {"cachexia": [{"phones": "K AH K EH K S IY AH", "from": "owner"}]}
    assert len(read_samples(home / "word.wav")) > 4000
    with pytest.raises(ReadbackError, match="nothing to say"):
        run("say", "...")
