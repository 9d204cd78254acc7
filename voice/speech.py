"""Sentence in, samples out: owns the child process that renders speech (voice/speech_worker.py).

A child, because espeak can end its process (a missing data folder: exit code 1; very long text: a
crash) and pyttsx3 applies a new voice only in a fresh process. The child renders into
anonymous memory; no speech is written to a disk (see the worker for systems without it).
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from intents.errors import ReadbackError
from intents.text import INVISIBLE
from voice.audio import Pcm
from voice.speech_worker import PCM, READY, RECORD, REQUEST

# espeak clamps silently outside these; people who listen fast want 450 (see docs of espeak-ng).
RATE_WPM = range(80, 451)
# espeak clips above 1.5.
VOLUME_MAX = 1.5
DEFAULT_VOICE = "en-us"
# More than about 10,000 characters crash espeak; a sentence of 600 renders in under 50 ms.
PIECE_CHARS = 600
# Where a long sentence may be cut, best border first.
BORDERS = (r"[;:—–]\s+", r",\s+", r"\s+")
# espeak ends every piece with 330 ms of silence at 165 words a minute; inside a sentence a comma's
# pause is enough.
JOIN_PAUSE_MS = 120
SILENT = 200
# The child needs 0.1 s to start on an idle machine; a loaded small one gets a hundred times it.
START_TIMEOUT_S = 10.0
RENDER_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 1.0
WORKER = Path(__file__).with_name("speech_worker.py")


class SpeechError(ReadbackError):
    """Text could not be turned into speech, or speech was set up with values it cannot use."""


@dataclass(slots=True)
class _Child:
    """A running worker and the two pipes to it."""

    process: subprocess.Popen[bytes]

    def send(self, text: str, rate_wpm: int) -> None:
        data = text.encode("utf-8", "replace")
        assert self.process.stdin
        self.process.stdin.write(REQUEST.pack(len(data), rate_wpm) + data)
        self.process.stdin.flush()

    def receive(self, timeout_s: float) -> tuple[bytes, int, bytes]:
        """Return kind, rate and data of the next record; TimeoutError, EOFError."""
        deadline = time.monotonic() + timeout_s
        kind, rate_hz, length = RECORD.unpack(self._read(RECORD.size, deadline))
        return kind, rate_hz, self._read(length, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        assert self.process.stdout
        fd, data = self.process.stdout.fileno(), bytearray()
        while len(data) < count:
            ready, _, _ = select.select([fd], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = os.read(fd, count - len(data))
            if not part:
                raise EOFError
            data += part
        return bytes(data)

    def end(self) -> int:
        """Kill the child and return its exit code; no zombie stays."""
        self.process.kill()
        with self.process:
            with contextlib.suppress(BrokenPipeError):
                assert self.process.stdin
                self.process.stdin.close()
            return self.process.wait(CLOSE_TIMEOUT_S)


class Speech:
    """Renders sentences with one voice and volume. For one thread; `close` from any.

    Use as a context manager. The child starts with `warm` or with the first `render`.
    """

    def __init__(self, *, rate_wpm: int = 165, voice: str = "", volume: float = 1.0) -> None:
        self.set_rate(rate_wpm)
        if not 0.0 <= volume <= VOLUME_MAX:
            raise SpeechError(
                f"A speech volume of {volume} is not possible; choose 0 to {VOLUME_MAX}."
            )
        self.voice = voice or DEFAULT_VOICE
        self.volume = volume
        self._child: _Child | None = None
        self._closed = False
        # held while the child's pipes are in use: only their user may close them
        self._busy = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def warm(self) -> None:
        """Start the child now, so that the first sentence does not wait for it (about 0.1 s)."""
        with self._busy:
            self._warm()

    def set_rate(self, rate_wpm: int) -> None:
        """Speak at this rate from the next sentence on; SpeechError for an impossible one."""
        if rate_wpm not in RATE_WPM:
            raise SpeechError(
                f"A speech rate of {rate_wpm} words a minute is not possible; "
                f"choose {RATE_WPM.start} to {RATE_WPM.stop - 1}."
            )
        self.rate_wpm = rate_wpm

    def render(self, text: str, *, keep: bool = True) -> Pcm:  # noqa: ARG002 - nothing is kept here
        """Return the speech of one sentence, blocking; no samples when nothing in it can be said.

        Text of more than `PIECE_CHARS` characters is rendered in pieces and joined. A failed
        rendering is repeated once in a fresh child; then SpeechError.
        """
        with self._busy:
            pieces = [self._render_piece(piece) for piece in split_clauses(printable(text))]
        if not pieces:
            return Pcm(b"", 22_050)
        rate_hz = pieces[0].rate_hz
        inner = [shorten_tail(piece.data, rate_hz) for piece in pieces[:-1]]
        return Pcm(b"".join([*inner, pieces[-1].data]), rate_hz)

    def close(self) -> None:
        """End the child. A `render` in progress fails with SpeechError."""
        self._closed = True
        child = self._child
        if child:
            # ends the wait of a `render` in another thread, which then lets go
            child.process.kill()
        with self._busy:
            self._drop_child()

    def _warm(self) -> None:
        if self._child is None:
            self._child = self._start()

    def _render_piece(self, text: str) -> Pcm:
        try:
            return self._ask(text)
        except (OSError, EOFError) as error:
            self._drop_child()
            first = error
        try:
            return self._ask(text)
        except (OSError, EOFError) as error:
            self._drop_child()
            raise SpeechError(
                f"The speech engine could not say {text[:60]!r} ({describe(first)}, then "
                f"{describe(error)}). Try again, or choose another voice than {self.voice!r}."
            ) from error

    def _ask(self, text: str) -> Pcm:
        self._warm()
        assert self._child
        self._child.send(text, self.rate_wpm)
        kind, rate_hz, data = self._child.receive(RENDER_TIMEOUT_S)
        if kind != PCM or (not data and re.search(r"[A-Za-z0-9]", text)):
            raise EOFError("nothing was rendered")
        return Pcm(data, rate_hz or 22_050)

    def _start(self) -> _Child:
        if self._closed:
            raise SpeechError("Speech was already closed; open it again to say more.")
        arguments = (str(self.rate_wpm), self.voice, str(self.volume))
        child = _Child(
            subprocess.Popen(
                [sys.executable, "-P", str(WORKER), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # its own session: Ctrl-C in the terminal is for the parent, which then closes it
                start_new_session=True,
            )
        )
        self._greet(child)
        return child

    def _greet(self, child: _Child) -> None:
        """Wait for the child's first record; SpeechError with its reason when it cannot start."""
        try:
            kind, _, data = child.receive(START_TIMEOUT_S)
        except (OSError, EOFError) as error:
            code = child.end()
            raise SpeechError(
                f"The speech engine did not start ({describe(error)}, exit code {code}). "
                "Check that the espeakng-loader and pyttsx3 packages are installed."
            ) from error
        if kind != READY:
            child.end()
            raise SpeechError(self._refusal(data.decode("utf-8", "replace")))

    def _refusal(self, reason: str) -> str:
        if "SetVoiceByName" in reason:
            return (
                f"There is no voice named {self.voice!r}. "
                "Name one by its language, such as 'en-us', 'en-gb' or 'de'."
            )
        return f"The speech engine did not start: {reason}"

    def _drop_child(self) -> None:
        child, self._child = self._child, None
        if child:
            child.end()


