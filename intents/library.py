"""The owner's library: the articles in the data folder and those that ship with Readback."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from platformdirs import user_data_path

from intents.errors import ReadbackError
from intents.questions import questions
from intents.readers import Reading, read
from intents.readers.draft import Dropped
from intents.records import from_record, to_record
from intents.types import Article, ArticleId, Source

SHIPPED = Path(__file__).parent / "articles"


class LibraryError(ReadbackError):
    """The library cannot be read or changed; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Added:
    """The report on one added article."""

    article: Article
    # what it answers, for "what can I ask"
    questions: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    # an article with this id was there before
    updated: bool


def default_folder() -> Path:
    """Return the library's folder in the user's data folder (XDG_DATA_HOME is honored)."""
    return user_data_path("readback", appauthor=False) / "library"


@cache
def shipped_articles() -> tuple[Article, ...]:
    """Return the articles that ship with Readback, by file name."""
    return tuple(read(path).article for path in sorted(SHIPPED.glob("*.md")))


class Library:
    """Articles by id. Reading never writes."""

    def __init__(self, folder: Path, shipped: tuple[Article, ...]) -> None:
        self.folder = folder
        self._shipped = {a.id: a for a in shipped}
        self._own: dict[ArticleId, Article] = {}

    @classmethod
    def open(cls, folder: Path | None = None, *, shipped: bool = True) -> Library:
        """Open the library in `folder` (default: the user's), with the shipped articles or not."""
        library = cls(folder or default_folder(), shipped_articles() if shipped else ())
        for path in sorted((library.folder / "articles").glob("*/article.json")):
            article = from_record(json.loads(path.read_text("utf-8")))
            library._own[article.id] = article
        return library

    def articles(self) -> tuple[Article, ...]:
        """Return every article, ordered by id; the owner's copy wins over a shipped one."""
        merged = {**self._shipped, **self._own}
        return tuple(merged[key] for key in sorted(merged))

    def get(self, article_id: str) -> Article:
        """Return the article with this id; LibraryError when there is none."""
        key = ArticleId(article_id)
        found = self._own.get(key) or self._shipped.get(key)
        if found is None:
            raise LibraryError(f"no article is called {article_id!r}; see `readback library`")
        return found

    def add(self, path: Path, *, source: Source | None = None) -> Added:
        """Read a file and keep its article; one with the same id is replaced."""
        return self.put(read(path, source=source))

    def put(self, reading: Reading) -> Added:
        """Keep an article that was read."""
        article = replace(reading.article)
        updated = article.id in self._own
        self._write(article)
        self._own[article.id] = article
        return Added(article, questions(article), reading.dropped, updated)

    def _write(self, article: Article) -> None:
        folder = self.folder / "articles" / article.id
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
            json.dump(to_record(article), file, ensure_ascii=False)
        Path(file.name).replace(folder / "article.json")

    def remove(self, article_id: str) -> None:
        """Forget one of the owner's articles."""
        self.get(article_id)
        if ArticleId(article_id) not in self._own:
            raise LibraryError(f"{article_id!r} ships with Readback and cannot be removed")
        folder = self.folder / "articles" / article_id
        (folder / "article.json").unlink()
        folder.rmdir()
        del self._own[ArticleId(article_id)]
