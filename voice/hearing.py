"""Keep the starter model tuned to the library: every word of every article can be heard.

Building takes seconds for a small library and a minute for thousands of articles, so it is not done
for each new article. What was built is noted article by article, by checksum. A few new articles,
or words that the owner corrected, are heard at once: their words are spelled by phones
(models/pieces.py) in the library ear's grammar, until the next build takes them in. An official
model's vocabulary is closed; it is never touched.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from intents import vocabulary
from intents.archive import pack
from intents.errors import ReadbackError
from intents.library import Library, shipped_articles
from intents.types import Article
from intents.vocabulary import ArticleText
from models import owner, pieces, store
from models.lexicon import Phones, pronounce
from models.starter.build import build, no_progress
from voice.spelled import Spelling

# Beside the model's folder, not in it: the folder is the builder's, with its own checksums.
_MARK, _PHRASES, _TEXTS = ".starter.library", ".starter.phrases", ".starter.texts.gz"
_FORMAT = 2
# More new words than this share their pieces so often that the ear mixes them up.
MOST_NEW_WORDS = 60
MOST_NEW_ARTICLES = 50
# Ways to say one new word; each doubles the phrases with it.
_MOST_READINGS = 3

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class LibraryText:
    """What the ear must know of a library: normalized words, and text for the language model."""

    words: tuple[str, ...]
    sentences: tuple[str, ...]
    # word -> the owner's phones, as one string
    own: Mapping[str, str] = field(default_factory=dict)
    # for the library ear
    phrases: tuple[str, ...] = ()
    # article id -> its checksum
    articles: Mapping[str, str] = field(default_factory=dict)
    # of the spoken commands, the calls for help and the question templates
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model folder and what else the ear needs to hear the library."""

    folder: Path
    phrases: tuple[str, ...]
    # new words that are spelled until the next build
    spelling: Spelling
    # words that no ear can be told, sorted
    unhearable: tuple[str, ...]


def _joined(texts: Mapping[str, tuple[str, ArticleText]], commands: Sequence[str]) -> LibraryText:
    brought = [text for _, text in texts.values()]
    return LibraryText(
        vocabulary.words_of(brought, commands),
        vocabulary.sentences_of(brought, commands),
        _own(),
        vocabulary.phrases_of(brought, commands),
        {key: digest for key, (digest, _) in texts.items()},
        _frame(commands),
    )


def checksum(article: Article) -> str:
    """Return the SHA-256 that the library's index has for this article."""
    header = pack(article, "", "").split(b"\n", 1)[0]
    return str(json.loads(header)["sha256"])


def _index(library: Library) -> dict[str, str]:
    """Return article id -> checksum; of the owner's articles none is read."""
    found: dict[str, str] = {entry.id: entry.sha256 for entry in library.entries}
    for article in shipped_articles():
        if library.is_shipped(article.id):
            found[article.id] = checksum(article)
    return dict(sorted(found.items()))


def _text(library: Library, key: str) -> ArticleText:
    """Return an article's text; none for one that is damaged, which answers nothing either."""
    try:
        return vocabulary.article_text(library.get(key))
    except ReadbackError:
        return ArticleText((), (), ())


def _own() -> dict[str, str]:
    return {word: " ".join(given.phones) for word, given in owner.load().items()}


def _frame(commands: Sequence[str]) -> str:
    text = "\n".join((*vocabulary.phrases_of((), commands), *vocabulary.TEMPLATES))
    return hashlib.sha256(text.encode()).hexdigest()


# --- what was built ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Built:
    """What the model beside it was built from."""

    articles: Mapping[str, str]
    own: Mapping[str, str]
    frame: str
    unhearable: tuple[str, ...]


