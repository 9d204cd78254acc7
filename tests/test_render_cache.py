"""Rendered sentences on disk: found again, bounded, and never in the way."""

import os
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeVoice

from voice.audio import Pcm
from voice.render_cache import CachedVoice, RenderCache

LOOK = ("en-us", "1.0")


def noise(seed: int, samples: int = 4000) -> Pcm:
    """Return samples that FLAC cannot make smaller."""
    data = np.random.default_rng(seed).integers(-30_000, 30_000, samples).astype("<i2")
    return Pcm(data.tobytes(), 22_050)


def test_a_sentence_is_rendered_once_and_sounds_the_same_after_a_restart(tmp_path: Path) -> None:
    first, second = FakeVoice(), FakeVoice()
    voice = CachedVoice(first, RenderCache(tmp_path, 10**6), LOOK, 165)
    said = voice.render("It is rare.")
    voice.close()
    again = CachedVoice(second, RenderCache(tmp_path, 10**6), LOOK, 165)
    assert again.render("It is rare.") == said
    again.close()
    assert (first.rendered, second.rendered) == (["It is rare."], [])
    assert first.closed


@pytest.mark.parametrize(
    ("look", "rate_wpm"), [(("en-gb", "1.0"), 165), (LOOK, 166), (("en-us",), 165)]
)
def test_another_voice_or_rate_is_another_sound(
    tmp_path: Path, look: tuple[str, ...], rate_wpm: int
) -> None:
    cache = RenderCache(tmp_path, 10**6)
    voice, other = FakeVoice(), FakeVoice()
    for made, how, rate in ((voice, LOOK, 165), (other, look, rate_wpm)):
        cached = CachedVoice(made, cache, how, rate)
        cached.render("It is rare.")
        cached.close()
    assert other.rendered == ["It is rare."]


def test_the_longest_unused_goes_first_and_the_limit_holds(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path, 26_000)
    for number in range(3):
        cache.store(str(number), noise(number))
    assert cache.load("0") == noise(0)
    os.utime(tmp_path / "0.flac", (1, 1))
    assert cache.load("0")
    os.utime(tmp_path / "1.flac", (2, 2))
    cache.store("3", noise(3))
    assert cache.load("1") is None
    assert [bool(cache.load(key)) for key in ("0", "2", "3")] == [True, True, True]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 26_000


def test_a_sentence_larger_than_the_limit_is_not_kept(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path / "new", 1000)
    cache.store("a", noise(1))
    assert cache.load("a") is None
    assert not (tmp_path / "new").exists()


def test_a_damaged_file_is_rendered_again(tmp_path: Path) -> None:
    cache = RenderCache(tmp_path, 10**6)
    cache.store("a", noise(1))
    path = tmp_path / "a.flac"
    path.write_bytes(path.read_bytes()[:20])
    assert cache.load("a") is None
    cache.store("a", noise(1))
    assert cache.load("a") == noise(1)


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    inner = FakeVoice()
    voice = CachedVoice(inner, RenderCache(tmp_path / "file" / "cache", 10**6), LOOK, 165)
    assert voice.render("Yes.") == voice.render("Yes.")
    voice.close()
    assert inner.rendered == ["Yes.", "Yes."]


def test_what_has_no_sound_is_not_kept(tmp_path: Path) -> None:
    voice = CachedVoice(FakeVoice(), RenderCache(tmp_path, 10**6), LOOK, 165)
    assert voice.render("").data == b""
    voice.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_to_be_kept_goes_past_the_disk(tmp_path: Path) -> None:
    inner = FakeVoice()
    voice = CachedVoice(inner, RenderCache(tmp_path, 10**6), LOOK, 165)
    voice.render("My father has what?", keep=False)
    voice.close()
    assert list(tmp_path.iterdir()) == []
    assert inner.kept == [False]


def test_a_changed_rate_is_looked_up_as_such(tmp_path: Path) -> None:
    inner = FakeVoice()
    voice = CachedVoice(inner, RenderCache(tmp_path, 10**6), LOOK, 165)
    for rate_wpm in (165, 330, 165):
        voice.set_rate(rate_wpm)
        voice.render("Yes.")
    voice.close()
    assert inner.rates[:2] == [165, 330]
