"""The matcher's index on disk: kept, brought up to date, and never trusted when damaged."""

from __future__ import annotations

import multiprocessing
import shutil
import signal
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from shelves import Bags, Shelf, cut_short, damage_byte, filled, no_text, told

from intents.library import Library
from intents.matching import index, rows, storage
from intents.matching.codes import codes, nearest
from intents.matching.ragged import Ragged, ragged
from intents.shelf import LibraryShelf
from intents.types import Hypothesis, OutOfScope
from intents.understanding import Understanding


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return filled(tmp_path)


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
    vectors = shelf.vectors / "vectors"
    vectors.write_bytes(bytes(vectors.stat().st_size))
    assert told(running) == right
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


class Halfway(Bags):
    """Tells that its first vectors were kept, and never gives the next."""

    def __init__(self, begun: Event) -> None:
        super().__init__()
        self._begun = begun

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.seen:
            self._begun.set()
            signal.pause()
        return super().encode(texts)


def _build(folder: Path, cache: Path, stuck: Event | None = None) -> None:
    encoder = Halfway(stuck) if stuck else Bags()
    library = LibraryShelf(Library.open(folder, shipped=False))
    Understanding(library, encoder=encoder, cache=cache).warm()


@pytest.mark.slow
def test_processes_that_build_at_once_agree_and_one_that_is_killed_harms_nobody(
    shelf: Shelf,
) -> None:
    started = multiprocessing.get_context("spawn")
    begun = started.Event()
    places = shelf.folder, shelf.cache
    doomed = started.Process(target=_build, args=(*places, begun))
    several = [started.Process(target=_build, args=places) for _ in range(3)]
    doomed.start()
    # it holds the locks, and has written some vectors
    assert begun.wait(60)
    assert (shelf.vectors / "keys").stat().st_size
    for process in several:
        process.start()
    doomed.kill()
    for process in (doomed, *several):
        process.join()
    assert [process.exitcode for process in several] == [0, 0, 0]
    assert doomed.exitcode == -signal.SIGKILL
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