def printable(text: str) -> str:
    """Return the text on one line, without control characters (a NUL would end it for espeak).

    Marks without width go too: espeak would say the two halves of a word with a soft hyphen.
    """
    seen = text.translate(INVISIBLE)
    return " ".join("".join(c if c.isprintable() else " " for c in seen).split())


def split_clauses(text: str, limit: int = PIECE_CHARS) -> list[str]:
    """Cut text into pieces of at most `limit` characters, at clause borders where there are any."""
    pieces = []
    while len(text) > limit:
        at = _border(text, limit)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*pieces, text] if text else pieces


def _border(text: str, limit: int) -> int:
    """Return where to cut: after the last border in the second half of the limit, or at it."""
    for pattern in BORDERS:
        ends = [m.end() for m in re.finditer(pattern, text[: limit + 1]) if m.end() > limit // 2]
        if ends:
            return min(ends[-1], limit)
    return limit


def shorten_tail(data: bytes, rate_hz: int, pause_ms: int = JOIN_PAUSE_MS) -> bytes:
    """Return PCM (mono signed 16-bit) whose closing silence is at most `pause_ms` long."""
    samples = memoryview(data).cast("h")
    end = len(samples)
    while end and -SILENT < samples[end - 1] < SILENT:
        end -= 1
    return data[: (end + rate_hz * pause_ms // 1000) * 2]


def describe(error: BaseException) -> str:
    """Return a few words on why the child failed."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    return str(error) or ("it ended" if isinstance(error, EOFError) else type(error).__name__)
