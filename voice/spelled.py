"""A model that hears words it does not list: each is spelled by chains of words that it does list.

The chains are the starter model's phone pieces (models/pieces.py) or, with an official model, known
words that sound alike. Grammars name the chains; what libvosk answers is turned back into words.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from voice.recognizer import Model

Chain = tuple[str, ...]
# A phrase with a chain counts as if it stood in the grammar this often: a chain pays for its word
# on the first phone, where others pay bit by bit, and falls out of the beam. Of 4 new words in
# questions by flite slt and rms, beside 13,700 phrases: weight 1 heard 0 of 8, 10 two, 30 six.
_WEIGHT = 30
# A chain that is no word's -> the word that was meant, "" for none.
Guess = Callable[[Chain], str]


def _no_guess(chain: Chain) -> str:
    del chain
    return ""


class Spelling:
    """Words to chains and back."""

    def __init__(
        self, chains: Mapping[str, Sequence[Chain]], *, mark: str = "", guess: Guess = _no_guess
    ) -> None:
        """Names that begin with `mark` are no words of their own; strays are given to `guess`."""
        self.chains = {word: tuple(map(tuple, ways)) for word, ways in chains.items()}
        self._word_of = {
            chain: word for word, ways in reversed(self.chains.items()) for chain in ways
        }
        self._longest = max(map(len, self._word_of), default=0)
        self._mark = mark
        self._guess = guess

    def written(self, phrase: str) -> Iterator[str]:
        """Yield a phrase as the model can take it, once a way of spelling its words."""
        names = phrase.split()
        spelled = [name for name in names if name in self.chains]
        ways = max((len(self.chains[name]) for name in spelled), default=1)
        for way in range(ways):
            yield " ".join(self._one(name, way) for name in names)

    def _one(self, name: str, way: int) -> str:
        chains = self.chains.get(name)
        return " ".join(chains[min(way, len(chains) - 1)]) if chains else name

    def read(self, names: Sequence[str]) -> list[tuple[str, int, int]]:
        """Return (word, first, last + 1) , the longest chain first."""
        found, at = [], 0
        while at < len(names):
            end = at + self._matched(names, at)
            if end > at:
                word = self._word_of[tuple(names[at:end])]
            else:
                end = at + 1
                if self._is_piece(names[at]):
                    while end < len(names) and self._is_piece(names[end]):
                        end += 1
                    word = self._guess(tuple(names[at:end]))
                else:
                    word = names[at]
            if word:
                found.append((word, at, end))
            at = end
        return found

    def _is_piece(self, name: str) -> bool:
        return bool(self._mark) and name.startswith(self._mark)

    def _matched(self, names: Sequence[str], at: int) -> int:
        for size in range(min(self._longest, len(names) - at), 0, -1):
            if tuple(names[at : at + size]) in self._word_of:
                return size
        return 0

    def text(self, line: str) -> str:
        """Return a line of the model's words as the words that were meant."""
        return " ".join(word for word, _, _ in self.read(line.split()))

    def final(self, answer: str) -> str:
        """Return a FinalResult with chains joined to words; times reach over the whole chain."""
        content = json.loads(answer)
        for line in content.get("alternatives", ()):
            line["text"] = self.text(line["text"])
            if "result" in line:
                line["result"] = list(self._joined(line["result"]))
        return json.dumps(content)

    def _joined(self, rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        for word, first, end in self.read([row["word"] for row in rows]):
            yield {**rows[first], "word": word, "end": rows[end - 1]["end"]}

    def partial(self, answer: str) -> str:
        """Return a PartialResult with chains joined; a chain that is not whole yet is left out."""
        content = json.loads(answer)
        names = content.get("partial", "").split()
        while names and self._is_piece(names[-1]) and not self._ends_word(names):
            names.pop()
        content["partial"] = self.text(" ".join(names))
        return json.dumps(content)

    def _ends_word(self, names: Sequence[str]) -> bool:
        return any(
            tuple(names[-size:]) in self._word_of
            for size in range(1, min(self._longest, len(names)) + 1)
        )


class _Reader:
    """A vosk recognizer whose answers are read by a Spelling."""

    def __init__(self, handle: Any, spelling: Spelling) -> None:
        self._handle = handle
        self._spelling = spelling

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)

    def PartialResult(self) -> str:  # noqa: N802 - vosk's name
        """Return what was heard so far."""
        return self._spelling.partial(self._handle.PartialResult())

    def FinalResult(self) -> str:  # noqa: N802 - vosk's name
        """Return the n-best list."""
        return self._spelling.final(self._handle.FinalResult())


class SpelledModel(Model):
    """A model with words beyond its own list, for recognizers with a grammar."""

    def __init__(self, path: Path, spelling: Spelling) -> None:
        """Load the model folder `path`; EarError when it cannot be used."""
        super().__init__(path)
        self.spelling = spelling

    def knows(self, word: str) -> bool:
        """Tell whether a word can be heard, by itself or spelled."""
        return word in self.spelling.chains or super().knows(word)

    def recognizer(self, grammar: Sequence[str] | None, n_best: int) -> Any:
        """Return a vosk recognizer; one with a grammar hears the spelled words too."""
        if grammar is None:
            return super().recognizer(None, n_best)
        return _Reader(super().recognizer(self.written(grammar), n_best), self.spelling)

    def written(self, phrases: Iterable[str]) -> tuple[str, ...]:
        """Return phrases as the model can take them."""
        plain: dict[str, None] = {}
        spelled: dict[str, None] = {}
        for phrase in phrases:
            for way in self.spelling.written(phrase):
                (plain if way == phrase else spelled)[way] = None
        return (*plain, *spelled, *(tuple(spelled) * (_WEIGHT - 1)))
