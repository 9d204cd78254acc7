"""Reading articles: a file of any known format -> Article. Nothing is executed or fetched."""

from __future__ import annotations

from pathlib import Path

from intents.readers.compose import Reading
from intents.readers.errors import ReadError
from intents.readers.formats import FORMATS, read_data, suffixes
from intents.readers.guard import read_bytes
from intents.types import Article, Source

__all__ = ["FORMATS", "ReadError", "Reading", "read", "read_article", "read_data", "suffixes"]


def read(path: Path, *, source: Source | None = None) -> Reading:
    """Read one file; return the article and what was dropped from it, with the reasons.

    The format is chosen by suffix and content: a page saved as .txt is still a page. Fields that
    `source` fills win over what the file says of itself. Raises ReadError.
    """
    return read_data(read_bytes(path), path.name, source=source)


def read_article(path: Path, *, source: Source | None = None) -> Article:
    """Read one file as an Article; see `read`. Raises ReadError with the file and the next step."""
    return read(path, source=source).article
