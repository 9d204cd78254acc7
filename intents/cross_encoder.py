"""Reads a question and a passage together: does the passage answer? Run by onnxruntime in int8.

The sentence encoder compares two vectors that were made apart; here every word of the question
attends to every word of the passage (a cross-encoder; Nogueira & Cho 2019). That costs a run for
each passage, so only the first few are read. The files are built on the user's machine by
models/encoder.py; the weights were trained by `script/bench fit_cross`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from intents.types import Article, Passage
from intents.wordpiece import WordPiece

if TYPE_CHECKING:
    import onnxruntime

Floats = NDArray[np.float32]

# pieces of question and passage together, and of the question alone, as in training
MAX_PIECES, MAX_QUESTION = 128, 48
GRAPH, WORDS, HEAD, VOCABULARY = "cross.onnx", "cross_words.npy", "cross_head.npz", "vocab.txt"
# log odds beyond this are not believed more
LIMIT = 8.0


def find(folder: Path) -> Path | None:
    """Return the folder when the cross-encoder was built into it."""
    complete = all((folder / name).is_file() for name in (GRAPH, WORDS, HEAD, VOCABULARY))
    return folder if complete else None


def passage_text(article: Article, passage: Passage) -> str:
    """Return a passage as it is read."""
    return f"{article.title}. {passage.heading}. {passage.text}"


def pair(pieces: WordPiece, question: str, passage: str) -> tuple[list[int], int]:
    """Return the pieces of both, cut at the passage's end, and how many are the question's."""
    asked = pieces.encode(question, MAX_QUESTION)
    said = pieces.encode(passage, MAX_PIECES + 2)[1:]
    both = asked + said
    if len(both) > MAX_PIECES:
        both = [*both[: MAX_PIECES - 1], said[-1]]
    return both, len(asked)


class CrossEncoder:
    """The cross-encoder. Its files are read on the first call, 0.1 s."""

    def __init__(self, folder: Path) -> None:
        """Remember where the files are."""
        self._folder = folder
        self._session: onnxruntime.InferenceSession | None = None

    def scores(self, question: str, passages: Sequence[str]) -> Floats:
        """Return the log odds, within +-LIMIT, that each passage answers; shape (len(passages),).

        They hold among the passages that training saw; thresholds.toml has their weight here.
        """
        if not passages:
            return np.zeros(0, np.float32)
        session = self._load()
        pairs = [pair(self._pieces, question, passage) for passage in passages]
        longest = max(len(ids) for ids, _ in pairs)
        ids = np.zeros((len(pairs), longest), np.int64)
        types, mask = np.zeros_like(ids), np.zeros(ids.shape, np.int32)
        for row, (numbers, asked) in enumerate(pairs):
            ids[row, : len(numbers)], mask[row, : len(numbers)] = numbers, 1
            types[row, asked : len(numbers)] = 1
        vectors = self._words[ids].astype(np.float32)
        inputs = {"words": vectors, "types": types, "mask": mask}
        hidden = session.run(None, inputs)[0]
        return np.clip(self._judged(hidden, types, mask), -LIMIT, LIMIT)

    def _judged(self, hidden: Floats, types: NDArray[np.int64], mask: NDArray[np.int32]) -> Floats:
        """Return the log odds made of the two texts' means and of how near their words come."""
        asked, said = ((mask * (types == side)).astype(np.float32) for side in (0, 1))
        means = [_unit(np.einsum("ntd,nt->nd", hidden, side)) for side in (asked, said)]
        tokens = _unit(hidden)
        near = np.where(said[:, None, :] > 0, tokens @ tokens.transpose(0, 2, 1), -1.0).max(axis=2)
        product, width = means[0] * means[1], np.sqrt(hidden.shape[-1])
        cosines = (
            product.sum(axis=1),
            (near * asked).sum(axis=1) / asked.sum(axis=1),
            np.where(asked > 0, near, 1.0).min(axis=1),
        )
        wide = (product * width, np.abs(means[0] - means[1]) * width, means[1] * width)
        whole = np.concatenate([hidden[:, 0], *wide], axis=1)
        odds = whole @ self._head["weight"] + np.stack(cosines, axis=1) @ self._head["cosines"]
        return np.asarray(odds + self._head["bias"], dtype=np.float32)

    def _load(self) -> onnxruntime.InferenceSession:
        if self._session is None:
            from intents.encoder import broken, opened

            self._pieces = WordPiece(self._folder / VOCABULARY)
            try:
                # mapped: only the rows of words in use come into memory
                self._words = np.load(self._folder / WORDS, mmap_mode="r")
                with np.load(self._folder / HEAD) as kept:
                    self._head = {name: kept[name] for name in kept.files}
            except (ValueError, EOFError, BadZipFile) as error:
                raise broken(self._folder, error) from error
            self._session = opened(self._folder / GRAPH)
        return self._session


def _unit(vectors: Floats) -> Floats:
    norm = np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True) + 1e-9)
    return np.asarray(vectors / norm, dtype=np.float32)
