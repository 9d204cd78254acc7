"""`readback add` and `readback library`, as typed."""

import argparse
import io
import json
import sys
from pathlib import Path

import pytest

from bench.seeds import HTML, MARKDOWN, PLAIN, archive
from intents.encoder import EncoderError
from intents.errors import ReadbackError
from models import owner
from models.errors import ModelError
from voice.cli import library as commands
from voice.cli.hints import VARIABLE
from voice.devices import DeviceError
from voice.wiring import Wiring


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


@pytest.fixture(autouse=True)
def ear(monkeypatch: pytest.MonkeyPatch) -> list[Wiring]:
    """Count how often the ear learned, without the seconds that a model takes."""
    taught: list[Wiring] = []

    def unhearable(wiring: Wiring) -> tuple[str, ...]:
        taught.append(wiring)
        return ()

    monkeypatch.setattr(Wiring, "unhearable", unhearable)
    return taught


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.register(parser.add_subparsers())
    args = parser.parse_args(words)
    status: int = args.func(args)
    return status


def last_json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_the_report_says_what_was_found_and_left_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "page.txt").write_text(PLAIN)
    assert run("add", str(home / "page.txt")) == 0
    said = capsys.readouterr().out
    for piece in (
        "Added: Leg Cramps: Causes and Relief",
        "Ann Lee",
        "2023-03-03",
        "What causes leg cramps",
        "Are cramps dangerous?",
        "charley horse",
        "photo credit (1)",
        "survey line (1)",
    ):
        assert piece.lower() in said.lower()


def test_json_is_the_last_line_and_complete(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "page.html").write_text(HTML)
    assert run("add", str(home / "page.html"), "--source", "https://a.org/x", "--json") == 0
    result = last_json(capsys)
    (added,) = result["added"]  # type: ignore[misc]
    assert added["id"] == "leg-cramps"
    assert added["url"] == "https://a.org/x"
    assert added["updated"] is False
    assert "Can children get leg cramps?" in added["questions"]
    assert result["failed"] == []


def test_one_bad_file_does_not_stop_the_others(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / "in"
    folder.mkdir()
    (folder / "a.docx").write_bytes(archive({"x": "y"}))
    (folder / "b.md").write_text(MARKDOWN)
    (folder / "c.pdf").write_text("no pdf")
    assert run("add", str(folder), "--json") == 1
    captured = capsys.readouterr()
    result = json.loads(captured.out.splitlines()[-1])
    assert [a["id"] for a in result["added"]] == ["leg-cramps"]
    assert [f["file"] for f in result["failed"]] == ["a.docx", "c.pdf"]
    assert captured.err.count("readback: ") == 2


def test_a_pipe_is_read(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MARKDOWN.encode())))
    assert run("add", "-", "--json") == 0
    assert last_json(capsys)["added"][0]["title"] == "Leg cramps"  # type: ignore[index]


def test_an_empty_folder_and_no_file_are_said(home: Path) -> None:
    (home / "empty").mkdir()
    with pytest.raises(ReadbackError, match="no file of a known kind"):
        run("add", str(home / "empty"))
    with pytest.raises(ReadbackError, match="nothing to add"):
        run("add")


def test_list_show_check_remove(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "a.md").write_text(MARKDOWN)
    run("add", str(home / "a.md"))
    run("library", "--json")
    rows = last_json(capsys)["articles"]
    mine = [row for row in rows if not row["shipped"]]  # type: ignore[attr-defined]
    assert [row["id"] for row in mine] == ["leg-cramps"]
    assert run("library", "show", "leg-cramps", "--text") == 0
    assert "Age: Adult; Dose: 5 milligrams." in capsys.readouterr().out
    assert run("library", "check", "leg-cramps") == 0
    assert run("library", "remove", "leg-cramps") == 0
    with pytest.raises(ReadbackError, match="no article"):
        run("library", "show", "leg-cramps")


def test_check_finds_damage(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "a.md").write_text(MARKDOWN)
    run("add", str(home / "a.md"))
    stored = home / "data/readback/library/articles/leg-cramps/article.json"
    stored.write_bytes(stored.read_bytes()[:-9])
    assert run("library", "check") == 1
    assert "leg-cramps" in capsys.readouterr().err


def test_export_import(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "a.md").write_text(MARKDOWN)
    run("add", str(home / "a.md"))
    run("library", "export", str(home / "all"))
    run("library", "remove", "leg-cramps")
    run("library", "import", str(home / "all"), "--json")
    assert last_json(capsys) == {"imported": ["leg-cramps"]}


def test_starter_names_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    run("library", "starter", "--json")
    articles = last_json(capsys)["articles"]
    assert len(articles) >= 20  # type: ignore[arg-type]
    assert all(a["source"] for a in articles)  # type: ignore[attr-defined]


