"""The pronunciation graph HCL: transition ids in, words out, with full cross-word triphones.

Steps: lexicon with disambiguation symbols -> determinize -> compose with phonetic context -> each
window of three phones becomes three forward transition ids -> determinize -> self-loops in Kaldi's
"reorder" order (behind the forward transition). Cost scales are 0.1, as the decoder's acoustic
scale. Never import vosk in a process that runs this: libvosk exports its own OpenFst symbols.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models import pieces
from models.starter.acoustic import POSITIONS, Transitions, kaldi_phone
from models.starter.fst import ARC, Arcs, Fst, from_arcs, make_arcs, read_const, vector_bytes
from models.starter.sphinx import BEGIN, END, INTERNAL, SINGLE, SphinxModel

I64 = npt.NDArray[np.int64]

# Disambiguation symbols are phone labels from here on; #1 follows silence, #2... homophones.
_DISAMBIGUATION = 4000
# Phones of the pieces that words are spelled with, in the lexicon only: the sound of a phone at its
# place, but each a word of one phone, as libvosk's alignment of words wants it.
_PIECE = 1000
_LOOP, _SILENCE, _SPELLING = 1, 2, 4
_PLACES = {"b": BEGIN, "i": INTERNAL, "e": END}


@dataclass(frozen=True, slots=True)
class GraphSettings:
    """What the graph says about time and silence."""

    # scale of the transition costs; equal to the decoder's acoustic scale
    transition_scale: float = 0.1
    # chance of a silence between two words
    silence: float = 0.5


@dataclass(frozen=True, slots=True)
class Pronunciations:
    """Words in id order (the first has id 1), each with one or more phone sequences."""

    words: tuple[str, ...]
    phones: tuple[tuple[tuple[str, ...], ...], ...]


class GraphBuilder:
    """Builds graphs for one acoustic model."""

    def __init__(
        self, model: SphinxModel, pdf: I64, ids: Transitions, settings: GraphSettings
    ) -> None:
        self._phones = model.phones
        self._pdf = pdf
        self._ids = ids
        self._settings = settings
        self._top_id = 2 * len(ids.triples)

    def lexicon(self, words: Pronunciations, *, spelling: bool = False) -> tuple[Fst, int]:
        """Return the lexicon transducer and its highest disambiguation number.

        `spelling` adds the pieces that unknown words are spelled with; their ids follow the words'.
        """
        entries = self._entries(words)
        rows: list[tuple[int, int, int, float, int]] = []
        pause, flow = -np.log(self._settings.silence), -np.log(1 - self._settings.silence)
        silence = kaldi_phone(self._phones.silence, SINGLE)
        rows += [(0, 0, 0, flow, _LOOP), (0, 0, 0, pause, _SILENCE)]
        rows += [(_SILENCE, silence, 0, 0.0, 3), (3, _DISAMBIGUATION + 1, 0, 0.0, _LOOP)]
        free = _SPELLING + 1
        if spelling:
            symbol = 1 + max((labels[-1] for _, labels in entries), default=0)
            symbol = max(symbol, _DISAMBIGUATION + 2)
            rows += self._pieces((len(words.words) + 1, free, symbol), flow, pause)
            free += len(pieces.tokens())
        for word, labels in entries:
            state = _LOOP
            for position, label in enumerate(labels[:-1]):
                rows.append((state, label, word if position == 0 else 0, 0.0, free))
                state, free = free, free + 1
            last = word if len(labels) == 1 else 0
            rows.append((state, labels[-1], last, flow, _LOOP))
            rows.append((state, labels[-1], last, pause, _SILENCE))
        highest = max((row[1] for row in rows), default=0)
        final = np.full(free, np.inf, dtype=np.float32)
        final[_LOOP] = 0
        source, ilabel, olabel, weight, target = zip(*rows, strict=True)
        fst = from_arcs(0, final, source, make_arcs(ilabel, olabel, weight, target))
        return fst, max(highest - _DISAMBIGUATION, 1)

    def _pieces(
        self, start: tuple[int, int, int], flow: float, pause: float
    ) -> list[tuple[int, int, int, float, int]]:
        """Return arcs for the pieces: a phone, then the disambiguation symbol of place and copy.

        `start`: the first free word id, state and disambiguation symbol. No symbol is shared with
        a word: a piece's phones can have the very transition ids of a word of one phone.
        """
        first, free, symbol = start
        symbols = {
            key: symbol + k
            for k, key in enumerate(dict.fromkeys((p, n) for _, _, p, n in pieces.tokens()))
        }
        rows = []
        for k, (_, phone, place, number) in enumerate(pieces.tokens()):
            label = _PIECE + kaldi_phone(self._phones.phone(phone), _PLACES[place])
            copy = symbols[place, number]
            origin = _LOOP if place == "b" else _SPELLING
            rows.append((origin, label, first + k, 0.0, free + k))
            if place == "e":
                rows.append((free + k, copy, 0, flow, _LOOP))
                rows.append((free + k, copy, 0, pause, _SILENCE))
            else:
                rows.append((free + k, copy, 0, 0.0, _SPELLING))
        return rows

    def _entries(self, words: Pronunciations) -> list[tuple[int, tuple[int, ...]]]:
        """Return (word id, phone labels); homophones and prefixes get a disambiguation symbol."""
        plain: list[tuple[int, tuple[int, ...]]] = []
        for word, variants in enumerate(words.phones, start=1):
            plain += [(word, self._labels(v)) for v in dict.fromkeys(variants)]
        count = Counter(labels for _, labels in plain)
        prefixes = {labels[:k] for labels in count for k in range(1, len(labels))}
        seen: Counter[tuple[int, ...]] = Counter()
        entries = []
        for word, labels in plain:
            seen[labels] += 1
            extra: tuple[int, ...] = ()
            if count[labels] > 1 or labels in prefixes:
                extra = (_DISAMBIGUATION + 1 + seen[labels],)
            entries.append((word, labels + extra))
        return entries

    def _labels(self, phones: Sequence[str]) -> tuple[int, ...]:
        last = len(phones) - 1
        places = [SINGLE] if last == 0 else [BEGIN, *[INTERNAL] * (last - 1), END]
        return tuple(
            kaldi_phone(self._phones.phone(name), place)
            for name, place in zip(phones, places, strict=True)
        )

    def pronunciation_graph(
        self, words: Pronunciations, *, spelling: bool = False
    ) -> tuple[Fst, list[int]]:
        """Return HCL with self-loops (not sorted) and the disambiguation labels in it."""
        from kaldifst import arcsort, compose_context, determinize_star, minimize_encoded

        lexicon, highest = self.lexicon(words, spelling=spelling)
        vector = to_kaldifst(lexicon)
        determinize_star(vector)
        arcsort(vector, "ilabel")
        symbols = list(range(_DISAMBIGUATION, _DISAMBIGUATION + highest + 1))
        windows, meaning = compose_context(symbols, 3, 1, vector)
        expanded, used = self._expand(from_kaldifst(windows), meaning)
        vector = to_kaldifst(expanded)
        determinize_star(vector)
        # shares what windows of one center and right context have in common
        minimize_encoded(vector)
        return self._connected(self.add_self_loops(from_kaldifst(vector))), used

    @staticmethod
    def _connected(fst: Fst) -> Fst:
        from kaldifst import connect

        vector = to_kaldifst(fst)
        connect(vector)
        return from_kaldifst(vector)

    def _expand(self, fst: Fst, meaning: Sequence[Sequence[int]]) -> tuple[Fst, list[int]]:
        """Replace each window of three phones by its three forward transition ids."""
        table = np.zeros((len(meaning), 3), dtype=np.int64)
        used: list[int] = []
        for k, window in enumerate(meaning):
            if len(window) == 1 and window[0] < 0:
                table[k, 0] = self._top_id + 1 + (-window[0] - _DISAMBIGUATION)
            elif len(window) == 3:
                table[k] = self._forward_ids(window)
        labels = table[fst.arcs["ilabel"]]
        used = sorted({int(x) for x in labels[:, 0] if x > self._top_id})
        return _spread(fst, labels), used

    def _forward_ids(self, window: Sequence[int]) -> list[int]:
        left, center, right = (self._base(phone) for phone in window)
        position = (window[1] % _PIECE - 1) % POSITIONS
        row = self._phones.nearest(center, left, right, position)
        senones = self._phones.senones[row]
        phone = kaldi_phone(center, SINGLE) if window[1] > _PIECE else window[1]
        return [
            self._ids.forward[(phone, state, int(self._pdf[senone]))]
            for state, senone in enumerate(senones)
        ]

    def _base(self, phone: int) -> int:
        return self._phones.silence if phone <= 0 else (phone % _PIECE - 1) // POSITIONS

    def add_self_loops(self, fst: Fst) -> Fst:
        """Add transition costs, and a self-loop behind every forward transition.

        A state entered by several different transitions is split: the loop belongs to one of them.
        """
        scale = self._settings.transition_scale
        cost = np.zeros(self._top_id + 2, dtype=np.float64)
        cost[1 : self._top_id + 1] = -scale * self._ids.log_probs[1:]
        label = fst.arcs["ilabel"].astype(np.int64)
        emitting = (label > 0) & (label <= self._top_id)
        kind = np.where(emitting, label, 0)
        pairs = np.unique(np.stack([fst.arcs["next"].astype(np.int64), kind], 1), axis=0)
        pairs = np.unique(np.vstack([pairs, [[fst.start, 0]]]), axis=0)
        ways = np.bincount(pairs[:, 0], minlength=fst.states)
        loops = pairs[pairs[:, 1] > 0]
        split = ways[loops[:, 0]] > 1
        place = np.where(split, fst.states + np.cumsum(split) - 1, loops[:, 0])
        arcs = fst.arcs.copy()
        arcs["weight"] += cost[np.where(emitting, label, 0)].astype(np.float32)
        keys = loops[:, 0] * (self._top_id + 1) + loops[:, 1]
        wanted = arcs["next"].astype(np.int64) * (self._top_id + 1) + kind
        arcs["next"][emitting] = place[np.searchsorted(keys, wanted[emitting])]
        back = make_arcs(0, 0, np.zeros(int(split.sum())), loops[split, 0])
        round_ = make_arcs(loops[:, 1] - 1, 0, cost[loops[:, 1] - 1], place)
        source = np.concatenate([fst.sources(), place[split], place])
        final = np.concatenate([fst.final, np.full(int(split.sum()), np.inf, dtype=np.float32)])
        return from_arcs(fst.start, final, source, np.concatenate([arcs, back, round_]))


def _spread(fst: Fst, labels: I64) -> Fst:
    """Return `fst` with each arc's input replaced by up to three labels in a row."""
    source = fst.sources()
    triple = labels[:, 2] > 0
    extra = fst.states + 2 * (np.cumsum(triple) - 1)
    head = fst.arcs.copy()
    head["ilabel"] = labels[:, 0]
    head["next"] = np.where(triple, extra, fst.arcs["next"])
    middle = make_arcs(labels[triple, 1], 0, 0.0, extra[triple] + 1)
    tail = make_arcs(labels[triple, 2], 0, 0.0, fst.arcs["next"][triple])
    final = np.full(fst.states + 2 * int(triple.sum()), np.inf, dtype=np.float32)
    final[: fst.states] = fst.final
    origins = np.concatenate([source, extra[triple], extra[triple] + 1])
    arcs: Arcs = np.concatenate([head, middle, tail]).astype(ARC)
    return from_arcs(fst.start, final, origins, arcs)


def to_kaldifst(fst: Fst) -> Any:
    """Hand a transducer to kaldifst (by a temporary file: it has no other bulk interface)."""
    from kaldifst import StdVectorFst

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fst"
        path.write_bytes(vector_bytes(fst))
        return StdVectorFst.read(str(path))


def from_kaldifst(vector: Any) -> Fst:
    """Take a transducer back from kaldifst."""
    from kaldifst import StdConstFst

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fst"
        StdConstFst(vector).write(str(path))
        return read_const(path)


def pronunciations(words: Mapping[str, Sequence[Sequence[str]]]) -> Pronunciations:
    """Return words with their phone sequences, in the mapping's order."""
    return Pronunciations(tuple(words), tuple(tuple(map(tuple, p)) for p in words.values()))
