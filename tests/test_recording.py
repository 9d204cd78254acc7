import errno
import os
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.audio import Pcm
from voice.recording import LONGEST_S, RecordingError, join, read_frames, read_samples, write_wav


def tone(seconds: float, rate_hz: int, hz: float = 440.0) -> np.ndarray:
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * hz * t)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_every_pcm_wav_becomes_16_khz_mono(
    tmp_path: Path, subtype: str, rate_hz: int, channels: int
) -> None:
    path = tmp_path / "q.wav"
    mono = tone(0.5, rate_hz)
    soundfile.write(path, np.column_stack([mono] * channels), rate_hz, subtype=subtype)
    samples = read_samples(path)
    assert abs(len(samples) - 8_000) <= 2
    spectrum = np.abs(np.fft.rfft(samples[1000:7000]))
    assert abs(int(spectrum.argmax()) * 16_000 / 6000 - 440) < 3
    assert 0.45 < samples[1000:7000].max() / 32768 < 0.55


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
def test_flac_is_read(tmp_path: Path, subtype: str) -> None:
    path = tmp_path / "q.flac"
    soundfile.write(path, tone(0.3, 16_000), 16_000, subtype=subtype)
    assert len(read_samples(path)) == 4_800


def test_frames_are_the_recording_cut_in_100_ms(tmp_path: Path) -> None:
    path = tmp_path / "q.wav"
    soundfile.write(path, tone(0.25, 16_000), 16_000)
    frames = list(read_frames(path))
    assert [f.start_ms for f in frames] == [0, 100, 200]
    assert b"".join(f.pcm for f in frames) == read_samples(path).tobytes()


def broken_header(path: Path) -> None:
    path.write_bytes(b"RIFF\x10\x00\x00\x00WAVEfmt ")


def only_header(path: Path) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.write_bytes(b""), "not a recording"),
        (lambda p: p.write_bytes(b"what causes muscle wasting"), "not a recording"),
        (broken_header, "not a recording"),
        (only_header, "holds no audio"),
        (lambda p: soundfile.write(p, np.zeros(16_000), 16_000), "silent from start to end"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: None, "there is no file"),
    ],
)
def test_what_cannot_be_used_is_named_with_a_next_step(tmp_path, make, says) -> None:
    path = tmp_path / "q.wav"
    make(path)
    with pytest.raises(RecordingError, match=says) as caught:
        read_samples(path)
    assert str(path) in str(caught.value)


def test_an_hour_of_audio_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(8_000)
        out.writeframes(bytes(range(256)) * (3600 * 8_000 // 256))
    with pytest.raises(RecordingError, match="60 minutes long"):
        next(read_frames(path))


def test_a_header_that_promises_more_than_there_is_still_reads(tmp_path: Path) -> None:
    path = tmp_path / "q.wav"
    soundfile.write(path, tone(0.5, 16_000), 16_000, subtype="PCM_16")
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = struct.pack("<I", 60 * 32_000)
    path.write_bytes(bytes(data))
    assert len(read_samples(path)) <= 16_000 * LONGEST_S


def test_not_a_number_counts_as_silence(tmp_path: Path) -> None:
    path = tmp_path / "q.wav"
    samples = tone(0.5, 16_000).astype(np.float32)
    samples[100:200] = np.nan
    samples[300] = np.inf
    soundfile.write(path, samples, 16_000, subtype="FLOAT")
    assert np.abs(read_samples(path).astype(int)).max() <= 32768


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_anything_but_a_recording_error(tmp_path_factory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "q.wav"
    path.write_bytes(b"RIFF" + data)
    try:
        read_samples(path)
    except RecordingError as error:
        assert str(path) in str(error)


def test_an_answer_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "answer.wav"
    pcm = Pcm(tone(0.2, 22_050).astype("<f4").astype("<i2").tobytes(), 22_050)
    write_wav(path, pcm)
    with wave.open(str(path)) as back:
        assert (back.getnchannels(), back.getsampwidth(), back.getframerate()) == (1, 2, 22_050)
        assert back.readframes(back.getnframes()) == pcm.data
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(RecordingError, match="cannot be written"):
        write_wav(tmp_path / "missing" / "answer.wav", pcm)
    with pytest.raises(RecordingError, match="is a folder"):
        write_wav(tmp_path, pcm)


def test_an_answer_takes_the_place_of_no_device(tmp_path: Path) -> None:
    path = tmp_path / "null"
    os.mkfifo(path)
    with pytest.raises(RecordingError, match="is no file"):
        write_wav(path, Pcm(b"\1\0" * 100, 22_050))
    assert path.is_fifo()


def test_a_full_disk_leaves_the_answer_before_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "answer.wav"
    path.write_bytes(b"the answer before")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordingError, match=r"cannot be written to .*No space left"):
        write_wav(path, Pcm(b"\1\0" * 100, 22_050))
    assert path.read_bytes() == b"the answer before"
    assert list(tmp_path.iterdir()) == [path]


def test_sentences_are_joined_with_a_pause() -> None:
    one, two = Pcm(b"\1\0" * 100, 1000), Pcm(b"\2\0" * 50, 1000)
    joined = join([one, two], gap_ms=10)
    assert joined.data == one.data + bytes(20) + two.data
    with pytest.raises(ValueError, match="different rates"):
        join([one, Pcm(b"", 2000)])
