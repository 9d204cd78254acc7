"""Read the US-English trigram language model of the pocketsphinx wheel (its binary trie format).

The format is CMU Sphinx's ``lm_trie.c``, a bit-packed trie after KenLM: words are stored newest
first, so that a bigram is a child of the word it predicts, and a trigram a child of that.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.errors import ModelError
from models.starter.sphinx import LOG_BASE, wheel_folder

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

_MAGIC = b"Trie Language Model"
# Probabilities and back-off weights are indexes into tables of 2^16 values.
_CODE_BITS = 16
_CODES = 1 << _CODE_BITS
# Padding that lets the reader of the last record read 8 bytes.
_TAIL = 8


@dataclass(frozen=True, slots=True)
class Bigrams:
    """P(word | history) as natural logs, sorted by word, then history."""

    word: I64
    history: I64
    log_prob: F64
    # log weight for backing off from the context (history, word)
    backoff: F64


@dataclass(frozen=True, slots=True)
class Trigrams:
    """P(word | older, newer) as natural logs; `bigram` is the row of (newer, word)."""

    bigram: I64
    older: I64
    log_prob: F64


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A back-off trigram model; words by number, logs natural."""

    words: tuple[str, ...]
    # [words] unigrams and their back-off weights
    log_prob: F64
    backoff: F64
    bigrams: Bigrams
    trigrams: Trigrams


def read_language_model(path: Path | None = None) -> LanguageModel:
    """Read a trie language model of order three (the wheel's own when None)."""
    place = path if path is not None else wheel_folder() / "en-us.lm.bin"
    data = place.read_bytes()
    at = len(_MAGIC)
    if data[:at] != _MAGIC or data[at] != 3:
        raise ModelError(
            f"{place.name} is not a trigram model in trie format; reinstall the wheel."
        )
    counts = struct.unpack_from("<3I", data, at + 1)
    at += 1 + 12 + 4
    tables = np.frombuffer(data, "<f4", 3 * _CODES, at).astype(np.float64) * LOG_BASE
    at += 12 * _CODES
    record = np.dtype([("prob", "<f4"), ("backoff", "<f4"), ("next", "<u4")])
    unigrams = np.frombuffer(data, record, counts[0] + 1, at)
    at += unigrams.nbytes
    bigrams, after, at = _bigrams(data, at, counts, unigrams["next"].astype(np.int64), tables)
    trigrams, at = _trigrams(data, at, counts, after, tables[2 * _CODES :])
    return LanguageModel(
        words=_words(data, at, counts[0]),
        log_prob=unigrams["prob"][:-1] * LOG_BASE,
        backoff=unigrams["backoff"][:-1] * LOG_BASE,
        bigrams=bigrams,
        trigrams=trigrams,
    )


def _bigrams(
    data: bytes, at: int, counts: tuple[int, ...], child: I64, tables: F64
) -> tuple[Bigrams, I64, int]:
    """Return the bigrams, where each one's trigrams start, and the offset behind them."""
    word_bits, next_bits = counts[0].bit_length(), counts[2].bit_length()
    width = word_bits + 2 * _CODE_BITS + next_bits
    size = ((1 + counts[1]) * width + 7) // 8 + _TAIL
    packed = np.frombuffer(data, np.uint8, size, at)
    # the file reserves a few records more than it fills
    start = np.arange(child[-1] + 1, dtype=np.int64) * width
    bigrams = Bigrams(
        word=np.repeat(np.arange(counts[0]), np.diff(child)),
        history=_bits(packed, start[:-1], word_bits),
        log_prob=tables[_bits(packed, start[:-1] + word_bits + _CODE_BITS, _CODE_BITS)],
        backoff=tables[_CODES + _bits(packed, start[:-1] + word_bits, _CODE_BITS)],
    )
    return bigrams, _bits(packed, start + word_bits + 2 * _CODE_BITS, next_bits), at + size


def _trigrams(
    data: bytes, at: int, counts: tuple[int, ...], child: I64, table: F64
) -> tuple[Trigrams, int]:
    """Return the trigrams and the offset behind them."""
    word_bits = counts[0].bit_length()
    width = word_bits + _CODE_BITS
    size = ((1 + counts[2]) * width + 7) // 8 + _TAIL
    packed = np.frombuffer(data, np.uint8, size, at)
    start = np.arange(child[-1], dtype=np.int64) * width
    trigrams = Trigrams(
        bigram=np.repeat(np.arange(len(child) - 1), np.diff(child)),
        older=_bits(packed, start, word_bits),
        log_prob=table[_bits(packed, start + word_bits, _CODE_BITS)],
    )
    return trigrams, at + size


def _bits(packed: U8, start: I64, width: int) -> I64:
    """Return the unsigned numbers of `width` (<= 25) bits at these bit offsets."""
    byte = start >> 3
    value = np.zeros(len(start), dtype=np.int64)
    for k in range(4):
        value |= packed[byte + k].astype(np.int64) << (8 * k)
    return (value >> (start & 7)) & ((1 << width) - 1)


def _words(data: bytes, at: int, count: int) -> tuple[str, ...]:
    (size,) = struct.unpack_from("<I", data, at)
    words = data[at + 4 : at + 4 + size].decode().split("\0")[:count]
    if len(words) != count:
        raise ModelError(f"The wheel's language model names {len(words)} of {count} words.")
    return tuple(words)
