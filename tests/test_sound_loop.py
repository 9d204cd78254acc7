"""The unmodified program over a virtual sound card: asked by one synthesizer, heard by a recorder.

A question spoken by a flite voice goes into the virtual microphone; what the program plays on the
virtual loudspeaker is recorded, recognized again, and compared with the article's words. Nothing
here waits for time: only for lines that the program prints and for samples that it plays.
"""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundcard
import soxr
from soundcard import SoundCard

from intents.library import Library
from intents.text import words
from intents.types import Ms
from voice.audio import Frame
from voice.speech import Speech

pytestmark = [
    pytest.mark.sound,
    pytest.mark.slow,
    pytest.mark.skipif(bool(soundcard.missing()), reason=soundcard.missing() or "never"),
]

# Models and libraries are read, on a loaded machine also built.
READY_S = 240.0
ANSWER_S = 60.0


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoundCard]:
    with SoundCard(tmp_path_factory.mktemp("card")) as opened:
        yield opened


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return folders of the program's own, so that the user's are neither used nor changed."""
    root = tmp_path_factory.mktemp("data")
    return {
        f"XDG_{name}_HOME": str(root / name.lower())
        for name in ("DATA", "CONFIG", "CACHE", "STATE")
    }


class Program:
    """`python -m voice` as a user starts it; its printed lines can be waited for."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "voice", *(arguments or ("listen",))],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._new: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._read, name="program output", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip())
            self._new.put(line.rstrip())
        self._new.put(None)

    def wait_for(self, start: str, timeout_s: float = ANSWER_S) -> str:
        """Wait for a line that begins so, and return it."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                line = self._new.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {start!r} in {self.lines}") from None
            assert line is not None, f"it ended without {start!r}: {self.lines}"
            if line.startswith(start):
                return line

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    def ended(self, timeout_s: float = ANSWER_S) -> int:
        """Wait for the end; return the exit status."""
        status = self._process.wait(timeout_s)
        self._thread.join(timeout_s)
        return status

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout
        self._process.stdout.close()


@pytest.fixture
def program(card: SoundCard, data: dict[str, str]) -> Iterator[Program]:
    started = Program({**card.environment, **data})
    try:
        started.wait_for("Ready", READY_S)
        started.wait_for("Listening.")
        yield started
    finally:
        started.close()


def spoken(text: str, folder: Path, voice: str = "slt") -> tuple[np.ndarray, int]:
    """Return text spoken by flite, with half a second of silence on both sides."""
    path = folder / "question.wav"
    subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True, timeout=60)
    with wave.open(str(path)) as recording:
        rate_hz = recording.getframerate()
        samples = np.frombuffer(recording.readframes(recording.getnframes()), "<i2")
    pause = np.zeros(rate_hz // 2, np.int16)
    return np.concatenate([pause, samples, pause]), rate_hz


def recognized(samples: np.ndarray, data: dict[str, str]) -> list[str]:
    """Return the words that the program's own free ear hears in a recording of 16 kHz."""
    from voice.recognizer import Ear, Model

    model = Model(Path(data["XDG_DATA_HOME"], "readback", "models", "starter"))
    ear = Ear(model, (), listen="free")
    step = soundcard.RATE_HZ // 10
    for at in range(0, len(samples), step):
        ear.accept(Frame(samples[at : at + step].tobytes(), Ms(at // 16)))
    heard = ear.finish().hypotheses
    ear.close()
    return words(heard[0].text) if heard else []


def loudness(samples: np.ndarray) -> np.ndarray:
    """Return the loudness of every 10 ms: what two renderings of one sentence have in common."""
    step = soundcard.RATE_HZ // 100
    blocks = samples[: len(samples) // step * step].astype(np.float64).reshape(-1, step)
    return np.asarray(np.sqrt((blocks**2).mean(axis=1)) + 1.0)


def answer_of(program: Program) -> list[str]:
    """Wait until the answer was said; return the sentences that were read from the article."""
    program.wait_for("Reads: ")
    program.wait_for("Listening.")
    lines = program.lines[max(i for i, line in enumerate(program.lines) if "Heard:" in line) :]
    return [line.removeprefix("Reads: ") for line in lines if line.startswith("Reads: ")]


def shipped_texts(folder: Path) -> list[str]:
    return [article.text for article in Library.open(folder, shipped=True).articles()]


def test_a_spoken_question_is_answered_aloud_in_the_articles_words(
    card: SoundCard, data: dict[str, str], program: Program, tmp_path: Path
) -> None:
    began = card.speaker.seconds
    card.say(*spoken("What causes muscle wasting?", tmp_path))
    heard = program.wait_for("Heard:")
    assert "(answer)" in heard, heard
    read = answer_of(program)
    ended = card.speaker.wait_for_silence(began, 1.0)

    # every sentence that was read stands in an article, word for word
    assert read
    assert all(any(sentence in text for text in shipped_texts(tmp_path)) for sentence in read)
    # and they were really played: the recording, recognized again, has the same words
    said = [word for sentence in read for word in words(sentence)]
    assert 0.2 < (ended - card.speaker.wait_for_sound(began)) / len(said) < 0.8
    back = recognized(card.speaker.samples(began), data)
    share = len(set(said) & set(back)) / len(set(said))
    assert share >= 0.5, f"of {said} only {share:.2f} came back: {back}"


def test_a_spoken_stop_silences_an_answer(
    card: SoundCard, program: Program, tmp_path: Path
) -> None:
    began = card.speaker.seconds
    card.say(*spoken("What causes muscle wasting?", tmp_path))
    program.wait_for("Reads: ")
    card.speaker.wait_for_sound(began)
    card.say(*spoken("Stop.", tmp_path))
    program.wait_for("Interrupted: stop")
    silent_from = card.speaker.wait_for_silence(began, 1.0)
    recorded = card.speaker.seconds
    # it stays silent, and listens again
    card.say(*spoken("What is muscle atrophy?", tmp_path))
    program.wait_for("Heard:")
    assert silent_from < recorded


def test_stop_in_ten_minutes_said_into_an_answer_goes_on_reading(
    card: SoundCard, program: Program, tmp_path: Path
) -> None:
    began = card.speaker.seconds
    card.say(*spoken("What causes muscle wasting?", tmp_path))
    program.wait_for("Reads: ")
    card.speaker.wait_for_sound(began)
    card.say(*spoken("Stop in ten minutes.", tmp_path))
    program.wait_for("Interrupted: stop")
    heard = program.wait_for("Heard:")
    assert "in ten minutes (command)" in heard, heard
    assert "ten minutes" in program.wait_for("Says: ")
    program.wait_for("Reads: ")


def test_an_article_is_read_aloud_from_the_command_line(
    card: SoundCard, data: dict[str, str], program: Program, tmp_path: Path
) -> None:
    page = tmp_path / "bread.md"
    page.write_text("# Bread\n\nBread keeps for three days. Keep it in a dry place.\n")
    added = Library.open(tmp_path / "readback" / "library").add(page)
    environment = {**card.environment, **data, "XDG_DATA_HOME": str(tmp_path)}
    began = card.speaker.seconds
    started = Program(environment, "library", "listen", added.article.id)
    try:
        assert started.ended(READY_S) == 0, started.lines
    finally:
        started.close()
    card.speaker.wait_for_silence(began, 0.5)
    played = loudness(card.speaker.samples(began))
    with Speech() as voice:
        pcm = voice.render("Bread keeps for three days.")
    wanted = loudness(soxr.resample(np.frombuffer(pcm.data, "<i2"), pcm.rate_hz, soundcard.RATE_HZ))
    places = range(len(played) - len(wanted))
    likeness = [np.corrcoef(played[i : i + len(wanted)], wanted)[0, 1] for i in places]
    assert max(likeness) > 0.9
    # and the other sentence came after it
    assert len(played) - int(np.argmax(likeness)) > 1.8 * len(wanted)


def test_ctrl_c_ends_the_program_and_its_children(card: SoundCard, program: Program) -> None:
    program.interrupt()
    assert program.ended() in (0, 130), program.lines
    assert not any("Traceback" in line for line in program.lines)


def test_a_sound_server_that_ends_is_one_clear_sentence(
    data: dict[str, str], tmp_path: Path
) -> None:
    with SoundCard(tmp_path) as card:
        program = Program({**card.environment, **data})
        try:
            program.wait_for("Listening.", READY_S)
            card.stop()
            status = program.ended()
            said = [line for line in program.lines if line.startswith("readback:")]
            assert status == 1, program.lines
            assert re.search(r"(microphone|loudspeaker) .*\.", said[-1])
            assert not any("Traceback" in line for line in program.lines)
        finally:
            program.close()


HARDWARE = Path("/proc/asound/cards").exists()


@pytest.mark.skipif(HARDWARE, reason="this machine has sound hardware")
@pytest.mark.parametrize("configuration", ["", "pcm.never { type hw card 77 }"])
def test_a_machine_without_sound_says_so_and_what_works(
    data: dict[str, str], tmp_path: Path, configuration: str
) -> None:
    path = tmp_path / "asound.conf"
    path.write_text(configuration)
    program = Program({**os.environ, **data, "ALSA_CONFIG_PATH": str(path)})
    try:
        assert program.ended(READY_S) == 1, program.lines
        (line,) = program.lines
        assert line.startswith("readback: ")
        assert "microphone" in line
        assert "readback ask" in line
    finally:
        program.close()