def _read_mark(place: Path) -> _Built | None:
    """Return what was built; None when there is no model, or another version noted it."""
    if not (place / store.STARTER / store.MANIFEST).is_file():
        return None
    try:
        content = json.loads((place / _MARK).read_text(encoding="utf-8"))
        if content["format"] != _FORMAT or not (place / _PHRASES).is_file():
            return None
        return _Built(
            dict(content["articles"]),
            dict(content["own"]),
            str(content["frame"]),
            tuple(content["unhearable"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(path: Path, data: bytes) -> None:
    """Put data in place whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(data)
    fresh.replace(path)


def tune(text: LibraryText, progress: Progress = no_progress, folder: Path | None = None) -> Path:
    """Build the starter model for this text and return its folder; ModelError when it cannot."""
    place = folder or store.default_folder()
    (place / _MARK).unlink(missing_ok=True)
    made = build(
        place / store.STARTER,
        words=dict.fromkeys(text.words, ()) | {word: (said,) for word, said in text.own.items()},
        sentences=text.sentences,
        progress=progress,
    )
    known = model_words(made)
    mark = {
        "format": _FORMAT,
        "articles": dict(text.articles),
        "own": dict(text.own),
        "frame": text.frame,
        "unhearable": sorted(word for word in text.words if word not in known),
    }
    _write(place / _PHRASES, "\n".join(text.phrases).encode())
    _write(place / _MARK, json.dumps(mark).encode())
    return made


def model_words(folder: Path) -> frozenset[str]:
    """Return the words that a starter model lists."""
    lines = (folder / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split(" ", 1)[0] for line in lines)


# --- the ear's needs, without building where that can wait --------------------------------------


def prepare(
    library: Library,
    commands: Sequence[str],
    *,
    wake_phrase: str = "",
    notice: Callable[[str], None] = lambda _: None,
    folder: Path | None = None,
) -> Prepared:
    """Return what the ear needs for this library now; builds only when too much is new.

    A new word of the owner's own `wake_phrase` (normalized) is always built in: both ears must hear
    it, and the free one hears no word that is spelled (0 of 36 phrases by six voices, without the
    second pass; built in 22). What removed articles brought does no harm until the next build.

    `notice` is told, in one sentence, why it takes longer. Raises ModelError when it cannot build.
    """
    place = folder or store.default_folder()
    built = _read_mark(place)
    changed = _changed(library, built)
    why = "The library has changed; the ear learns its words, for some seconds."
    if built is not None and built.frame == _frame(commands) and len(changed) <= MOST_NEW_ARTICLES:
        pending = _pending(place, built, [_text(library, key) for key in changed])
        if pending is not None:
            built_in = model_words(place / store.STARTER) - set(pending.readings)
            if _speakable(wake_phrase) <= built_in:
                return _prepared(place, built, pending)
            why = "The ear learns the words of your wake phrase, for some seconds."
    notice(why)
    tune(gathered(library, commands, wake_phrase=wake_phrase, folder=folder), folder=folder)
    built = _read_mark(place)
    assert built is not None
    return _prepared(place, built, _Pending((), {}, ()))


def _speakable(phrase: str) -> frozenset[str]:
    """Return a phrase's words that have a sound: a build knows them."""
    own = owner.load()
    return frozenset(word for word in phrase.split() if word in own or pronounce(word))


def _changed(library: Library, built: _Built | None) -> list[str]:
    known = built.articles if built else {}
    return [key for key, digest in _index(library).items() if known.get(key) != digest]


@dataclass(frozen=True, slots=True)
class _Pending:
    """What is not built in yet."""

    phrases: tuple[str, ...]
    readings: Mapping[str, tuple[Phones, ...]]
    unhearable: tuple[str, ...]


def _pending(place: Path, built: _Built, texts: Sequence[ArticleText]) -> _Pending | None:
    """Return what to add to the built model; None when it is too much."""
    own = _own()
    listed = model_words(place / store.STARTER)
    brought = {word for text in texts for line in text.lines() for word in line.split()}
    corrected = {w for w in {*own, *built.own} if own.get(w) != built.own.get(w)}
    new = sorted((brought | set(own)) - listed | corrected)
    if len(new) > MOST_NEW_WORDS:
        return None
    readings = {word: _readings(word, own) for word in new}
    said = vocabulary.phrases_of(texts) if texts else ()
    unhearable = tuple(word for word, ways in readings.items() if not ways and word not in listed)
    return _Pending(said, {w: ways for w, ways in readings.items() if ways}, unhearable)


def _readings(word: str, own: Mapping[str, str]) -> tuple[Phones, ...]:
    if word in own:
        return (tuple(own[word].split()),)
    return tuple(p.phones for p in pronounce(word, widely=True))[:_MOST_READINGS]


def _prepared(place: Path, built: _Built, pending: _Pending) -> Prepared:
    phrases = (place / _PHRASES).read_text(encoding="utf-8").split("\n")
    spelling = Spelling(
        pieces.spell(pending.readings),
        mark=pieces.MARK,
        guess=partial(pieces.nearest, words=pending.readings),
    )
    return Prepared(
        place / store.STARTER,
        tuple(dict.fromkeys((*phrases, *pending.phrases, *pending.readings))),
        spelling,
        tuple(sorted({*built.unhearable, *pending.unhearable})),
    )


# --- articles' text, kept between builds --------------------------------------------------------


def gathered(
    library: Library,
    commands: Sequence[str],
    *,
    wake_phrase: str = "",
    folder: Path | None = None,
) -> LibraryText:
    """Return the library's text, and the wake phrase's; only new articles are read."""
    place = folder or store.default_folder()
    kept = _read_texts(place / _TEXTS)
    texts = {}
    for key, digest in _index(library).items():
        text = kept.get(digest) or _text(library, key)
        texts[key] = (digest, text)
    if {digest for digest, _ in texts.values()} != set(kept):
        _write_texts(place / _TEXTS, texts.values())
    joined = _joined(texts, commands)
    if not wake_phrase:
        return joined
    words = tuple(sorted({*joined.words, *_speakable(wake_phrase)}))
    return replace(joined, words=words, sentences=(*joined.sentences, wake_phrase))


def _read_texts(path: Path) -> dict[str, ArticleText]:
    """Return checksum -> text; empty when there is no such file, or it cannot be used."""
    try:
        rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        return {row[0]: ArticleText(*map(tuple, row[1:])) for row in rows}
    except (OSError, ValueError, TypeError, EOFError, IndexError):
        return {}


def _write_texts(path: Path, texts: Iterable[tuple[str, ArticleText]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ((digest, t.subjects, t.questions, t.sentences) for digest, t in texts)
    _write(path, gzip.compress("\n".join(map(json.dumps, rows)).encode(), 3, mtime=0))
