"""Sentences to vectors: all-MiniLM-L6-v2 in int8, run by onnxruntime on one thread.

The model file is built once on the user's machine by models/encoder.py; this room only
gets its path.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from intents.errors import ReadbackError
from intents.matching.storage import checksum
from intents.wordpiece import WordPiece

if TYPE_CHECKING:
    import onnxruntime

# names that models/encoder.py writes
MODEL, PIECES = "encoder.onnx", "vocab.txt"
# outputs of the graph
VECTORS, MIDDLE = "vectors", "middle"
WIDTH = 384
# three layers' states of two pieces
ENDS_WIDTH = 2 * 3 * WIDTH
# pieces a text; a sentence of an article has 30, the longest 120. Cutting at 128 bounds the time
MAX_PIECES = 128
# texts of like length that run together; larger batches only cost memory on one core
BATCH = 16


class EncoderError(ReadbackError):
    """A file of the sentence encoder or the cross-encoder that cannot be used."""


class MiniLm:
    """The sentence encoder. The model is read on the first call, 0.1 s."""

    def __init__(self, folder: Path) -> None:
        """Remember where the model and its pieces of words are."""
        self._folder = folder
        self._session: onnxruntime.InferenceSession | None = None
        self._pieces: WordPiece | None = None

    @cached_property
    def stamp(self) -> str:
        """What tells this model's vectors from another's: checksums of its files, 16 ms."""
        return "".join(f"{checksum(self._folder / name):08x}" for name in (MODEL, PIECES))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (len(texts), 384)."""
        session, pieces = self._load()
        numbers = [pieces.encode(text, MAX_PIECES) for text in texts]
        order = sorted(range(len(numbers)), key=lambda i: len(numbers[i]))
        vectors = np.zeros((len(numbers), WIDTH), np.float32)
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            ids, mask = _pad([numbers[i] for i in chosen])
            vectors[chosen] = session.run([VECTORS], {"ids": ids, "mask": mask})[0]
        return vectors

    @cached_property
    def has_ends(self) -> bool:
        """Whether the file has what `ends` returns: earlier versions built it without."""
        wide = ["n", "t", ENDS_WIDTH // 2]
        outputs = self._load()[0].get_outputs()
        return any(output.name == MIDDLE and output.shape == wide for output in outputs)

    def ends(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the states of the last piece and of the closing one, (len(texts), 2304).

        They are those of three layers: what the words before make of the last one. Only where
        `has_ends` says so. Each text runs alone: a run is quantized as a whole, which moved the
        log odds of intents/turn_end.py by 0.5 (deviation) with what ran beside.
        """
        session, pieces = self._load()
        states = np.zeros((len(texts), ENDS_WIDTH), np.float32)
        for row, text in enumerate(texts):
            ids, mask = _pad([pieces.encode(text, MAX_PIECES)])
            states[row] = session.run([MIDDLE], {"ids": ids, "mask": mask})[0][0, -2:].ravel()
        return states

    def _load(self) -> tuple[onnxruntime.InferenceSession, WordPiece]:
        if self._session is None or self._pieces is None:
            self._session = opened(self._folder / MODEL)
            self._pieces = WordPiece(self._folder / PIECES)
        return self._session, self._pieces


def opened(path: Path) -> onnxruntime.InferenceSession:
    """Return a session with one thread and no arena, which holds on to its largest batch.

    Raises EncoderError when onnxruntime refuses the file.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        # onnxruntime's errors have no base of their own
        if not type(error).__module__.startswith("onnxruntime."):
            raise
        raise broken(path, error) from error


def broken(path: Path, error: Exception) -> EncoderError:
    """Return the error for a file that cannot be used."""
    return EncoderError(
        f"{path} cannot be used ({error}); with a network, build it anew: readback models encoder"
    )


def _pad(rows: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
    mask = np.zeros(ids.shape, np.int32)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = row
        mask[index, : len(row)] = 1
    return ids, mask
