"""Speech is rendered by the real engine, in a child that may crash, hang or be orphaned."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice import speech, speech_worker
from voice.audio import Pcm
from voice.speech import Speech, SpeechError, printable, shorten_tail, split_clauses

SENTENCE = "Muscle atrophy is the loss of muscle tissue."


@pytest.fixture(scope="module")
def voice() -> Iterator[Speech]:
    with Speech() as opened:
        yield opened


def loud(pcm: Pcm) -> bool:
    return max(map(abs, array("h", pcm.data)), default=0) > 1000


def child_pid(opened: Speech) -> int:
    assert opened._child
    return opened._child.process.pid


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Write a worker of our own to this path, in place of the real one."""
    path = tmp_path / "worker.py"
    monkeypatch.setattr(speech, "WORKER", path)
    return path


HEADER = """
import os, struct, sys, time
def record(kind, rate, data):
    os.write(1, struct.pack(">cII", kind, rate, len(data)) + data)
def request():
    size, _ = struct.unpack(">IH", sys.stdin.buffer.read(6))
    return sys.stdin.buffer.read(size)
"""


def test_a_sentence_is_rendered(voice: Speech) -> None:
    pcm = voice.render(SENTENCE)
    assert pcm.rate_hz == 22_050
    assert 1500 < pcm.duration_ms < 4000
    assert loud(pcm)


def test_a_rate_holds_from_the_next_sentence_on_in_the_same_child() -> None:
    lengths = {}
    for rate_wpm in (80, 165, 450):
        with Speech(rate_wpm=rate_wpm) as fresh:
            lengths[rate_wpm] = fresh.render(SENTENCE).duration_ms
    with Speech() as changing:
        changing.warm()
        pid = child_pid(changing)
        for rate_wpm in (450, 80, 165, 80, 450, 165) * 5:
            changing.set_rate(rate_wpm)
            assert changing.render(SENTENCE).duration_ms == pytest.approx(
                lengths[rate_wpm], rel=0.02
            )
        assert child_pid(changing) == pid
        with pytest.raises(SpeechError, match="rate of 451"):
            changing.set_rate(451)


def test_a_faster_rate_is_shorter_from_the_first_sentence(voice: Speech) -> None:
    with Speech(rate_wpm=330) as fast:
        first = fast.render(SENTENCE).duration_ms
        second = fast.render(SENTENCE).duration_ms
    assert first < 0.7 * voice.render(SENTENCE).duration_ms
    assert abs(first - second) < 20


def test_volume_scales_the_samples(voice: Speech) -> None:
    with Speech(volume=0.3) as quiet:
        low = max(map(abs, array("h", quiet.render(SENTENCE).data)))
    normal = max(map(abs, array("h", voice.render(SENTENCE).data)))
    assert 0.2 < low / normal < 0.45


def test_another_voice_sounds_different(voice: Speech) -> None:
    with Speech(voice="de") as german:
        assert loud(german.render(SENTENCE))
        assert german.render(SENTENCE).data != voice.render(SENTENCE).data


@pytest.mark.parametrize("text", ["", " \n\t", "\0", "\u200b"])
def test_nothing_to_say_gives_no_samples(voice: Speech, text: str) -> None:
    assert voice.render(text).data == b""


@pytest.mark.parametrize("text", ["...", "***", "日本語です。", "— ! ? —", "€", "😀"])
def test_text_without_letters_of_the_voice_is_no_failure(voice: Speech, text: str) -> None:
    assert len(voice.render(text).data) % 2 == 0


@pytest.mark.parametrize(
    "text",
    [
        "a\0b and more words",
        "\ud800 half a character",
        "\x1b[31mred",
        "line\r\nline",
        "90% of 3 mg",
    ],
)
def test_hostile_characters_do_not_stop_the_sentence(voice: Speech, text: str) -> None:
    assert loud(voice.render(text))


def test_markup_is_not_obeyed(voice: Speech) -> None:
    plain = voice.render("hello").duration_ms
    assert voice.render("<speak><break time='9s'/>hello</speak>").duration_ms > plain
    assert voice.render("[[h@l'oU]]").duration_ms > 0


def test_text_behind_a_nul_is_spoken(voice: Speech) -> None:
    assert (
        voice.render("hello\0 and a good deal more words than that").duration_ms
        > 2 * voice.render("hello").duration_ms
    )


@pytest.mark.slow
def test_very_long_text_is_rendered_whole(voice: Speech) -> None:
    one = voice.render("word " * 100).duration_ms
    many = voice.render("word " * 3000).duration_ms
    assert many == pytest.approx(30 * one, rel=0.1)
    assert voice.render("x" * 20_000).duration_ms > 60_000


@pytest.mark.parametrize("rate", [79, 451, 0, -5])
def test_an_impossible_rate_is_refused_by_name(rate: int) -> None:
    with pytest.raises(SpeechError, match=f"rate of {rate} .* 80 to 450"):
        Speech(rate_wpm=rate)


@pytest.mark.parametrize("volume", [-0.1, 1.6, float("nan")])
def test_an_impossible_volume_is_refused(volume: float) -> None:
    with pytest.raises(SpeechError, match=r"choose 0 to 1\.5"):
        Speech(volume=volume)


def test_an_unknown_voice_is_refused_by_name() -> None:
    with (
        pytest.raises(SpeechError, match="no voice named 'elbonian'"),
        Speech(voice="elbonian") as s,
    ):
        s.render("hello")


def test_a_killed_child_is_replaced(voice: Speech) -> None:
    voice.warm()
    dead = child_pid(voice)
    os.kill(dead, signal.SIGKILL)
    assert loud(voice.render(SENTENCE))
    assert child_pid(voice) != dead


