"""Recordings on disk: any PCM WAV or FLAC in, frames for the ear out; and the answer as WAV."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from intents.archive import write_whole
from intents.errors import ReadbackError
from intents.types import Ms
from voice.audio import SAMPLE_RATE_HZ, Frame, Pcm

# One spoken question with its pauses is far shorter; an hour of audio is a mistake to be told about
# at once, not after minutes of decoding.
LONGEST_S = 120
FRAME_MS = 100
_BLOCK_S = 1.0
# Peak of a 16-bit recording that holds nothing but its own quantization noise.
_SILENCE_PEAK = 4
# Between two sentences of a written answer, as a reader would pause.
_GAP_MS = 250


class RecordingError(ReadbackError):
    """A recording that cannot be read, or an answer that cannot be written."""


def read_frames(path: Path) -> Iterator[Frame]:
    """Yield the recording as 16 kHz mono frames of 100 ms (the last one shorter).

    Reads WAV (8, 16, 24, 32-bit and float, any rate and number of channels), FLAC and whatever
    else libsndfile knows; channels are averaged. Raises RecordingError before the first frame when
    the file is missing, not audio, empty, digitally silent or longer than LONGEST_S.
    """
    samples = read_samples(path)
    step = SAMPLE_RATE_HZ * FRAME_MS // 1000
    for start in range(0, len(samples), step):
        pcm = samples[start : start + step].tobytes()
        yield Frame(pcm, Ms(start * 1000 // SAMPLE_RATE_HZ))


def read_samples(path: Path) -> NDArray[np.int16]:
    """Return the whole recording, shape (samples,), 16 kHz mono; errors as in read_frames."""
    if path.is_dir():
        raise RecordingError(f"{path} is a folder; name one recording in it, such as question.wav")
    if not path.exists():
        raise RecordingError(f"there is no file {path}; check the name")
    try:
        with soundfile.SoundFile(path) as sound:
            _check_length(path, sound)
            samples = _to_mono_16k(sound)
    except (soundfile.LibsndfileError, OSError) as error:
        raise RecordingError(
            f"{path} is not a recording that can be read ({_reason(error)}); "
            "give a WAV or FLAC file, for example one made with: arecord -f S16_LE question.wav"
        ) from error
    if len(samples) == 0:
        raise RecordingError(f"{path} holds no audio; record the question again")
    if int(np.abs(samples.astype(np.int32)).max()) <= _SILENCE_PEAK:
        raise RecordingError(
            f"{path} is silent from start to end; check the microphone's mute switch and level"
        )
    return samples


def _check_length(path: Path, sound: soundfile.SoundFile) -> None:
    seconds = sound.frames / sound.samplerate
    if seconds > LONGEST_S:
        raise RecordingError(
            f"{path} is {seconds / 60:.0f} minutes long; a question may be {LONGEST_S} seconds at "
            "most: cut out the part with the question"
        )


def _to_mono_16k(sound: soundfile.SoundFile) -> NDArray[np.int16]:
    """Average the channels and resample; NaN and infinities of a float file count as silence."""
    stream = soxr.ResampleStream(sound.samplerate, SAMPLE_RATE_HZ, 1, dtype="float32")
    block = max(1, int(sound.samplerate * _BLOCK_S))
    parts: list[NDArray[np.float32]] = []
    total = 0
    for chunk in sound.blocks(block, dtype="float32", always_2d=True):
        total += len(chunk)
        # a header may promise less than the file holds
        if total > sound.samplerate * (LONGEST_S + 1):
            break
        mono = np.nan_to_num(chunk.mean(axis=1), nan=0.0, posinf=0.0, neginf=0.0)
        parts.append(stream.resample_chunk(mono.astype(np.float32)))
    parts.append(stream.resample_chunk(np.zeros(0, np.float32), last=True))
    joined = np.concatenate(parts)
    samples: NDArray[np.int16] = np.clip(np.rint(joined * 32768.0), -32768, 32767).astype("<i2")
    return samples


def _reason(error: Exception) -> str:
    text = getattr(error, "error_string", "") or str(error)
    return text.strip().rstrip(".") or type(error).__name__


def join(parts: Sequence[Pcm], gap_ms: int = _GAP_MS) -> Pcm:
    """Return the parts one after the other with a pause between; all must share one rate."""
    if not parts:
        raise ValueError("join needs at least one part")
    rates = {part.rate_hz for part in parts}
    if len(rates) != 1:
        raise ValueError(f"parts have different rates: {sorted(rates)}")
    rate = parts[0].rate_hz
    gap = bytes(2 * (rate * gap_ms // 1000))
    return Pcm(gap.join(part.data for part in parts), rate, parts[0].turn)


def write_wav(path: Path, pcm: Pcm) -> None:
    """Write `pcm` as a 16-bit mono WAV, whole or not at all.

    Raises RecordingError when the folder is missing or cannot be written.
    """
    if path.is_dir():
        raise RecordingError(f"{path} is a folder; give the answer a file name such as answer.wav")
    if path.exists() and not path.is_file():
        # a file would be put in the place of /dev/null
        raise RecordingError(f"{path} is no file; give the answer a file name such as answer.wav")
    content = io.BytesIO()
    with wave.open(content, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(pcm.rate_hz)
        out.writeframes(pcm.data)
    try:
        write_whole(path, content.getvalue())
    except OSError as error:
        raise RecordingError(
            f"the answer cannot be written to {path} ({error.strerror}); choose another place"
        ) from error
