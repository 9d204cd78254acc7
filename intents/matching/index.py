"""Everything about the library that matching needs, prepared once and kept on disk: the index."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from intents.matching import arrays
from intents.matching.bm25 import Bm25
from intents.matching.ragged import Ints, Ragged
from intents.matching.repair import Repair
from intents.matching.rows import Meaning, Rows, Words
from intents.matching.shape import Shape, unpack
from intents.matching.shelf import Loose, Shelf
from intents.matching.storage import Storage
from intents.matching.tables import Tables, updated
from intents.matching.vectors import DamagedError, Encoder, Progress, Vectors, place_in, silent
from intents.types import Article, Passage

_log = logging.getLogger(__name__)
# prepared units kept in memory, about 5 kB each
MAX_SHAPES = 1000
# articles kept in memory; those of the last few answers are asked about again
MAX_ARTICLES = 32


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage with its article, as the library has it."""

    article: Article
    passage: Passage


class Units:
    """The passages that can answer, each read from its article when it is asked for."""

    def __init__(self, shelf: Shelf, stamps: Mapping[str, str], bounds: Ints) -> None:
        self._shelf, self._stamps, self._bounds = shelf, list(stamps.items()), bounds
        self._articles: dict[int, Article] = {}

    def __len__(self) -> int:
        """Return the number of passages."""
        return int(self._bounds[-1])

    def __getitem__(self, number: int) -> Quoted:
        """Return a passage; ReadbackError when its article is gone or changed."""
        place = self._owner(number)
        article = self._article(place)
        able = [passage for passage in article.passages if passage.sentences]
        return Quoted(article, able[number - int(self._bounds[place])])

    def siblings(self, number: int) -> range:
        """Return the numbers of all passages of a passage's article."""
        place = self._owner(number)
        return range(int(self._bounds[place]), int(self._bounds[place + 1]))

    def _owner(self, number: int) -> int:
        return int(np.searchsorted(self._bounds, number, side="right")) - 1

    def _article(self, place: int) -> Article:
        known = self._articles.pop(place, None)
        if known is None:
            known = self._shelf.fetch(*self._stamps[place])
            if len(self._articles) >= MAX_ARTICLES:
                del self._articles[next(iter(self._articles))]
        # put back last: the first is the one not used for longest
        self._articles[place] = known
        return known


@dataclass(frozen=True, slots=True)
class Index:
    """A library made ready for questions."""

    units: Units
    terms: Bm25
    repair: Repair
    meaning: Meaning | None
    prepared: arrays.Blobs
    # prepared units, filled as they come up as candidates
    shapes: dict[int, Shape] = field(default_factory=dict)

    def shape(self, number: int) -> Shape:
        """Return what is known of a unit; DamagedError when it is no longer what was written."""
        known = self.shapes.get(number)
        if known is None:
            if len(self.shapes) >= MAX_SHAPES:
                self.shapes.clear()
            known = self.shapes[number] = unpack(self.prepared[number])
        return known


def build(
    articles: Sequence[Article],
    encoder: Encoder | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
) -> Index:
    """Index articles in memory; vectors are kept in `cache`, only new texts are encoded."""
    return opened(Loose(articles), encoder, cache, progress)


def opened(
    shelf: Shelf,
    encoder: Encoder | None = None,
    cache: Path | None = None,
    progress: Progress = silent,
    *,
    trusted: bool = True,
) -> Index:
    """Return the index of a shelf: as it lies in `cache`, brought up to date if need be.

    What is damaged is made again from the articles, and so is an index that is not `trusted`. Where
    it cannot be kept, it is made in memory.
    """
    try:
        store = None if encoder is None else Vectors(encoder, cache and place_in(cache, encoder))
    except OSError as error:
        _log.warning("nothing can be kept (%s); all texts are encoded at every start", error)
        return opened(shelf, encoder, None, progress)
    if cache is None or not shelf.place:
        return _made(shelf, store, *_fresh(None, shelf, store, progress))
    kept = "words" if store is None else "meaning"
    storage = Storage(cache / "index", f"{shelf.place}\n{kept}")
    if not trusted:
        storage.discard()
    try:
        found = _load(storage, store)
        if found is None or found[0].stamps != dict(shelf.stamps()):
            found = _renew(storage, shelf, store, progress)
        return _made(shelf, store, *found)
    except DamagedError as error:
        if not trusted:
            raise
        _log.warning("the index is made again from the articles: %s", error)
        return opened(shelf, encoder, cache, progress, trusted=False)


