"""The library on disk."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intents import archive
from intents.archive import FORMAT, Archive, ArchiveError, unpack
from intents.library import Library, LibraryError, default_folder
from intents.readers import read_data
from intents.records import RecordError, from_record, to_record
from intents.types import ArticleId, Source

TEXT = "# {title}\n\n{title} is a thing that hurts {part}. It goes away after {days} days.\n"


def write(folder: Path, name: str, title: str, part: str = "the foot", days: int = 3) -> Path:
    path = folder / name
    path.write_text(TEXT.format(title=title, part=part, days=days))
    return path


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(tmp_path / "library", shipped=False)


def again(library: Library) -> Library:
    return Library.open(library.folder, shipped=False)


def test_opening_writes_nothing(tmp_path: Path) -> None:
    assert Library.open(tmp_path / "none", shipped=False).articles() == ()
    assert not (tmp_path / "none").exists()


def test_the_folder_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "readback" / "library"


def test_an_added_article_is_there_for_the_next_program(library: Library, tmp_path: Path) -> None:
    report = library.add(write(tmp_path, "gout.md", "Gout"))
    assert (report.article.id, report.updated) == ("gout", False)
    assert "What is gout?" in report.questions
    assert again(library).articles() == (report.article,)
    assert again(library).get("gout") == report.article


def test_adding_again_updates(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path, "gout.md", "Gout")
    library.add(path)
    write(tmp_path, "gout.md", "Gout", days=9)
    report = library.add(path)
    assert (report.article.id, report.updated) == ("gout", True)
    assert len(again(library).articles()) == 1
    assert "9 days" in again(library).get("gout").text


def test_a_retitled_file_updates_its_article(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path, "gout.md", "Gout")
    library.add(path)
    path.write_text(path.read_text().replace("# Gout", "# All about gout"))
    assert library.add(path).article.id == "gout"


def test_other_articles_of_the_same_title_are_kept_apart(library: Library, tmp_path: Path) -> None:
    library.add(write(tmp_path, "a.md", "Gout"))
    other = tmp_path / "b.md"
    other.write_text("# Gout\n\nA word game with letters, played by children on rainy Sundays.\n")
    assert library.add(other).article.id == "gout-2"
    assert library.add(other).updated
    assert [a.id for a in again(library).articles()] == ["gout", "gout-2"]


def test_the_address_tells_pages_apart(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path, "gout.md", "Gout")
    first = library.add(path, source=Source(url="https://a.org/gout"))
    second = library.put(
        read_data(path.read_bytes(), "x.md", source=Source(url="https://b.org/gout"))
    )
    third = library.put(
        read_data(path.read_bytes(), "x.md", source=Source(url="http://www.a.org/gout/#top"))
    )
    assert [x.article.id for x in (first, second, third)] == ["gout", "gout-2", "gout"]


def test_shipped_articles_are_not_removed_and_not_overwritten(tmp_path: Path) -> None:
    mine = Library.open(tmp_path / "library")
    shipped = mine.articles()[0]
    with pytest.raises(LibraryError, match="comes with Readback"):
        mine.remove(shipped.id)
    report = mine.add(write(tmp_path, "x.md", shipped.title))
    assert report.article.id == f"{shipped.id}-2"
    assert mine.get(shipped.id) == shipped


def test_removing(library: Library, tmp_path: Path) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))
    library.remove("gout")
    assert again(library).articles() == ()
    assert list((library.folder / "articles").iterdir()) == []
    with pytest.raises(LibraryError, match="no article is called 'gout'"):
        library.remove("gout")


@pytest.mark.parametrize("name", ["../x", "a/b", "", "/etc", "GOUT", "a" * 200])
def test_ids_that_are_no_ids(library: Library, name: str) -> None:
    with pytest.raises((LibraryError, ArchiveError)):
        library.get(name)
    with pytest.raises((LibraryError, ArchiveError)):
        library.remove(name)


# --- damage ---------------------------------------------------------------------------------------


class PowerCutError(BaseException):
    """Nothing catches it, as nothing catches a power cut."""


def cut_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Make the step-th file operation of the archive fail."""
    calls = iter(range(10_000))
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        if next(calls) == step:
            raise PowerCutError
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        if next(calls) == step:
            raise PowerCutError
        return real_replace(self, target)

    monkeypatch.setattr(archive.os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.parametrize("step", range(6))
def test_a_power_cut_leaves_the_old_or_the_new(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    library.add(write(tmp_path, "other.md", "Cramps"))
    path = write(tmp_path, "gout.md", "Gout")
    library.add(path)
    write(tmp_path, "gout.md", "Gout", days=9)
    with monkeypatch.context() as patch:
        cut_at(patch, step)
        with pytest.raises(PowerCutError):
            library.add(path)
    after = again(library)
    assert [a.id for a in after.articles()] == ["cramps", "gout"]
    assert after.problems == {}
    assert after.get("gout").text.count("3 days") + after.get("gout").text.count("9 days") == 1
    assert again(library).add(path).updated
    assert "9 days" in again(library).get("gout").text


def test_a_damaged_article_is_noticed_and_can_be_added_again(
    library: Library, tmp_path: Path
) -> None:
    path = write(tmp_path, "gout.md", "Gout")
    library.add(path)
    library.add(write(tmp_path, "other.md", "Cramps"))
    stored = library.folder / "articles" / "gout" / "article.json"
    stored.write_bytes(stored.read_bytes().replace(b"3 days", b"8 days"))
    after = again(library)
    assert [a.id for a in after.articles()] == ["cramps"]
    assert "checksum" in after.problems["gout"]
    with pytest.raises(RecordError, match="checksum"):
        after.check("gout")
    after.add(path)
    assert [a.id for a in again(library).articles()] == ["cramps", "gout"]


@pytest.mark.parametrize(
    "junk", [b"", b"{", b"[]", b'{"format": "x"}\n{}', b"\xff\xfe", b"null\nnull"]
)
def test_junk_in_place_of_an_article(library: Library, tmp_path: Path, junk: bytes) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))
    (library.folder / "articles" / "gout" / "article.json").write_bytes(junk)
    after = again(library)
    assert after.articles() == ()
    assert list(after.problems) == ["gout"]
    after.remove("gout")
    assert again(library).problems == {}


