"""The vectors on disk: of which encoder, of which texts, and what becomes of damaged ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from shelves import PAGES, Bags, Shelf, cut_short, filled, no_text, told, zeros

from intents.matching import rows


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return filled(tmp_path)


def test_another_encoder_is_never_compared_with_the_vectors_of_this_one(shelf: Shelf) -> None:
    told(shelf.open())
    shelf.encoder = Bags("another")
    after = shelf.open()
    assert any("Gout" in text for text in shelf.encoder.seen)
    assert told(after) == told(shelf.open(cached=False))
    # what the one before left is of no more use
    assert [path.name for path in (shelf.cache / "vectors").iterdir()] == ["another"]


def test_vectors_that_were_kept_without_their_encoder_are_removed(shelf: Shelf) -> None:
    old = shelf.cache / "vectors" / "keys"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"from an earlier version")
    assert told(shelf.open()) == told(shelf.open(cached=False))
    assert not old.exists()


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
    damage(shelf.vectors / name)
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
