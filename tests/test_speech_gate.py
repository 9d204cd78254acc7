"""The gate: margins, pauses, clicks, and any chunking; with a made-up judge of speech."""

from __future__ import annotations

import numpy as np
import pytest

from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.speech_gate import LEAD_MS, TAIL_MS, SpeechGate

WINDOW = 512
SPEECH, QUIET = 7, 1


class Judge:
    """Calls a window speech when its first sample says so."""

    def __init__(self) -> None:
        self.resets = 0

    def accept(self, frame: Frame) -> list[float]:
        return [0.9 if frame.pcm[0] == SPEECH else 0.1]

    def reset(self) -> None:
        self.resets += 1


def audio(*parts: tuple[int, int]) -> bytes:
    """Return windows of the given kinds: (kind, count)."""
    return b"".join(np.full(WINDOW * n, kind, "<i2").tobytes() for kind, n in parts)


def made() -> SpeechGate:
    return SpeechGate(Judge())  # type: ignore[arg-type]


def run(gate: SpeechGate, pcm: bytes, size: int = 1024) -> bytes:
    through = b"".join(gate.accept(pcm[i : i + size]) for i in range(0, len(pcm), size))
    return through + gate.finish()


def ms(pcm: bytes) -> float:
    return len(pcm) / 2 * 1000 / SAMPLE_RATE_HZ


def test_speech_passes_with_its_margins() -> None:
    gate = made()
    through = run(gate, audio((QUIET, 40), (SPEECH, 20), (QUIET, 60)))
    assert ms(through) == LEAD_MS + 20 * 32 + TAIL_MS
    assert gate.skipped_ms == 40 * 32 - LEAD_MS
    assert gate.heard_speech


def test_a_pause_inside_stays_whole() -> None:
    pcm = audio((SPEECH, 10), (QUIET, 50), (SPEECH, 10))
    assert run(made(), pcm) == pcm


def test_a_short_lead_is_kept_whole() -> None:
    pcm = audio((QUIET, 2), (SPEECH, 5))
    gate = made()
    assert run(gate, pcm) == pcm
    assert gate.skipped_ms == 0


def test_no_speech_and_clicks_are_nothing() -> None:
    gate = made()
    assert run(gate, audio((QUIET, 200))) == b""
    assert not gate.heard_speech
    gate.reset()
    run(gate, audio((QUIET, 20), (SPEECH, 2), (QUIET, 20)))
    assert not gate.heard_speech


@pytest.mark.parametrize("size", [1, 2, 333, 1024, 4096, 10**6])
def test_chunking_does_not_matter(size: int) -> None:
    pcm = audio((QUIET, 15), (SPEECH, 5), (QUIET, 20), (SPEECH, 4)) + bytes([SPEECH, 0]) * 100
    assert run(made(), pcm, size) == run(made(), pcm, len(pcm))


def test_the_end_of_a_recording_is_judged_though_its_window_is_short() -> None:
    pcm = audio((SPEECH, 4)) + bytes([SPEECH, 0]) * 300
    assert run(made(), pcm) == pcm


def test_reset_begins_anew() -> None:
    judge = Judge()
    gate = SpeechGate(judge)  # type: ignore[arg-type]
    pcm = audio((QUIET, 30), (SPEECH, 8), (QUIET, 9))
    first = run(gate, pcm)
    gate.reset()
    assert run(gate, pcm) == first
    assert judge.resets == 1


def test_empty_recordings() -> None:
    gate = made()
    assert run(gate, b"") == b""
    assert not gate.heard_speech
