"""Spoken commands: whole utterances that fit a sentence template of commands.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml
from hassil import Intents, recognize_all
from hassil.errors import HassilError
from hassil.intents import SlotList, TextSlotList
from hassil.parser import ParseError
from hassil.recognize import RecognizeResult
from hassil.sample import sample_intents

from intents.errors import ReadbackError
from intents.numerals import cardinal
from intents.text import normalize
from intents.types import Command

# Words that recognizers write for a breath or a click beside a short command ("the stop"): taken
# off the ends when the whole utterance is no command. Seen with the starter model.
_EDGES = frozenset(
    {"the", "a", "and", "oh", "ah", "huh", "hm", "hmm", "mm", "eh", "uh", "um", "so", "but", "then"}
)
# No command is longer; a long text cannot cost time in the templates.
MOST_WORDS = 14
# Of wordings with a time the ear gets some, and one wording with every number up to an hour: from
# the pairs of words in these it makes the rest. All with all would be four times its other phrases.
_SAID_NUMBERS: dict[str, SlotList] = {
    name: TextSlotList.from_strings(map(cardinal, numbers), name=name)
    for name, numbers in (("minutes", (10, 20)), ("hours", (2,)))
}
# A word to spell is one word, and not one that points at another.
_POINTERS = frozenset({"it", "that", "this", "word", "one", "out", "last", "the", "check", "again"})


class CommandsError(ReadbackError):
    """Command templates that cannot be read."""


class Commands:
    """The spoken commands, from templates."""

    def __init__(self, templates: Mapping[str, Any]) -> None:
        """Compile hassil templates (`language`, `intents`, and so on, as in commands.yaml).

        Raises CommandsError when they are not valid templates.
        """
        try:
            self._written = Intents.from_dict(dict(templates))
            # matched without apostrophes on both sides: typists leave them out ("whats next")
            self._intents = Intents.from_dict(_without_apostrophes(dict(templates)))
            for intent in self._intents.intents.values():
                for data in intent.data:
                    # templates are parsed when first used: a mistake must show now
                    _ = data.sentences
        except (HassilError, ParseError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise CommandsError(
                f"the command templates are not valid: {error}; see intents/commands.yaml "
                "for the form"
            ) from error

    @classmethod
    def shipped(cls) -> Commands:
        """Return the commands of intents/commands.yaml, compiled once."""
        return _shipped()

    def parse(self, text: str) -> Command | None:
        """Return the command that the whole of `text` is, typed or as a recognizer writes it.

        None when it is no command, or when two different commands could be meant.
        """
        words = normalize(text).replace("'", "").split()
        if not 0 < len(words) <= MOST_WORDS:
            return None
        return self._parse(words) or self._parse(_without_edges(words))

    def _parse(self, words: list[str]) -> Command | None:
        if not words:
            return None
        found = {
            command
            for result in recognize_all(" ".join(words), self._intents)
            if (command := _command(result)) is not None
        }
        return found.pop() if len(found) == 1 else None

    def phrases(self) -> tuple[str, ...]:
        """Return every wording as a recognizer writes it, each once, without polite words.

        Sentences with a free word ("spell ...") are left out: any word may stand there.
        """
        sampled = sample_intents(
            self._written, slot_lists=_SAID_NUMBERS, exclude_sentences_with_wildcards=True
        )
        texts = (*(text for _, text in sampled), *self._every_number())
        return tuple(dict.fromkeys(filter(None, map(normalize, texts))))

    def _every_number(self) -> Iterator[str]:
        """Yield one wording for each number of minutes up to an hour."""
        if "minutes" in self._written.slot_lists:
            yield from (f"good night in {cardinal(number)} minutes" for number in range(1, 61))

    def names(self) -> tuple[str, ...]:
        """Return the name of every command, in the order of the file."""
        return tuple(self._intents.intents)


@cache
def _shipped() -> Commands:
    text = resources.files("intents").joinpath("commands.yaml").read_text("utf-8")
    return Commands(yaml.safe_load(text))


def _without_apostrophes(templates: Any) -> Any:
    if isinstance(templates, Mapping):
        return {key: _without_apostrophes(value) for key, value in templates.items()}
    if isinstance(templates, list):
        return [_without_apostrophes(value) for value in templates]
    return templates.replace("'", "") if isinstance(templates, str) else templates


def _without_edges(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _EDGES:
        start += 1
    while end > start and words[end - 1] in _EDGES:
        end -= 1
    return words[start:end] if end - start < len(words) else []


def _command(result: RecognizeResult) -> Command | None:
    slots = {name: str(entity.value).strip() for name, entity in result.entities.items()}
    word = slots.get("word")
    if word is not None and (" " in word or word in _POINTERS):
        return None
    return Command(result.intent.name, tuple(sorted(slots.items())))