def _load(storage: Storage, store: Vectors | None) -> tuple[Tables, arrays.Derived] | None:
    """Return what is kept; None when there is nothing, or not by this version, or damaged."""
    try:
        found = storage.load()
        if found is None:
            return None
        header, content = found
        if header["maker"] != _maker(store):
            _log.info("the index is from another version; it is made again")
            return None
        tables, derived = arrays.restored(dict(header["articles"]), content)
        if _seal(tables, store) != header["seal"]:
            raise DamagedError("its sentence vectors are no longer there")
        return tables, derived
    except (DamagedError, OSError) as error:
        _log.warning("the index is made again from the articles: %s", error)
        return None


def _maker(store: Vectors | None) -> str:
    """Return what tells whether code, data and encoder are those that an index was made with."""
    return f"{arrays.maker()} {store.stamp}" if store is not None else arrays.maker()


def _seal(tables: Tables, store: Vectors | None) -> int:
    """Return what tells that the rows in the tables are still those of their texts."""
    return store.seal(tables.texts.rows) if store is not None and tables.texts is not None else 0


def _renew(
    storage: Storage, shelf: Shelf, store: Vectors | None, progress: Progress
) -> tuple[Tables, arrays.Derived]:
    """Bring the kept index up to date, unless another process just did."""
    try:
        with storage.writing():
            found = _load(storage, store)
            if found is not None and found[0].stamps == dict(shelf.stamps()):
                return found
            tables, derived = _fresh(found and found[0], shelf, store, progress)
            header = {
                "maker": _maker(store),
                "articles": list(tables.stamps.items()),
                "seal": _seal(tables, store),
            }
            storage.save(header, arrays.flatten(tables, derived))
            return _load(storage, store) or (tables, derived)
    except OSError as error:
        _log.warning("the index cannot be kept (%s); it is made at every start", error)
        return _fresh(None, shelf, store, progress)


def _fresh(
    old: Tables | None, shelf: Shelf, store: Vectors | None, progress: Progress
) -> tuple[Tables, arrays.Derived]:
    tables = updated(old, shelf, store, progress)
    derived = arrays.derive(tables, store)
    if store is not None:
        store.forget()
    return tables, derived


def _made(shelf: Shelf, store: Vectors | None, tables: Tables, derived: arrays.Derived) -> Index:
    rows = arrays.stem_rows([word.stem for word in tables.vocabulary])
    return Index(
        units=Units(shelf, tables.stamps, tables.articles),
        terms=Bm25(rows, derived.postings, len(tables.words)),
        repair=Repair({word.text: word.sound for word in tables.vocabulary}),
        meaning=_meaning(store, tables, derived) if store is not None else None,
        prepared=arrays.Blobs(tables.shapes, tables.sums),
    )


def _meaning(store: Vectors, tables: Tables, derived: arrays.Derived) -> Meaning | None:
    texts = tables.texts
    if texts is None or not len(texts.whole):
        return None
    whole = Ragged(texts.whole, np.arange(len(texts.whole) + 1))
    known = {word.text: number for number, word in enumerate(tables.vocabulary)}
    return Meaning(
        store=store,
        passages=Rows(store, whole, texts.whole_codes),
        labels=Rows(store, texts.labels, texts.label_codes),
        topics=Rows(store, texts.topics, None),
        sentences=Rows(store, texts.sentences, None),
        words=Words(store, tables.words, derived.words, known),
        elsewhere=derived.elsewhere.astype(np.float32),
    )
