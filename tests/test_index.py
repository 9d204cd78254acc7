"""The matcher's index on disk: kept, brought up to date, and never trusted when damaged."""

from __future__ import annotations

import io
import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from intents.gather import gather
from intents.library import Library
from intents.matching import index, rows, storage
from intents.matching.codes import codes, nearest
from intents.matching.ragged import Ragged, ragged
from intents.shelf import LibraryShelf
from intents.text import words
from intents.types import Hypothesis, OutOfScope
from intents.understanding import Understanding

PAGES = {
    "gout": "Gout comes from crystals in a joint. The crystals form out of uric acid.",
    "hiccups": "Hiccups are squeezes of the muscle below the lungs. Fizzy drinks cause them.",
    "limescale": "Limescale is chalk out of hard water. Vinegar dissolves limescale in a kettle.",
    "sunburn": "Sunburn is skin hurt by the sun. Cool water soothes it within an hour.",
}


class Bags:
    """An encoder without a model: which words a text has. It remembers what it was given."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        out = np.full((len(texts), 384), 0.01, np.float32)
        for row, text in enumerate(texts):
            for word in words(text):
                generator = np.random.default_rng(list(word.encode()))
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
    def files(self) -> list[Path]:
        (current,) = self.cache.glob("index/*/current")
        return sorted((current.parent / current.read_text().split()[0]).iterdir())


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made = Shelf(tmp_path)
    for name in ("gout", "hiccups", "limescale"):
        made.put(name)
    return made


QUESTIONS = ("what causes gout", "what causes hiccups", "what dissolves limescale", "what is tea")


def told(understanding: Understanding) -> list[object]:
    """Return everything that can be told from a few questions."""
    return [
        (type(understanding.decide([Hypothesis(q)])), understanding.rank([Hypothesis(q)], 3))
        for q in QUESTIONS
    ]


@pytest.mark.parametrize("encoded", [True, False])
def test_a_kept_index_decides_as_a_new_one_and_encodes_nothing(shelf: Shelf, encoded: bool) -> None:
    new = told(shelf.open(encoded=encoded))
    kept = shelf.open(encoded=encoded)
    assert shelf.encoder.seen == []
    assert told(kept) == new == told(shelf.open(encoded=encoded, cached=False))


def test_only_what_is_new_is_encoded(shelf: Shelf) -> None:
    shelf.open()
    shelf.put("sunburn")
    grown = shelf.open()
    assert any("Sunburn" in text for text in shelf.encoder.seen)
    assert not any("Gout" in text for text in shelf.encoder.seen)
    assert told(grown) == told(shelf.open(cached=False))


def test_what_is_changed_or_removed_is_no_longer_read(shelf: Shelf) -> None:
    shelf.open()
    shelf.put("gout", "Gout comes from crystals in a joint. It was the disease of kings.")
    shelf.remove("hiccups")
    after = shelf.open()
    assert told(after) == told(shelf.open(cached=False))
    assert isinstance(after.decide([Hypothesis("what causes hiccups")]), OutOfScope)
    best = after.rank([Hypothesis("what causes gout")])[0]
    assert "kings" in best.passage.text
    assert "uric" not in best.article.text


def test_a_running_program_answers_from_what_the_library_has_by_now(shelf: Shelf) -> None:
    running = shelf.open()
    # not asked about before: its article must be fetched
    shelf.remove("gout")
    assert all(m.article.id != "gout" for m in running.rank([Hypothesis("what causes gout")]))


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


@pytest.mark.parametrize("damage", [damage_byte, cut_short, Path.unlink, no_text])
def test_any_damaged_file_is_made_again(shelf: Shelf, damage: Callable[[Path], None]) -> None:
    right = told(shelf.open())
    (current,) = shelf.cache.glob("index/*/current")
    for name in [path.name for path in shelf.files]:
        path = next(path for path in shelf.files if path.name == name)
        if path.stat().st_size > 128:
            damage(path)
            assert told(shelf.open()) == right, name
    damage(current)
    assert told(shelf.open()) == right
    assert told(shelf.open()) == right


@pytest.mark.parametrize("damage", [damage_byte, cut_short, no_text])
def test_damage_while_the_program_runs_is_made_good(
    shelf: Shelf, damage: Callable[[Path], None]
) -> None:
    running = shelf.open()
    right = told(running)
    running = shelf.open()
    for path in shelf.files:
        if path.name == "shapes.npy":
            damage(path)
    vectors = shelf.cache / "vectors" / "vectors"
    vectors.write_bytes(bytes(vectors.stat().st_size))
    assert told(running) == right
    assert told(shelf.open()) == right


@pytest.mark.parametrize("name", ["vectors", "keys"])
@pytest.mark.parametrize("damage", [cut_short, Path.unlink, no_text, zeros])
@pytest.mark.parametrize("ready", [rows.MAX_READY, 0])
def test_damaged_vectors_are_made_again_at_the_next_start(
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    damage: Callable[[Path], None],
    ready: int,
) -> None:
    monkeypatch.setattr(rows, "MAX_READY", ready)
    right = told(shelf.open())
    damage(shelf.cache / "vectors" / name)
    assert told(shelf.open()) == right
    assert told(shelf.open()) == right


def test_rows_that_another_library_got_meanwhile_are_not_taken_for_ours(
    shelf: Shelf, tmp_path: Path
) -> None:
    right = told(shelf.open())
    shutil.rmtree(shelf.cache / "vectors")
    (tmp_path / "other").mkdir()
    other = Shelf(tmp_path / "other")
    other.cache = shelf.cache
    other.put("sunburn", " ".join(PAGES.values()))
    other.open()
    assert told(shelf.open()) == right


def test_a_write_that_was_killed_leaves_the_old_index(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = told(shelf.open())
    shelf.put("sunburn")

    def killed(_place: Path, _data: bytes) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(storage, "write_whole", killed)
        with pytest.raises(KeyboardInterrupt):
            shelf.open()
    shelf.remove("sunburn")
    assert told(shelf.open()) == right
    shelf.put("sunburn")
    shelf.open()
    (folder,) = shelf.cache.glob("index/*")
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 1


def test_an_index_goes_with_its_library(shelf: Shelf, tmp_path: Path) -> None:
    shelf.open()
    (tmp_path / "other").mkdir()
    other = Shelf(tmp_path / "other")
    other.cache = shelf.cache
    other.put("sunburn")
    other.open()
    assert len(list(shelf.cache.glob("index/*"))) == 2
    shutil.rmtree(tmp_path / "other")
    shelf.put("sunburn")
    right = told(shelf.open())
    assert len(list(shelf.cache.glob("index/*"))) == 1
    assert told(shelf.open()) == right


def test_where_nothing_can_be_kept_it_is_made_in_memory(shelf: Shelf) -> None:
    right = told(shelf.open())
    for place in (shelf.cache / "index", shelf.cache):
        shutil.rmtree(place)
        place.write_text("a file where the folder should be")
        assert told(shelf.open()) == right
        place.unlink()
        told(shelf.open())


def test_another_version_makes_its_own(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    right = told(shelf.open())
    monkeypatch.setattr("intents.matching.arrays.maker", lambda: "another")
    assert told(shelf.open()) == right
    monkeypatch.undo()
    assert told(shelf.open()) == right


def test_progress_counts_articles_to_the_end(shelf: Shelf) -> None:
    seen: list[tuple[int, int]] = []
    library = LibraryShelf(Library.open(shelf.folder, shipped=False))
    index.opened(library, Bags(), shelf.cache, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (3, 3)
    assert seen == sorted(seen)
    seen.clear()
    index.opened(library, Bags(), shelf.cache, lambda done, total: seen.append((done, total)))
    assert seen == []


def test_a_large_library_decides_as_a_small_one(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond MAX_READY, vectors are read from disk as they are needed."""
    right = told(shelf.open())
    monkeypatch.setattr(rows, "MAX_READY", 0)
    for (kind, ours), (wanted, theirs) in zip(told(shelf.open()), right, strict=True):
        assert kind == wanted
        assert [m.passage for m in ours] == [m.passage for m in theirs]
        # float16 on disk
        np.testing.assert_allclose([m.score for m in ours], [m.score for m in theirs], atol=2e-3)