def test_a_child_that_dies_on_every_sentence_is_an_error_after_one_retry(workers: Path) -> None:
    counter = workers.with_name("starts")
    workers.write_text(
        HEADER + f"open({str(counter)!r}, 'a').write('x')\nrecord(b'R', 0, b'v')\nrequest()\n"
    )
    with Speech() as opened, pytest.raises(SpeechError, match="could not say 'Hello'"):
        opened.render("Hello")
    assert counter.read_text() == "xx"


def test_an_empty_rendering_is_tried_again_and_then_an_error(workers: Path) -> None:
    workers.write_text(
        HEADER + "record(b'R', 0, b'v')\nwhile True:\n    request(); record(b'P', 22050, b'')\n"
    )
    with Speech() as opened, pytest.raises(SpeechError, match="nothing was rendered"):
        opened.render("Hello")


def test_a_stuck_child_is_given_up(workers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "RENDER_TIMEOUT_S", 0.05)
    workers.write_text(HEADER + "record(b'R', 0, b'v')\nrequest()\nrequest()\n")
    with Speech() as opened, pytest.raises(SpeechError, match="did not answer in time"):
        opened.render("Hello")


def test_a_child_that_cannot_start_says_why(workers: Path) -> None:
    workers.write_text("import sys\nsys.exit(1)\n")
    with Speech() as opened, pytest.raises(SpeechError, match=r"did not start .*exit code"):
        opened.warm()


def test_a_missing_engine_is_named(workers: Path) -> None:
    workers.write_text(HEADER + "record(b'E', 0, b'eSpeak is not installed')\n")
    with Speech() as opened, pytest.raises(SpeechError, match="eSpeak is not installed"):
        opened.warm()


def test_an_answer_in_small_pieces_is_put_together(workers: Path) -> None:
    workers.write_text(
        HEADER
        + "record(b'R', 0, b'v')\nrequest()\n"
        + "for byte in struct.pack('>cII', b'P', 8000, 4) + b'abcd': os.write(1, bytes([byte]))\n"
        + "request()\n"
    )
    with Speech() as opened:
        assert opened.render("Hello") == Pcm(b"abcd", 8000)


def test_closing_leaves_no_child_and_no_second_life() -> None:
    opened = Speech()
    opened.warm()
    pid = child_pid(opened)
    opened.close()
    opened.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises(SpeechError, match="already closed"):
        opened.render("hello")


def test_closing_from_another_thread_ends_a_stuck_rendering(workers: Path) -> None:
    started = workers.with_name("started")
    os.mkfifo(started)
    workers.write_text(
        HEADER
        + f"record(b'R', 0, b'v')\nrequest()\nopen({str(started)!r}, 'w').close()\nrequest()\n"
    )
    opened = Speech()
    errors: list[SpeechError] = []

    def render() -> None:
        try:
            opened.render("Hello")
        except SpeechError as error:
            errors.append(error)

    thread = threading.Thread(target=render, name="render")
    thread.start()
    with started.open():
        opened.close()
    thread.join(10)
    assert not thread.is_alive()
    assert "already closed" in str(errors[0])


ORPHAN = """
import os, signal
from voice.speech import Speech
speech = Speech()
speech.warm()
print(speech._child.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_parent_leaves_no_child() -> None:
    parent = subprocess.run(
        [sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=60, check=False
    )
    assert parent.returncode == -signal.SIGKILL
    pid = int(parent.stdout)
    # the file exists as long as the process does; a pidfd becomes readable when it ends
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        import select

        assert select.select([watch], [], [], 10)[0], "the child outlived its parent"
    finally:
        os.close(watch)


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with Speech() as opened:
        opened.render(SENTENCE)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_without_anonymous_memory_uses_a_private_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    with speech_worker.target() as path:
        folder = Path(path).parent
        assert folder.stat().st_mode & 0o077 == 0
        Path(path).write_bytes(b"not a recording")
        assert speech_worker.read_wave(path) == (0, b"")
    assert not folder.exists()


def test_text_is_cut_at_clause_borders() -> None:
    clause = "one two three four five, "
    pieces = split_clauses((clause * 60).strip(), 100)
    assert all(len(piece) <= 100 for piece in pieces)
    assert all(piece.endswith(",") or piece == pieces[-1] for piece in pieces)
    assert " ".join(pieces) == (clause * 60).strip()


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 1000])
def test_no_character_is_lost_where_there_is_no_border(length: int) -> None:
    pieces = split_clauses("x" * length, 100)
    assert "".join(pieces) == "x" * length
    assert all(0 < len(piece) <= 100 for piece in pieces)


def test_semicolons_are_better_borders_than_commas() -> None:
    text = "a" * 60 + "; " + "b" * 20 + ", " + "c" * 60
    assert split_clauses(text, 100)[0] == "a" * 60 + ";"


def test_control_characters_become_spaces() -> None:
    assert printable("a\0b\r\n c\x1b[1m d") == "a b c [1m d"


def test_marks_without_width_do_not_split_a_word() -> None:
    assert printable("mus\u00adcle wast\u200b\u2060ing") == "muscle wasting"


def test_closing_silence_is_shortened_but_speech_is_not() -> None:
    speech_part = array("h", [1000, -1000] * 50).tobytes()
    silence = bytes(2 * 1000)
    assert shorten_tail(speech_part + silence, 1000, 100) == speech_part + bytes(200)
    assert shorten_tail(speech_part, 1000, 100) == speech_part
