"""The ear knows the library: what was built is noted, what is new is spelled until it is built."""

import gzip
from pathlib import Path

import pytest

from bench import voices
from intents.library import Library
from intents.readers import read_data
from models import owner
from models.errors import ModelError
from models.starter import build as starter
from voice import hearing
from voice.recognizer import Ear, Model
from voice.recording import read_frames
from voice.spelled import SpelledModel


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Build models of few common words: in a second."""
    monkeypatch.setitem(starter.build.__kwdefaults__, "vocabulary", 80)


def put(library: Library, text: str) -> str:
    return library.put(read_data(text.encode(), "a.md")).article.id


def test_the_text_changes_with_the_library_the_commands_and_the_wake_phrase(
    tmp_path: Path,
) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    put(library, "# Birds\n\nFeed a zebrafinch quandong seeds.\n")
    one = hearing.gathered(library, ["spell that"], folder=tmp_path)
    assert {"zebrafinch", "quandong", "spell"} <= set(one.words)
    assert hearing.gathered(library, ["spell that"], folder=tmp_path) == one
    assert hearing.gathered(library, [], folder=tmp_path) != one
    woken = hearing.gathered(library, ["spell that"], wake_phrase="okay zorblax", folder=tmp_path)
    assert set(woken.words) - set(one.words) == {"okay", "zorblax"}
    assert "okay zorblax" in woken.sentences
    put(library, "# Birds\n\nFeed a finch.\n")
    assert hearing.gathered(library, ["spell that"], folder=tmp_path) != one


def test_the_checksum_is_that_of_the_librarys_index(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    key = put(library, "# Gout\n\nGout hurts.\n")
    (entry,) = library.entries
    assert hearing.checksum(library.get(key)) == entry.sha256


def test_text_is_gathered_once_and_broken_notes_do_no_harm(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    put(library, "# Gout\n\nGout hurts.\n")
    first = hearing.gathered(library, ["stop"], folder=tmp_path)
    assert {"gout", "hurts", "stop"} <= set(first.words)
    kept = tmp_path / ".starter.texts.gz"
    assert b"gout hurts" in gzip.decompress(kept.read_bytes())
    assert hearing.gathered(library, ["stop"], folder=tmp_path) == first
    kept.write_bytes(b"junk")
    assert hearing.gathered(library, ["stop"], folder=tmp_path) == first


@pytest.mark.slow
def test_new_articles_and_corrections_are_heard_before_they_are_built(tmp_path: Path) -> None:
    library, models = Library.open(tmp_path / "library", shipped=False), tmp_path / "models"
    put(library, "# Gout\n\nGout hurts.\n")
    told: list[str] = []
    first = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), first.spelling.chains) == (1, {})
    again = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), again.spelling.chains) == (1, {})
    assert (again.folder, again.phrases) == (first.folder, first.phrases)
    assert again.unhearable == first.unhearable
    put(library, "# Zebrafinchosis\n\nZebrafinchosis is caused by seeds.\n")
    owner.put("gout", owner.Own(("G", "UW", "T")))
    new = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert len(told) == 1
    assert set(new.spelling.chains) == {"zebrafinchosis", "gout"}
    assert "what causes zebrafinchosis" in new.phrases
    model = SpelledModel(new.folder, new.spelling)
    assert model.knows("zebrafinchosis")
    assert not Model(new.folder).knows("zebrafinchosis")
    ear = Ear(model, new.phrases)
    for frame in read_frames(voices.speak("what causes zebrafinchosis", "flite-slt")):
        ear.accept(frame)
    heard = ear.finish()
    assert heard.hypotheses[0].text == "what causes zebrafinchosis"
    assert [word.text for word in heard.words] == ["what", "causes", "zebrafinchosis"]
    ear.close()
    hearing.tune(hearing.gathered(library, ["stop"], folder=models), folder=models)
    built = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (built.spelling.chains, len(told)) == ({}, 1)
    assert Model(built.folder).knows("zebrafinchosis")


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_a_removed_article_stays_until_the_next_build_and_no_longer(tmp_path: Path) -> None:
    library, models = Library.open(tmp_path / "library", shipped=False), tmp_path / "models"
    key = put(library, "# Zebrafinchosis\n\nZebrafinchosis is caused by seeds.\n")
    told: list[str] = []
    hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    library.remove(key)
    kept = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), "what causes zebrafinchosis" in kept.phrases) == (1, True)
    hearing.tune(hearing.gathered(library, ["stop"], folder=models), folder=models)
    built = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), "what causes zebrafinchosis" in built.phrases) == (1, False)
    assert "zebrafinchosis" not in hearing.model_words(built.folder)
    assert b"zebrafinchosis" not in gzip.decompress((models / ".starter.texts.gz").read_bytes())


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_both_ears_learn_the_owners_own_wake_phrase(tmp_path: Path) -> None:
    library, told = Library.open(tmp_path / "library", shipped=False), list[str]()

    def prepared(phrase: str) -> hearing.Prepared:
        return hearing.prepare(
            library, ["stop"], wake_phrase=phrase, notice=told.append, folder=tmp_path
        )

    prepared("")
    made = prepared("okay zorblax")
    assert len(told) == 2
    assert "wake phrase" in told[1]
    # not spelled by its phones, which the free ear does not hear
    assert made.spelling.chains == {}
    assert {"zorblax", "okay"} <= hearing.model_words(made.folder)
    # known words, letters that have no sound, and another program's settings build nothing
    for phrase in ("okay zorblax", "stop okay", "okay привет", ""):
        assert prepared(phrase).unhearable == ()
    assert len(told) == 2
    # a correction is for both ears as well
    owner.put("zorblax", owner.Own(("Z", "OW", "B", "L", "AE", "K", "S")))
    assert prepared("okay zorblax").spelling.chains == {}
    assert len(told) == 3
    prepared("okay zorblax")
    assert len(told) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("small")
def test_new_words_of_an_article_can_be_heard_after_tuning(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    put(library, "# Birds\n\nFeed a zebrafinch quandong seeds.\n")
    text = hearing.gathered(library, [], folder=tmp_path)
    model = Model(hearing.tune(text, folder=tmp_path))
    assert all(model.knows(word) for word in text.words)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file, not a folder")
    with pytest.raises((ModelError, OSError), match="models"):
        hearing.tune(hearing.LibraryText((), ()), folder=blocked)
