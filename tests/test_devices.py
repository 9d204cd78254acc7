"""Devices are found by name, and every way to have none is one sentence with a next step."""

from __future__ import annotations

import importlib
import os
import sys
from types import ModuleType
from typing import Any

import pytest

from voice import devices
from voice.devices import DeviceError, find, first_channel, on_every_channel


class PortAudioError(Exception):
    pass


class FakeRaw:
    """What sounddevice's raw streams are to us."""

    def __init__(self, card: FakeSounddevice, **options: Any) -> None:
        if (options["samplerate"], options["channels"]) not in card.accepted:
            raise PortAudioError("Invalid sample rate [PaErrorCode -9997]")
        self.samplerate = float(options["samplerate"])
        self.channels = options["channels"]
        self.latency = 0.05
        self.options = options
        self.card = card
        self.active = False

    def start(self) -> None:
        if self.card.busy:
            raise PortAudioError("Device unavailable [PaErrorCode -9985]")
        self.active = True

    def abort(self) -> None:
        self.active = False

    def close(self) -> None:
        self.active = False


class FakeSounddevice(ModuleType):
    """A stand-in for the sounddevice module with three devices."""

    PortAudioError = PortAudioError

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.listed: list[dict[str, Any]] = [
            device(0, "USB Audio: - (hw:1,0)", inputs=1, rate=44_100),
            device(1, "HDMI 0", outputs=8, rate=48_000),
            device(2, "default", inputs=32, outputs=32, rate=48_000),
            device(3, "HDMI 1", outputs=2, rate=48_000),
        ]
        self.default = type("default", (), {"device": [2, 2]})
        self.accepted = {(16_000, 1), (22_050, 1), (48_000, 2)}
        self.busy = False
        self.opened: list[FakeRaw] = []

    def query_devices(self) -> list[dict[str, Any]]:
        return self.listed

    def _raw(self, **options: Any) -> FakeRaw:
        self.opened.append(FakeRaw(self, **options))
        return self.opened[-1]

    RawInputStream = _raw
    RawOutputStream = _raw


def device(
    index: int, name: str, inputs: int = 0, outputs: int = 0, rate: int = 0
) -> dict[str, Any]:
    return {
        "index": index,
        "name": name,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": float(rate),
    }


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeSounddevice:
    fake = FakeSounddevice()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


def nothing(*_: object) -> None:
    return


def test_the_default_device_is_used_when_none_is_named(card: FakeSounddevice) -> None:
    assert find("input", "").name == "default"
    assert find("output", "").index == 2


def test_without_a_default_the_first_one_is_used(card: FakeSounddevice) -> None:
    card.default.device = [-1, -1]
    assert find("input", "").name.startswith("USB")
    assert find("output", "").name == "HDMI 0"


@pytest.mark.parametrize("name", ["HDMI 1", "hdmi 1"])
def test_a_device_is_found_by_its_name(card: FakeSounddevice, name: str) -> None:
    assert find("output", name).index == 3


def test_a_part_of_the_name_is_enough_when_only_one_has_it(card: FakeSounddevice) -> None:
    assert find("input", "usb").index == 0
    with pytest.raises(
        DeviceError, match=r"more than one loudspeaker named 'hdmi'.*'HDMI 0', 'HDMI 1'"
    ):
        find("output", "hdmi")


def test_an_unknown_name_is_refused_with_the_names_there_are(card: FakeSounddevice) -> None:
    with pytest.raises(DeviceError, match=r"no microphone named 'Yeti'.*'USB Audio.*'default'"):
        find("input", "Yeti")
    # a loudspeaker is no microphone
    with pytest.raises(DeviceError, match="no microphone named 'HDMI 0'"):
        find("input", "HDMI 0")


def test_a_machine_without_devices_says_so(card: FakeSounddevice) -> None:
    card.listed = []
    with pytest.raises(DeviceError, match="no microphone on this machine; connect one"):
        find("input", "")
    with pytest.raises(DeviceError, match="no loudspeaker on this machine"):
        find("output", "")


def test_a_sound_system_that_fails_to_list_says_so(card: FakeSounddevice) -> None:
    def broken() -> list[dict[str, Any]]:
        raise PortAudioError("Internal PortAudio error [PaErrorCode -9986]")

    card.query_devices = broken  # type: ignore[method-assign]
    with pytest.raises(DeviceError, match=r"cannot be listed \(Internal PortAudio error\)"):
        find("input", "")


def test_a_missing_library_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(DeviceError, match="libportaudio2"):
        find("output", "")


def test_a_microphone_is_opened_at_the_rate_that_was_asked_for(card: FakeSounddevice) -> None:
    heard: list[bytes] = []
    stream = devices.open_input("", (16_000,), heard.append, nothing)
    assert (stream.rate_hz, stream.channels) == (16_000, 1)
    options = card.opened[0].options
    assert options["blocksize"] == 512
    assert options["device"] == 2
    options["callback"](memoryview(b"abcd"), 2, None, None)
    assert heard == [b"abcd"]


def test_a_device_that_refuses_the_rate_and_mono_gets_its_own(card: FakeSounddevice) -> None:
    card.accepted = {(48_000, 2)}
    heard: list[bytes] = []
    stream = devices.open_input("", (16_000,), heard.append, nothing)
    assert (stream.rate_hz, stream.channels) == (48_000, 2)
    card.opened[0].options["callback"](memoryview(b"LlRrLlRr"), 2, None, None)
    assert heard == [b"LlLl"]

    stream = devices.open_output("", (22_050,), lambda count: b"x" * count, nothing)
    assert (stream.rate_hz, stream.channels) == (48_000, 2)
    asked = bytearray(16)
    card.opened[1].options["callback"](memoryview(asked), 4, None, None)
    assert bytes(asked) == b"x" * 16


def test_a_device_that_refuses_everything_says_why_first(card: FakeSounddevice) -> None:
    card.accepted = set()
    with pytest.raises(
        DeviceError, match=r"'default' cannot be opened \(Invalid sample rate\); close"
    ):
        devices.open_output("", (22_050,), bytes, nothing)


def test_a_busy_device_says_so_when_it_is_started(card: FakeSounddevice) -> None:
    stream = devices.open_output("", (22_050,), bytes, nothing)
    card.busy = True
    with pytest.raises(DeviceError, match=r"cannot be started \(Device unavailable\)"):
        stream.start()
    assert not stream.active


def test_a_stream_starts_stops_and_starts_again(card: FakeSounddevice) -> None:
    stream = devices.open_output("HDMI 1", (22_050,), bytes, nothing)
    stream.start()
    assert stream.active
    stream.abort()
    assert not stream.active
    stream.start()
    assert stream.active
    assert stream.latency_ms == pytest.approx(50)
    stream.close()
    assert not stream.active


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_spread_and_taken_back(channels: int) -> None:
    mono = b"\x01\x02\x03\x04\xff\x00"
    spread = on_every_channel(mono, channels)
    assert len(spread) == channels * len(mono)
    assert first_channel(spread, channels) == mono


def test_what_the_sound_libraries_print_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with devices.quiet():
        os.write(2, b"ALSA lib pcm.c: Unknown PCM cards.pcm.rear\n")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"


def test_the_error_output_comes_back_after_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="it failed"), devices.quiet():
        raise ValueError("it failed")
    os.write(2, b"ours\n")
    assert capfd.readouterr().err == "ours\n"
