"""Templates -> networks of words: one that knows slots, and the small acceptor of all sentences."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)

from intents.context_templates import ContextError, Template, Values, number_values
from intents.text import normalize

# Rules may not contain themselves; hassil's own guard uses the same depth.
_DEEPEST_RULE = 24
_MOST_PERMUTED = 5
_SPACE = " "


@dataclass(frozen=True, slots=True)
class Tag:
    """A slot that the arc after it begins to fill."""

    slot: str
    value: str


@dataclass(slots=True)
class Network:
    """A graph of words from state 0; arcs are (word, tags on the way, target)."""

    arcs: list[list[tuple[str, tuple[Tag, ...], int]]] = field(default_factory=list)
    # state -> tags met between its last word and the end
    finals: dict[int, tuple[Tag, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Acceptor:
    """The smallest deterministic network without slots: state 0 begins, no cycles."""

    arcs: tuple[dict[str, int], ...]
    finals: frozenset[int]

    @property
    def words(self) -> frozenset[str]:
        """Every word of every sentence."""
        return frozenset(word for state in self.arcs for word in state)


class _Pieces:
    """A graph of pieces of text, spaces apart, built the way Thompson builds automata."""

    def __init__(self, template: Template) -> None:
        self._template = template
        # state -> (piece or None, tag or None, target)
        self.arcs: list[list[tuple[str | None, Tag | None, int]]] = []
        self.start = self._state()
        self.end = self._add(template.expression, self.start, 0)

    def _state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def _link(self, source: int, target: int, piece: str | None, tag: Tag | None = None) -> int:
        self.arcs[source].append((piece, tag, target))
        return target

    def _add(self, item: Expression, source: int, depth: int) -> int:
        """Append `item` after the state `source`; return the state after it."""
        if isinstance(item, TextChunk):
            return self._text(item.original_text, source)
        if isinstance(item, RuleReference):
            return self._rule(item, source, depth)
        if isinstance(item, ListReference):
            return self._list(item, source, depth)
        if isinstance(item, Permutation):
            return self._any_order(item, source, depth)
        if isinstance(item, Alternative):
            return self._choice(item.items, source, depth)
        if not isinstance(item, Group):
            raise ContextError(f"{self._template.text!r} has an unknown part: {item!r}")
        for is_text, grouped in itertools.groupby(item.items, lambda p: isinstance(p, TextChunk)):
            parts = list(grouped)
            if is_text:
                # hassil cuts text at spaces; an amount ("5 mg") must be spelled out as a whole
                text = "".join(p.original_text for p in parts if isinstance(p, TextChunk))
                source = self._text(text, source)
                continue
            for part in parts:
                source = self._add(part, source, depth)
        return source

    def _text(self, text: str, source: int) -> int:
        # a percent sign is glued to its number but is a word of its own when said
        spaced = text.replace("%", " percent ")
        if spaced[:1].isspace():
            source = self._link(source, self._state(), _SPACE)
        whole = normalize(spaced) if any(c.isdigit() for c in spaced) else spaced
        for number, piece in enumerate(whole.split()):
            if number:
                source = self._link(source, self._state(), _SPACE)
            source = self._link(source, self._state(), piece)
        if spaced.strip() and spaced[-1].isspace():
            source = self._link(source, self._state(), _SPACE)
        return source

    def _choice(self, items: Sequence[Expression], source: int, depth: int) -> int:
        end = self._state()
        for item in items:
            self._link(self._add(item, source, depth), end, None)
        return end

    def _any_order(self, item: Permutation, source: int, depth: int) -> int:
        if len(item.items) > _MOST_PERMUTED:
            raise ContextError(
                f"{self._template.text!r} has {len(item.items)} parts in any order; "
                f"{_MOST_PERMUTED} at most"
            )
        end = self._state()
        for order in itertools.permutations(item.items):
            state = source
            for part in order:
                state = self._link(self._add(part, state, depth), self._state(), _SPACE)
            self._link(state, end, None)
        return end

    def _rule(self, item: RuleReference, source: int, depth: int) -> int:
        body = self._template.rules.get(item.rule_name)
        if body is None or depth >= _DEEPEST_RULE:
            reason = "does not exist" if body is None else "contains itself"
            raise ContextError(f"{self._template.text!r}: the rule <{item.rule_name}> {reason}")
        return self._add(body, source, depth + 1)

    def _list(self, item: ListReference, source: int, depth: int) -> int:
        end = self._state()
        for said, value in self._values(item):
            inside = self._link(source, self._state(), None, Tag(item.slot_name, value))
            self._link(self._add(said, inside, depth + 1), end, None)
        return end

    def _values(self, item: ListReference) -> Values:
        span = item.get_inline_range()
        if span:
            return number_values(item.list_name, *span)
        values = self._template.lists.get(item.list_name)
        if not values:
            raise ContextError(
                f"{self._template.text!r}: the list {{{item.list_name}}} is missing or empty"
            )
        return values


def network(templates: Sequence[Template]) -> Network:
    """Return the network of all sentences of `templates`, in their order."""
    made = Network([[]])
    for template in templates:
        pieces = _Pieces(template)
        states = {pieces.start: 0}
        todo = [pieces.start]
        while todo:
            here = todo.pop()
            for words, tags, target in _words_from(pieces, here):
                if target is None:
                    _add_words(made, states[here], words, tags, None)
                    continue
                if target not in states:
                    states[target] = len(made.arcs)
                    made.arcs.append([])
                    todo.append(target)
                _add_words(made, states[here], words, tags, states[target])
    if 0 in made.finals:
        raise ContextError("a sentence can be empty; something must stay when all options are out")
    return made


def _words_from(
    pieces: _Pieces, source: int
) -> Iterator[tuple[list[str], tuple[Tag, ...], int | None]]:
    """Yield every next word (normalized: mostly one) from `source`, and where it leads.

    A target of None is the end of the sentence, with the last word or no word before it.
    """
    stack: list[tuple[int, str, tuple[Tag, ...]]] = [(source, "", ())]
    seen = set()
    while stack:
        state, word, tags = stack.pop()
        if (state, word, tags) in seen:
            continue
        seen.add((state, word, tags))
        if state == pieces.end:
            yield normalize(word).split(), tags, None
        for piece, tag, target in reversed(pieces.arcs[state]):
            met = (*tags, tag) if tag else tags
            if piece != _SPACE:
                stack.append((target, word + (piece or ""), met))
            elif normalize(word):
                yield normalize(word).split(), met, target
            else:
                stack.append((target, "", met))


def _add_words(
    made: Network, source: int, words: list[str], tags: tuple[Tag, ...], target: int | None
) -> None:
    if target is None:
        if not words:
            made.finals.setdefault(source, tags)
            return
        target = len(made.arcs)
        made.arcs.append([])
        made.finals[target] = ()
    for word in words[:-1]:
        made.arcs.append([])
        made.arcs[source].append((word, tags, len(made.arcs) - 1))
        source, tags = len(made.arcs) - 1, ()
    made.arcs[source].append((words[-1], tags, target))


def acceptor(made: Network) -> Acceptor:
    """Return the smallest acceptor of the sentences of `made` (subset construction, then merging).

    Templates have no repetition, so there are no cycles and states with the same future can be
    merged in one pass from the end (Revuz 1992, for acyclic automata).
    """
    subsets: dict[frozenset[int], int] = {frozenset([0]): 0}
    arcs: list[dict[str, int]] = []
    finals: list[bool] = []
    todo = [frozenset([0])]
    for subset in todo:
        following: dict[str, set[int]] = defaultdict(set)
        for state in subset:
            for word, _, target in made.arcs[state]:
                following[word].add(target)
        row = {}
        for word in sorted(following):
            key = frozenset(following[word])
            if key not in subsets:
                subsets[key] = len(subsets)
                todo.append(key)
            row[word] = subsets[key]
        arcs.append(row)
        finals.append(any(state in made.finals for state in subset))
    return _merged(arcs, finals)


def _merged(arcs: Sequence[dict[str, int]], finals: Sequence[bool]) -> Acceptor:
    classes: dict[tuple[bool, tuple[tuple[str, int], ...]], int] = {}
    number: dict[int, int] = {}
    rows: list[dict[str, int]] = []
    ends: list[bool] = []
    for state in _children_first(arcs):
        row = {word: number[target] for word, target in arcs[state].items()}
        key = (finals[state], tuple(row.items()))
        if key not in classes:
            classes[key] = len(rows)
            rows.append(row)
            ends.append(finals[state])
        number[state] = classes[key]
    # the start was finished last: count from it
    last = len(rows) - 1
    flipped = tuple({w: last - t for w, t in row.items()} for row in reversed(rows))
    return Acceptor(flipped, frozenset(last - i for i, end in enumerate(ends) if end))


def _children_first(arcs: Sequence[dict[str, int]]) -> Iterator[int]:
    seen = {0}
    stack = [(0, iter(arcs[0].values()))]
    while stack:
        state, targets = stack[-1]
        target = next((t for t in targets if t not in seen), None)
        if target is None:
            stack.pop()
            yield state
        else:
            seen.add(target)
            stack.append((target, iter(arcs[target].values())))


def covering(made: Acceptor) -> tuple[str, ...]:
    """Return few sentences in which every pair of neighboring words of `made` occurs.

    For a bigram grammar: it can then say whatever the acceptor can. Greedy and deterministic: each
    pair not seen yet gets the shortest sentence through it.
    """
    before = _shortest_to(made)
    after = _shortest_from(made)
    pairs: dict[tuple[str, str], None] = {}
    chosen: dict[str, None] = {}
    for state, row in enumerate(made.arcs):
        for word, middle in row.items():
            nexts: list[tuple[str, list[str]]] = [
                (second, [second, *after[target]]) for second, target in made.arcs[middle].items()
            ]
            if middle in made.finals:
                nexts.append(("", []))
            for second, rest in nexts:
                if (word, second) in pairs:
                    continue
                sentence = [*before[state], word, *rest]
                pairs.update(dict.fromkeys(zip(sentence, [*sentence[1:], ""], strict=True)))
                chosen[" ".join(sentence)] = None
    return tuple(chosen)


def _shortest_to(made: Acceptor) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {0: []}
    queue = [0]
    for state in queue:
        for word, target in made.arcs[state].items():
            if target not in found:
                found[target] = [*found[state], word]
                queue.append(target)
    return found


def _shortest_from(made: Acceptor) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for state in _children_first(made.arcs):
        options = [[word, *found[target]] for word, target in made.arcs[state].items()]
        best = min(options, key=len, default=[])
        found[state] = [] if state in made.finals else best
    return found
