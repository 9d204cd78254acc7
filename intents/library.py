"""The owner's library: the articles in the data folder and those that ship with Readback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

from intents.archive import Archive, Entry, pack, unpack, write_whole
from intents.errors import ReadbackError
from intents.questions import questions
from intents.readers import Reading, read
from intents.readers.draft import Dropped
from intents.text import words
from intents.types import Article, ArticleId, Source

SHIPPED = Path(__file__).parent / "articles"
# share of common words above which two articles of one title are versions of the same; two
# unrelated articles of one title share a fifth to a third of their words
_SAME = 0.5
# the same for one file that was edited between: a quarter of the words may be left
_EDITED = 0.25
# the same for one address under another title: some pages hold several articles about siblings
_SAME_PAGE = 0.7
_EXPORT_LINE = 64 * 1024 * 1024


class LibraryError(ReadbackError):
    """The library cannot do what was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """The report on one added article."""

    article: Article
    # what it answers, for "what can I ask"
    questions: tuple[str, ...]
    # what was left out, and why
    dropped: tuple[Dropped, ...]
    # an earlier version of it was there before
    updated: bool

    @property
    def synonyms(self) -> tuple[str, ...]:
        """Other names of the subject that were found."""
        return self.article.synonyms


def default_folder() -> Path:
    """Return the library's folder in the user's data folder (XDG_DATA_HOME is honored)."""
    return user_data_path("readback", appauthor=False) / "library"


@cache
def shipped_articles() -> tuple[Article, ...]:
    """Return the articles that ship with Readback, by file name."""
    return tuple(read(path).article for path in sorted(SHIPPED.glob("*.md")))


def _likeness(one: Article, other: Article) -> float:
    """Return the share (0..1) of their different words that two articles have in common."""
    first, second = set(words(one.text)), set(words(other.text))
    return len(first & second) / max(1, len(first | second))


def _address(url: str) -> str:
    """Return an address without what does not tell pages apart."""
    bare = url.split("#", 1)[0].removeprefix("https://").removeprefix("http://")
    return bare.removeprefix("www.").rstrip("/").lower()


