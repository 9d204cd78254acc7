"""Pure: what an owner should know about how an article's new words are heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from intents.text import words
from intents.types import Article
from models import owner
from models.lexicon import PHONES, Origin, Phones, Pronunciation, dictionary, pronounce

# Words of fewer phones are alike too often to be worth telling.
_SHORTEST = 4
_MOST_ALIKE = 5

Sounds = Mapping[Phones, Sequence[str]]


@dataclass(frozen=True, slots=True)
class WordReport:
    """How one new word is heard."""

    word: str
    # the pronunciations that the ear listens for, best first; none: it cannot hear the word
    phones: tuple[str, ...]
    # of the first: "owner", "dictionary", "rules" (its parts), "espeak" or "analogy"; "" when
    # there is none
    origin: Origin | Literal[""]
    # other words of the library or common ones that sound the same, or differ in one phone
    alike: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return it as JSON types."""
        return {
            "word": self.word,
            "phones": list(self.phones),
            "from": self.origin,
            "alike": list(self.alike),
        }


def new_words(article: Article) -> tuple[str, ...]:
    """Return the article's words that no dictionary has, or that the owner corrected."""
    known, own = dictionary(), owner.load()
    texts = (article.text, article.title, *article.synonyms)
    heard = dict.fromkeys(word for text in texts for word in words(text))
    return tuple(w for w in heard if w.isascii() and (w not in known or w in own))


def report(article: Article, sounds: Sounds) -> tuple[WordReport, ...]:
    """Return a line for each new word of an article, in its order; `sounds` is what is known."""
    own = owner.load()
    return tuple(_line(word, own.get(word), sounds) for word in new_words(article))


def _line(word: str, own: owner.Own | None, sounds: Sounds) -> WordReport:
    readings = (Pronunciation(own.phones, "owner"),) if own else pronounce(word)
    alike = dict.fromkeys(
        other for r in readings for other in _alike(r.phones, sounds) if _apart(word, other)
    )
    return WordReport(
        word,
        tuple(" ".join(r.phones) for r in readings),
        readings[0].origin if readings else "",
        tuple(alike)[:_MOST_ALIKE],
    )


def _apart(word: str, other: str) -> bool:
    """Tell two words apart that are not one word with and without an ending."""
    short, long = sorted((word, other), key=len)
    return not long.startswith(short) and short.rstrip("s'") != long.rstrip("s'")


def _alike(phones: Phones, sounds: Sounds) -> Iterator[str]:
    yield from sounds.get(phones, ())
    if len(phones) >= _SHORTEST:
        for near in _neighbors(phones):
            yield from sounds.get(near, ())


def _neighbors(phones: Phones) -> Iterator[Phones]:
    """Yield every row of phones that differs in one: left out, another, or one more."""
    for at in range(len(phones) + 1):
        before, after = phones[:at], phones[at:]
        if after:
            yield (*before, *after[1:])
        for phone in sorted(PHONES):
            yield (*before, phone, *after)
            if after and phone != after[0]:
                yield (*before, phone, *after[1:])


def sounds_of(lexicon: Path) -> dict[Phones, tuple[str, ...]]:
    """Return the words for each row of phones in a model's lexicon.txt; empty without the file."""
    try:
        lines = lexicon.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return grouped((line.split("\t")[0], tuple(line.split("\t")[2].split())) for line in lines)


def grouped(pairs: Iterable[tuple[str, Phones]]) -> dict[Phones, tuple[str, ...]]:
    """Return the words that share each pronunciation."""
    found: dict[Phones, tuple[str, ...]] = {}
    for word, phones in pairs:
        found[phones] = (*found.get(phones, ()), word)
    return found
