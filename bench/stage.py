"""A stage for benches: the real program on a virtual sound card, with one clock for both ends.

    with Stage(echo=Echo(gain_db=-6.0)) as stage:
        with stage.program() as program:  # `readback listen` with folders of its own
            program.wait_for("Listening.")
            said = stage.play(question)  # int16 at 16 kHz, into the microphone
            stage.first_sound(said.ended_s) - said.ended_s

All times are seconds on the loudspeaker's recording. The microphone's recording is laid over it by
when their parts arrived: within about 2 ms once a second was recorded. What `play` played is found
in the microphone's recording by correlation, so its times hold with an echo over it too.
Packages: pulseaudio, libportaudio2. Nothing of the user's own is read but the starter model.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import soxr
from numpy.typing import NDArray

from intents.errors import ReadbackError
from models import store
from tests.soundcard import RATE_HZ, SoundCard, missing

READY_S = 240.0
REPLY_S = 30.0
# Louder than this is speech: the virtual card itself adds nothing.
AUDIBLE = 300
# How far before and after the expected place what was played is looked for.
_SEARCH_S = 3.0

Samples = NDArray[np.int16]


class StageError(ReadbackError):
    """The virtual sound card or the program on it does not do what was expected."""


@dataclass(frozen=True, slots=True)
class Echo:
    """The loudspeaker heard by the microphone: how loud against what was played, how late."""

    gain_db: float = 0.0
    delay_ms: int = 60


@dataclass(frozen=True, slots=True)
class Said:
    """When something was audible in the microphone: its first and last loud sample, in seconds."""

    began_s: float
    ended_s: float


class Program:
    """A child process on the stage; its lines come with the time at which they were printed."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], stage: Stage) -> None:
        self._stage = stage
        self._process = subprocess.Popen(
            list(command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # a group of its own: a pipeline ends as a whole
            start_new_session=True,
        )
        # (seconds on the stage's clock, line), all of them
        self.lines: list[tuple[float, str]] = []
        self._new: queue.SimpleQueue[tuple[float, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, name="program output", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """Process id, for measuring processor time and memory."""
        return self._process.pid

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append((self._stage.now_s, line.rstrip()))
            self._new.put(self.lines[-1])
        self._new.put(None)

    def wait_for(self, *starts: str, timeout_s: float = READY_S) -> tuple[float, str]:
        """Return the next line that begins with one of `starts`; lines before it are skipped.

        Raises StageError when the program ends or `timeout_s` passes without one.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                found = self._new.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                found = None
            if found is None:
                last = [line for _, line in self.lines[-8:]]
                raise StageError(f"the program did not print {starts}; its last lines: {last}")
            if found[1].startswith(starts):
                return found

    def skip(self) -> None:
        """Forget the lines printed so far: `wait_for` sees only later ones."""
        while not self._new.empty():
            self._new.get()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End it as Ctrl-C does, and by force after 5 s."""
        for number in (signal.SIGINT, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self.pid, number)
                self._process.wait(5.0)
        self._thread.join()
        with self._process:
            pass


class Stage:
    """The sound card and folders of its own. A context manager; StageError without PulseAudio."""

    def __init__(self, *, echo: Echo | None = None) -> None:
        if missing():
            raise StageError(missing())
        # near the root: a socket's path may be 107 bytes long
        self._folder = tempfile.TemporaryDirectory(prefix="stage-", ignore_cleanup_errors=True)
        self._root = Path(self._folder.name)
        (self._root / "card").mkdir()
        self._card = SoundCard(self._root / "card")
        self._echo = echo

    def __enter__(self) -> Self:
        self._card.__enter__()
        if self._echo:
            self._connect(self._echo)
        self._card.speaker.wait_until(1.0)
        return self

    def __exit__(self, *_: object) -> None:
        self._card.stop()
        self._folder.cleanup()

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find this sound card, and folders instead of the user's."""
        own = {f"XDG_{name}_HOME": str(self._root / name) for name in ("DATA", "CONFIG", "CACHE")}
        return {**self._card.environment, **own, "PYTHONUNBUFFERED": "1"}

    @property
    def now_s(self) -> float:
        """The stage's clock."""
        return time.monotonic() - self._card.speaker.began_s

    def program(self, *arguments: str, config: str = "", library: Sequence[Path] = ()) -> Program:
        """Start `readback listen`, or with other arguments, and return at once.

        `config` is the text of its settings file; `library` are files added to the shipped library
        (the first start then builds the ear, which takes a while).
        """
        self._furnish(config, library)
        command = [sys.executable, "-m", "voice", *(arguments or ("listen",))]
        return self.start(command)

    def start(self, command: Sequence[str]) -> Program:
        """Start any program on this sound card."""
        return Program(command, self.environment, self)

    def play(self, samples: Samples) -> Said:
        """Play int16 samples at 16 kHz into the microphone; return when they were audible there.

        Returns when all was played.
        """
        before = self._card.microphone.seconds
        self._card.say(samples, RATE_HZ)
        self._card.microphone.wait_until(self._card.microphone.seconds + 0.1)
        start = self._find(samples, before)
        loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
        if not len(loud):
            raise StageError("what was to be played is silent; give louder samples")
        return Said(start + int(loud[0]) / RATE_HZ, start + (int(loud[-1]) + 1) / RATE_HZ)

    def first_sound(self, since_s: float, timeout_s: float = REPLY_S) -> float:
        """Wait for the loudspeaker's first audible sample after `since_s`; return its time.

        Raises StageError when `timeout_s` passes in silence.
        """
        try:
            return self._card.speaker.wait_for_sound(since_s, timeout_s, AUDIBLE)
        except AssertionError as error:
            raise StageError(f"nothing was played within {timeout_s:g} s; {error}") from error

    def quiet(self, since_s: float, seconds: float = 0.5, timeout_s: float = 120.0) -> float:
        """Wait until the loudspeaker was silent for `seconds`; return when that began."""
        return self._card.speaker.wait_for_silence(since_s, seconds, timeout_s)

    def heard(self, since_s: float = 0.0) -> Samples:
        """Return what the loudspeaker played since then, 16 kHz."""
        return self._card.speaker.samples(since_s)

    def microphone(self, since_s: float = 0.0) -> Samples:
        """Return what the microphone gave since then, 16 kHz."""
        return self._card.microphone.samples(max(0.0, since_s - self._lag_s))

    def wait(self, until_s: float) -> None:
        """Wait until the stage's clock says so."""
        self._card.speaker.wait_until(until_s, until_s - self.now_s + REPLY_S)

    def _find(self, samples: Samples, before_s: float) -> float:
        """Return when the microphone heard the first of `samples`, on the stage's clock."""
        recorded = self._card.microphone.samples(before_s)[
            : len(samples) + int(_SEARCH_S * RATE_HZ)
        ]
        size = len(recorded) + len(samples)
        spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(samples, size))
        likeness = np.fft.irfft(spectrum, size)
        offset = int(np.argmax(likeness[: len(recorded)])) / RATE_HZ
        return before_s + offset + self._lag_s

    @property
    def _lag_s(self) -> float:
        """How much later the microphone's recording began than the loudspeaker's."""
        return self._card.microphone.began_s - self._card.speaker.began_s

    def _furnish(self, config: str, library: Sequence[Path]) -> None:
        """Give the program a copy of the starter model, its settings and its articles."""
        models = self._root / "DATA" / "readback" / "models"
        if not models.exists():
            shutil.copytree(store.default_folder(), models)
        settings = self._root / "CONFIG" / "readback" / "config.toml"
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(config, encoding="utf-8")
        if library:
            adding = [sys.executable, "-m", "voice", "add", *map(str, library)]
            done = subprocess.run(
                adding, env=self.environment, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise StageError(f"the library was not added: {done.stdout}{done.stderr}")

    def _connect(self, echo: Echo) -> None:
        """Let the microphone hear the loudspeaker."""
        self._pactl(
            *("load-module", "module-loopback", "source=virt_speaker.monitor"),
            *("sink=virt_mic_in", f"latency_msec={echo.delay_ms}", "adjust_time=0"),
        )
        # the only playback on the card so far is the loopback's
        listed = self._pactl("list", "short", "sink-inputs").split()
        self._pactl("set-sink-input-volume", listed[0], f"{echo.gain_db:+g}dB")

    def _pactl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pactl", *arguments],
            env=self._card.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StageError(f"pactl {' '.join(arguments)} failed: {done.stderr.strip()}")
        return done.stdout


def recording(path: Path) -> Samples:
    """Return a sound file as the stage plays it: one channel, int16, 16 kHz."""
    import soundfile

    data, rate_hz = soundfile.read(path, dtype="int16", always_2d=True)
    return np.asarray(soxr.resample(data[:, 0], rate_hz, RATE_HZ), np.int16)
