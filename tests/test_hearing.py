"""The ear knows the library: what was built is noted, what is new is spelled until it is built."""

import gzip
from pathlib import Path

import pytest

from bench import voices
from intents.library import Library
from intents.readers import read_data
from intents.types import Article, ArticleId, Passage, Sentence
from models import owner, store
from models.errors import ModelError
from voice import hearing
from voice.recognizer import Ear, Model
from voice.recording import read_frames
from voice.spelled import SpelledModel


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def article(text: str) -> Article:
    sentence = Sentence(text, 0, len(text))
    return Article(ArticleId("a"), "Zebrafinch care", text, (Passage("Care", (sentence,), 0),))


def put(library: Library, text: str) -> str:
    return library.put(read_data(text.encode(), "a.md")).article.id


def test_the_text_changes_with_the_library_and_the_commands() -> None:
    one = hearing.library_text([article("Feed a zebrafinch quandong seeds.")], ["spell that"])
    same = hearing.library_text([article("Feed a zebrafinch quandong seeds.")], ["spell that"])
    assert {"zebrafinch", "quandong", "spell"} <= set(one.words)
    assert one.digest == same.digest
    assert hearing.library_text([article("Feed a finch.")], ["spell that"]).digest != one.digest
    assert hearing.library_text([article("Feed a zebrafinch quandong seeds.")]).digest != one.digest


def test_the_checksum_is_that_of_the_librarys_index(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    key = put(library, "# Gout\n\nGout hurts.\n")
    (entry,) = library.entries
    assert hearing.checksum(library.get(key)) == entry.sha256


def test_text_is_gathered_once_and_broken_notes_do_no_harm(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library", shipped=False)
    put(library, "# Gout\n\nGout hurts.\n")
    first = hearing.gathered(library, ["stop"], tmp_path)
    assert {"gout", "hurts", "stop"} <= set(first.words)
    kept = tmp_path / ".starter.texts.gz"
    assert b"gout hurts" in gzip.decompress(kept.read_bytes())
    assert hearing.gathered(library, ["stop"], tmp_path).digest == first.digest
    kept.write_bytes(b"junk")
    assert hearing.gathered(library, ["stop"], tmp_path).digest == first.digest


@pytest.mark.slow
def test_new_articles_and_corrections_are_heard_before_they_are_built(tmp_path: Path) -> None:
    library, models = Library.open(tmp_path / "library", shipped=False), tmp_path / "models"
    put(library, "# Gout\n\nGout hurts.\n")
    told: list[str] = []
    first = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), first.settled, first.spelling.chains) == (1, True, {})
    again = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), again) == (1, again)
    key = put(library, "# Zebrafinchosis\n\nZebrafinchosis is caused by seeds.\n")
    owner.put("gout", owner.Own(("G", "UW", "T")))
    new = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (len(told), new.settled) == (1, False)
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
    hearing.tune(hearing.gathered(library, ["stop"], models), folder=models)
    built = hearing.prepare(library, ["stop"], notice=told.append, folder=models)
    assert (built.settled, built.spelling.chains, len(told)) == (True, {}, 1)
    assert Model(built.folder).knows("zebrafinchosis")
    library.remove(key)
    assert not hearing.prepare(library, ["stop"], folder=models).settled


@pytest.mark.slow
def test_new_words_of_an_article_can_be_heard_after_tuning(tmp_path: Path) -> None:
    text = hearing.library_text([article("Feed a zebrafinch quandong seeds.")])
    assert not hearing.is_current(text, tmp_path)
    folder = hearing.tune(text, folder=tmp_path)
    assert hearing.is_current(text, tmp_path)
    model = Model(folder)
    assert all(model.knows(word) for word in text.words)
    other = hearing.library_text([article("Feed a wombat.")])
    assert not hearing.is_current(other, tmp_path)
    (folder / store.MANIFEST).unlink()
    assert not hearing.is_current(text, tmp_path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "models"
    blocked.write_text("a file, not a folder")
    with pytest.raises((ModelError, OSError), match="models"):
        hearing.tune(hearing.library_text([]), folder=blocked)