def test_a_damaged_article_answers_nothing_and_the_others_do(shelf: Shelf) -> None:
    shelf.open()
    (path,) = (shelf.folder / "articles" / "gout").iterdir()
    shutil.rmtree(shelf.cache)
    damage_byte(path)
    understanding = shelf.open()
    hiccups = understanding.rank([Hypothesis("what causes hiccups")])
    assert hiccups[0].article.id == "hiccups"
    assert all(m.article.id != "gout" for m in understanding.rank([Hypothesis("what causes gout")]))


def _build(folder: Path, cache: Path) -> None:
    Understanding(
        LibraryShelf(Library.open(folder, shipped=False)), encoder=Bags(), cache=cache
    ).warm()


@pytest.mark.slow
def test_processes_that_build_at_once_agree_and_one_that_is_killed_harms_nobody(
    shelf: Shelf,
) -> None:
    started = multiprocessing.get_context("spawn")
    several = [started.Process(target=_build, args=(shelf.folder, shelf.cache)) for _ in range(4)]
    for process in several:
        process.start()
    assert several[0].pid is not None
    os.kill(several[0].pid, signal.SIGKILL)
    for process in several:
        process.join()
    assert [process.exitcode for process in several[1:]] == [0, 0, 0]
    assert told(shelf.open()) == told(shelf.open(cached=False))


def test_codes_find_the_nearest() -> None:
    generator = np.random.default_rng(1)
    vectors = generator.standard_normal((2000, 384)).astype(np.float32)
    near = vectors[7] + 0.3 * generator.standard_normal(384).astype(np.float32)
    assert 7 in nearest(codes(vectors), near, 5)
    assert len(nearest(codes(vectors[:3]), near, 5)) == 3


def test_groups_are_picked_in_the_order_asked() -> None:
    groups = ragged([[1, 2], [], [3]], np.int64)
    picked = groups.pick(np.array([2, 1, 0, 2]))
    assert [picked.group(n).tolist() for n in range(len(picked))] == [[3], [], [1, 2], [3]]
    assert isinstance(picked, Ragged)