class Library:
    """Articles by id. Reading never writes; every change is on disk when the method returns."""

    def __init__(self, folder: Path, shipped: tuple[Article, ...] = ()) -> None:
        self.folder = folder
        self._archive = Archive(folder)
        self._shipped = {a.id: a for a in shipped}
        self._entries: dict[ArticleId, Entry] = {}
        # address or file -> ids of the articles from there
        self._by_address: dict[str, set[ArticleId]] = {}
        self._by_origin: dict[str, set[ArticleId]] = {}
        self._look()
        self._is_writing = False

    @classmethod
    def open(cls, folder: Path | None = None, *, shipped: bool = True) -> Library:
        """Open the library in `folder` (default: the user's); a missing folder is an empty one.

        `shipped` includes the articles that come with Readback.
        """
        return cls(folder or default_folder(), shipped_articles() if shipped else ())

    # --- reading -------------------------------------------------------------------------------

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What the index knows of the owner's articles, by id; reads no article."""
        return tuple(self._entries[key] for key in sorted(self._entries))

    @property
    def problems(self) -> dict[str, str]:
        """Articles on disk that cannot be read, and why."""
        return dict(self._archive.problems)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of all articles, ordered by id; reads no article of the owner's."""
        every = {key: article.title for key, article in self._shipped.items()}
        every |= {key: entry.title for key, entry in self._entries.items()}
        return tuple(every[key] for key in sorted(every))

    def articles(self) -> tuple[Article, ...]:
        """Return every readable article at once; `walk` takes less memory."""
        return tuple(self.walk())

    def walk(self) -> Iterator[Article]:
        """Yield every readable article, ordered by id; the owner's wins over a shipped one.

        One at a time, for thousands take hundreds of MB. A damaged one is left out and noted in
        `problems`.
        """
        for key in sorted({*self._shipped, *self._entries}):
            article = self.find(key)
            if article is not None:
                yield article

    def find(self, article_id: ArticleId) -> Article | None:
        """Return the article with this id; None when there is none, or when it is damaged."""
        if article_id not in self._entries:
            return self._shipped.get(article_id)
        try:
            return self._archive.load(article_id).article
        except ReadbackError as error:
            self._archive.problems[article_id] = str(error)
            return None

    def get(self, article_id: str) -> Article:
        """Read the article with this id; LibraryError when there is none, or RecordError."""
        key = ArticleId(article_id)
        if key in self._entries:
            return self._archive.load(key).article
        if key in self._shipped:
            return self._shipped[key]
        raise LibraryError(f"no article is called {article_id!r}; see `readback library`")

    def is_shipped(self, article_id: str) -> bool:
        """Tell whether the article comes with Readback and the owner has no version of it."""
        return article_id in self._shipped and article_id not in self._entries

    @property
    def shipped(self) -> tuple[Article, ...]:
        """The articles that come with Readback and that the owner has no version of."""
        return tuple(a for key, a in self._shipped.items() if key not in self._entries)

    def check(self, article_id: str) -> Article:
        """Read an article as `get` does, but also one that was left out; raises what is wrong."""
        if self.is_shipped(article_id):
            return self._shipped[ArticleId(article_id)]
        return self._archive.load(article_id).article

    def refresh(self) -> bool:
        """Look at the disk again; return whether another program changed the library."""
        before = {key: entry.sha256 for key, entry in self._entries.items()}
        self._look()
        after = {key: entry.sha256 for key, entry in self._entries.items()}
        return before != after

    # --- changing ------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the library's lock over many changes; the index is written once, at the end."""
        if self._is_writing:
            yield
            return
        with self._archive.writing():
            self._is_writing = True
            self._look()
            try:
                yield
            finally:
                self._is_writing = False

    def add(self, path: Path, *, source: Source | None = None) -> Added:
        """Read a file and keep its article, replacing an earlier version of the same article."""
        return self.put(read(path, source=source), origin=str(path.resolve()))

    def put(self, reading: Reading, *, origin: str = "") -> Added:
        """Keep an article that was read; `origin` is the path it came from."""
        with self.writing():
            key, updated = self._id_for(reading.article, origin)
            article = replace(reading.article, id=key)
            today = datetime.now(tz=UTC).date().isoformat()
            self._note(self._archive.save(article, today, origin))
        return Added(article, questions(article), reading.dropped, updated)

    def _id_for(self, article: Article, origin: str) -> tuple[ArticleId, bool]:
        """Return the id to keep an article under, and whether an earlier version has it."""
        for known, least in self._candidates(article, origin):
            if self._is_version(article, known, least):
                return known, True
        base = article.id[:70].rstrip("-") or "article"
        number, key = 1, ArticleId(base)
        while key in self._entries or key in self._shipped:
            if self._is_version(article, key, _SAME):
                return key, key in self._entries
            number += 1
            key = ArticleId(f"{base}-{number}")
        return key, False

    def _candidates(self, article: Article, origin: str) -> Iterator[tuple[ArticleId, float]]:
        """Yield kept articles of the same address or file, and how alike they must be."""
        address = _address(article.source.url)
        for key in self._by_address.get(address, ()) if address else ():
            entry = self._entries.get(key)
            if entry is None or _address(entry.url) != address:
                continue
            # two files of two titles with one address are siblings, not versions
            if entry.title == article.title or entry.origin == origin or not origin:
                yield key, _SAME_PAGE
        for key in self._by_origin.get(origin, ()) if origin else ():
            if key in self._entries and self._entries[key].origin == origin:
                yield key, _EDITED

    def _note(self, entry: Entry) -> None:
        self._entries[entry.id] = entry
        self._by_address.setdefault(_address(entry.url), set()).add(entry.id)
        self._by_origin.setdefault(entry.origin, set()).add(entry.id)

    def _look(self) -> None:
        """Take over what is on disk."""
        self._entries, self._by_address, self._by_origin = {}, {}, {}
        for entry in self._archive.refresh().values():
            self._note(entry)

    def _is_version(self, article: Article, key: ArticleId, least: float) -> bool:
        """Tell whether the kept article is an earlier version: enough of the words are the same."""
        entry = self._entries.get(key)
        urls = (_address(entry.url) if entry else "", _address(article.source.url))
        if all(urls) and urls[0] != urls[1]:
            return False
        if all(urls) and entry and entry.title == article.title:
            return True
        try:
            return _likeness(article, self.get(key)) >= least
        except ReadbackError:
            # a damaged article is replaced by what is added under its name
            return True

    def remove(self, article_id: str) -> None:
        """Forget one of the owner's articles, also a damaged one."""
        key = ArticleId(article_id)
        if self.is_shipped(article_id):
            raise LibraryError(f"{article_id!r} comes with Readback and cannot be removed")
        with self.writing():
            if key not in self._entries and article_id not in self._archive.problems:
                raise LibraryError(f"no article is called {article_id!r}; see `readback library`")
            self._archive.delete(article_id)
            self._entries.pop(key, None)

    # --- taking along --------------------------------------------------------------------------

    def export(self, path: Path) -> int:
        """Write the owner's articles to one file, a checked line each; return their number."""
        lines = []
        for key in sorted(self._entries):
            stored = self._archive.load(key)
            packed = pack(stored.article, stored.added, stored.origin)
            lines.append(json.dumps(packed.decode("utf-8"), ensure_ascii=False))
        try:
            write_whole(path, ("\n".join(lines) + "\n").encode("utf-8"))
        except OSError as error:
            raise LibraryError(f"{path} cannot be written ({error.strerror})") from error
        return len(lines)

    def restore(self, path: Path) -> Iterator[Added]:
        """Add every article of an exported file, one by one; LibraryError where a line is bad."""
        try:
            with self.writing(), path.open(encoding="utf-8") as file:
                for number, line in enumerate(iter(lambda: file.readline(_EXPORT_LINE), ""), 1):
                    if line.strip():
                        yield self._restore_line(line, f"line {number} of {path}")
        except (OSError, UnicodeDecodeError) as error:
            raise LibraryError(f"{path} cannot be read as an export ({error})") from error

    def _restore_line(self, line: str, where: str) -> Added:
        try:
            packed = json.loads(line)
            stored = unpack(packed.encode("utf-8"))
        except (ValueError, AttributeError, RecursionError, ReadbackError) as error:
            raise LibraryError(f"{where} is no exported article ({error})") from error
        return self.put(Reading(stored.article), origin=stored.origin)
