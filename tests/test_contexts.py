"""Contexts: two dialects, one network; exact parsing, repair, grammars, and clear refusals."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hassil.expression import Sentence
from hassil.parse_expression import parse_sentence
from hassil.sample import sample_sentence

from intents.context_grammar import Acceptor, acceptor, covering, network
from intents.context_repair import nearest, unlike
from intents.context_templates import Template, parse
from intents.contexts import Context, ContextError, Parsed
from intents.text import normalize
from intents.types import Hypothesis

LAMPS = """
language: en
intents:
  Light:
    data:
      - sentences:
          - "turn {state} [the] {room} light[s]"
          - "(switch|turn) [the] {room} (light|lamp) {state}"
        slots: {device: light}
      - sentences: ["dim [the] {room} lights to {0..100:level}%"]
  Stop:
    data:
      - sentences: ["stop", "(be quiet;now)", "<quit> it"]
lists:
  room:
    values: [kitchen, "living room", {in: "bed[ ]room", out: bedroom}]
  state:
    values: [on, {in: "o[f]f", out: off}]
expansion_rules:
  quit: "(leave|quit)"
skip_words: [please]
"""

DRINKS = """
context:
  expressions:
    order:
      - "[brew, make me] (a, an) $size:size $drink:drink"
      - "@wish $drink:drink with $pv.SingleDigitInteger:lumps lumps"
  macros:
    wish: ["I'd like", "can I have"]
  slots:
    size: ["small", "eight ounce"]
    drink: ["coffee", "iced coffee", "Café au lait"]
"""


def load(folder: Path, text: str) -> Context:
    path = folder / "context.yaml"
    path.write_text(text, encoding="utf-8")
    return Context.load(path)


@pytest.fixture
def lamps(tmp_path: Path) -> Context:
    return load(tmp_path, LAMPS)


@pytest.fixture
def drinks(tmp_path: Path) -> Context:
    return load(tmp_path, DRINKS)


def language(made: Acceptor) -> set[str]:
    """Return every sentence of an acceptor."""
    found: set[str] = set()
    todo: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    while todo:
        state, said = todo.pop()
        if state in made.finals:
            found.add(" ".join(said))
        todo += [(to, (*said, word)) for word, to in made.arcs[state].items()]
    return found


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("Turn on the kitchen lights.", "Light", {"state": "on", "room": "kitchen"}),
        ("switch the bedroom lamp off", "Light", {"state": "off", "room": "bedroom"}),
        ("turn bed room light of", "Light", {"state": "off", "room": "bedroom"}),
        ("stop", "Stop", {}),
        ("now be quiet", "Stop", {}),
        ("quit it", "Stop", {}),
    ],
)
def test_hassil_sentences_mean_what_they_say(
    lamps: Context, text: str, intent: str, slots: dict[str, str]
) -> None:
    parsed = lamps.parse(text)
    assert parsed is not None
    assert parsed.intent == intent
    fixed = {"device": "light"} if intent == "Light" else {}
    assert dict(parsed.slots) == {**slots, **fixed}


@pytest.mark.parametrize(("said", "level"), [("40%", "40"), ("forty percent", "40"), ("0%", "0")])
def test_numbers_are_understood_written_and_said(lamps: Context, said: str, level: str) -> None:
    parsed = lamps.parse(f"dim the living room lights to {said}")
    assert parsed == Parsed("Light", (("room", "living room"), ("level", level)))


def test_skip_words_may_stand_anywhere(lamps: Context) -> None:
    assert lamps.parse("please turn please on kitchen light") == lamps.parse(
        "turn on kitchen light"
    )


@pytest.mark.parametrize("text", ["", "turn on", "turn on the kitchen", "lights", "101 percent"])
def test_what_no_template_says_means_nothing(lamps: Context, text: str) -> None:
    assert lamps.parse(text) is None


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("make me a small coffee", {"size": "small", "drink": "coffee"}),
        ("brew eight ounce iced coffee", {"size": "eight ounce", "drink": "iced coffee"}),
        ("i'd like cafe au lait with 3 lumps", {"drink": "Café au lait", "lumps": "3"}),
        ("can i have coffee with two lumps", {"drink": "coffee", "lumps": "2"}),
    ],
)
def test_picovoice_brackets_choose_and_parentheses_are_optional(
    drinks: Context, text: str, slots: dict[str, str]
) -> None:
    parsed = drinks.parse(text)
    assert parsed is not None
    assert (parsed.intent, dict(parsed.slots)) == ("order", slots)
    assert drinks.parse("a small coffee") is None


def test_a_sentence_that_two_intents_claim_means_nothing(tmp_path: Path) -> None:
    both = load(
        tmp_path,
        """
intents:
  A: {data: [{sentences: ["go [on]"]}]}
  B: {data: [{sentences: ["go [back]"]}]}
