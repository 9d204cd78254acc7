"""The second pass: an utterance that has ended is heard once more, as a whole. Imports ctranslate2.

The first pass (voice/recognizer.py) decodes as the sound comes in and knows the library's words; a
network that sees the whole utterance hears strangers, accents and noise far better, but not rare
names. voice/fusing.py joins the two. It can also weigh sentences that are given: which of the
commands of a grammar was it.

Weights: OpenAI's Whisper tiny.en (Radford et al. 2022), 8 bits, run by CTranslate2.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from intents.errors import ReadbackError
from intents.text import normalize
from models import whisper
from voice.audio import SAMPLE_RATE_HZ
from voice.byte_pairs import BytePairs
from voice.log_mel import FRAMES_A_SECOND, log_mel
from voice.nbest import Alternative

# The network was trained on 30 s at a time; what is missing is silence. Read sentences of 50
# strangers, word errors and CPU a sentence: 30 s 0.313, 0.35 s; 15 s 0.316, 0.09 s; 10 s 0.328,
# 0.06 s; 8 s 0.368; with 1 s of silence after the speech it repeats itself (1.16).
_LEAST_S, _SILENCE_S, _MOST_S = 12.0, 3.0, 30.0
# 5 paths instead of one: 0.276 instead of 0.313.
_BEAM = 5
_MOST_TOKENS = 48
_BEGIN = ("<|startoftranscript|>", "<|notimestamps|>")
# The same thresholds as in whisper/transcribe.py: this is no speech, and this is a guess.
_NO_SPEECH = 0.6
_LEAST_CONFIDENCE = -1.0
_TINY = 1e-9


class SecondPassError(ReadbackError):
    """Weights that cannot be used."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A recording as the network sees it."""

    value: Any
    # of 10 ms, silence at the end included
    frames: int


class SecondPass:
    """Loaded once (0.2 s, about 90 MB); what several threads ask of it is done in turn."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the weights in `folder` (models.whisper.find).

        Raises SecondPassError when CTranslate2 refuses them.
        """
        ctranslate2 = importlib.import_module("ctranslate2")
        try:
            self._network: Any = ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads
            )
            self._tokens = BytePairs(folder / whisper.TOKENS_FILE)
        except (RuntimeError, OSError, ValueError, KeyError) as error:
            raise SecondPassError(
                f"the weights of the second pass in {folder} cannot be used ({error}); "
                "bring them again with: readback models whisper"
            ) from error
        self._storage = ctranslate2.StorageView
        self._begin = [self._tokens.special[name] for name in _BEGIN]

    def encode(self, samples: NDArray[np.int16]) -> Encoded:
        """Return `samples` (16 kHz) for hear() and weigh(); most of the work is done here."""
        frames = _frames(len(samples))
        features = log_mel(samples.astype(np.float32) / 32768.0, frames)[None]
        return Encoded(self._network.encode(self._storage.from_array(features)), frames)

    def hear(self, sound: Encoded) -> tuple[Alternative, ...]:
        """Return what is said: normalized, best first, every text once.

        Empty when nobody speaks. Probabilities are among the texts returned. Deterministic.
        """
        best: dict[str, float] = {}
        for text, log_probability in self._write(sound.value):
            best.setdefault(normalize(text), math.exp(log_probability))
        total = sum(best.values())
        return tuple(Alternative(text, share / total) for text, share in best.items())

    def weigh(self, sound: Encoded, texts: Sequence[str]) -> tuple[float, ...]:
        """Return how probable each text (normalized) is, given the sound: logs, 0 or less."""
        if not texts:
            return ()
        ways = [(number, way) for number, text in enumerate(texts) for way in _as_written(text)]
        tokens = [self._tokens.encode(way) for _, way in ways]
        batch = self._storage.from_array(np.repeat(np.array(sound.value), len(tokens), axis=0))
        aligned = self._network.align(batch, self._begin, tokens, sound.frames // 2)
        best = [-math.inf] * len(texts)
        for (number, _), found in zip(ways, aligned, strict=True):
            likely = float(np.log(np.maximum(found.text_token_probs, _TINY)).sum())
            best[number] = max(best[number], likely)
        return tuple(best)

    def spells(self, word: str) -> bool:
        """Tell whether a word is one of the network's tokens; others it writes by ear.

        "Can't" and "cramp" are none either, and count as names in voice/fusing.py. Since a name
        needs two witnesses there, that makes no difference: 360 questions had word errors of 0.177
        either way.
        """
        return len(self._tokens.encode(f" {word}")) == 1

    def _write(self, encoded: Any) -> list[tuple[str, float]]:
        """Return what the network writes, in its own spelling, with its score, best first."""
        (found,) = self._network.generate(
            encoded,
            [self._begin],
            beam_size=_BEAM,
            num_hypotheses=_BEAM,
            max_length=_MOST_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )
        if found.no_speech_prob > _NO_SPEECH and found.scores[0] < _LEAST_CONFIDENCE:
            return []
        texts = (self._tokens.text(tokens) for tokens in found.sequences)
        return [
            (text, score)
            for text, score in zip(texts, found.scores, strict=True)
            if normalize(text)
        ]


def _frames(samples: int) -> int:
    """Return how many frames, an even number, the network is shown."""
    seconds = max(_LEAST_S, samples / SAMPLE_RATE_HZ + _SILENCE_S)
    return int(min(seconds, _MOST_S) * FRAMES_A_SECOND) // 2 * 2


def _as_written(text: str) -> tuple[str, ...]:
    """Return ways in which a transcript would write a normalized text."""
    words = [
        "I" + word[1:] if word == "i" or word.startswith("i'") else word for word in text.split()
    ]
    line = " ".join(words)
    line = f" {line[:1].upper()}{line[1:]}"
    return (f"{line}?", f"{line}.")
