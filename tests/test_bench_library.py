"""The library's benches on data made here."""

import json
import os
from pathlib import Path

import pytest

from bench import add, fuzz, pages
from bench.seeds import HTML


def last_json(capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    found: dict[str, float] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def test_token_f1() -> None:
    assert pages.token_f1("a b c", "a b c") == 1.0
    assert pages.token_f1("a a b", "a b b") == pytest.approx(2 / 3)
    assert pages.token_f1("", "a") == 0.0


def test_pages_counts_what_is_alien(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "cramps"
    folder.mkdir()
    (folder / "source.html").write_text(HTML)
    (folder / "expected.html").write_text(
        "<p>Tired muscles cause many cramps, and so does a lack of water in the body.</p>"
    )
    assert pages.main([str(tmp_path), "--json"]) == 0
    result = last_json(capsys)
    assert result["pages"] == 1
    assert 0 < result["f1"] < 0.5
    assert result["boilerplate"] == result["sentences"] - 1
    assert "readability-lxml" in result["peers"]  # type: ignore[operator]


def test_pages_needs_pages(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        pages.main([str(tmp_path)])


RECORD = {
    "id": "1/2",
    "source": "Example",
    "url": "https://example.org/gout",
    "focus": "Gout: an \"old\" sickness",
    "synonyms": ["Podagra"],
    "qas": [{"type": "information", "question": "What is gout ?", "answer": "It hurts. It ends."}],
}  # fmt: skip


def test_a_record_becomes_an_article() -> None:
    found = add.medquad_article(RECORD)
    assert found.title == 'Gout: an "old" sickness'
    assert found.synonyms == ("Podagra",)
    assert found.source.url == "https://example.org/gout"
    assert [(p.heading, p.text) for p in found.passages] == [
        ("What is gout ?", "It hurts. It ends.")
    ]


@pytest.mark.slow
def test_add_measures_a_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{**RECORD, "focus": f"Sickness {n}", "url": f"https://a.org/{n}"} for n in range(3)]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, records)))
    assert add.main([str(tmp_path / "x.jsonl"), "--json"]) == 0
    result = last_json(capsys)
    assert (result["documents"], result["added"], result["articles"]) == (3, 3, 4)


def test_what_a_library_takes_on_disk_is_counted_in_its_folders(tmp_path: Path) -> None:
    deep = tmp_path / "articles" / "gout"
    deep.mkdir(parents=True)
    with (deep / "article.json").open("wb") as file:
        # nothing that a file system could make smaller
        file.write(os.urandom(1_000_000))
        file.flush()
        os.fsync(file.fileno())
    assert 1_000_000 <= add._disk(tmp_path) < 1_100_000


@pytest.mark.slow
def test_fuzz_reports_counts(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["40", "--batch", "20", "--json"]) == 0
    result = last_json(capsys)
    assert result["read"] + result["refused"] == 40


def test_fuzz_reports_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, name: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setattr(fuzz, "read_data", broken)
    assert "ZeroDivisionError" in fuzz.try_one("a.md", b"x")
