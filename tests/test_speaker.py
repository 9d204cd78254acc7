"""The loudspeaker over a device that is played by the test."""

from __future__ import annotations

import threading
from array import array

import pytest
from fakes import FakeDevices, FakeStream, tone

from intents.types import Ms, Spoken
from voice import speaker as speaker_module
from voice.audio import Pcm
from voice.devices import DeviceError
from voice.speaker import DUCKED, LEAD_MS, Speaker, resample

RATE = 22_050
LEAD = LEAD_MS * RATE // 1000


@pytest.fixture
def devices() -> FakeDevices:
    return FakeDevices()


def pcm(samples: int, turn: int = 1, index: int = 0, value: int = 1000) -> Pcm:
    return Pcm(tone(samples, value), RATE, turn, index)


def test_the_stream_is_open_before_there_is_anything_to_say(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output):
        assert devices.stream.active
        assert devices.stream.ask(50) == bytes(100)
    assert devices.stream.closed


def test_no_device_is_one_clear_error(devices: FakeDevices) -> None:
    devices.present = False
    with pytest.raises(DeviceError), Speaker(opener=devices.open_output):
        pass


def test_speech_is_played_after_the_device_woke_up(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        speaker.play(pcm(100))
        assert devices.stream.ask(LEAD) == bytes(2 * LEAD)
        assert devices.stream.ask(100) == tone(100)
        assert not speaker.busy
        assert speaker.spoken() == [Spoken(1, 0, Ms(4), True)]
        assert speaker.spoken() == []


def test_a_cut_is_silent_from_the_next_sample_and_reports(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        speaker.play(pcm(RATE))
        speaker.play(pcm(RATE, index=1))
        devices.stream.ask(RATE // 2)
        speaker.cut()
        assert speaker.spoken() == [Spoken(1, 0, Ms(500), False)]
        # what the device held was dropped, and it is ready for the next answer
        assert devices.stream.calls == ["start", "abort", "start"]
        assert devices.stream.ask(100) == bytes(200)
        speaker.play(pcm(10))
        assert devices.stream.ask(10) == tone(10)


def test_a_cut_without_speech_leaves_the_device_alone(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        speaker.cut()
        assert devices.stream.calls == ["start"]


def test_a_late_sentence_of_a_cut_turn_is_never_heard(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        speaker.cut(turn=4)
        speaker.play(pcm(10, turn=4, index=2))
        speaker.play(pcm(10, turn=3))
        assert not speaker.busy
        speaker.play(pcm(10, turn=5, value=7))
        assert devices.stream.ask(10) == tone(10, 7)


def test_what_the_device_holds_is_not_yet_heard(devices: FakeDevices) -> None:
    devices.latency_ms = 100.0
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        speaker.play(pcm(RATE))
        devices.stream.ask(RATE)
        assert speaker.busy
        assert speaker.spoken() == []
        assert speaker.heard_ms == 900
        devices.stream.ask(RATE // 10)
        assert speaker.spoken() == [Spoken(1, 0, Ms(1000), True)]


def test_ducked_speech_is_lower_and_volume_is_kept(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output, volume=0.5) as speaker:
        devices.stream.ask(LEAD)
        speaker.play(pcm(1000))
        assert devices.stream.ask(10) == tone(10, 500)
        speaker.duck()
        assert devices.stream.ask(10) == tone(10, round(500 * DUCKED))
        speaker.duck(False)
        assert devices.stream.ask(10) == tone(10, 500)
        speaker.volume = 2.0
        assert devices.stream.ask(10) == tone(10, 2000)


def test_a_pause_holds_still(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        speaker.play(pcm(100))
        devices.stream.ask(40)
        speaker.pause()
        assert devices.stream.ask(500) == bytes(1000)
        speaker.resume()
        assert devices.stream.ask(60) == tone(60)


def test_to_resume_forgets_that_the_next_end_was_to_be_waited_at(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        for index in range(2):
            speaker.play(pcm(10, index=index))
        speaker.hold_next()
        speaker.resume()
        assert devices.stream.ask(20) == tone(20)


def test_a_cut_ends_a_pause_even_between_two_sentences(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD)
        speaker.pause()
        speaker.cut()
        speaker.play(pcm(10))
        assert devices.stream.ask(10) == tone(10)


def test_a_device_with_another_rate_gets_resampled_speech() -> None:
    devices = FakeDevices(rate_hz=48_000)
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.ask(LEAD_MS * 48)
        speaker.play(pcm(RATE, value=1000))
        samples = array("h", devices.stream.ask(48_000))
        assert abs(samples[24_000] - 1000) <= 2
        assert not speaker.busy
        assert speaker.spoken() == [Spoken(1, 0, Ms(1000), True)]


def test_resampling_keeps_the_length() -> None:
    assert len(resample(tone(22_050), 22_050, 16_000)) == 32_000
    assert resample(b"", 22_050, 16_000) == b""
    assert resample(tone(5), 8000, 8000) == tone(5)


def test_drain_waits_for_the_last_sample_and_keeps_the_reports(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        for index in range(3):
            speaker.play(pcm(RATE, index=index))
        player = threading.Thread(
            target=lambda: [devices.stream.ask(RATE) for _ in range(4)], name="player"
        )
        player.start()
        speaker.drain()
        player.join()
        assert [report.index for report in speaker.spoken()] == [0, 1, 2]


def test_drain_gives_up_on_a_device_that_takes_nothing(
    devices: FakeDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speaker_module, "STALLED_S", 0.01)
    with Speaker(opener=devices.open_output) as speaker:
        speaker.play(pcm(RATE))
        with pytest.raises(DeviceError, match="loudspeaker stopped"):
            speaker.drain()


def test_a_lost_device_is_noticed_and_opened_again(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output, volume=0.5) as speaker:
        devices.stream.ask(LEAD)
        speaker.play(pcm(RATE))
        devices.stream.ask(RATE // 2)
        assert not speaker.lost
        devices.stream.vanish()
        assert speaker.lost
        speaker.reopen()
        assert not speaker.lost
        assert speaker.spoken() == [Spoken(1, 0, Ms(500), False)]
        devices.stream.ask(LEAD)
        speaker.play(pcm(10))
        assert devices.stream.ask(10) == tone(10, 500)


def test_what_is_on_hold_stays_so_on_the_device_that_came_back(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        speaker.play(pcm(RATE))
        speaker.pause()
        devices.stream.vanish()
        speaker.reopen()
        devices.stream.ask(LEAD)
        speaker.play(pcm(10))
        assert devices.stream.ask(10) == bytes(20)
        speaker.resume()
        assert devices.stream.ask(10) == tone(10)


def test_a_device_that_refuses_to_start_is_let_go(devices: FakeDevices) -> None:
    refusing = FakeStream(RATE, refuses=True)
    with (
        pytest.raises(DeviceError),
        Speaker(opener=lambda name, rates, fill, finished: refusing),
    ):
        pass
    assert refusing.closed


def test_the_tap_tells_the_rate_of_what_it_gives(devices: FakeDevices) -> None:
    given: list[tuple[int, int]] = []
    with Speaker(opener=devices.open_output) as speaker:
        speaker.tap = lambda data, rate_hz: given.append((len(data), rate_hz))
        devices.stream.ask(10)
        devices.stream.vanish()
        devices.rate_hz = 48_000
        speaker.reopen()
        devices.stream.ask(20)
    assert given == [(20, RATE), (40, 48_000)]


def test_a_device_that_stays_away_is_an_error(devices: FakeDevices) -> None:
    with Speaker(opener=devices.open_output) as speaker:
        devices.stream.vanish()
        devices.present = False
        with pytest.raises(DeviceError):
            speaker.reopen()
        # and closing after that is still possible
