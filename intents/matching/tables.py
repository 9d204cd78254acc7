"""The index as plain arrays: what is kept on disk, and how articles come in and go out."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from intents.errors import ReadbackError
from intents.matching.codes import WORDS, codes
from intents.matching.phonetics import sound
from intents.matching.prepared import Prepared, prepare
from intents.matching.ragged import Ints, Ragged, joined, limits, ragged
from intents.matching.repair import MIN_LETTERS
from intents.matching.shelf import Shelf
from intents.matching.terms import stem
from intents.matching.vectors import Progress, Vectors

_log = logging.getLogger(__name__)
# articles whose texts go to the encoder together
BATCH = 64
# of a word in one passage; more are counted as so many
_MOST_TIMES = 65_535


@dataclass(frozen=True, slots=True)
class Texts:
    """Rows of the vectors of a passage's texts in the store, passage by passage."""

    # title, heading and text as one: one row a passage
    whole: NDArray[np.int32]
    labels: Ragged
    topics: Ragged
    sentences: Ragged
    # what `whole` and `labels` are looked through by, shape (6, rows)
    whole_codes: NDArray[np.uint64]
    label_codes: NDArray[np.uint64]

    @property
    def rows(self) -> NDArray[np.int32]:
        """The rows of all texts."""
        groups = (self.labels, self.topics, self.sentences)
        return np.concatenate([self.whole, *(group.values for group in groups)])

    def pick(self, units: Ints) -> Texts:
        """Return those of these passages, in this order."""
        return Texts(
            self.whole[units],
            self.labels.pick(units),
            self.topics.pick(units),
            self.sentences.pick(units),
            np.ascontiguousarray(self.whole_codes[:, units]),
            np.ascontiguousarray(self.label_codes[:, self.labels.places(units)]),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the library with what is slow to make of it."""

    text: str
    stem: str
    # how it sounds; empty when it is too short to be told by it
    sound: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Articles, their passages, and the words of these."""

    # key -> stamp of each article, in order
    stamps: Mapping[str, str]
    # passages of article a: bounds[a]:bounds[a + 1]
    articles: Ints
    # Shape of each passage as bytes, and their checksums
    shapes: Ragged
    sums: NDArray[np.uint32]
    # words of each passage as numbers in the vocabulary, ascending, and how often each stands there
    words: Ragged
    times: NDArray[np.uint16]
    # sorted
    vocabulary: tuple[Word, ...]
    # without an encoder there are none
    texts: Texts | None


def updated(old: Tables | None, shelf: Shelf, store: Vectors | None, progress: Progress) -> Tables:
    """Return the tables of what is on the shelf; only what is not in `old` is read and encoded.

    The same, whatever `old` is, but for the rows of the store.
    """
    stamps = dict(shelf.stamps())
    if old is not None and (old.texts is None) != (store is None):
        old = None
    known = old.stamps if old is not None else {}
    new = {key: stamp for key, stamp in stamps.items() if known.get(key) != stamp}
    fresh = _tables(shelf, new, store, progress)
    both = _joined(old, fresh) if old is not None else fresh
    # of an article that changed, the last one
    places = {key: place for place, key in enumerate([*known, *new])}
    return _picked(both, stamps, [places[key] for key in stamps])


def _tables(
    shelf: Shelf, new: Mapping[str, str], store: Vectors | None, progress: Progress
) -> Tables:
    """Read, prepare and encode articles."""
    keys, parts, rows = list(new), [], []
    for start in range(0, len(keys), BATCH):
        batch = [list(_passages(shelf, key, new[key])) for key in keys[start : start + BATCH]]
        parts += [(len(passages), _Packed(passages)) for passages in batch]
        if store is not None:
            ahead = _Ahead(progress, start, len(batch), len(keys))
            rows.append(_texts(list(chain.from_iterable(batch)), store, ahead))
        progress(start + len(batch), len(keys))
    packed = [part for _, part in parts]
    numbers: dict[str, int] = {}
    words = [[numbers.setdefault(w, len(numbers)) for w in bag] for p in packed for bag in p.words]
    shapes = b"".join(part.shapes for part in packed)
    return Tables(
        stamps=new,
        articles=limits([count for count, _ in parts]),
        shapes=Ragged(
            np.frombuffer(shapes, np.uint8), limits([n for part in packed for n in part.sizes])
        ),
        sums=np.array([total for part in packed for total in part.sums], np.uint32),
        words=ragged(words, np.int32),
        times=np.array([t for part in packed for t in part.times], np.uint16),
        vocabulary=tuple(map(word, numbers)),
        texts=_stacked(rows) if store is not None else None,
    )


def word(text: str) -> Word:
    """Return a word with its stem and its sound; 50 microseconds."""
    return Word(text, stem(text), sound(text) if len(text) >= MIN_LETTERS else "")


class _Packed:
    """The passages of one article, without their texts."""

    def __init__(self, passages: Sequence[Prepared]) -> None:
        self.shapes = b"".join(passage.shape for passage in passages)
        self.sizes = [len(passage.shape) for passage in passages]
        self.sums = [zlib.crc32(passage.shape) for passage in passages]
        self.words = [tuple(passage.words) for passage in passages]
        self.times = [min(n, _MOST_TIMES) for p in passages for n in p.words.values()]


class _Ahead:
    """Turns the progress of the texts of some articles into that of all articles."""

    def __init__(self, progress: Progress, before: int, here: int, total: int) -> None:
        self._progress, self._before, self._here, self._total = progress, before, here, total

    def __call__(self, done: int, texts: int) -> None:
        """Report articles."""
        self._progress(self._before + self._here * done // texts, self._total)


def _passages(shelf: Shelf, key: str, stamp: str) -> Iterator[Prepared]:
    """Yield an article's passages, none of one that cannot be read."""
    try:
        yield from prepare(shelf.fetch(key, stamp))
    except ReadbackError as error:
        _log.warning("the article %s answers nothing: %s", key, error)


def _texts(passages: Sequence[Prepared], store: Vectors, progress: Progress) -> Texts:
    groups = (
        [[passage.whole] for passage in passages],
        [passage.labels for passage in passages],
        [passage.topics for passage in passages],
        [passage.sentences for passage in passages],
    )
    flat = [text for group in groups for texts in group for text in texts]
    words = [word for passage in passages for word in sorted(passage.words)]
    rows = store.rows([*flat, *words], progress)
    found, start = [], 0
    for group in groups:
        bounds = limits([len(texts) for texts in group])
        found.append(Ragged(rows[start : start + int(bounds[-1])], bounds))
        start += int(bounds[-1])
    whole, labels, topics, sentences = found
    return Texts(
        whole.values,
        labels,
        topics,
        sentences,
        codes(store.take(whole.values)),
        codes(store.take(labels.values)),
    )


def _stacked(parts: Sequence[Texts]) -> Texts:
    """Return many texts as one."""
    none = Ragged(np.zeros(0, np.int32), np.zeros(1, np.int64))
    empty = np.zeros((WORDS, 0), np.uint64)
    return Texts(
        np.concatenate([none.values, *(part.whole for part in parts)]),
        joined([none, *(part.labels for part in parts)]),
        joined([none, *(part.topics for part in parts)]),
        joined([none, *(part.sentences for part in parts)]),
        np.concatenate([empty, *(part.whole_codes for part in parts)], axis=1),
        np.concatenate([empty, *(part.label_codes for part in parts)], axis=1),
    )


def _joined(old: Tables, new: Tables) -> Tables:
    """Return both, one after the other; the vocabulary has some words twice."""
    moved = Ragged(new.words.values + np.int32(len(old.vocabulary)), new.words.bounds)
    texts = _stacked([old.texts, new.texts]) if old.texts and new.texts else None
    return Tables(
        stamps={},
        articles=np.concatenate([old.articles, new.articles[1:] + old.articles[-1]]),
        shapes=joined([old.shapes, new.shapes]),
        sums=np.concatenate([old.sums, new.sums]),
        words=joined([old.words, moved]),
        times=np.concatenate([old.times, new.times]),
        vocabulary=(*old.vocabulary, *new.vocabulary),
        texts=texts,
    )


def _picked(tables: Tables, stamps: Mapping[str, str], articles: Sequence[int]) -> Tables:
    """Return these articles, in this order, and only the words that they have, sorted."""
    owned = Ragged(np.arange(int(tables.articles[-1])), tables.articles).pick(
        np.array(articles, np.int64)
    )
    units = owned.values
    words, times = tables.words.pick(units), tables.times[tables.words.places(units)]
    used = np.unique(words.values)
    kept = sorted({tables.vocabulary[n].text: tables.vocabulary[n] for n in used}.items())
    places = {text: place for place, (text, _) in enumerate(kept)}
    numbers = np.zeros(len(tables.vocabulary), np.int32)
    numbers[used] = [places[tables.vocabulary[n].text] for n in used]
    values = numbers[words.values]
    # ascending in each passage, as if all had been added at once
    order = np.lexsort((values, np.repeat(np.arange(len(words)), np.diff(words.bounds))))
    return Tables(
        stamps=stamps,
        articles=owned.bounds,
        shapes=tables.shapes.pick(units),
        sums=tables.sums[units],
        words=Ragged(values[order], words.bounds),
        times=times[order],
        vocabulary=tuple(found for _, found in kept),
        texts=tables.texts.pick(units) if tables.texts is not None else None,
    )
