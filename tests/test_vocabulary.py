"""What the ear is told about the articles."""

from __future__ import annotations

import pytest

from intents import calls, vocabulary
from intents.emergency import find_emergency
from intents.text import normalize
from intents.types import Article, ArticleId, Passage, Sentence


def article(title: str, text: str = "", *, synonyms: tuple[str, ...] = ()) -> Article:
    sentence = Sentence(text, 0, len(text))
    passage = Passage("How much protein do I need?", (sentence,), 0, "faq")
    return Article(ArticleId(title), title, text, (passage,), synonyms)


CACHEXIA = article(
    "Cachexia", "About 5 mg of HIV/AIDS drugs isn't enough.", synonyms=("Wasting syndrome",)
)


def test_questions_about_title_and_synonyms_are_phrases() -> None:
    phrases = vocabulary.phrases([CACHEXIA])
    for wanted in (
        "what causes cachexia",
        "how is wasting syndrome treated",
        "wasting syndrome",
        "how much protein do i need",
        "about five milligrams of hiv aids drugs isn't enough",
    ):
        assert wanted in phrases


def test_commands_come_first_and_everything_once() -> None:
    phrases = vocabulary.phrases([CACHEXIA, CACHEXIA], ["Stop!", "go back", "stop"])
    assert phrases[:2] == ("stop", "go back")
    assert len(set(phrases)) == len(phrases)


def test_everything_is_as_a_recognizer_writes_it() -> None:
    phrases = vocabulary.phrases([CACHEXIA])
    assert all(phrase and phrase == normalize(phrase) for phrase in phrases)


def test_every_word_of_the_article_must_be_hearable() -> None:
    words = vocabulary.words([CACHEXIA])
    assert {"cachexia", "syndrome", "hiv", "milligrams", "protein", "symptoms"} <= set(words)
    assert list(words) == sorted(set(words))


def test_no_articles_still_leave_questions_and_commands() -> None:
    assert "stop" in vocabulary.phrases([], ["stop"])
    assert "what" in vocabulary.words([])


@pytest.mark.parametrize("count", [200, 3000, 40_000])
def test_a_large_library_stays_practical_and_leaves_no_subject_out(count: int) -> None:
    articles = [article(f"Subject number {n}") for n in range(count)]
    phrases = vocabulary.phrases(articles)
    own = len(vocabulary.OPENINGS) + len(tuple(calls.wordings()))
    assert len(phrases) <= max(vocabulary.MOST_PHRASES, count) + own + 1
    last = normalize(articles[-1].title)
    assert any(last in phrase for phrase in phrases)


def test_templates_have_one_place_for_the_subject() -> None:
    assert all(template.count("{}") == 1 for template in vocabulary.TEMPLATES)
    assert len(set(vocabulary.TEMPLATES)) == len(vocabulary.TEMPLATES)
    assert all(opening == normalize(opening) for opening in vocabulary.OPENINGS)


def test_the_questions_an_article_answers_are_phrases() -> None:
    text = "Leg cramps are often caused by little water."
    passage = Passage("When to see a doctor", (Sentence(text, 0, len(text)),), 0)
    cramps = Article(ArticleId("c"), "Leg Cramps: Causes and Relief", text, (passage,))
    phrases = vocabulary.phrases([cramps])
    assert "when should i see a doctor" in phrases
    assert "what causes leg cramps" in phrases


def test_calls_for_help_are_phrases_and_weigh_in_the_text() -> None:
    assert "somebody is not breathing" in vocabulary.phrases([])
    assert vocabulary.sentences([]).count("i can't breathe") == vocabulary.CALL_WEIGHT


def test_every_call_for_help_is_found_as_one() -> None:
    assert [said for said in calls.wordings() if not find_emergency(said)] == []


def test_words_that_no_phrase_has_room_for_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary, "MOST_PHRASES", 40)
    articles = [article(f"Subject {n}", f"Quandong{'x' * n} text.") for n in range(40)]
    phrases = vocabulary.phrases(articles)
    assert "quandongxxx" in {word for phrase in phrases for word in phrase.split()}
    assert set(vocabulary.words_of([vocabulary.article_text(a) for a in articles])) <= {
        word for phrase in (*phrases, *vocabulary.words([])) for word in phrase.split()
    }
