"""Wake words: bundled ones in sound, the owner's own in words."""

from __future__ import annotations

import numpy as np
import pytest

from bench import voices
from bench.cutoff import silence, spoken
from bench.rehearsal import room
from intents.types import Hypothesis, Ms
from voice.audio import Frame
from voice.wake import BUNDLED, WakeError, WakeWord, addressed, after_phrase

VOICES = [name for name in voices.available() if name.startswith("flite")]


def heard(word: WakeWord, samples: np.ndarray) -> int:
    frames = (samples[i : i + 512] for i in range(0, len(samples) - 511, 512))
    return sum(word.accept(Frame(frame.astype("<i2").tobytes(), Ms(0))) for frame in frames)


@pytest.mark.slow
@pytest.mark.skipif(len(VOICES) < 3, reason="flite is not installed")
@pytest.mark.parametrize("phrase", BUNDLED)
def test_most_voices_are_heard(phrase: str) -> None:
    found = [
        heard(WakeWord(phrase), room([silence(1), spoken(phrase, voice), silence(1)])) > 0
        for voice in VOICES
    ]
    # 4, 4, 3 and 4 of 4
    assert sum(found) >= len(VOICES) - 1


@pytest.mark.slow
@pytest.mark.skipif(len(VOICES) < 3, reason="flite is not installed")
def test_other_words_and_noise_wake_nobody() -> None:
    word = WakeWord("hey jarvis")
    talk = [spoken("what causes muscle wasting in old age", voice) for voice in VOICES]
    noise = np.random.default_rng(1).normal(0, 900, 16_000 * 20).astype(np.int16)
    assert heard(word, room([silence(1), *talk, noise])) == 0


def test_an_unknown_phrase_names_those_that_are_bundled() -> None:
    with pytest.raises(WakeError, match="okay nabu"):
        WakeWord("open sesame")


def guess(text: str, ear: str = "library") -> Hypothesis:
    return Hypothesis(text, 1.0, ear)  # type: ignore[arg-type]


def test_what_follows_the_phrase_is_for_us() -> None:
    both = [guess("computer what causes gout"), guess("computer what causes doubt", "free")]
    assert [h.text for h in addressed(both, "Computer")] == [
        "what causes gout",
        "what causes doubt",
    ]
    assert [h.text for h in addressed([guess("computer")], "computer")] == [""]


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ("hey jarvis what causes gout", "what causes gout"),
        ("hey jarvis", ""),
        # the whole phrase, and first
        ("hey mike what causes gout", None),
        ("hey", None),
        ("well hey jarvis", None),
        ("", None),
    ],
)
def test_what_follows_a_phrase_of_two_words(said: str, rest: str | None) -> None:
    assert after_phrase(said, "Hey, Jarvis") == rest


def test_talk_that_is_not_for_us() -> None:
    assert addressed([guess("what causes gout")], "computer") == ()
    assert addressed([guess("my computer is slow")], "computer") == ()
    # only the ear that is tuned to the phrase heard it
    assert addressed([guess("computer"), guess("come here", "free")], "computer") == ()
    assert addressed([], "computer") == ()
    # no phrase is said by nobody
    assert addressed([guess("what causes gout")], "!!") == ()


def test_what_both_ears_heard_alike_stands_in_the_list_once() -> None:
    same = Hypothesis("computer", 1.0, "library", agreed=True)
    assert [h.text for h in addressed([same, guess("commuter", "free")], "computer")] == [""]
