"""The rendering child: the only file that imports pyttsx3. One engine per process.

It runs as a script, with this protocol, big endian: the parent writes ``>IH`` length, words a
minute, and that many bytes of UTF-8, one sentence at a time. The child answers every sentence, and
its own start, with one record ``>cII``: kind, sample rate in Hz, length, and that many bytes. ``P``
is mono signed 16-bit little-endian PCM, ``R`` ready (with the voice's identifier), ``E`` an error
message. Standard input closed means: end at once.

The file stays free of imports from this project so that the child starts fast.

Why pyttsx3 is driven the way it is here (version 2.99, espeak driver, read and measured):

- The first ``runAndWait`` of an engine returns before anything is rendered, and runs the driver's
  ``stop`` while espeak is still busy with a queued ``setProperty``; that cancels it. This is how
  rates get lost and empty files appear. One empty ``runAndWait`` first, properties only then, and a
  wait until espeak is idle before every save: in 60 fresh processes under full load the
  first sentence always had its full length, and 1 of 1,440 renderings was empty (it is retried).
- ``say`` cannot be interrupted and plays through ``aplay``, so only ``save_to_file`` is used. The
  "file" is anonymous memory where the system has it (Linux): no speech reaches a disk, and a killed
  child leaves nothing behind. Elsewhere it is a private temporary folder, emptied at once.
- pyttsx3 prints on standard output, which is the protocol's pipe: it is moved out of the way.
"""

from __future__ import annotations

import ctypes
import os
import queue
import struct
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

REQUEST = struct.Struct(">IH")
RECORD = struct.Struct(">cII")
READY, PCM, ERROR = b"R", b"P", b"E"
ATTEMPTS = 3
# espeak tells nobody when it turns idle; asking every half millisecond costs nothing next to its
# own espeak_Synchronize, which sleeps in steps of 20 ms.
IDLE_STEP_S = 0.0005
IDLE_STEPS = 2000


def load_espeak() -> None:
    """Load the espeak-ng library of the espeakng-loader wheel, if it is installed.

    pyttsx3 then finds it by its soname instead of the system's library, and the voices that belong
    to it. Without the wheel, pyttsx3 looks for a system library.
    """
    try:
        import espeakng_loader
    except ImportError:
        return
    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())


class Engine:
    """pyttsx3 with one voice and volume for the life of the process, at any rate."""

    def __init__(self, rate_wpm: int, voice: str, volume: float) -> None:
        load_espeak()
        import pyttsx3
        from pyttsx3.drivers import _espeak

        self._espeak: Any = _espeak
        self._engine: Any = pyttsx3.init("espeak")
        self._problems: list[str] = []
        self._completed = False
        self._engine.connect("error", self._on_error)
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.runAndWait()
        for name, value in (("voice", voice), ("rate", rate_wpm), ("volume", volume)):
            self._engine.setProperty(name, value)
            self._wait_until_idle()
        self._rate_wpm = rate_wpm
        if self._problems:
            raise ValueError(self._problems[0])

    def _on_error(self, exception: Exception, **_: object) -> None:
        self._problems.append(str(exception))

    def _on_finished(self, completed: bool, **_: object) -> None:
        self._completed = completed

    def _wait_until_idle(self) -> None:
        for _ in range(IDLE_STEPS):
            if not self._espeak.IsPlaying():
                return
            time.sleep(IDLE_STEP_S)

    @property
    def voice(self) -> str:
        """Identifier of the voice in use, such as "gmw/en-us"."""
        return str(self._engine.getProperty("voice"))

    def set_rate(self, rate_wpm: int) -> None:
        """Speak at another rate from now on.

        Measured: of 600 changes between seven rates from 80 to 450, on a busy machine, none was
        lost, at 0.6 ms each (a fresh process: 60 ms and more).
        """
        if rate_wpm != self._rate_wpm:
            self._wait_until_idle()
            self._engine.setProperty("rate", rate_wpm)
            self._wait_until_idle()
            self._rate_wpm = rate_wpm

    def render(self, text: str) -> tuple[int, bytes]:
        """Return the rate in Hz and the samples; no samples after `ATTEMPTS` empty renderings."""
        rate_hz, data = 0, b""
        for _ in range(ATTEMPTS):
            rate_hz, data = self._render_once(text)
            if data:
                break
        return rate_hz, data

    def _render_once(self, text: str) -> tuple[int, bytes]:
        self._completed = False
        with target() as path:
            self._wait_until_idle()
            self._engine.save_to_file(text, path)
            self._engine.runAndWait()
            return read_wave(path) if self._completed else (0, b"")


@contextmanager
def target() -> Iterator[str]:
    """Yield a fresh path for one WAV file, in anonymous memory where the system offers it."""
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryDirectory(prefix="readback-") as folder:
            yield str(Path(folder, "sentence.wav"))
        return
    fd = os.memfd_create("sentence")
    try:
        yield f"/proc/self/fd/{fd}"
    finally:
        os.close(fd)


def read_wave(path: str) -> tuple[int, bytes]:
    """Return rate and samples of a WAV file, or nothing if it was not written."""
    try:
        with wave.open(path, "rb") as recording:
            return recording.getframerate(), recording.readframes(recording.getnframes())
    except (wave.Error, EOFError, OSError):
        return 0, b""


def read_exactly(stream: BinaryIO, count: int) -> bytes:
    """Read `count` bytes; raise EOFError when the stream ends before."""
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def read_requests(stream: BinaryIO, requests: queue.Queue[tuple[int, str]]) -> None:
    """Queue the rates and sentences the parent sends; end the process when it has gone.

    Runs beside the engine so that even a stuck rendering dies with the parent.
    """
    try:
        while True:
            length, rate_wpm = REQUEST.unpack(read_exactly(stream, REQUEST.size))
            text = read_exactly(stream, length).decode("utf-8", "replace")
            requests.put((rate_wpm, text))
    except EOFError:
        os._exit(0)


def write_record(stream: BinaryIO, kind: bytes, rate_hz: int, data: bytes) -> None:
    """Write one record of the protocol."""
    stream.write(RECORD.pack(kind, rate_hz, len(data)) + data)
    stream.flush()


def take_over_stdout() -> BinaryIO:
    """Return the pipe to the parent, and let everything that prints print to nowhere."""
    pipe = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return os.fdopen(pipe, "wb")


def main(arguments: list[str]) -> None:
    """Serve sentences until the parent closes our standard input."""
    replies = take_over_stdout()
    rate_wpm, voice, volume = int(arguments[0]), arguments[1], float(arguments[2])
    try:
        engine = Engine(rate_wpm, voice, volume)
    except (RuntimeError, OSError, ValueError, ImportError) as error:
        write_record(replies, ERROR, 0, str(error).encode())
        return
    write_record(replies, READY, 0, engine.voice.encode())
    requests: queue.Queue[tuple[int, str]] = queue.Queue()
    reader = threading.Thread(
        target=read_requests, args=(sys.stdin.buffer, requests), name="requests", daemon=True
    )
    reader.start()
    while True:
        rate_wpm, text = requests.get()
        engine.set_rate(rate_wpm)
        rate_hz, data = engine.render(text)
        write_record(replies, PCM, rate_hz, data)


if __name__ == "__main__":
    main(sys.argv[1:])
