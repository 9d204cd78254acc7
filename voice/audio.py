"""Audio as the rest of the program sees it: 16 kHz mono frames in, rendered speech out."""

from __future__ import annotations

from dataclasses import dataclass

from intents.types import Ms

# Vosk models, voice activity and echo cancellation all work at this rate.
SAMPLE_RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of what the microphone heard: 16 kHz mono signed 16-bit little-endian."""

    pcm: bytes
    # position of the first sample since listening began
    start_ms: Ms
    # audio lost just before this frame because the queue was full
    lost_ms: Ms = Ms(0)  # noqa: RUF009 - Ms is a plain int


@dataclass(frozen=True, slots=True)
class Pcm:
    """Rendered speech: mono signed 16-bit little-endian at `rate_hz`."""

    data: bytes
    rate_hz: int
    # Reply.turn and the index of the utterance it renders
    turn: int = 0
    index: int = 0

    @property
    def duration_ms(self) -> Ms:
        """Length in milliseconds, rounded down."""
        return Ms(len(self.data) // 2 * 1000 // self.rate_hz)