""",
    )
    assert both.parse("go") is None
    assert both.parse("go on") == Parsed("A", ())
    assert both.understand([Hypothesis("go")]) is None


TEMPLATES = (
    "turn[ed] (on|off) [the] light[s]",
    "(a|b) (c;d [e]) f",
    "x [y [z]]",
    "(what's|what is) that[ thing]",
    "pre(fix|set) 5 mg",
)


@pytest.mark.parametrize("text", TEMPLATES)
def test_the_network_says_exactly_what_hassil_samples(text: str) -> None:
    sentence: Sentence = parse_sentence(text, keep_text=True)
    sampled = {normalize(s) for s in sample_sentence(sentence)}
    made = acceptor(network([Template("i", text, parse(text))]))
    assert language(made) == sampled


def test_the_acceptor_is_smallest() -> None:
    templates = [Template("i", t, parse(t)) for t in ("a x y", "b x y", "c (x|z) y")]
    made = acceptor(network(templates))
    # start, after a or b, after c, before y, end
    assert len(made.arcs) == 5


def test_phrases_cover_every_pair_and_say_nothing_else(lamps: Context) -> None:
    sentences = language(lamps.acceptor)
    phrases = covering(lamps.acceptor)

    def pairs(texts: set[str] | tuple[str, ...]) -> set[tuple[str, str]]:
        return {pair for t in texts for pair in itertools.pairwise(["<s>", *t.split(), "</s>"])}

    assert set(phrases) <= sentences
    assert pairs(phrases) == pairs(sentences)
    assert len(phrases) < len(sentences) / 2
    assert "please" in lamps.phrases()


@pytest.mark.parametrize(
    "heard",
    [
        "turn on the kitten lights",
        "turn the on kitchen lights",
        "huh turn on the kitchen lights the",
        "turn on kitchen like",
    ],
)
def test_misheard_words_are_repaired_by_the_grammar(lamps: Context, heard: str) -> None:
    understood = lamps.understand([Hypothesis(heard)])
    assert understood is not None
    assert dict(understood.slots) == {"state": "on", "room": "kitchen", "device": "light"}


def test_wordings_of_one_meaning_add_up(lamps: Context) -> None:
    heard = [
        Hypothesis("turn off the kitchen light", 0.4),
        Hypothesis("turn on the kitchen light", 0.35),
        Hypothesis("turn on kitchen lights", 0.25),
    ]
    understood = lamps.understand(heard)
    assert understood is not None
    assert dict(understood.slots)["state"] == "on"


@pytest.mark.parametrize(
    "heard", ["what causes muscle wasting", "the", "", "a a a a a a a a", "kitchen"]
)
def test_other_speech_is_not_forced_into_the_grammar(lamps: Context, heard: str) -> None:
    assert lamps.understand([Hypothesis(heard)]) is None


def test_no_hypotheses_mean_nothing(lamps: Context) -> None:
    assert lamps.understand([]) is None


def test_a_word_that_must_follow_costs_little_but_a_choice_is_not_invented() -> None:
    templates = [Template("i", t, parse(t)) for t in ("some skim milk", "some (cream|sugar)")]
    made = acceptor(network(templates))
    cut_short = nearest(made, ["some", "skim"], 0.5)
    assert cut_short is not None
    assert cut_short[1] == ("some", "skim", "milk")
    assert nearest(made, ["some"], 0.5) is None


def test_repair_costs_follow_sound() -> None:
    assert unlike("stop", "stop") == 0
    assert unlike("mocka", "mocha") < unlike("mocka", "latte") <= 1
    made = acceptor(network([Template("i", "stop now", parse("stop now"))]))
    assert nearest(made, ["stop", "now"], 5) == (0.0, ("stop", "now"))
    assert nearest(made, ["entirely", "different", "speech"], 1.0) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("just text", "not a context file"),
        ("[1, 2]", "not a context file"),
        ("a: [", "not a YAML file"),
        ("intents: []", "'intents' must be a section"),
        ("intents: {}", "no sentence"),
        ("intents: {A: {data: x}}", "must be a list"),
        ("intents: {A: {data: [{sentences: [[1]]}]}}", "a sentence must be text"),
        ('intents: {A: {data: [{sentences: ["go (on"]}]}}', r"'go \(on' is broken"),
        ('intents: {A: {data: [{sentences: ["{room}"]}]}}', r"list \{room\} is missing"),
        ('intents: {A: {data: [{sentences: ["<x>"]}]}}', "<x> does not exist"),
        ('intents: {A: {data: [{sentences: ["[go]"]}]}}', "can be empty"),
        (
            'intents: {A: {data: [{sentences: ["<x>"]}]}}\nexpansion_rules: {x: "a <x>"}',
            "<x> contains itself",
        ),
        (
            'intents: {A: {data: [{sentences: ["{w}"]}]}}\nlists: {w: {wildcard: true}}',
            "wildcard cannot become a grammar",
        ),
        (
            'intents: {A: {data: [{sentences: ["{r}"]}]}}\nlists: {r: {range: {from: a, to: 2}}}',
            "not of whole numbers",
        ),
        ('intents: {A: {data: [{sentences: ["{0..9999:n}"]}]}}', "10000 numbers"),
        ('intents: {A: {data: [{sentences: ["(a;b;c;d;e;f)"]}]}}', "6 parts in any order"),
        ("context: {expressions: {o: [[3]]}, slots: {}}", "must be text"),
        ('context: {expressions: {o: ["$what:x"]}, slots: {}}', r"list \{what\} is missing"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContextError, match=message) as caught:
        load(tmp_path, text).parse("x")
    assert "context.yaml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContextError, match=r"none\.yaml cannot be read"):
        Context.load(tmp_path / "none.yaml")
