"""Rendered sentences kept on disk, so that a sentence said before is there at once.

Only Readback's own voice is ever stored, never a microphone's sound, and none of its sentences that
repeat words which were heard ("My father has what?"). One FLAC file a sentence (lossless, with its
own checksum), named by a hash of everything that shapes the sound; the longest unused go first when
the limit is reached. A folder that cannot be written or a damaged file only means rendering again.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from voice.audio import Pcm
from voice.narrator import Voice

# What renders; another version may sound different.
_ENGINE = ("pyttsx3", "espeakng-loader")
BYTES_PER_MB = 1_000_000


class RenderCache:
    """A folder of rendered sentences of at most so many bytes. For several threads."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Touch nothing yet; the folder is made with the first sentence, for its owner only."""
        self._folder = folder
        self._max_bytes = max_bytes

    def load(self, key: str) -> Pcm | None:
        """Return the sentence kept under `key`, or None; it counts as used now."""
        import soundfile

        path = self._path(key)
        try:
            data, rate_hz = soundfile.read(path, dtype="int16")
            os.utime(path)
        except (OSError, soundfile.LibsndfileError):
            return None
        return Pcm(data.astype("<i2").tobytes(), rate_hz)

    def store(self, key: str, pcm: Pcm) -> None:
        """Keep a sentence, all of it or nothing; others make room. Does nothing where it cannot."""
        import numpy as np
        import soundfile

        packed = io.BytesIO()
        samples = np.frombuffer(pcm.data, "<i2")
        soundfile.write(packed, samples, pcm.rate_hz, format="FLAC", subtype="PCM_16")
        content = packed.getvalue()
        if len(content) > self._max_bytes:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_room(len(content))
            _write(self._path(key), content)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.flac"

    def _make_room(self, size: int) -> None:
        found = [(path, path.stat()) for path in self._folder.iterdir()]
        excess = sum(stat.st_size for _, stat in found) + size - self._max_bytes
        for path, stat in sorted(found, key=lambda each: each[1].st_mtime_ns):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= stat.st_size


class CachedVoice:
    """A voice that remembers: what `voice` renders is kept, and not rendered again."""

    def __init__(
        self, voice: Voice, cache: RenderCache, look: Sequence[str], rate_wpm: int
    ) -> None:
        """`look` is everything else that shapes the sound: voice, volume, ..."""
        self._voice = voice
        self._cache = cache
        self._look = (*look, *map(_version, _ENGINE))
        self._rate_wpm = rate_wpm
        # one thread of its own: the first sample does not wait for the disk
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="render-cache")

    def warm(self) -> None:
        """Get the voice ready for what was never said before."""
        self._voice.warm()

    def set_rate(self, rate_wpm: int) -> None:
        """Speak at this rate, in words a minute, from now on."""
        self._voice.set_rate(rate_wpm)
        self._rate_wpm = rate_wpm

    def render(self, text: str, *, keep: bool = True) -> Pcm:
        """Return the speech of one utterance, from the disk if it is there. As the voice raises.

        Unless `keep`, the disk is neither looked at nor written to.
        """
        if not keep:
            return self._voice.render(text, keep=False)
        key = self._key(text)
        kept = self._cache.load(key)
        if kept:
            return kept
        pcm = self._voice.render(text)
        if pcm.data:
            self._writer.submit(self._cache.store, key, pcm)
        return pcm

    def close(self) -> None:
        """Let the voice go; what was rendered is on the disk then."""
        self._voice.close()
        self._writer.shutdown()

    def _key(self, text: str) -> str:
        return hashlib.sha256(
            "\0".join((*self._look, str(self._rate_wpm), text)).encode()
        ).hexdigest()[:32]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _write(path: Path, content: bytes) -> None:
    """Write a file completely or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as fresh:
            fresh.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
