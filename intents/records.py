"""Article <-> the JSON record that the library keeps. Sentences are stored as offsets only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import cast

from intents.errors import ReadbackError
from intents.types import Article, ArticleId, Passage, PassageKind, Sentence, Source

_KINDS = ("prose", "list", "faq", "table")


class RecordError(ReadbackError):
    """A stored article does not have the form that this version of Readback writes."""


def to_record(article: Article) -> dict[str, object]:
    """Return the article as plain JSON types; `from_record` restores it exactly."""
    return {
        "id": article.id,
        "title": article.title,
        "text": article.text,
        "passages": [
            {
                "heading": passage.heading,
                "kind": passage.kind,
                "sentences": [[s.start, s.end] for s in passage.sentences],
            }
            for passage in article.passages
        ],
        "synonyms": list(article.synonyms),
        "source": dataclasses.asdict(article.source),
    }


def _text(record: Mapping[str, object], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise RecordError(f"a stored article has no text under {key!r}; add the article again")
    return value


def _list(record: Mapping[str, object], key: str) -> list[object]:
    value = record.get(key)
    if not isinstance(value, list):
        raise RecordError(f"a stored article has no list under {key!r}; add the article again")
    return value


def _sentence(text: str, span: object) -> Sentence:
    if not (isinstance(span, list) and len(span) == 2 and all(type(n) is int for n in span)):
        raise RecordError(f"a stored sentence has no offsets but {span!r}; add the article again")
    start, end = span
    if not 0 <= start < end <= len(text):
        raise RecordError(f"a stored sentence lies outside its text ({start}-{end}); add it again")
    return Sentence(text[start:end], start, end)


def _passage(text: str, position: int, record: object) -> Passage:
    if not isinstance(record, dict) or record.get("kind") not in _KINDS:
        raise RecordError("a stored passage has no known kind; add the article again")
    sentences = tuple(_sentence(text, span) for span in _list(record, "sentences"))
    kind = cast(PassageKind, record["kind"])
    return Passage(_text(record, "heading"), sentences, position, kind)


def from_record(record: object) -> Article:
    """Return the article of a record; RecordError when it is not one."""
    if not isinstance(record, dict):
        raise RecordError("a stored article is not a JSON object; add the article again")
    text = _text(record, "text")
    source = record.get("source")
    facts = source if isinstance(source, dict) else {}
    names = {f.name for f in dataclasses.fields(Source)}
    return Article(
        id=ArticleId(_text(record, "id")),
        title=_text(record, "title"),
        text=text,
        passages=tuple(
            _passage(text, n, passage) for n, passage in enumerate(_list(record, "passages"))
        ),
        synonyms=tuple(str(name) for name in _list(record, "synonyms")),
        source=Source(**{k: str(v) for k, v in facts.items() if k in names}),
    )
