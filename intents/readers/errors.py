"""The error of every reader."""

from __future__ import annotations

from intents.errors import ReadbackError


class ReadError(ReadbackError):
    """A file cannot be read as an article; the message names it and says what to do."""
