"""What libvosk writes, turned into hypotheses and timed words."""

from __future__ import annotations

import json
import math

import pytest

from intents.types import Hypothesis
from voice import nbest
from voice.nbest import Alternative


def answer(*lines: tuple[str, float]) -> str:
    """Return a FinalResult with these texts, each word 0.3 s long in libvosk's time."""
    found = [
        {
            "text": text,
            "confidence": likelihood,
            "result": [
                {"word": w, "start": 0.3 * i, "end": 0.3 * (i + 1)}
                for i, w in enumerate(text.split())
            ],
        }
        for text, likelihood in lines
    ]
    return json.dumps({"alternatives": found})


def test_likelihoods_become_probabilities_of_the_list() -> None:
    found = nbest.alternatives(answer(("muscle wasting", 425.6), ("muscle waste", 424.6)))
    assert [a.text for a in found] == ["muscle wasting", "muscle waste"]
    assert sum(a.probability for a in found) == pytest.approx(1.0)
    assert found[0].probability / found[1].probability == pytest.approx(math.e)


def test_equal_texts_add_up_and_may_overtake() -> None:
    found = nbest.alternatives(answer(("a b", 2.0), ("[unk] c d", 1.8), ("c d [unk]", 1.8)))
    assert [a.text for a in found] == ["c d", "a b"]


def test_sounds_that_are_no_words_take_probability_but_are_no_hypothesis() -> None:
    found = nbest.alternatives(answer(("[unk]", 5.0), ("stop", 5.0)))
    (only,) = nbest.hypotheses([("library", found)])
    assert only == Hypothesis("stop", pytest.approx(0.5), "library")  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["{}", '{"alternatives": []}', '{"text": ""}'])
def test_an_answer_without_lines_is_nothing(text: str) -> None:
    assert nbest.alternatives(text) == ()
    assert nbest.timed_words((), 0, 10) == ()


def test_lists_interleave_best_first_and_every_text_stands_once() -> None:
    library = [Alternative("x", 0.6), Alternative("y", 0.4)]
    free = [Alternative("y", 0.9), Alternative("", 0.05), Alternative("z", 0.05)]
    heard = nbest.hypotheses([("library", library), ("free", free)])
    assert [(h.text, h.ear, h.confidence) for h in heard] == [
        ("x", "library", 0.6),
        ("y", "free", 0.9),
        ("z", "free", 0.05),
    ]


def test_words_that_every_ear_thinks_best_are_agreed() -> None:
    x, y = Alternative("x", 0.6), Alternative("y", 0.4)
    silence = Alternative("", 1.0)

    def agreed(library: list[Alternative], free: list[Alternative]) -> list[bool]:
        return [h.agreed for h in nbest.hypotheses([("library", library), ("free", free)])]

    assert agreed([x, y], [x]) == [True, False]
    assert agreed([x, y], [silence, x]) == [True, False]
    assert agreed([x, y], [y, x]) == [False, False]
    assert agreed([x], [silence]) == [False]
    assert [h.agreed for h in nbest.hypotheses([("free", [x])])] == [False]


def test_times_are_scaled_to_the_models_frame_and_start_with_the_audio() -> None:
    found = nbest.alternatives(answer(("what causes", 1.0)))
    words = nbest.timed_words(found, 5000, 10)
    assert [(w.text, w.start_ms, w.end_ms) for w in words] == [
        ("what", 5000, 5100),
        ("causes", 5100, 5200),
    ]
    official = nbest.timed_words(found, 0, 30)
    assert [(w.start_ms, w.end_ms) for w in official] == [(0, 300), (300, 600)]


def test_earlier_recordings_are_taken_off_before_scaling() -> None:
    later = nbest.alternatives(
        json.dumps(
            {
                "alternatives": [
                    {
                        "text": "stop",
                        "confidence": 1,
                        "result": [{"word": "stop", "start": 2.3, "end": 2.6}],
                    }
                ]
            }
        ),
        heard_ms=2000,
    )
    (word,) = nbest.timed_words(later, 0, 10)
    assert (word.start_ms, word.end_ms) == (100, 200)


def test_a_word_is_as_sure_as_the_lines_that_have_it() -> None:
    found = nbest.alternatives(answer(("muscle wasting", 1.0), ("muscle waste", 1.0)))
    words = nbest.timed_words(found, 0, 30)
    assert [w.confidence for w in words] == [pytest.approx(1.0), pytest.approx(0.5)]


def test_partials_lose_marks() -> None:
    assert nbest.partial_text('{"partial": "what [unk] causes <UNK>"}') == "what causes"
    assert nbest.partial_text("{}") == ""
