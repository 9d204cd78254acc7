"""What is kept between two runs survives restarts, power cuts and broken files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from intents.remembered import Remembered, Spot
from intents.types import ArticleId
from voice import memory
from voice.memory import Memory, MemoryFileError, Voiced

SPOT = Spot(ArticleId("gout"), 17)
KEPT = Memory(Voiced(190.0, 165.0), None, Remembered(SPOT, (SPOT,), (SPOT, SPOT)))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "memory.json"
    assert memory.load(path) == Memory()
    memory.save(KEPT, path)
    assert memory.load(path) == KEPT
    assert [p.name for p in path.parent.iterdir()] == ["memory.json"]


def test_it_lies_in_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert memory.default_path() == tmp_path / "readback" / "memory.json"


def test_the_file_counts_again_when_its_owner_changed_it() -> None:
    voiced = Voiced(190.0, 165.0)
    assert voiced.over(165.0) == 190.0
    assert voiced.over(120.0) == 120.0


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format": 1}', '{"format": 99}', "\x00\x01", '{"format": "1"}'],
)
def test_a_broken_file_says_how_to_begin_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "memory.json"
    path.write_text(text)
    with pytest.raises(MemoryFileError, match="memory clear"):
        memory.load(path)
    assert memory.clear(path)
    assert not memory.clear(path)
    assert memory.load(path) == Memory()


def test_a_broken_file_does_not_stop_the_assistant(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    path.write_text("{")
    told: list[str] = []
    assert memory.load_or_begin(told.append, path) == Memory()
    assert told[0].startswith(f"What was kept in {path} cannot be read (")
    assert told[0].endswith("; all begins anew. It was set aside as memory.json.broken.")
    # what the step would delete is already out of the way
    assert "memory clear" not in told[0]
    assert (tmp_path / "memory.json.broken").read_text() == "{"
    assert memory.load_or_begin(told.append, path) == Memory()
    assert len(told) == 1


def test_a_broken_file_that_cannot_be_moved_is_not_called_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    path.write_text("{")
    (tmp_path / "memory.json.broken").mkdir()
    told: list[str] = []
    assert memory.load_or_begin(told.append, path) == Memory()
    assert told[0].endswith("; all begins anew.")


def test_a_file_that_was_cut_off_is_never_half_believed(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    memory.save(KEPT, path)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with pytest.raises(MemoryFileError):
            memory.load(path)


@pytest.mark.slow
def test_a_killed_program_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    memory.save(KEPT, path)
    program = (
        "import sys; from pathlib import Path; from voice import memory\n"
        "from voice.memory import Memory, Voiced\n"
        "for n in range(10**9):\n"
        "    memory.save(Memory(Voiced(n, n)), Path(sys.argv[1]))\n"
        "    print(n, flush=True)\n"
    )
    for last in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout
            # killed in a later save
            assert [int(child.stdout.readline()) for _ in range(last + 1)] == [*range(last + 1)]
            child.kill()
        kept = memory.load(path).rate_wpm
        assert kept is not None
        assert kept.value >= last


def test_a_disk_that_refuses_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MemoryFileError, match="cannot be written"):
        memory.save(KEPT, tmp_path / "file" / "memory.json")


def test_no_heard_word_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "memory.json"
    memory.save(KEPT, path)
    assert set(json.loads(path.read_text())) == {"format", "rate_wpm", "volume", "conversation"}