def test_what_was_added_can_be_asked_about_at_once_and_is_learned_once(
    home: Path, ear: list[Wiring], capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "in").mkdir()
    (home / "in/a.md").write_text(MARKDOWN)
    (home / "in/b.md").write_text(MARKDOWN.replace("eg cramps", "eg pains"))
    assert run("add", str(home / "in"), "--json") == 0
    captured = capsys.readouterr().out
    assert "You can ask about it now" in captured
    assert json.loads(captured.splitlines()[-1])["hearable"] is True
    assert len(ear) == 1
    titles = [article.title for article in ear[0].articles]
    assert "Leg cramps" in titles


@pytest.mark.parametrize("kind", [ModelError, ReadbackError])
def test_an_ear_that_cannot_learn_loses_no_article(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: type[Exception],
) -> None:
    def fails(_: Wiring) -> tuple[str, ...]:
        raise kind("another build is running; then run: readback models build")

    monkeypatch.setattr(Wiring, "unhearable", fails)
    monkeypatch.setenv(VARIABLE, "script/run")
    (home / "a.md").write_text(MARKDOWN + "\nZorblings help.\n")
    assert run("add", str(home / "a.md"), "--json") == 0
    captured = capsys.readouterr()
    assert "voice yet: another build is running; then run: script/run models build" in captured.err
    result = json.loads(captured.out.splitlines()[-1])
    assert result["hearable"] is False
    assert "zorblings" in result["added"][0]["new_words"]
    assert "zorblings" in [line["word"] for line in result["added"][0]["hearing"]]
    assert run("library", "check", "leg-cramps") == 0


def test_an_index_that_cannot_be_made_loses_no_article(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_: Wiring) -> None:
        raise EncoderError("encoder.onnx cannot be used")

    monkeypatch.setattr(Wiring, "understanding", property(fails))
    (home / "a.md").write_text(MARKDOWN)
    assert run("add", str(home / "a.md"), "--json") == 0
    captured = capsys.readouterr()
    assert "is kept, but cannot be asked about by voice yet: encoder.onnx" in captured.err
    result = json.loads(captured.out.splitlines()[-1])
    assert ([a["id"] for a in result["added"]], result["hearable"]) == (["leg-cramps"], False)


def test_broken_pronunciations_lose_no_article(
    home: Path, ear: list[Wiring], capsys: pytest.CaptureFixture[str]
) -> None:
    owner.default_path().parent.mkdir(parents=True)
    owner.default_path().write_text("gout G AW T\n")
    (home / "a.md").write_text(MARKDOWN)
    assert run("add", str(home / "a.md"), "--json") == 0
    captured = capsys.readouterr()
    assert "pronunciations.txt, line 1" in captured.err
    added = json.loads(captured.out.splitlines()[-1])["added"][0]
    assert (added["new_words"], added["hearing"]) == ([], [])


def test_list_and_show_count_the_same_new_words(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "---\ntitle: Zorbling care\nalso_called: [zorblindism]\n---\n\n"
    (home / "a.md").write_text(title + "## Care\n\nFeed gout and quandongish seeds.\n")
    owner.put("gout", owner.Own(("G", "UW", "T")))
    run("add", str(home / "a.md"), "--json")
    added = last_json(capsys)["added"][0]  # type: ignore[index]
    run("library", "show", "zorbling-care", "--json")
    shown = last_json(capsys)["hearing"]
    run("library", "--json")
    (row,) = (a for a in last_json(capsys)["articles"] if not a["shipped"])  # type: ignore[attr-defined]
    assert [line["word"] for line in shown] == added["new_words"]  # type: ignore[attr-defined]
    assert set(added["new_words"]) == {"gout", "quandongish", "zorbling", "zorblindism"}
    assert row["new_words"] == 4


def test_an_article_is_read_by_the_loudspeaker_of_the_settings(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(name: str = "") -> None:
        raise DeviceError(f"opened {name!r}")

    monkeypatch.setattr("voice.speaker.Speaker", opened)
    mine = home / "mine.toml"
    mine.write_text('[sound]\nloudspeaker = "Kitchen"\n')
    with pytest.raises(DeviceError, match="opened 'Kitchen'"):
        run("library", "listen", "muscle-atrophy", "--settings", str(mine))


def test_nothing_added_teaches_nothing(home: Path, ear: list[Wiring]) -> None:
    (home / "c.pdf").write_text("no pdf")
    assert run("add", str(home / "c.pdf")) == 1
    assert ear == []


def test_the_owner_sets_what_is_old(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "a.txt").write_text(PLAIN)
    mine = home / "mine.toml"
    mine.write_text("[library]\nold_after_years = 1\n")
    run("add", str(home / "a.txt"), "--settings", str(mine))
    assert "(more than 1 year ago)" in capsys.readouterr().out
    mine.write_text("[library]\nold_after_years = 90\n")
    run("add", str(home / "a.txt"), "--settings", str(mine))
    assert "ago)" not in capsys.readouterr().out
