"""Carries out what the dialogue wants changed: sound, speed, loudness, gate and sleep timer."""

from __future__ import annotations

from intents.types import Control
from voice.parts import Parts

# One step faster or slower, louder or quieter: easily noticed, not startling (1.9 dB).
RATE_STEP = 1.15
VOLUME_STEP = 1.25
VOLUMES = (0.1, 2.0)


def carry_out(control: Control, parts: Parts) -> None:
    """Change it. What ends the program or the day is the loop's, when all was said."""
    speaker = parts.speaker
    match control.action:
        case "stop":
            parts.narrator.cut()
            parts.gate.close()
        case "pause":
            speaker.pause()
        case "resume":
            speaker.resume()
        case "rate":
            parts.narrator.scale_rate(RATE_STEP**control.step)
        case "volume":
            louder = speaker.volume * VOLUME_STEP**control.step
            speaker.volume = min(max(louder, VOLUMES[0]), VOLUMES[1])
        case "timer":
            parts.sleep.set(control.step)
        case "sleep" | "quit":
            pass
