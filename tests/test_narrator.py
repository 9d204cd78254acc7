"""A reply is rendered two ahead, cut without a leftover, and followed to its last word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fakes import FakeSpeaker, FakeVoice

from intents import prompts
from intents.types import ArticleId, Ms, Prompt, Quotation, Reply, Sentence, Spoken
from models.errors import ModelError
from voice.audio import Pcm
from voice.devices import DeviceError
from voice.narrator import AHEAD, Narrator, Voice
from voice.speech import SpeechError


class Voices:
    """Makes voices and remembers them."""

    def __init__(self) -> None:
        self.made: list[FakeVoice] = []

    def __call__(self, rate_wpm: int) -> FakeVoice:
        self.made.append(FakeVoice(rate_wpm))
        return self.made[-1]


def reply(turn: int, *texts: str) -> Reply:
    return Reply(turn, tuple(map(Prompt, texts)))


@pytest.fixture
def speaker() -> FakeSpeaker:
    return FakeSpeaker()


@pytest.fixture
def voices() -> Voices:
    return Voices()


def arrived(speaker: FakeSpeaker, count: int) -> list[tuple[int, int]]:
    """Wait for the speech thread; return turn and index of what it rendered."""
    parts = [speaker.arrivals.get(timeout=10) for _ in range(count)]
    return [(pcm.turn, pcm.index) for pcm in parts]


def begin_to_hear(narrator: Narrator, speaker: FakeSpeaker) -> None:
    """Have a reply of 40 ms said, and 10 ms of it heard."""
    narrator.say(reply(1, "aaaa"))
    arrived(speaker, 1)
    speaker.hear(10)


def test_utterances_are_rendered_two_ahead_and_in_order(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "aaaa", "bbbb", "cccc", "dddd"))
        assert arrived(speaker, AHEAD) == [(1, 0), (1, 1)]
        assert narrator.speaking
        assert narrator.current == Prompt("aaaa")
        speaker.hear(40)
        assert narrator.poll() == [Spoken(1, 0, Ms(40), True)]
        assert narrator.current == Prompt("bbbb")
        assert arrived(speaker, 1) == [(1, 2)]
        speaker.hear(40)
        narrator.poll()
        assert arrived(speaker, 1) == [(1, 3)]
        speaker.hear(80)
        assert [report.index for report in narrator.poll()] == [2, 3]
        assert not narrator.speaking
        assert narrator.current is None
    assert voices.made[0].rendered == ["aaaa", "bbbb", "cccc", "dddd"]


def test_the_voice_is_ready_before_the_first_reply(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 200):
        pass
    assert [(voice.rate_wpm, voice.warmed, voice.closed) for voice in voices.made] == [
        (200, 1, True)
    ]


def test_a_cut_reports_what_was_heard(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(3, "aaaaaaaaaa", "bbbb"))
        arrived(speaker, 2)
        speaker.hear(30)
        narrator.cut()
        assert not narrator.speaking
        assert narrator.poll() == [Spoken(3, 0, Ms(30), False)]
        assert speaker.cuts == [3]
        assert speaker.hear(50) == bytes(100)


def test_a_new_reply_replaces_the_old_one(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "aaaa", "bbbb"))
        arrived(speaker, 2)
        narrator.say(reply(2, "cc"))
        arrived(speaker, 1)
        assert [pcm.turn for pcm in speaker.played] == [1, 1, 2]
        speaker.hear(20)
        assert [report.turn for report in narrator.poll() if report.finished] == [2]
        assert not narrator.speaking


def test_a_reply_without_words_is_over_at_once(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1))
        assert not narrator.speaking


def test_another_rate_needs_no_other_voice(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "a"))
        arrived(speaker, 1)
        narrator.scale_rate(1.2)
        narrator.say(reply(2, "b"))
        arrived(speaker, 1)
        narrator.scale_rate(100)
        narrator.scale_rate(0.0001)
        narrator.say(reply(3, "c"))
        arrived(speaker, 1)
    (voice,) = voices.made
    assert list(zip(voice.rendered, voice.rates, strict=True)) == [
        ("a", 165),
        ("b", 198),
        ("c", 80),
    ]
    assert voice.closed


def test_prompts_have_a_rate_of_their_own_that_moves_along(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    quotation = Quotation(ArticleId("a"), Sentence("It is rare.", 0, 11))
    with Narrator(speaker, voices, 200, prompt_factor=0.75) as narrator:
        narrator.say(Reply(1, (Prompt("About it."), quotation)))
        arrived(speaker, 2)
        narrator.scale_rate(1.5)
        narrator.say(Reply(2, (Prompt("About it."), quotation)))
        arrived(speaker, 2)
    (voice,) = voices.made
    assert voice.rates == [150, 200, 225, 300]


def test_what_was_rendered_ahead_is_played_unless_rate_or_words_differ(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.prepare(reply(1, "a"))
        narrator.say(reply(1, "a"))
        arrived(speaker, 1)
        narrator.scale_rate(2)
        narrator.say(reply(2, "a"))
        arrived(speaker, 1)
        narrator.prepare(reply(3, "b"))
        narrator.say(reply(3, "c"))
        arrived(speaker, 1)
    (voice,) = voices.made
    assert list(zip(voice.rendered, voice.rates, strict=True)) == [
        ("a", 165),
        ("a", 330),
        ("b", 330),
        ("c", 330),
    ]
    assert [pcm.turn for pcm in speaker.played] == [1, 2, 3]


def test_nearby_is_what_may_still_be_in_the_room(speaker: FakeSpeaker, voices: Voices) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        assert narrator.nearby == ""
        narrator.say(reply(1, "aaaa", "bbbb", "cccc"))
        arrived(speaker, 2)
        assert narrator.nearby == "aaaa"
        speaker.hear(80)
        narrator.poll()
        assert narrator.nearby == "bbbb cccc"


@pytest.mark.parametrize("hold", ["pause", "hold_next"])
@pytest.mark.parametrize("heard_ms", [10, 40])
def test_a_hold_of_an_earlier_reply_does_not_mute_the_next(
    speaker: FakeSpeaker, voices: Voices, hold: str, heard_ms: int
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "aaaa"))
        arrived(speaker, 1)
        speaker.hear(heard_ms)
        narrator.poll()
        getattr(speaker, hold)()
        # the utterance ends, unless it was paused in the middle
        speaker.hear(40)
        narrator.poll()
        narrator.say(reply(2, "bbbb", "cccc"))
        arrived(speaker, 2)
        assert speaker.hear(80) == b"\x10\x00" * 80
        assert [report.index for report in narrator.poll() if report.turn == 2] == [0, 1]


def test_a_voice_that_fails_is_told_to_the_loop(speaker: FakeSpeaker) -> None:
    class Mute(FakeVoice):
        def render(self, text: str, *, keep: bool = True) -> Pcm:
            speaker.arrivals.put(Pcm(b"", 1000))
            raise SpeechError(f"It cannot say {text!r}.")

    mute = Mute()
    with Narrator(speaker, lambda _: mute, 165) as narrator:
        narrator.say(reply(1, "a"))
        arrived(speaker, 1)
        narrator._thread.join(10)
        with pytest.raises(SpeechError, match="cannot say 'a'"):
            narrator.poll()
    assert mute.closed


def test_a_lost_loudspeaker_is_opened_again_and_the_sentence_repeated(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "aaaa", "bbbb", "cccc"))
        arrived(speaker, 2)
        speaker.hear(50)
        narrator.poll()
        arrived(speaker, 1)
        speaker.lost = True
        assert narrator.poll() == []
        assert speaker.reopened == 1
        assert arrived(speaker, 2) == [(1, 1), (1, 2)]
        speaker.hear(80)
        assert [report.index for report in narrator.poll()] == [1, 2]


def test_a_loudspeaker_that_stays_away_is_an_error(speaker: FakeSpeaker, voices: Voices) -> None:
    def stays_away() -> None:
        raise DeviceError("There is no loudspeaker.")

    speaker.reopen = stays_away  # type: ignore[method-assign]
    with Narrator(speaker, voices, 165) as narrator:
        speaker.lost = True
        with pytest.raises(DeviceError):
            narrator.poll()


def test_a_quotation_is_rendered_as_it_is_said_and_so_is_its_echo(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    written = Quotation(ArticleId("a"), Sentence("Take 5 mg.[3]", 0, 13), lead="First")
    silent = Quotation(ArticleId("a"), Sentence("See figure 2.", 14, 27))
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(Reply(1, (written, silent)))
        arrived(speaker, 2)
        assert narrator.nearby == "First, Take 5 milligrams."
        assert narrator.current == written
        speaker.hear(5000)
        assert [report.finished for report in narrator.poll()] == [True, True]
        assert not narrator.speaking
    assert voices.made[0].rendered == ["First, Take 5 milligrams.", ""]


class Choosy(FakeVoice):
    """Cannot say what has a "?" in it, or anything at all when it is `broken`."""

    broken = False

    def render(self, text: str, *, keep: bool = True) -> Pcm:
        if self.broken or "?" in text:
            raise SpeechError(f"It cannot say {text!r}.")
        return super().render(text, keep=keep)


def test_a_sentence_that_cannot_be_said_is_told_in_its_place_and_the_reading_goes_on(
    speaker: FakeSpeaker,
) -> None:
    notices: list[str] = []
    voice = Choosy()
    with Narrator(speaker, lambda _: voice, 165, notice=notices.append) as narrator:
        narrator.say(reply(1, "aaaa", "what?", "bbbb"))
        arrived(speaker, 2)
        speaker.hear(5000)
        narrator.poll()
        arrived(speaker, 1)
        speaker.hear(5000)
        assert [r.index for r in narrator.poll()] == [2]
        assert not narrator.speaking
    assert voice.rendered == ["aaaa", prompts.UNSAYABLE, "bbbb"]
    # another time it may be said, so the disk does not have to remember it
    assert voice.kept == [True, False, True]
    assert notices == ["It cannot say 'what?'."]


def ended_with(speaker: FakeSpeaker, make_voice: Callable[[int], Voice]) -> Exception:
    """Return what the loop is told when such a voice is to say something."""
    with Narrator(speaker, make_voice, 165) as narrator:
        narrator.say(reply(1, "aaaa"))
        narrator._thread.join(10)
        with pytest.raises(Exception) as raised:
            narrator.poll()
    return raised.value


def test_a_voice_that_can_say_nothing_at_all_ends_the_program(speaker: FakeSpeaker) -> None:
    voice = Choosy()
    voice.broken = True
    assert isinstance(ended_with(speaker, lambda _: voice), SpeechError)
    assert voice.closed


@pytest.mark.parametrize(
    "error", [ModelError("pronunciations.txt, line 3: it is broken."), OSError(12, "No memory")]
)
def test_whatever_ends_the_speech_thread_is_told_to_the_loop(
    speaker: FakeSpeaker, error: Exception
) -> None:
    class Failing(FakeVoice):
        def warm(self) -> None:
            raise error

    def none_made(_: int) -> Voice:
        raise error

    assert ended_with(speaker, Failing) is error
    assert ended_with(speaker, none_made) is error


def test_what_was_heard_before_the_loudspeaker_went_is_not_said_again(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        narrator.say(reply(1, "aaaa", "bbbb", "cccc", "dddd"))
        arrived(speaker, 2)
        speaker.hear(50)
        speaker.lost = True
        # the first was heard to its end, the second was cut and comes again
        assert narrator.poll() == [Spoken(1, 0, Ms(40), True)]
        assert narrator.current == Prompt("bbbb")
        assert arrived(speaker, 2) == [(1, 1), (1, 2)]
        speaker.hear(80)
        assert [report.index for report in narrator.poll()] == [1, 2]
        assert arrived(speaker, 1) == [(1, 3)]


def test_a_cut_is_reported_although_the_loudspeaker_went(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        begin_to_hear(narrator, speaker)
        narrator.cut()
        speaker.lost = True
        assert narrator.poll() == [Spoken(1, 0, Ms(10), False)]


def test_a_reading_on_hold_stays_so_on_another_loudspeaker(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    with Narrator(speaker, voices, 165) as narrator:
        begin_to_hear(narrator, speaker)
        speaker.pause()
        speaker.lost = True
        narrator.poll()
        arrived(speaker, 1)
        assert not any(speaker.hear(40))
        speaker.resume()
        assert speaker.hear(40) == b"\x10\x00" * 40


def test_words_that_were_heard_are_not_kept_by_the_voice(
    speaker: FakeSpeaker, voices: Voices
) -> None:
    heard = Prompt("My father has what?", heard=True)
    with Narrator(speaker, voices, 165) as narrator:
        narrator.prepare(Reply(1, (heard,)))
        narrator.say(Reply(1, (heard, Prompt("All right."))))
        arrived(speaker, 2)
    (voice,) = voices.made
    assert list(zip(voice.rendered, voice.kept, strict=True)) == [
        ("My father has what?", False),
        ("All right.", True),
    ]
