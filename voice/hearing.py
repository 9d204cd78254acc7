"""Keep the starter model tuned to the library: every word of every article can be heard.

The model is built with the library's words and text (6 s on a desktop core), so it is built again
when they change: after `readback add`, or at the next start. An official model's vocabulary is
closed; it is never touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from intents import vocabulary
from intents.text import words
from intents.types import Article
from models import owner, store
from models.starter.build import build, no_progress

# Beside the model's folder, not in it: the folder is the builder's, with its own checksums.
_MARK = ".starter.library"


@dataclass(frozen=True, slots=True)
class LibraryText:
    """What the ear must know of a library: normalized words, and text for the language model."""

    words: tuple[str, ...]
    sentences: tuple[str, ...]
    # word -> the owner's phones, as one string
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for the same library."""
        own = (f"{word} {phones}" for word, phones in sorted(self.own.items()))
        text = "\n".join((*self.words, "", *self.sentences, "", *own))
        return hashlib.sha256(text.encode()).hexdigest()


def library_text(articles: Sequence[Article], commands: Sequence[str] = ()) -> LibraryText:
    """Return the text that the articles and the spoken commands bring."""
    known = dict.fromkeys(vocabulary.words(articles))
    known.update(dict.fromkeys(word for phrase in commands for word in words(phrase)))
    own = {word: " ".join(given.phones) for word, given in owner.load().items()}
    return LibraryText(tuple(known), vocabulary.sentences(articles), own)


def is_current(text: LibraryText, folder: Path | None = None) -> bool:
    """Tell whether the starter model in `folder` was built from this text."""
    place = folder or store.default_folder()
    mark = place / _MARK
    built = (place / store.STARTER / store.MANIFEST).is_file()
    return built and mark.is_file() and mark.read_text(encoding="utf-8") == text.digest


def tune(
    text: LibraryText,
    progress: Callable[[str, float], None] = no_progress,
    folder: Path | None = None,
) -> Path:
    """Build the starter model for this text and return its folder; ModelError when it cannot."""
    place = folder or store.default_folder()
    made = build(
        place / store.STARTER,
        words=dict.fromkeys(text.words, ()) | {word: (said,) for word, said in text.own.items()},
        sentences=text.sentences,
        progress=progress,
    )
    (place / _MARK).write_text(text.digest, encoding="utf-8")
    return made
