"""Words spelled by chains of other words: written into grammars, read back from answers."""

from __future__ import annotations

import json
from functools import partial

from models import pieces
from models.lexicon import parse_phones
from voice.spelled import Spelling

CACHEXIA = parse_phones("K AH K EH K S IY AH")
ALIKE = Spelling({"cachexia": [("cash", "exit", "ya"), ("cash", "exit")]})


def test_words_take_pieces_of_their_own_as_long_as_there_are_some() -> None:
    chains = pieces.spell({"one": [CACHEXIA], "two": [CACHEXIA, ("K", "AE", "T")]})
    assert chains["one"][0][0] == "#k-b-0"
    assert chains["one"][0][-1] == "#ah-e-0"
    inside = [name for ways in chains.values() for way in ways for name in way[1:-1]]
    assert len(inside) == len(set(inside))
    known = {name for name, *_ in pieces.tokens()}
    assert {name for ways in chains.values() for way in ways for name in way} <= known
    assert [pieces.phone_of(name) for name in chains["one"][0]] == list(CACHEXIA)


def test_a_single_phone_has_no_chain() -> None:
    assert pieces.spell({"a": [("AH",)]}) == {}


def test_every_piece_has_a_name_of_its_own() -> None:
    names = [name for name, *_ in pieces.tokens()]
    assert len(names) == len(set(names)) == sum(pieces.COPIES.values()) * 39


def test_a_phrase_is_written_once_a_way_and_read_back() -> None:
    written = list(ALIKE.written("what is cachexia"))
    assert written == ["what is cash exit ya", "what is cash exit"]
    assert {ALIKE.text(line) for line in written} == {"what is cachexia"}
    assert list(ALIKE.written("what is gout")) == ["what is gout"]
    assert ALIKE.text("cash is gout") == "cash is gout"


def test_times_reach_over_the_whole_chain() -> None:
    rows = [{"word": w, "start": k, "end": k + 1} for k, w in enumerate(("is", "cash", "exit"))]
    answer = {"alternatives": [{"text": "is cash exit", "confidence": 1.0, "result": rows}]}
    (line,) = json.loads(ALIKE.final(json.dumps(answer)))["alternatives"]
    assert line["text"] == "is cachexia"
    assert line["result"][1] == {"word": "cachexia", "start": 1, "end": 3}


def test_stray_pieces_become_the_nearest_word_or_vanish() -> None:
    readings = {"cachexia": (CACHEXIA,)}
    chains = pieces.spell(readings)
    guess = partial(pieces.nearest, words=readings)
    spelling = Spelling(chains, mark=pieces.MARK, guess=guess)
    near = [*chains["cachexia"][0][:-1], "#er-e-0"]
    assert spelling.text(" ".join(["is", *near])) == "is cachexia"
    assert spelling.text("is #t-b-0 #r-i-0 #ow-e-0 bad") == "is bad"


def test_a_partial_leaves_out_a_chain_that_is_not_whole() -> None:
    chains = pieces.spell({"cachexia": (CACHEXIA,)})
    spelling = Spelling(chains, mark=pieces.MARK)
    whole = chains["cachexia"][0]
    for size in range(1, len(whole)):
        answer = json.dumps({"partial": " ".join(["what", "is", *whole[:size]])})
        assert json.loads(spelling.partial(answer))["partial"] == "what is"
    answer = json.dumps({"partial": " ".join(["what", "is", *whole])})
    assert json.loads(spelling.partial(answer))["partial"] == "what is cachexia"
