"""Word error rate of the free ear on read sentences.

    script/bench sentences DIR [--peer] [--json] [--limit N] [--model FOLDER]

DIR holds text.tsv (each line: file name, speaker, words, with tabs between) and the recordings.
With --peer pocketsphinx with its own 72,000-word model runs on the same recordings.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from bench import peers
from intents.errors import ReadbackError
from intents.text import words
from intents.types import Hypothesis, Ms
from models.errors import ModelError
from models.starter.build import build
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.config import EarSettings, Settings
from voice.recognizer import Ear, Model
from voice.recording import read_samples
from voice.reviewing import Review
from voice.wiring import Wiring

_FRAME = SAMPLE_RATE_HZ // 10

Listen = Callable[[NDArray[np.int16]], Sequence[Hypothesis]]


class BenchError(ReadbackError):
    """A folder that cannot be measured."""


@dataclass(frozen=True, slots=True)
class Errors:
    """What a recognizer made of all sentences."""

    sentences: int
    words: int
    wrong: int
    # CPU seconds a second of audio
    rtf: float
    # seconds from the last sample to the result, the median and the worst sentence
    wait_median_s: float
    wait_worst_s: float

    def as_json(self) -> dict[str, object]:
        """Return what the last line prints."""
        return {
            "sentences": self.sentences,
            "words": self.words,
            "wer": round(self.wrong / max(1, self.words), 4),
            "rtf": round(self.rtf, 3),
            "wait_median_s": round(self.wait_median_s, 3),
            "wait_worst_s": round(self.wait_worst_s, 3),
        }


def read_sentences(folder: Path, limit: int | None = None) -> list[tuple[Path, list[str]]]:
    """Return (recording, its words) for every line of text.tsv whose recording is there.

    Raises BenchError when text.tsv is missing, a line has other than three fields, or no
    recording is there.
    """
    path = folder / "text.tsv"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path} cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, 1):
        fields = line.split("\t")
        if len(fields) != 3:
            raise BenchError(f"{path}, line {number}: file, speaker and words are needed: {line!r}")
        if (folder / fields[0]).is_file():
            found.append((folder / fields[0], words(fields[2])))
    if not found:
        raise BenchError(f"no recording that {path} names is in {folder}")
    return found[:limit]


def measure(
    sentences: Sequence[tuple[Path, list[str]]],
    hear: Callable[[NDArray[np.int16]], tuple[Sequence[Hypothesis], float]],
) -> Errors:
    """Run `hear`, which returns hypotheses and seconds waited at the end, on every sentence."""
    wrong, total, seconds, spent = 0, 0, 0.0, 0.0
    waits = []
    for path, said in sentences:
        samples = read_samples(path)
        started = time.process_time()
        heard, wait = hear(samples)
        spent += time.process_time() - started
        waits.append(wait)
        seconds += len(samples) / SAMPLE_RATE_HZ
        got = heard[0].text.split() if heard else []
        wrong += int(Levenshtein.distance(said, got))
        total += len(said)
    waits.sort()
    return Errors(len(sentences), total, wrong, spent / seconds, waits[len(waits) // 2], waits[-1])


def free_ear(folder: Path | None, review: Review | None = None) -> Ear:
    """Return the free ear of the model in `folder`; None builds a plain starter model, cached."""
    if folder is None:
        folder = Path(platformdirs.user_cache_dir("readback")) / "bench" / "starter-plain"
        if not folder.exists():
            print(f"building a plain starter model in {folder}", file=sys.stderr)
            build(folder)
    return Ear(Model(folder), (), listen="free", review=review)


def _hear_with(ear: Ear) -> Callable[[NDArray[np.int16]], tuple[Sequence[Hypothesis], float]]:
    def hear(samples: NDArray[np.int16]) -> tuple[Sequence[Hypothesis], float]:
        for at in range(0, len(samples), _FRAME):
            start = Ms(at * 1000 // SAMPLE_RATE_HZ)
            ear.accept(Frame(samples[at : at + _FRAME].tobytes(), start))
        ended = time.perf_counter()
        heard = ear.finish().hypotheses
        return heard, time.perf_counter() - ended

    return hear


def _peer() -> Callable[[NDArray[np.int16]], tuple[Sequence[Hypothesis], float]]:
    listen = peers.pocketsphinx_free()

    def hear(samples: NDArray[np.int16]) -> tuple[Sequence[Hypothesis], float]:
        started = time.perf_counter()
        heard = listen(samples)
        # it decodes the whole recording at its end
        return heard, time.perf_counter() - started

    return hear


def main(argv: list[str]) -> int:
    """Run the bench; return 0, or 2 when the folder or model cannot be used."""
    parser = argparse.ArgumentParser(prog="script/bench sentences", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--peer", action="store_true", help="run pocketsphinx beside it")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.add_argument("--limit", type=int, help="only the first N sentences")
    parser.add_argument("--model", type=Path, help="a model folder instead of the starter model")
    parser.add_argument("--one-pass", action="store_true", help="without the second pass")
    options = parser.parse_args(argv)
    try:
        sentences = read_sentences(options.folder, options.limit)
        wiring = Wiring(Settings(ear=EarSettings(second_pass=not options.one_pass)))
        ear = free_ear(options.model, wiring.review())
    except (ReadbackError, ModelError) as error:
        print(f"script/bench sentences: {error}", file=sys.stderr)
        return 2
    print(f"{'':12}{'sentences':>10}{'words':>8}{'wer':>8}{'rtf':>8}{'wait':>8}{'worst':>8}")
    report = {"readback": _printed("readback", measure(sentences, _hear_with(ear)))}
    ear.close()
    if options.peer:
        report["peer"] = _printed("pocketsphinx", measure(sentences, _peer()))
    if options.json:
        print(json.dumps(report))
    return 0


def _printed(name: str, errors: Errors) -> dict[str, object]:
    row = errors.as_json()
    print(
        f"{name:12}{errors.sentences:>10}{errors.words:>8}{row['wer']:>8}"
        f"{row['rtf']:>8}{row['wait_median_s']:>8}{row['wait_worst_s']:>8}",
        flush=True,
    )
    return row


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
