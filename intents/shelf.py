"""The library as the matcher reads it: one article at a time, none kept in memory."""

from __future__ import annotations

from functools import cached_property

from intents.archive import stamp
from intents.errors import ReadbackError
from intents.library import Library, LibraryError
from intents.types import Article


class LibraryShelf:
    """An intents.matching.shelf.Shelf of everything in a library."""

    def __init__(self, library: Library) -> None:
        """Read nothing yet."""
        self._library = library
        # key -> stamp of articles that turned out damaged
        self._damaged: dict[str, str] = {}

    @cached_property
    def place(self) -> str:
        """What tells this library from others."""
        return str(self._library.folder.resolve())

    def stamps(self) -> dict[str, str]:
        """Return article id -> SHA-256 of its record, by id; reads no article of the owner's."""
        every = {str(e.id): e.sha256 for e in self._library.entries} | self._shipped
        return {k: s for k, s in sorted(every.items()) if self._damaged.get(k) != s}

    @property
    def _shipped(self) -> dict[str, str]:
        return {str(article.id): stamp(article) for article in self._library.shipped}

    def fetch(self, key: str, expected: str) -> Article:
        """Return an article.

        ReadbackError when it is damaged, gone or another one by now, as `stamps` then tells.
        """
        try:
            article = self._library.get(key)
        except ReadbackError:
            self._damaged[key] = expected
            raise
        if stamp(article) != expected:
            self._library.refresh()
            raise LibraryError(f"the article {key!r} has changed since it was indexed")
        return article
