"""Microphones and loudspeakers by name: the only import of sounddevice (PortAudio).

Imported late, so that everything that needs no device works on a machine without PortAudio or
without any sound hardware. Every failure is a DeviceError of one sentence with the next step.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from intents.errors import ReadbackError

Direction = Literal["input", "output"]

NOUNS: dict[Direction, str] = {"input": "microphone", "output": "loudspeaker"}


class DeviceError(ReadbackError):
    """There is no usable microphone, loudspeaker or sound system."""


@dataclass(frozen=True, slots=True)
class Device:
    """One entry of the system's list."""

    name: str
    direction: Direction
    # what the device itself would like to run at
    rate_hz: int
    channels: int
    # the one used when none is named
    default: bool
    # position in PortAudio's list; not stable, so it never leaves this run
    index: int


class Stream(Protocol):
    """An open device; made stopped. The callback runs in PortAudio's thread from start to abort."""

    rate_hz: int
    channels: int
    # what PortAudio says lies between the callback and the ear or mouth
    latency_ms: float

    @property
    def active(self) -> bool:
        """Whether the callback is being called; false for good once the device has gone."""

    def start(self) -> None:
        """Begin (or begin again after `abort`); DeviceError."""

    def abort(self) -> None:
        """Stop at once, dropping what the device still holds; the callback is not running after."""

    def close(self) -> None:
        """Let the device go."""


# 32 ms: the block that voice activity works on.
INPUT_BLOCK_MS = 32
# The input's buffer: PulseAudio gives half of it at a time. With "low" (64 ms) a question was
# misheard on a busy computer in 1 of 3 runs, probably for lost audio; 128 ms is twice the room and
# comes 12 ms later on average, 288 ms 26 ms later.
INPUT_LATENCY_S = 0.1
# The output's buffer. With PortAudio's "low" (9 ms, 64-sample blocks) two busy Python threads
# caused 90 underruns a second; 46 ms in blocks of 12 ms had none, and `abort` drops the buffer.
OUTPUT_LATENCY_S = 0.04

# Gets the samples of one block (mono signed 16-bit); the bytes are its own.
Take = Callable[[bytes], None]
# Returns the bytes of one block, of exactly the length asked for.
Fill = Callable[[int], bytes]
Finished = Callable[[], None]


class OpenInput(Protocol):
    """Opens a microphone; `open_input` or a fake."""

    def __call__(self, name: str, rates: Sequence[int], take: Take, finished: Finished) -> Stream:
        """Open `name` ("" is the default) at the first of `rates` it accepts, else at its own."""


class OpenOutput(Protocol):
    """Opens a loudspeaker; `open_output` or a fake."""

    def __call__(self, name: str, rates: Sequence[int], fill: Fill, finished: Finished) -> Stream:
        """Open `name` ("" is the default) at the first of `rates` it accepts, else at its own."""


class PortAudioStream:
    """A Stream over one sounddevice raw stream."""

    def __init__(self, raw: Any, name: str, direction: Direction) -> None:
        self._raw = raw
        self._what = f"the {NOUNS[direction]} {name!r}"
        self.rate_hz = int(raw.samplerate)
        self.channels = int(raw.channels)
        self.latency_ms = float(raw.latency) * 1000

    @property
    def active(self) -> bool:
        """Whether the callback is being called."""
        try:
            return bool(self._raw.active)
        except portaudio().PortAudioError:
            return False

    def start(self) -> None:
        """Begin or begin again; DeviceError when the device refuses."""
        try:
            with quiet():
                self._raw.start()
        except portaudio().PortAudioError as error:
            raise DeviceError(
                f"{self._what} cannot be started ({reason(error)}); "
                "close other programs that use it, or name another device."
            ) from error

    def abort(self) -> None:
        """Stop at once."""
        with quiet():
            self._raw.abort()

    def close(self) -> None:
        """Let the device go."""
        with quiet():
            self._raw.close()


