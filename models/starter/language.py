"""The language model of the starter model: which words, and how likely they follow each other.

General English comes from the bigrams of the wheel's model; the library's sentences are mixed in:
P(w | h) = (1 - m) general(w | h) + m library(w | h). The result is a back-off bigram transducer
whose back-off arcs are plain epsilons, as the look-ahead composition wants it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from models.starter.fst import Fst, from_arcs, make_arcs
from models.starter.sphinx_lm import LanguageModel

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

UNKNOWN = "[unk]"
START, STOP = "<s>", "</s>"
# A word as people type it: letters, apostrophes inside, hyphens inside. Keeps out the fragments
# ("'bout"), abbreviations with dots and numbers of the wheel's list.
_SPEAKABLE = re.compile(r"[a-z]+(?:['-][a-z]+)*")
# Absolute discounting (Ney, Essen, Kneser 1994) of the library's bigram counts.
_DISCOUNT = 0.5
_BACKOFF_STATE = 1


@dataclass(frozen=True, slots=True)
class LanguageSettings:
    """The weights of the language model; probabilities."""

    # share of the library's sentences in every prediction
    library_share: float = 0.3
    # general bigrams kept, those that change predictions most
    bigrams: int = 150_000
    # unigram share of a word that the general model does not know
    new_word: float = 1e-5
    # unigram share of noise and words out of vocabulary
    unknown: float = 1e-6


def common_words(model: LanguageModel, known: Mapping[str, object], count: int) -> list[str]:
    """Return the `count` likeliest words of the general model that are in `known`, in order."""
    chosen: list[str] = []
    for k in np.argsort(-model.log_prob, kind="stable"):
        word = model.words[int(k)]
        if len(chosen) == count:
            break
        if word in known and _SPEAKABLE.fullmatch(word):
            chosen.append(word)
    return chosen


class BigramModel:
    """A mixture of general English and the library over one vocabulary."""

    def __init__(
        self,
        words: Sequence[str],
        model: LanguageModel,
        sentences: Sequence[str],
        settings: LanguageSettings,
    ) -> None:
        self._settings = settings
        # numbers: words in their order, then start and stop
        self.words = (*words, START, STOP)
        self._index = {word: k for k, word in enumerate(self.words)}
        self._share = settings.library_share if sentences else 0.0
        self._general = _General(model, self._index)
        self._counts = _pair_counts(sentences, self._index)
        self.unigram = self._unigrams()

    def _unigrams(self) -> F64:
        """Return [words + 2]: the mixed probability of each word alone (start has none)."""
        general = self._general.unigram.copy()
        general[general == 0] = self._settings.new_word
        if UNKNOWN in self._index:
            general[self._index[UNKNOWN]] = self._settings.unknown
        general[self._index[START]] = 0
        general /= general.sum()
        _, word, count = self._counts
        library = np.bincount(word, weights=count, minlength=len(self.words))
        total = library.sum()
        if total:
            general = (1 - self._share) * general + self._share * library / total
        return general

    def pairs(self) -> tuple[I64, I64, F64]:
        """Return histories, words and probabilities of the bigrams that are worth an arc."""
        size = len(self.words)
        general = self._general.best(self._settings.bigrams, size)
        history, word, count = self._counts
        keys = np.union1d(general, history * size + word)
        h, w = keys // size, keys % size
        chance = (1 - self._share) * self._general.probability(h, w, self.unigram)
        seen = np.bincount(history, weights=count, minlength=size)
        kinds = np.bincount(history, minlength=size)
        library = np.zeros(len(keys))
        library[np.searchsorted(keys, history * size + word)] = np.maximum(count - _DISCOUNT, 0)
        known = np.maximum(seen[h], 1)
        back = _DISCOUNT * kinds[h] / known * self.unigram[w]
        tuned = np.where(seen[h] > 0, library / known + back, self.unigram[w])
        return h, w, chance + self._share * tuned

    def to_fst(self, labels: Mapping[str, int]) -> Fst:
        """Return Gr: an acceptor over `labels`, arcs sorted by label."""
        h, w, chance = self.pairs()
        stop, start = self._index[STOP], self._index[START]
        histories = np.union1d(h, [start])
        state = np.full(len(self.words), _BACKOFF_STATE)
        state[histories] = 2 + np.arange(len(histories))
        label = np.array([labels.get(word, 0) for word in self.words])
        final = np.full(2 + len(histories), np.inf, dtype=np.float32)
        ends = w == stop
        final[state[h[ends]]] = -np.log(chance[ends])
        final[_BACKOFF_STATE] = -np.log(self.unigram[stop])
        said = ~ends
        pair_arcs = make_arcs(label[w[said]], label[w[said]], -np.log(chance[said]), state[w[said]])
        back = make_arcs(0, 0, self._backoff_costs(h, w, chance, histories), _BACKOFF_STATE)
        alone = np.flatnonzero(label)
        single = make_arcs(label[alone], label[alone], -np.log(self.unigram[alone]), state[alone])
        source = np.concatenate(
            [state[h[said]], state[histories], np.full(len(alone), _BACKOFF_STATE)]
        )
        arcs = np.concatenate([pair_arcs, back, single])
        order = np.lexsort((arcs["ilabel"], source))
        return from_arcs(int(state[start]), final, source[order], arcs[order])

    def _backoff_costs(self, h: I64, w: I64, chance: F64, histories: I64) -> F64:
        """Return the cost of the back-off arc of each history: what its bigrams leave over."""
        size = len(self.words)
        left = 1 - np.bincount(h, weights=chance, minlength=size)[histories]
        right = 1 - np.bincount(h, weights=self.unigram[w], minlength=size)[histories]
        costs: F64 = -np.log(np.maximum(left, 0.02) / np.maximum(right, 0.02))
        return costs


class _General:
    """The wheel's unigrams and bigrams, seen through our numbering of words."""

    def __init__(self, model: LanguageModel, index: Mapping[str, int]) -> None:
        to_ours = np.array([index.get(word, -1) for word in model.words])
        size = len(index)
        mine = np.flatnonzero(to_ours >= 0)
        self.unigram: F64 = np.zeros(size)
        self.unigram[to_ours[mine]] = np.exp(model.log_prob[mine])
        self._backoff: F64 = np.full(size, np.exp(-0.5))
        self._backoff[to_ours[mine]] = np.exp(model.backoff[mine])
        history, word = to_ours[model.bigrams.history], to_ours[model.bigrams.word]
        kept = (history >= 0) & (word >= 0)
        keys = history[kept] * size + word[kept]
        order = np.argsort(keys, kind="stable")
        self._keys: I64 = keys[order]
        self._chance: F64 = np.exp(model.bigrams.log_prob[kept][order])
        # a sentence starts far more often than its unigram says
        self._frequency = self.unigram.copy()
        self._frequency[index[START]] = self.unigram[index[STOP]]

    def best(self, count: int, size: int) -> I64:
        """Return the keys (history * size + word) of the bigrams that change most, sorted.

        Weighted difference (Stolcke 1998, without renormalization): P(h, w) times the log of what
        the bigram says over what backing off would say.
        """
        h, w = self._keys // size, self._keys % size
        backed = np.maximum(self._backoff[h] * self.unigram[w], 1e-12)
        gain = self._frequency[h] * self._chance * np.log(self._chance / backed)
        chosen = np.argsort(-gain, kind="stable")[:count]
        return np.sort(self._keys[chosen])

    def probability(self, history: I64, word: I64, unigram: F64) -> F64:
        """Return P(word | history) for each pair, backing off where there is no bigram."""
        keys = history * len(unigram) + word
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found = self._keys[at] == keys
        result: F64 = np.where(found, self._chance[at], self._backoff[history] * unigram[word])
        return result


def _pair_counts(sentences: Sequence[str], index: Mapping[str, int]) -> tuple[I64, I64, F64]:
    """Count adjacent words in sentences (unknown words left out): histories, words, counts."""
    size = len(index)
    keys: list[int] = []
    for sentence in sentences:
        known = [index[word] for word in sentence.lower().split() if word in index]
        line = [index[START], *known, index[STOP]]
        keys += [a * size + b for a, b in pairwise(line)]
    values, counts = np.unique(np.array(keys, dtype=np.int64), return_counts=True)
    return values // size, values % size, counts.astype(np.float64)
