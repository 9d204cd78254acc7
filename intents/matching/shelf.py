"""Where the matcher's articles come from: by key, one at a time, so that none must stay loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from intents.types import Article


class Shelf(Protocol):
    """Articles in a fixed order. intents.shelf.LibraryShelf is one."""

    @property
    def place(self) -> str:
        """What tells this shelf from others for good; empty when it does not outlive the run."""
        ...

    def stamps(self) -> Mapping[str, str]:
        """Return key -> stamp in the order of the articles; the stamp changes with the content."""
        ...

    def fetch(self, key: str, expected: str, /) -> Article:
        """Return an article; ReadbackError when it is gone, damaged or of another stamp."""
        ...


class Loose:
    """Articles that are in memory anyway."""

    place = ""

    def __init__(self, articles: Sequence[Article]) -> None:
        """Keep the articles; two of one id are two articles here."""
        self._articles = {f"{n}:{article.id}": article for n, article in enumerate(articles)}

    def stamps(self) -> dict[str, str]:
        """Return the keys; nothing changes here, so that the key is stamp enough."""
        return dict.fromkeys(self._articles, "")

    def fetch(self, key: str, _expected: str, /) -> Article:
        """Return an article."""
        return self._articles[key]
