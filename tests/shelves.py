"""A small library with an index beside it, and an encoder without a model."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.gather import gather
from intents.library import Library
from intents.shelf import LibraryShelf
from intents.text import words
from intents.types import Hypothesis
from intents.understanding import Understanding

PAGES = {
    "gout": "Gout comes from crystals in a joint. The crystals form out of uric acid.",
    "hiccups": "Hiccups are squeezes of the muscle below the lungs. Fizzy drinks cause them.",
    "limescale": "Limescale is chalk out of hard water. Vinegar dissolves limescale in a kettle.",
    "sunburn": "Sunburn is skin hurt by the sun. Cool water soothes it within an hour.",
}


class Bags:
    """An encoder without a model: which words a text has. It remembers what it was given.

    Encoders of different stamps give a word different vectors.
    """

    def __init__(self, stamp: str = "bags") -> None:
        self.stamp = stamp
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        out = np.full((len(texts), 384), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                generator = np.random.default_rng(list((self.stamp + word).encode()))
                out[row] += generator.standard_normal(384).astype(np.float32)
        return out / np.linalg.norm(out, axis=1, keepdims=True)


class Shelf:
    """A library with an index beside it, opened again as often as one likes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache, self.encoder = folder / "library", folder / "cache", Bags()
        self.pages = folder / "pages"
        self.pages.mkdir()

    def put(self, name: str, text: str = "") -> None:
        page = self.pages / f"{name}.md"
        page.write_text(f"# {name.title()}\n\n{text or PAGES[name]}\n", encoding="utf-8")
        (item,) = gather([str(page)], io.BytesIO())
        Library.open(self.folder, shipped=False).put(item.read(), origin=item.origin)

    def remove(self, name: str) -> None:
        Library.open(self.folder, shipped=False).remove(name)

    def open(self, *, encoded: bool = True, cached: bool = True) -> Understanding:
        self.encoder.seen.clear()
        shelf = LibraryShelf(Library.open(self.folder, shipped=False))
        encoder = self.encoder if encoded else None
        return Understanding(shelf, encoder=encoder, cache=self.cache if cached else None)

    @property
    def vectors(self) -> Path:
        return self.cache / "vectors" / self.encoder.stamp

    @property
    def files(self) -> list[Path]:
        (current,) = self.cache.glob("index/*/current")
        return sorted((current.parent / current.read_text().split()[0]).iterdir())


QUESTIONS = ("what causes gout", "what causes hiccups", "what dissolves limescale", "what is tea")


def told(understanding: Understanding) -> list[object]:
    """Return everything that can be told from a few questions."""
    return [
        (type(understanding.decide([Hypothesis(q)])), understanding.rank([Hypothesis(q)], 3))
        for q in QUESTIONS
    ]


def filled(folder: Path) -> Shelf:
    """Return a library of three articles."""
    made = Shelf(folder)
    for name in ("gout", "hiccups", "limescale"):
        made.put(name)
    return made


# --- damage ---------------------------------------------------------------------------------------


def damage_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF
    path.write_bytes(data)


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def no_text(path: Path) -> None:
    path.write_bytes(b"\xff\xfe not what was written")
