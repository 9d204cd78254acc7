"""The two sources of the language model, seen through one numbering of words.

`General` is the wheel's trigram model, `Counted` the library's sentences. Both answer
P(word | history) and P(word | older, newer) for whole arrays of words at once. N-grams are keys:
history * size + word, and (older * size + newer) * size + word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from models.starter.sphinx_lm import LanguageModel

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

START, STOP = "<s>", "</s>"
# Absolute discounting (Ney, Essen, Kneser 1994) of the library's counts.
_DISCOUNT = 0.5


class Table:
    """Sorted keys with a value each."""

    def __init__(self, keys: I64, values: F64) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys: I64 = keys[order]
        self.values: F64 = values[order]

    def get(self, keys: I64, missing: npt.ArrayLike) -> F64:
        """Return the value of each key, or `missing` (one, or one a key)."""
        if not len(self.keys):
            return np.broadcast_to(np.asarray(missing, dtype=np.float64), keys.shape).copy()
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found: F64 = np.where(self.keys[at] == keys, self.values[at], missing)
        return found


class General:
    """The wheel's model over our words."""

    def __init__(self, model: LanguageModel, index: Mapping[str, int]) -> None:
        ours = np.array([index.get(word, -1) for word in model.words])
        self.size = len(index)
        mine = np.flatnonzero(ours >= 0)
        self.unigram: F64 = np.zeros(self.size)
        self.unigram[ours[mine]] = np.exp(model.log_prob[mine])
        self._back: F64 = np.full(self.size, np.exp(-0.5))
        self._back[ours[mine]] = np.exp(model.backoff[mine])
        pairs = model.bigrams
        newer, word = ours[pairs.history], ours[pairs.word]
        kept = (newer >= 0) & (word >= 0)
        keys = newer * self.size + word
        self.pairs = Table(keys[kept], np.exp(pairs.log_prob[kept]))
        self._pair_back = Table(keys[kept], np.exp(pairs.backoff[kept]))
        triples = model.trigrams
        older = ours[triples.older]
        kept = (older >= 0) & kept[triples.bigram]
        keys = older[kept] * self.size**2 + keys[triples.bigram[kept]]
        self.triples = Table(keys, np.exp(triples.log_prob[kept]))
        # a sentence starts far more often than the unigram of <s> says
        self._frequency = self.unigram.copy()
        self._frequency[index[START]] = self.unigram[index[STOP]]

    def pair(self, newer: I64, word: I64, unigram: F64) -> F64:
        """Return P(word | newer), backing off to `unigram`."""
        return self.pairs.get(newer * self.size + word, self._back[newer] * unigram[word])

    def triple(self, context: I64, word: I64, unigram: F64) -> F64:
        """Return P(word | context), a context being older * size + newer."""
        backed = self._pair_back.get(context, 1.0) * self.pair(context % self.size, word, unigram)
        return self.triples.get(context * self.size + word, backed)

    def best_pairs(self, count: int) -> I64:
        """Return the keys of the bigrams that change most, sorted.

        By weighted difference (Stolcke 1998, without renormalization): P(history, word) times the
        log of what the bigram says over what backing off would say.
        """
        newer, word = self.pairs.keys // self.size, self.pairs.keys % self.size
        backed = self._back[newer] * self.unigram[word]
        return _most(self.pairs, self._frequency[newer], backed, count)

    def best_triples(self, count: int) -> I64:
        """Return the keys of the trigrams that change most, sorted."""
        context, word = self.triples.keys // self.size, self.triples.keys % self.size
        frequency = self._frequency[context // self.size] * self.pairs.get(context, 0.0)
        newer = self.pair(context % self.size, word, self.unigram)
        backed = self._pair_back.get(context, 1.0) * newer
        return _most(self.triples, frequency, backed, count)


def _most(table: Table, frequency: F64, backed: F64, count: int) -> I64:
    gain = frequency * table.values * np.log(table.values / np.maximum(backed, 1e-12))
    chosen = np.argsort(-gain, kind="stable")[:count]
    return np.sort(table.keys[chosen])


class Counted:
    """The library's sentences: words, bigrams and trigrams with their counts."""

    def __init__(self, sentences: Sequence[str], index: Mapping[str, int]) -> None:
        self.size = size = len(index)
        lines = [_numbers(sentence, index) for sentence in sentences]
        flat = np.array([k for line in lines for k in line], dtype=np.int64)
        # no n-gram reaches over the end of a line
        line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        near, far = line_of[1:] == line_of[:-1], line_of[2:] == line_of[:-2]
        self.word = _count(flat[flat != index[START]])
        self.pair = _count((flat[:-1] * size + flat[1:])[near])
        self.triple = _count(((flat[:-2] * size + flat[1:-1]) * size + flat[2:])[far])

    def best_pairs(self, count: int, unigram: F64) -> I64:
        """Return the keys of the bigrams that change most (see `General.best_pairs`), sorted."""
        newer, word = self.pair.keys // self.size, self.pair.keys % self.size
        return self._best(self.pair, self.pair_chance(newer, word, unigram), unigram[word], count)

    def best_triples(self, count: int, unigram: F64) -> I64:
        """Return the keys of the trigrams that change most, sorted."""
        context, word = self.triple.keys // self.size, self.triple.keys % self.size
        chance = self.triple_chance(context, word, unigram)
        backed = self.pair_chance(context % self.size, word, unigram)
        return self._best(self.triple, chance, backed, count)

    @staticmethod
    def _best(table: Table, chance: F64, backed: F64, count: int) -> I64:
        if len(table.keys) <= count:
            return table.keys
        gain = table.values * np.log(chance / np.maximum(backed, 1e-12))
        return np.sort(table.keys[np.argsort(-gain, kind="stable")[:count]])

    def unigram(self) -> F64:
        """Return [size]: the share of each word; zeros without sentences."""
        shares = self.word.get(np.arange(self.size), 0.0)
        normal: F64 = shares / max(shares.sum(), 1.0)
        return normal

    def pair_chance(self, newer: I64, word: I64, unigram: F64) -> F64:
        """Return P(word | newer), backing off to `unigram`."""
        return _discounted(self.pair, newer, word, unigram[word], self.size)

    def triple_chance(self, context: I64, word: I64, unigram: F64) -> F64:
        """Return P(word | context)."""
        backed = self.pair_chance(context % self.size, word, unigram)
        return _discounted(self.triple, context, word, backed, self.size)


def _numbers(sentence: str, index: Mapping[str, int]) -> list[int]:
    known = [index[word] for word in sentence.lower().split() if word in index]
    return [index[START], *known, index[STOP]]


def _count(keys: I64) -> Table:
    values, counts = np.unique(keys, return_counts=True)
    return Table(values, counts.astype(np.float64))


def _discounted(table: Table, context: I64, word: I64, backed: F64, size: int) -> F64:
    """Return the discounted share of the word behind its context, the rest by `backed`."""
    contexts, start = np.unique(table.keys // size, return_index=True)
    if not len(contexts):
        return backed.copy()
    kinds = Table(contexts, np.diff(np.append(start, len(table.keys))).astype(np.float64))
    total = Table(contexts, np.add.reduceat(table.values, start))
    seen = total.get(context, 0.0)
    count = table.get(context * size + word, 0.0)
    own = np.maximum(count - _DISCOUNT, 0) + _DISCOUNT * kinds.get(context, 0.0) * backed
    chance: F64 = np.where(seen > 0, own / np.maximum(seen, 1), backed)
    return chance
