"""Spoken commands of a sentence-template context: share with intent and every slot right.

    script/bench coffee DIR [--noise FILE --snr 24,15,6] [--peer] [--json] [--plot FILE.png]

DIR holds *.wav, labels.json ({file: {"intent": ..., "slots": {...}}}) and one context file, *.yaml.
The grammar is made from the context file alone. With --peer pocketsphinx itself runs on the same
recordings with the same sentences as its grammar. --plot draws the curve beside those that
Picovoice published for the whole set (619 commands); it needs matplotlib (the "bench" extra).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
import soundfile
import soxr
from numpy.typing import NDArray

from bench import peers
from bench.curve import plot
from intents.contexts import Context, Parsed
from intents.errors import ReadbackError
from intents.text import normalize
from intents.types import Hypothesis, Ms
from models.errors import ModelError
from models.starter.build import build
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import EarSettings, Settings
from voice.context_ear import ContextEar, Weigher
from voice.recognizer import Model
from voice.recording import read_samples
from voice.wiring import Wiring

# Picovoice's mixer measures loudness in frames of this many samples.
_LOUDNESS_FRAME = 2048
_PEAK = 0.5
_FRAME = SAMPLE_RATE_HZ // 10
_LEVELS = "24,21,18,15,12,9,6"

Samples = NDArray[np.float64]
Listen = Callable[[NDArray[np.int16]], Sequence[Hypothesis]]


class BenchError(ReadbackError):
    """A folder that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recorded command."""

    path: Path
    intent: str
    # slot -> value, normalized
    slots: dict[str, str]

    def right(self, parsed: Parsed | None) -> bool:
        """Tell whether intent and every slot are as labeled."""
        if parsed is None or parsed.intent != self.intent:
            return False
        return {name: normalize(value) for name, value in parsed.slots} == self.slots


@dataclass(frozen=True, slots=True)
class Level:
    """The result at one noise level."""

    # dB, None for the recordings as they are
    snr: float | None
    clips: int
    right: int
    # CPU seconds a second of audio
    rtf: float

    def as_json(self) -> dict[str, object]:
        """Return what the last line prints."""
        share = round(self.right / self.clips, 4)
        snr = "clean" if self.snr is None else self.snr
        return {
            "snr": snr,
            "clips": self.clips,
            "right": self.right,
            "share": share,
            "rtf": round(self.rtf, 3),
        }


def read_clips(folder: Path, limit: int | None = None) -> list[Clip]:
    """Return the labeled recordings of `folder`, sorted by name, the first `limit` of them.

    Raises BenchError when labels.json is missing or broken, or no label has its recording.
    """
    path = folder / "labels.json"
    try:
        labels = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(
            f"{path} cannot be read ({error.strerror}); it names the answers"
        ) from None
    except ValueError as error:
        raise BenchError(f"{path} is not JSON: {error}") from None
    if not isinstance(labels, dict):
        raise BenchError(f"{path} must hold one object: recording name -> intent and slots")
    clips = [
        _clip(folder / name, label)
        for name, label in sorted(labels.items())
        if (folder / name).is_file()
    ]
    if not clips:
        raise BenchError(f"no recording that {path} names is in {folder}")
    return clips[:limit]


def _clip(path: Path, label: Any) -> Clip:
    try:
        slots = {str(k): normalize(str(v)) for k, v in label["slots"].items()}
        return Clip(path, str(label["intent"]), slots)
    except (TypeError, KeyError, AttributeError):
        raise BenchError(
            f'the label of {path.name} must be {{"intent": ..., "slots": {{...}}}}, not {label!r}'
        ) from None


def read_context(folder: Path) -> Context:
    """Return the context of the one *.yaml file in `folder`; BenchError if there is not one."""
    found = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise BenchError(f"{folder} must hold one context file (*.yaml); it holds {names}")
    return Context.load(found[0])


def read_noise(path: Path) -> Samples:
    """Return a recording of noise of any length, 16 kHz mono, -1..1; BenchError if unreadable."""
    try:
        samples, rate = soundfile.read(path, dtype="float64", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise BenchError(f"the noise {path} cannot be read: {error}") from error
    if not len(samples):
        raise BenchError(f"the noise {path} is empty")
    resampled: Samples = soxr.resample(samples.mean(axis=1), rate, SAMPLE_RATE_HZ)
    return resampled


def mix(speech: Samples, noise: Samples, snr_db: float, seed: str) -> Samples:
    """Return `speech` with `noise` at `snr_db`, scaled to a peak of 0.5, as Picovoice mixes.

    The noise's scale is sqrt(maxframe(speech) / (maxframe(noise) * 10^(snr/10))), maxframe being
    the largest energy of a frame of 2,048 samples. `seed` chooses the stretch of noise.
    """
    if len(noise) < len(speech):
        noise = np.tile(noise, -(-len(speech) // len(noise)))
    chooser = np.random.default_rng(zlib.crc32(seed.encode()))
    start = int(chooser.integers(0, len(noise) - len(speech) + 1))
    piece = noise[start : start + len(speech)]
    # below one step of 16 bits a stretch of noise is silence
    loudest = max(_loudest(piece), 1e-9)
    mixed = speech + np.sqrt(_loudest(speech) / (loudest * 10 ** (snr_db / 10))) * piece
    scaled: Samples = mixed * (_PEAK / max(np.abs(mixed).max(), 1e-9))
    return scaled


def _loudest(samples: Samples) -> float:
    whole = len(samples) // _LOUDNESS_FRAME * _LOUDNESS_FRAME
    if not whole:
        return float((samples**2).sum())
    return float((samples[:whole].reshape(-1, _LOUDNESS_FRAME) ** 2).sum(axis=1).max())


def measure(
    clips: Sequence[Clip],
    context: Context,
    listen: Listen,
    snr_db: float | None,
    noise: Samples | None,
    failures: Callable[[str], None] | None = None,
) -> Level:
    """Recognize every clip at one noise level with `listen` and count what was understood."""
    right, spent, seconds = 0, 0.0, 0.0
    for clip in clips:
        samples = read_samples(clip.path)
        if noise is not None and snr_db is not None:
            mixed = mix(samples / 32768.0, noise, snr_db, clip.path.name)
            samples = np.rint(mixed * 32767).astype(np.int16)
        started = time.process_time()
        heard = listen(samples)
        parsed = context.understand(heard)
        spent += time.process_time() - started
        seconds += len(samples) / SAMPLE_RATE_HZ
        right += clip.right(parsed)
        if failures and not clip.right(parsed):
            text = heard[0].text if heard else ""
            failures(f"  {clip.path.name}: {text!r} -> {parsed}, not {clip.slots}")
    return Level(snr_db, len(clips), right, spent / seconds)


def ear_for(context: Context, folder: Path | None, second: Weigher | None = None) -> ContextEar:
    """Return an ear for the context's sentences.

    `folder` is a model to use; None builds a starter model that knows the context's words and keeps
    it in the user's cache, so that a second run is quick.
    """
    if folder is None:
        words = sorted(context.words)
        key = hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
        folder = Path(platformdirs.user_cache_dir("readback")) / "bench" / f"context-{key}"
        if not folder.exists():
            print(f"building a starter model with the context's words in {folder}", file=sys.stderr)
            build(folder, words=dict.fromkeys(words, ()), sentences=context.phrases())
    return ContextEar(context, Model(folder), second)


def listener(ear: ContextEar) -> Listen:
    """Return a function that hears a recording with `ear` in frames of 100 ms."""

    def listen(samples: NDArray[np.int16]) -> Sequence[Hypothesis]:
        for start in range(0, len(samples), _FRAME):
            at = Ms(start * 1000 // SAMPLE_RATE_HZ)
            ear.accept(Frame(samples[start : start + _FRAME].tobytes(), at))
        return ear.finish()

    return listen


def main(argv: list[str]) -> int:
    """Run the bench; return 0, or 2 when the folder or an option cannot be used."""
    options = _parser().parse_args(argv)
    try:
        report = _run(options)
    except (ReadbackError, ModelError) as error:
        print(f"script/bench coffee: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/bench coffee", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--noise", type=Path, help="a recording of noise to mix in")
    parser.add_argument("--snr", default=_LEVELS, help=f"noise levels in dB ({_LEVELS})")
    parser.add_argument("--plot", type=Path, help="draw the curve, and the published ones, here")
    parser.add_argument("--peer", action="store_true", help="run pocketsphinx beside it")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--limit", type=int, help="only the first N recordings")
    parser.add_argument("--every", type=int, default=1, help="only every N-th recording")
    parser.add_argument("--model", type=Path, help="a model folder instead of the starter model")
    parser.add_argument("--one-pass", action="store_true", help="without the second pass")
    parser.add_argument("--failures", action="store_true", help="print every wrong one")
    return parser


def _run(options: argparse.Namespace) -> dict[str, list[dict[str, object]]]:
    if not options.folder.is_dir():
        raise BenchError(
            f"there is no folder {options.folder}; name one with *.wav and labels.json"
        )
    levels = _levels(options)
    clips = read_clips(options.folder, options.limit)[:: options.every]
    context = read_context(options.folder)
    noise = read_noise(options.noise) if options.noise else None
    show = print if options.failures else None
    second = Wiring(Settings(ear=EarSettings(second_pass=not options.one_pass))).second_pass
    ear = ear_for(context, options.model, second)
    print(f"{'':12}{'level':>8}{'clips':>8}{'right':>8}{'share':>8}{'rtf':>8}")
    rows = [
        _printed("readback", measure(clips, context, listener(ear), snr, noise, show))
        for snr in levels
    ]
    ear.close()
    report: dict[str, list[dict[str, object]]] = {"levels": rows}
    if options.peer:
        peer = peers.pocketsphinx_grammar(context.acceptor)
        report["peer"] = [
            _printed("pocketsphinx", measure(clips, context, peer, snr, noise)) for snr in levels
        ]
    if options.plot:
        plot(report, options.plot)
    return report


def _levels(options: argparse.Namespace) -> list[float | None]:
    if options.noise is None:
        return [None]
    try:
        wanted = [float(text) for text in options.snr.split(",")]
    except ValueError:
        raise BenchError(
            f"--snr takes numbers with commas, such as 24,15,6, not {options.snr!r}"
        ) from None
    return [None, *(int(snr) if snr.is_integer() else snr for snr in wanted)]


def _printed(name: str, level: Level) -> dict[str, object]:
    row = level.as_json()
    print(
        f"{name:12}{row['snr']!s:>8}{level.clips:>8}{level.right:>8}"
        f"{row['share']:>8.3f}{level.rtf:>8.3f}",
        flush=True,
    )
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