@pytest.mark.parametrize("junk", [b"", b"{}", b'{"format": 2, "entries": [{"id": 1}]}', b"\0"])
def test_a_lost_index_is_made_again(library: Library, tmp_path: Path, junk: bytes) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))
    (library.folder / "index.json").write_bytes(junk)
    assert [e.id for e in again(library).entries] == ["gout"]


def test_listing_reads_the_index_and_not_the_articles(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))

    def refuse(self: Archive, article_id: str) -> None:
        raise AssertionError(article_id)

    monkeypatch.setattr(Archive, "load", refuse)
    assert [e.title for e in again(library).entries] == ["Gout"]


def test_links_in_place_of_articles_are_ignored(library: Library, tmp_path: Path) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))
    (library.folder / "articles" / "link").symlink_to(library.folder / "articles" / "gout")
    assert [a.id for a in again(library).articles()] == ["gout"]


# --- formats --------------------------------------------------------------------------------------


def test_the_first_format_is_still_read(library: Library, tmp_path: Path) -> None:
    article = library.add(write(tmp_path, "gout.md", "Gout")).article
    path = library.folder / "articles" / "gout" / "article.json"
    path.write_text(json.dumps(to_record(article)))
    (library.folder / "index.json").unlink()
    assert again(library).get("gout") == article
    again(library).add(tmp_path / "gout.md")
    assert json.loads(path.read_bytes().split(b"\n")[0])["format"] == FORMAT


def test_every_format_has_a_migration_to_the_next() -> None:
    assert sorted(archive.MIGRATIONS) == list(range(1, FORMAT))


def test_a_later_format_is_refused_in_words() -> None:
    with pytest.raises(RecordError, match="update it"):
        unpack(json.dumps({"format": FORMAT + 1}).encode() + b"\n{}")


