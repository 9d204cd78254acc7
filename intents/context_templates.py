"""Sentence templates with slots, read from YAML in either of two dialects.

* hassil's (https://github.com/OHF-Voice/hassil): ``(a|b)``, ``[optional]``, ``(a;b)`` in any order,
  ``{list:slot}``, ``<rule>``, ``{0..100:slot}``; commands.yaml is written in it too, which
  intents.commands has hassil itself read.
* Picovoice's (Rhino contexts): ``[a, b]`` is a choice, ``(a, b)`` is optional, ``$list:slot``,
  ``@macro``. It is rewritten into the first.

Only reading; intents.context_grammar makes networks of what is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from hassil.expression import Expression, Sequence, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError
from hassil.util import is_template

from intents.errors import ReadbackError
from intents.text import normalize

# what is said -> what the slot gets
Values = tuple[tuple[Expression, str], ...]

# Rhino's built-in slots that are whole numbers, as ranges of hassil
_BUILT_IN = {
    "pv.SingleDigitInteger": "0..9",
    "pv.TwoDigitInteger": "10..99",
    "pv.Percent": "0..100",
}
_SLOT = re.compile(r"\$([\w.]+):(\w+)")
_MACRO = re.compile(r"@(\w+)(?::\w+)?")
_LONGEST_RANGE = 1000


class ContextError(ReadbackError):
    """A context file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence template of an intent."""

    intent: str
    text: str
    expression: Expression
    # slots that the intent sets whatever is said
    fixed: tuple[tuple[str, str], ...] = ()
    lists: Mapping[str, Values] = field(default_factory=dict)
    rules: Mapping[str, Expression] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Templates:
    """A whole context file."""

    path: Path
    templates: tuple[Template, ...]
    # words that may stand anywhere and mean nothing ("please"), normalized
    skip_words: frozenset[str] = frozenset()


def read(path: Path) -> Templates:
    """Read a context file of either dialect.

    Raises ContextError, naming the file and what is wrong, when it is missing, not YAML, of neither
    dialect, or a template, list or rule in it is broken.
    """
    data = _yaml(path)
    try:
        if isinstance(data.get("context"), dict):
            data = _from_picovoice(data["context"])
        return _templates(path, data)
    except ContextError as error:
        raise ContextError(f"{path}: {error}") from error


def _yaml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        # BaseLoader keeps every value as written: "on" and "no" are words here, not booleans
        data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes str, list, dict only
    except OSError as error:
        raise ContextError(f"{path} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ContextError(f"{path} is not a YAML file: {error}") from error
    if not isinstance(data, dict) or not ({"context", "intents"} & set(data)):
        raise ContextError(
            f"{path} is not a context file: it needs 'intents:' (hassil) or 'context:' (Picovoice)"
        )
    return data


def _templates(path: Path, data: dict[str, Any]) -> Templates:
    lists = _lists(data)
    rules = _rules(data)
    found: list[Template] = []
    for intent, body in _mapping(data.get("intents"), "intents").items():
        for block in _sequence(_mapping(body, intent).get("data"), f"{intent}: data"):
            found += _block(intent, _mapping(block, intent), lists, rules)
    if not found:
        raise ContextError("there is no sentence in it; add one under an intent")
    skip = _sequence(data.get("skip_words", []), "skip_words")
    return Templates(path, tuple(found), frozenset(w for s in skip for w in normalize(s).split()))


def _block(
    intent: str,
    block: dict[str, Any],
    lists: Mapping[str, Values],
    rules: Mapping[str, Expression],
) -> Iterator[Template]:
    lists = {**lists, **_lists(block)}
    rules = {**rules, **_rules(block)}
    fixed = tuple((k, str(v)) for k, v in _mapping(block.get("slots", {}), "slots").items())
    for text in _sequence(block.get("sentences"), f"{intent}: sentences"):
        yield Template(intent, text, parse(text), fixed, lists, rules)


def _rules(data: dict[str, Any]) -> dict[str, Expression]:
    bodies = _mapping(data.get("expansion_rules", {}), "expansion_rules")
    return {name: parse(body) for name, body in bodies.items()}


def _lists(data: dict[str, Any]) -> dict[str, Values]:
    lists = _mapping(data.get("lists", {}), "lists")
    return {name: _values(name, _mapping(body, name)) for name, body in lists.items()}


def _values(name: str, body: dict[str, Any]) -> Values:
    if "values" in body:
        return tuple(_value(name, v) for v in _sequence(body["values"], f"{name}: values"))
    if "range" in body:
        span = _mapping(body["range"], f"{name}: range")
        return number_values(name, span.get("from"), span.get("to"), span.get("step", 1))
    raise ContextError(
        f"the list {name!r} has neither values nor a range; a wildcard cannot become a grammar"
    )


def _value(name: str, value: object) -> tuple[Expression, str]:
    if isinstance(value, str):
        return parse(value), value.strip()
    if isinstance(value, dict) and isinstance(value.get("in"), str):
        return parse(value["in"]), str(value.get("out", value["in"])).strip()
    raise ContextError(f"the list {name!r} has a value that is neither text nor in/out: {value!r}")


def number_values(name: str, first: object, last: object, step: object = 1) -> Values:
    """Return the whole numbers from `first` to `last`, said in words, their digits as values."""
    try:
        numbers = range(int(str(first)), int(str(last)) + 1, int(str(step)))
    except ValueError as error:
        raise ContextError(f"the range {name!r} is not of whole numbers: {error}") from error
    if not 0 < len(numbers) <= _LONGEST_RANGE:
        raise ContextError(f"the range {name!r} has {len(numbers)} numbers; 1 to {_LONGEST_RANGE}")
    return tuple((TextChunk(normalize(str(n))), str(n)) for n in numbers)


def parse(text: object) -> Expression:
    """Parse one template of hassil's dialect.

    Raises ContextError with the text when brackets do not match or it is empty.
    """
    if not isinstance(text, str) or not text.strip():
        raise ContextError(f"a sentence must be text, not {text!r}")
    if not is_template(text):
        return TextChunk(text)
    try:
        # a bracket around it makes a bare "a|b" whole; hassil fails by assertion on "()"
        parsed: Expression = parse_sentence(text, keep_text=True).expression
    except (ParseError, ValueError, AssertionError, IndexError) as error:
        raise ContextError(f"the template {text!r} is broken: {error}") from error
    return parsed if not isinstance(parsed, Sequence) or parsed.items else TextChunk(text)


def _from_picovoice(context: dict[str, Any]) -> dict[str, Any]:
    """Rewrite a Rhino context as hassil's."""
    macros = _mapping(context.get("macros", {}), "macros")
    slots = _mapping(context.get("slots", {}), "slots")
    expressions = _mapping(context.get("expressions"), "expressions")
    return {
        "intents": {
            intent: {"data": [{"sentences": [_rewrite(s) for s in _sequence(texts, intent)]}]}
            for intent, texts in expressions.items()
        },
        "lists": {name: {"values": _sequence(v, name)} for name, v in slots.items()},
        "expansion_rules": {
            name: "(" + "|".join(map(_rewrite, _sequence(v, name))) + ")"
            for name, v in macros.items()
        },
    }


def _rewrite(text: object) -> str:
    if not isinstance(text, str):
        raise ContextError(f"an expression must be text, not {text!r}")
    swapped = text.translate(str.maketrans("[](),", "()[]|"))
    swapped = _SLOT.sub(lambda m: f"{{{_BUILT_IN.get(m[1], m[1])}:{m[2]}}}", swapped)
    return _MACRO.sub(r"<\1>", swapped)


def _mapping(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ContextError(f"{name!r} must be a section with names in it, not {value!r}")
    return value


def _sequence(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise ContextError(f"{name!r} must be a list, not {value!r}")
    return value
