"""A sound card made of software: a private PulseAudio server with a microphone and a loudspeaker.

`SoundCard` runs its own server in a folder of its own, as any user and without sound hardware. What
is given to `say` comes out of the default microphone; `Recorder` records what programs play on the
default loudspeaker. Programs find it through `environment`. Everything waits for data, never for
time. Packages: pulseaudio (with pulseaudio-utils) and libportaudio2.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

START_S = 30.0
RATE_HZ = 16_000

SCRIPT = """\
.fail
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name=virt_mic_in rate=48000 channels=1 format=s16le
load-module module-null-sink sink_name=virt_speaker rate=48000 channels=2 format=s16le
load-module module-remap-source master=virt_mic_in.monitor source_name=virt_mic
set-default-sink virt_speaker
set-default-source virt_mic
"""
ALSA = "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
CLIENT = "autospawn = no\nenable-shm = no\n"
OPTIONS = [
    *("-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=no"),
    *("--realtime=no", "--high-priority=no", "--disable-shm=yes"),
    *("--log-target=stderr", "--log-level=info"),
]


def missing() -> str:
    """Return what this machine lacks for a virtual sound card, or nothing."""
    tools = ("pulseaudio", "parec", "pacat", "flite")
    absent = [tool for tool in tools if shutil.which(tool) is None]
    return f"not installed: {', '.join(absent)} (packages pulseaudio, flite)" if absent else ""


class Recorder:
    """Records a source from now on, as 16 kHz mono; lets a test wait for what it must contain."""

    def __init__(self, source: str, environment: dict[str, str]) -> None:
        options = ["--raw", f"--rate={RATE_HZ}", "--channels=1", "--format=s16le"]
        self._process = subprocess.Popen(
            ["parec", *options, "--latency-msec=10", "-d", source],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._data = bytearray()
        # when the first sample was taken, by time.monotonic: no later than any part's arrival says
        self.began_s = float("inf")
        self._changed = threading.Condition()
        self._ended = False
        self._thread = threading.Thread(target=self._read, name=f"record {source}", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout
        while part := os.read(self._process.stdout.fileno(), 4096):
            with self._changed:
                self._data += part
                self.began_s = min(self.began_s, time.monotonic() - len(self._data) / 2 / RATE_HZ)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def seconds(self) -> float:
        """How much was recorded so far."""
        return len(self._data) / 2 / RATE_HZ

    def samples(self, start_s: float = 0.0) -> NDArray[np.int16]:
        """What was recorded since `start_s`, shape (samples,), int16."""
        with self._changed:
            data = bytes(self._data[2 * int(start_s * RATE_HZ) :])
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2")

    def wait_until(self, seconds: float, timeout_s: float = START_S) -> None:
        """Wait until `seconds` of audio were recorded in all."""
        with self._changed:
            done = self._changed.wait_for(lambda: self.seconds >= seconds or self._ended, timeout_s)
        assert done, f"the virtual sound card gave {self.seconds:.1f} s instead of {seconds:.1f} s"
        assert not self._ended, "the virtual sound card ended"

    def wait_for_sound(self, since_s: float, timeout_s: float = START_S, peak: int = 300) -> float:
        """Wait for the first sample above `peak` after `since_s`; return its time in seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            loud = np.flatnonzero(np.abs(self.samples(since_s).astype(np.int32)) > peak)
            if len(loud):
                return since_s + float(loud[0]) / RATE_HZ
            self.wait_until(self.seconds + 0.01, deadline - time.monotonic())
            assert time.monotonic() < deadline, "nothing was played"

    def wait_for_silence(self, since_s: float, seconds: float, timeout_s: float = 60.0) -> float:
        """Wait until `seconds` in a row after `since_s` were silent; return when they began."""
        deadline = time.monotonic() + timeout_s
        while True:
            heard = self.samples(since_s)
            loud = np.flatnonzero(np.abs(heard.astype(np.int32)) > 100)
            quiet_from = int(loud[-1]) + 1 if len(loud) else 0
            if len(heard) - quiet_from >= seconds * RATE_HZ:
                return since_s + quiet_from / RATE_HZ
            self.wait_until(self.seconds + 0.05, deadline - time.monotonic())
            assert time.monotonic() < deadline, "it never became silent"

    def close(self) -> None:
        """Stop recording."""
        self._process.terminate()
        self._thread.join()
        with self._process:
            pass


class SoundCard:
    """The server and its two ends. A context manager."""

    def __init__(self, folder: Path) -> None:
        # socket paths may be 107 bytes long at most, so the folder should be near the root
        self._folder = folder
        self._log: list[str] = []
        self._keepers: list[Recorder] = []
        self.environment = {
            **os.environ,
            "PULSE_SERVER": f"unix:{folder / 'native'}",
            "PULSE_COOKIE": str(folder / "cookie"),
            "PULSE_RUNTIME_PATH": str(folder / "run"),
            "PULSE_STATE_PATH": str(folder / "state"),
            "PULSE_CLIENTCONFIG": str(folder / "client.conf"),
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
        }
        for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY"):
            self.environment.pop(name, None)

    def __enter__(self) -> Self:
        for name in ("run", "state"):
            (self._folder / name).mkdir(mode=0o700)
        (self._folder / "client.conf").write_text(CLIENT)
        default = Path("/usr/share/alsa/alsa.conf")
        (self._folder / "asound.conf").write_text(f"<{default}>\n{ALSA}")
        script = self._folder / "card.pa"
        script.write_text(SCRIPT.format(socket=self._folder / "native"))
        self._server = subprocess.Popen(
            ["pulseaudio", *OPTIONS, "-F", str(script)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._server.stderr
        self._started = threading.Event()
        self._reader = threading.Thread(
            target=self._read_log, args=(self._server.stderr,), name="pulseaudio log", daemon=True
        )
        self._reader.start()
        self._wait_until_running()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _read_log(self, log: IO[str]) -> None:
        for line in log:
            self._log.append(line.rstrip())
            if "Daemon startup complete" in line:
                self._started.set()
        self._started.set()

    def _wait_until_running(self) -> None:
        self._started.wait(START_S)
        if self._server.poll() is not None or not self._started.is_set():
            self.stop()
            raise AssertionError("pulseaudio did not start:\n" + "\n".join(self._log[-20:]))
        # null sinks run in blocks of 2 s unless somebody wants them faster; and a fresh server's
        # first microphone data comes after about 2 s
        monitors = ("virt_mic_in.monitor", "virt_speaker.monitor", "virt_mic")
        self._keepers = [Recorder(source, self.environment) for source in monitors]
        for keeper in self._keepers:
            keeper.wait_until(0.1)

    @property
    def speaker(self) -> Recorder:
        """What is played on the default loudspeaker, from the beginning."""
        return self._keepers[1]

    @property
    def microphone(self) -> Recorder:
        """What the default microphone gives, from the beginning."""
        return self._keepers[2]

    def say(self, samples: NDArray[np.int16], rate_hz: int) -> None:
        """Play mono int16 samples into the microphone; returns when they were played."""
        options = ["--raw", f"--rate={rate_hz}", "--channels=1", "--format=s16le"]
        subprocess.run(
            ["pacat", "--playback", *options, "--latency-msec=20", "-d", "virt_mic_in"],
            input=samples.astype("<i2").tobytes(),
            env=self.environment,
            check=True,
            timeout=60 + len(samples) / rate_hz,
        )

    def stop(self) -> None:
        """End the server, by its process id, and everything that recorded."""
        self._server.terminate()
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
        for keeper in self._keepers:
            keeper.close()
        self._keepers = []
        self._reader.join()
        with self._server:
            pass
