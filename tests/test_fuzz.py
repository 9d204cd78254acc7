"""Mutated documents of every kind: no traceback, and every promise of an article holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench import fuzz
from bench.seeds import all_seeds


def test_every_seed_is_read() -> None:
    for name, data in all_seeds().items():
        assert fuzz.try_one(name, data) == "read", name


def test_inputs_depend_on_seed_and_number_only() -> None:
    assert fuzz.make_input(3, 7) == fuzz.make_input(3, 7)
    assert fuzz.make_input(3, 7) != fuzz.make_input(3, 8)


@pytest.mark.slow
def test_a_few_hundred_mutations() -> None:
    bad = []
    for number in range(400):
        outcome = fuzz.try_one(*fuzz.make_input(11, number))
        if outcome not in {"read", "refused"}:
            bad.append((number, outcome))
    assert bad == []


# inputs that once broke something: digits and marks without end, control bytes, folding twice
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b"Digits\n\n" + b"9" * 300_000 + b" is a number. It ends.\n"),
        ("a.txt", b"Marks\n\n" + b"?!" * 100_000 + b"x is odd. It ends.\n"),
        ("a.html", b"<p>It hurts.\x01 It \x1f<script>x</script>\x0e passes.</p>"),
        ("a.md", "# Đ Ð\n\nTMA a Œð a. It ends.\n".encode()),
        ("a.html", b"<p>It hurts.</p>&#1;<img>&#x8;<script></script>&#xD800; It passes."),
        ("a.md", b"<!--" * 100_000 + b" It hurts."),
        ("a.html", b"<p>It hurts.</p>" + b"<script>" * 50_000 + b"<!--" * 50_000),
        ("a.md", b"> " * 20_000 + b"deep quote"),
        ("a.md", b"[" * 50_000 + b"x"),
        ("a.md", b"* " * 3000 + b"item\n"),
    ],
)
def test_inputs_that_broke_something(name: str, data: bytes) -> None:
    assert fuzz.try_one(name, data) in {"read", "refused"}


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from([".md", ".txt", ".html", ".pdf", ".docx", ""]))
def test_random_bytes(data: bytes, suffix: str) -> None:
    assert fuzz.try_one(f"x{suffix}", data) in {"read", "refused"}


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=2000), st.sampled_from([".md", ".txt", ".html"]))
def test_random_text(text: str, suffix: str) -> None:
    assert fuzz.try_one(f"x{suffix}", text.encode()) in {"read", "refused"}