@pytest.mark.parametrize(
    "change",
    [
        {"text": 5},
        {"passages": "x"},
        {"passages": [{"heading": "a", "kind": "song", "sentences": []}]},
        {"passages": [{"heading": "a", "kind": "prose", "sentences": [[0, 99999]]}]},
        {"passages": [{"heading": "a", "kind": "prose", "sentences": [["0", 1]]}]},
        {"synonyms": None},
    ],
)
def test_records_of_another_form_are_refused(change: dict[str, object]) -> None:
    record = to_record(read_data(b"# Gout\n\nIt hurts. It passes.\n", "a.md").article)
    with pytest.raises(RecordError):
        from_record({**record, **change})


def test_records_restore_exactly() -> None:
    from intents.library import shipped_articles

    for article in shipped_articles():
        assert from_record(json.loads(json.dumps(to_record(article)))) == article


# --- two programs ---------------------------------------------------------------------------------


def test_two_writers_do_not_mix(library: Library, tmp_path: Path) -> None:
    path = write(tmp_path, "gout.md", "Gout")
    with library.writing():
        with pytest.raises(ArchiveError, match="another program"):
            again(library).add(path)
        library.add(path)
    assert again(library).add(path).updated


def test_a_writer_that_died_leaves_no_lock(library: Library, tmp_path: Path) -> None:
    code = (
        "import os, pathlib; from intents.library import Library\n"
        f"library = Library.open(pathlib.Path({str(library.folder)!r}), shipped=False)\n"
        "with library.writing():\n"
        f"    library.add(pathlib.Path({str(write(tmp_path, 'a.md', 'Gout'))!r}))\n"
        "    os._exit(1)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert [a.id for a in again(library).articles()] == ["gout"]
    again(library).add(write(tmp_path, "b.md", "Cramps", "the leg"))
    assert [e.id for e in again(library).entries] == ["cramps", "gout"]


def test_changes_of_another_program_are_seen(library: Library, tmp_path: Path) -> None:
    reader = again(library)
    assert reader.refresh() is False
    library.add(write(tmp_path, "gout.md", "Gout"))
    assert reader.refresh() is True
    assert [a.id for a in reader.articles()] == ["gout"]


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="file/library cannot be read"):
        Library.open(tmp_path / "file" / "library", shipped=False)
    empty = Library.open(tmp_path / "library", shipped=False)
    (tmp_path / "library").write_text("x")
    with pytest.raises(ArchiveError, match="cannot be written"):
        empty.add(write(tmp_path, "gout.md", "Gout"))


# --- taking along ---------------------------------------------------------------------------------


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Library]:
    yield Library.open(tmp_path / "other", shipped=False)


def test_export_and_import(library: Library, other: Library, tmp_path: Path) -> None:
    library.add(write(tmp_path, "gout.md", "Gout"))
    library.add(write(tmp_path, "cramps.md", "Cramps", "the leg"))
    assert library.export(tmp_path / "all.readback") == 2
    assert [r.updated for r in other.restore(tmp_path / "all.readback")] == [False, False]
    assert other.articles() == library.articles()
    assert [r.updated for r in other.restore(tmp_path / "all.readback")] == [True, True]


@pytest.mark.parametrize("junk", ["x\n", '"x"\n', "5\n", '"{}\\n{}"\n'])
def test_importing_junk_is_refused_in_words(other: Library, tmp_path: Path, junk: str) -> None:
    (tmp_path / "junk").write_text(junk)
    with pytest.raises(LibraryError, match="line 1"):
        list(other.restore(tmp_path / "junk"))


def test_an_import_cannot_choose_a_path(library: Library, other: Library, tmp_path: Path) -> None:
    from dataclasses import replace

    evil = read_data(b"# Gout\n\nIt hurts. It passes.\n", "a.md").article
    packed = archive.pack(replace(evil, id=ArticleId("../../evil")), "", "").decode()
    (tmp_path / "evil").write_text(json.dumps(packed) + "\n")
    with pytest.raises(ArchiveError, match="no article id"):
        list(other.restore(tmp_path / "evil"))
    assert not (tmp_path / "evil.json").exists()
