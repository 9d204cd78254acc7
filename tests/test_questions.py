"""The questions that an article answers."""

import pytest

from intents.questions import as_question, questions, subject
from intents.readers import read_data
from intents.types import Article


def article(text: str) -> Article:
    return read_data(text.encode(), "a.md").article


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("What a scald is", "What is a scald?"),
        ("How to prevent scalds", "How do I prevent scalds?"),
        ("When to see a doctor", "When should I see a doctor?"),
        ("What not to do", "What should I not do?"),
        ("How deep a burn is", "How deep is a burn?"),
        ("How gout is treated", "How is gout treated?"),
        ("How long a cramp lasts", "How long does a cramp last?"),
        ("Why drains clog", "Why do drains clog?"),
        ("Why skin gets dry", "Why does skin get dry?"),
        ("What causes gout", "What causes gout?"),
        ("Who is at risk", "Who is at risk?"),
        ("Is it dangerous?", "Is it dangerous?"),
    ],
)
def test_headings_become_questions(heading: str, question: str) -> None:
    assert as_question(heading) == question


def test_headings_of_one_word_ask_about_the_subject() -> None:
    found = article(
        "# Gout\n\n## Symptoms\n\nThe toe hurts. It is red.\n\n## Treatment\n\nRest it. Cool it.\n"
    )
    assert questions(found) == ("What are the symptoms of gout?", "How is gout treated?")


def test_plural_subjects_take_are() -> None:
    found = article("# Nosebleeds\n\n## Treatment\n\nSit up. Pinch the nose.\n")
    assert questions(found) == ("How are nosebleeds treated?",)


def test_definitions_and_causes_in_the_text_are_found() -> None:
    found = article("# Gout\n\nGout is a disease of the joints. Rich food can cause gout.\n")
    assert questions(found) == ("What is gout?", "What causes gout?")


def test_each_question_once() -> None:
    found = article(
        "# Gout\n\nGout is a disease. It hurts.\n\n## What is gout?\n\nA sickness. Bad.\n"
    )
    assert questions(found) == ("What is gout?",)


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("Muscle Atrophy Types and Causes", "Muscle Atrophy"),
        ("Gout: Symptoms and Care", "Gout"),
        ("Gout", "Gout"),
        ("Causes", "Causes"),
    ],
)
def test_subject(title: str, about: str) -> None:
    assert subject(article(f"# {title}\n\nIt hurts. It passes.\n")) == about
