from pathlib import Path

import pytest

from intents.types import Article, ArticleId, Passage, Sentence
from models import store
from models.errors import ModelError
from voice import hearing
from voice.recognizer import Model


def article(text: str) -> Article:
    sentence = Sentence(text, 0, len(text))
    return Article(ArticleId("a"), "Zebrafinch care", text, (Passage("Care", (sentence,), 0),))


def test_the_text_changes_with_the_library_and_the_commands() -> None:
    one = hearing.library_text([article("Feed a zebrafinch quandong seeds.")], ["spell that"])
    same = hearing.library_text([article("Feed a zebrafinch quandong seeds.")], ["spell that"])
    assert {"zebrafinch", "quandong", "spell"} <= set(one.words)
    assert one.digest == same.digest
    assert hearing.library_text([article("Feed a finch.")], ["spell that"]).digest != one.digest
    assert hearing.library_text([article("Feed a zebrafinch quandong seeds.")]).digest != one.digest


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