def open_input(name: str, rates: Sequence[int], take: Take, finished: Finished) -> Stream:
    """Open a microphone in blocks of 32 ms of mono signed 16-bit samples.

    The block is what voice activity works on. Raises DeviceError.
    """

    def callback(data: Any, frames: int, _time: Any, _status: Any) -> None:
        take(first_channel(bytes(data), len(data) // (2 * frames)))

    return _open("input", name, rates, callback, finished)


def open_output(name: str, rates: Sequence[int], fill: Fill, finished: Finished) -> Stream:
    """Open a loudspeaker that asks `fill` for mono signed 16-bit samples; DeviceError."""

    def callback(data: Any, frames: int, _time: Any, _status: Any) -> None:
        data[:] = on_every_channel(fill(2 * frames), len(data) // (2 * frames))

    return _open("output", name, rates, callback, finished)


def _open(
    direction: Direction,
    name: str,
    rates: Sequence[int],
    callback: Callable[..., None],
    finished: Finished,
) -> Stream:
    device = find(direction, name)
    sounddevice = portaudio()
    kind = sounddevice.RawInputStream if direction == "input" else sounddevice.RawOutputStream
    refused: Exception | None = None
    # bare hardware (ALSA "hw:") may know stereo only
    ways = itertools.product((*rates, device.rate_hz), (1, 2))
    for rate_hz, channels in ways:
        block, latency = _buffering(direction, rate_hz)
        try:
            with quiet():
                raw = kind(
                    device=device.index,
                    samplerate=rate_hz,
                    channels=channels,
                    dtype="int16",
                    blocksize=block,
                    latency=latency,
                    callback=callback,
                    finished_callback=finished,
                )
            return PortAudioStream(raw, device.name, direction)
        except sounddevice.PortAudioError as error:
            refused = refused or error
    raise DeviceError(
        f"The {NOUNS[direction]} {device.name!r} cannot be opened ({reason(refused)}); close other "
        "programs that use it, or name another device."
    ) from refused


def _buffering(direction: Direction, rate_hz: int) -> tuple[int, float]:
    """Return samples a block and the latency to ask for."""
    if direction == "input":
        return rate_hz * INPUT_BLOCK_MS // 1000, INPUT_LATENCY_S
    # a power of two: with odd blocks, PortAudio's ALSA host was seen to underrun without end
    return (256 if rate_hz <= 24_000 else 512), OUTPUT_LATENCY_S


def first_channel(data: bytes, channels: int) -> bytes:
    """Return the first channel of interleaved 16-bit samples."""
    return data if channels == 1 else memoryview(data).cast("h")[::channels].tobytes()


def on_every_channel(data: bytes, channels: int) -> bytes:
    """Return mono 16-bit samples interleaved on `channels` channels."""
    if channels == 1:
        return data
    spread = bytearray(len(data) * channels)
    for channel in range(channels):
        spread[2 * channel :: 2 * channels] = data[::2]
        spread[2 * channel + 1 :: 2 * channels] = data[1::2]
    return bytes(spread)


def devices(direction: Direction) -> tuple[Device, ...]:
    """Return what the system has in this direction; DeviceError when there is no sound system."""
    sounddevice = portaudio()
    try:
        listed = sounddevice.query_devices()
        default = sounddevice.default.device[direction == "output"]
    except sounddevice.PortAudioError as error:
        raise DeviceError(f"The sound devices cannot be listed ({reason(error)}).") from error
    channels = [int(entry[f"max_{direction}_channels"]) for entry in listed]
    return tuple(
        Device(
            str(entry["name"]),
            direction,
            int(entry["default_samplerate"]),
            count,
            entry["index"] == default,
            int(entry["index"]),
        )
        for entry, count in zip(listed, channels, strict=True)
        if count > 0
    )


def find(direction: Direction, name: str) -> Device:
    """Return the device of that name ("" is the default), or the only one whose name contains it.

    Raises DeviceError, with the names there are.
    """
    known = devices(direction)
    noun = NOUNS[direction]
    if not known:
        raise DeviceError(f"There is no {noun} on this machine; connect one and try again.")
    if not name:
        return next((device for device in known if device.default), known[0])
    exact = [device for device in known if device.name == name]
    near = exact or [device for device in known if name.casefold() in device.name.casefold()]
    if len({device.name for device in near}) == 1:
        return near[0]
    names = ", ".join(repr(device.name) for device in near or known)
    problem = "more than one" if near else "no"
    raise DeviceError(f"There is {problem} {noun} named {name!r}; choose one of: {names}.")


def portaudio() -> Any:
    """Return the sounddevice module; DeviceError when the PortAudio library is missing."""
    try:
        prepare_alsa()
        return importlib.import_module("sounddevice")
    except OSError as error:
        raise DeviceError(
            "The PortAudio library is missing, so there is no microphone and no loudspeaker; "
            "install it (on Debian and Ubuntu: apt install libportaudio2)."
        ) from error


def reason(error: Exception | None) -> str:
    """Return PortAudio's own words, without its error number."""
    return str(error.args[0]).rsplit(" [PaErrorCode", 1)[0] if error and error.args else "unknown"


@functools.cache
def prepare_alsa() -> None:
    """Keep ALSA from printing whenever the computer was busy for a moment, and check its setup.

    Raises DeviceError when ALSA has no configuration: PortAudio would end the process (SIGABRT).
    """
    try:
        # by its soname: ctypes.util.find_library starts a compiler to look for it
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        # PortAudio is not there either, or the system is none with ALSA
        return
    alsa.snd_lib_error_set_handler(_IGNORE)
    alsa.snd_config_update()
    top, found = ctypes.c_void_p.in_dll(alsa, "snd_config"), ctypes.c_void_p()
    if not top or alsa.snd_config_search(top, b"pcm", ctypes.byref(found)) < 0:
        raise DeviceError(
            "The sound system has no configuration, so there is no microphone and no loudspeaker; "
            "install it (on Debian and Ubuntu: apt install libasound2-data)."
        )


# void handler(const char *file, int line, const char *function, int err, const char *fmt, ...)
_IGNORE = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(lambda *_: None)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send standard error to nowhere: ALSA and PortAudio print pages about devices they tried."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
