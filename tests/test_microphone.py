"""The microphone over a device that hears what the test gives it."""

from __future__ import annotations

import math
import threading
from array import array
from itertools import islice, pairwise

import pytest
from fakes import FakeDevices, seconds, tone
from hypothesis import given
from hypothesis import strategies as st

from voice import microphone as microphone_module
from voice.audio import Frame
from voice.devices import DeviceError
from voice.microphone import QUEUE_MS, Microphone

FRAME = 512


@pytest.fixture
def devices() -> FakeDevices:
    return FakeDevices()


def heard(microphone: Microphone, count: int) -> list[Frame]:
    return list(islice(microphone.frames(), count))


def test_blocks_become_frames_with_their_time(devices: FakeDevices) -> None:
    with Microphone(opener=devices.open_input) as microphone:
        for value in (1, 2, 3):
            devices.stream.give(tone(FRAME, value))
        frames = heard(microphone, 3)
    assert [frame.pcm for frame in frames] == [tone(FRAME, value) for value in (1, 2, 3)]
    assert [frame.start_ms for frame in frames] == [0, 32, 64]
    assert [frame.lost_ms for frame in frames] == [0, 0, 0]
    assert devices.stream.closed


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_no_sample_is_lost_under_any_block_length(blocks: list[int]) -> None:
    devices = FakeDevices()
    total = sum(blocks)
    values = array("h", [i % 30_000 for i in range(total)])
    with Microphone(opener=devices.open_input) as microphone:
        at = 0
        for block in blocks:
            devices.stream.give(values[at : at + block].tobytes())
            at += block
        frames = heard(microphone, total // FRAME)
    assert b"".join(frame.pcm for frame in frames) == values[: total // FRAME * FRAME].tobytes()


def test_audio_that_nobody_took_is_lost_and_counted(devices: FakeDevices) -> None:
    blocks = QUEUE_MS // 32
    with Microphone(opener=devices.open_input) as microphone:
        frames = microphone.frames()
        for _ in range(blocks + 10):
            devices.stream.give(tone(FRAME))
        before = [next(frames) for _ in range(blocks)]
        devices.stream.give(tone(FRAME))
        after = next(frames)
    assert all(frame.lost_ms == 0 for frame in before)
    assert after.lost_ms == 320
    # the time of day goes on through the gap
    assert after.start_ms == 32 * (blocks + 10)


def test_a_device_with_another_rate_is_resampled() -> None:
    devices = FakeDevices(rate_hz=44_100)
    wave = array(
        "h", [round(8000 * math.sin(i * 2 * math.pi * 440 / 44_100)) for i in range(44_100)]
    )
    with Microphone(opener=devices.open_input) as microphone:
        for at in range(0, 44_100, 1411):
            devices.stream.give(wave[at : at + 1411].tobytes())
        frames = heard(microphone, 28)
    pcm = b"".join(frame.pcm for frame in frames)
    assert seconds(pcm) == pytest.approx(0.896)
    samples = array("h", pcm)
    crossings = sum(a < 0 <= b for a, b in pairwise(samples))
    assert crossings == pytest.approx(440 * 0.896, abs=3)
    assert max(samples) == pytest.approx(8000, rel=0.02)


def test_no_microphone_is_one_clear_error(devices: FakeDevices) -> None:
    devices.present = False
    with pytest.raises(DeviceError), Microphone(opener=devices.open_input):
        pass


def test_a_microphone_that_vanished_is_opened_again(
    devices: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone_module, "RETRY_S", 0.0)
    with Microphone(opener=devices.open_input) as microphone:
        frames = microphone.frames()
        devices.stream.give(tone(FRAME, 1))
        assert next(frames).pcm == tone(FRAME, 1)
        gone = devices.stream
        gone.vanish()
        give_when_opened_again(devices)
        assert next(frames).pcm == tone(FRAME, 2)
        assert gone.closed
        assert len(devices.opened) == 2


def give_when_opened_again(devices: FakeDevices) -> None:
    """Let the next stream that is opened hear something as soon as it starts."""
    opened = devices._open

    def open_and_give(stream):
        start = stream.start

        def start_and_give() -> None:
            start()
            stream.give(tone(FRAME, 2))

        stream.start = start_and_give
        return opened(stream)

    devices._open = open_and_give


def test_a_silent_death_is_noticed_too(
    devices: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Microphone(opener=devices.open_input, silent_s=0.01) as microphone:
        give_when_opened_again(devices)
        # nothing was ever given by the first stream
        assert next(microphone.frames()).pcm == tone(FRAME, 2)


def test_a_microphone_that_stays_away_ends_listening_with_one_sentence(
    devices: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone_module, "RETRY_S", 0.0)
    monkeypatch.setattr(microphone_module, "RETURN_S", 0.0)
    with Microphone(opener=devices.open_input) as microphone:
        devices.present = False
        devices.stream.vanish()
        with pytest.raises(DeviceError, match="did not come back"):
            next(microphone.frames())


def test_close_from_another_thread_ends_the_frames(devices: FakeDevices) -> None:
    microphone = Microphone(opener=devices.open_input)
    with microphone:
        closer = threading.Thread(target=microphone.close, name="closer")
        closer.start()
        assert list(microphone.frames()) == []
        closer.join()


def test_close_ends_the_frames_even_when_the_queue_is_full(devices: FakeDevices) -> None:
    with Microphone(opener=devices.open_input) as microphone:
        frames = microphone.frames()
        for _ in range(200):
            devices.stream.give(tone(FRAME))
        next(frames)
        microphone.close()
        assert len(list(frames)) <= 1


def test_a_device_that_refuses_to_start_is_let_go(devices: FakeDevices) -> None:
    def opened(name, rates, take, finished):
        stream = devices.open_input(name, rates, take, finished)
        stream.refuses = True
        return stream

    with pytest.raises(DeviceError), Microphone(opener=opened):
        pass
    assert devices.stream.closed
