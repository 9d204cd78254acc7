"""Foreign test voices: synthesizers that Readback itself does not speak with, or not in this voice.

Their command-line programs are no part of the product: `apt install flite espeak-ng festival
festvox-kallpc16k festvox-us-slt-hts`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from intents.errors import ReadbackError

# voice -> its command line; {text} and {wav} are put in
_COMMANDS: dict[str, tuple[str, ...]] = {
    **{
        f"flite-{name}": ("flite", "-voice", name, "-t", "{text}", "-o", "{wav}")
        for name in ("kal16", "awb", "rms", "slt")
    },
    **{
        f"espeak-{name}": ("espeak-ng", "-v", voice, "-s", speed, "-w", "{wav}", "--", "{text}")
        for name, voice, speed in (
            ("us", "en-us", "160"),
            ("gb", "en-gb", "150"),
            ("scotland", "en-gb-scotland", "155"),
            ("annie", "en-us+Annie", "145"),
            ("andy", "en-us+Andy", "175"),
        )
    },
    **{
        # reads the text from its standard input
        f"festival-{name}": ("text2wave", "-eval", f"({voice})", "-o", "{wav}")
        for name, voice in (("kal", "voice_kal_diphone"), ("slt", "voice_cmu_us_slt_arctic_hts"))
    },
}
_PACKAGES = {"text2wave": "festival festvox-kallpc16k festvox-us-slt-hts"}
VOICES = tuple(_COMMANDS)
_LONGEST_S = 60


class VoiceError(ReadbackError):
    """A test voice that is not on this machine or did not speak."""


def available() -> tuple[str, ...]:
    """Return the voices whose program is installed."""
    return tuple(name for name, command in _COMMANDS.items() if shutil.which(command[0]))


def speak(text: str, voice: str) -> Path:
    """Return a WAV file in which `voice` (one of VOICES) says `text`.

    The file lies in a cache in the temporary folder: use it, do not change it. Raises VoiceError
    when there is no such voice, its program is not installed, or it says nothing.
    """
    if voice not in _COMMANDS:
        raise VoiceError(f"there is no test voice {voice!r}; choose one of: {', '.join(VOICES)}")
    command = _COMMANDS[voice]
    key = hashlib.sha256("\0".join((*command, text)).encode()).hexdigest()[:24]
    wav = _cache() / f"{voice}-{key}.wav"
    if not wav.exists():
        _render(command, text, voice, wav)
    return wav


def _cache() -> Path:
    # one folder a user: another user's files could not be replaced
    folder = Path(tempfile.gettempdir()) / f"readback-voices-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _render(command: tuple[str, ...], text: str, voice: str, wav: Path) -> None:
    if shutil.which(command[0]) is None:
        raise VoiceError(
            f"the test voice {voice!r} needs the program {command[0]}, which is not installed; "
            f"on Debian: apt install {_PACKAGES.get(command[0], command[0])}"
        )
    with tempfile.TemporaryDirectory(dir=wav.parent) as folder:
        fresh = Path(folder) / "spoken.wav"
        line = [part.format(text=text, wav=fresh) if "{" in part else part for part in command]
        done = subprocess.run(
            line, input=text, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
        # 44 bytes are a WAV header without a sample
        if done.returncode or not fresh.exists() or fresh.stat().st_size <= 44:
            raise VoiceError(
                f"{command[0]} did not say {text!r} (exit code {done.returncode}): "
                f"{done.stderr.strip() or 'no message'}"
            )
        fresh.replace(wav)
