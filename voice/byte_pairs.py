"""Pure: text -> the tokens of the second pass and back (byte-level byte-pair encoding).

Source: Sennrich et al. 2016, and encoder.py of OpenAI's GPT-2 for bytes as characters. Written here
because the packages that do it bring a network client each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

# A piece is a word with the space before it, a number, or a row of signs.
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[A-Za-z]+| ?[0-9]+| ?[^\sA-Za-z0-9]+|\s+")
_MOST_KEPT = 4096


def _characters() -> dict[int, str]:
    """Return byte -> the character that stands for it: itself where it prints."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in set(printing)]
    table = {byte: chr(byte) for byte in printing}
    return table | {byte: chr(256 + number) for number, byte in enumerate(others)}


_OF_BYTE = _characters()
_OF_CHARACTER = {character: byte for byte, character in _OF_BYTE.items()}


class BytePairs:
    """One vocabulary."""

    def __init__(self, path: Path) -> None:
        """Read `path`, a tokenizer.json with a BPE model."""
        content = json.loads(path.read_text(encoding="utf-8"))
        # in the order in which they were merged, so that the merges need not be kept too (10 MB)
        self._ids: dict[str, int] = content["model"]["vocab"]
        self.special: dict[str, int] = {t["content"]: t["id"] for t in content["added_tokens"]}
        self._word = lru_cache(_MOST_KEPT)(self._merged)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of `text`."""
        return [token for piece in _PIECE.findall(text) for token in self._word(piece)]

    def text(self, tokens: Iterable[str]) -> str:
        """Return the text of tokens as written in the vocabulary; special ones say nothing."""
        spoken = (token for token in tokens if token not in self.special)
        data = bytes(_OF_CHARACTER[c] for token in spoken for c in token)
        return data.decode("utf-8", "replace")

    def _merged(self, piece: str) -> tuple[int, ...]:
        parts = [_OF_BYTE[byte] for byte in piece.encode()]
        while len(parts) > 1:
            pairs = [first + second for first, second in pairwise(parts)]
            ranked = [(self._ids[pair], at) for at, pair in enumerate(pairs) if pair in self._ids]
            if not ranked:
                break
            _, at = min(ranked)
            parts[at : at + 2] = [pairs[at]]
        return tuple(self._ids[part] for part in parts)
