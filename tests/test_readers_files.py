"""PDF, EPUB and Word files, and files that are none of what they claim."""

import os
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from bench.seeds import archive, docx, epub, leaflet, pdf, word_paragraph
from intents.gather import gather
from intents.readers import ReadError, read, read_data
from intents.readers.guard import MAX_FILE
from intents.readers.pdf import join_lines
from intents.types import Article


def article(data: bytes, name: str) -> Article:
    return read_data(data, name).article


def spoken(found: Article) -> str:
    return " ".join(p.text for p in found.passages)


# --- PDF -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_pdf_headings_broken_words_and_running_heads(packed: bool) -> None:
    found = article(pdf(leaflet(), packed=packed), "cramps.pdf")
    assert found.title == "Leg cramps"
    assert "a sudden tightening of a muscle in the leg." in spoken(found)
    assert "well-known" in spoken(found)
    assert "Example Health Leaflets" not in found.text
    assert "of 2" not in found.text
    assert {"What causes leg cramps?", "Relief"} & {p.heading for p in found.passages}


def test_pdf_columns_are_read_one_after_the_other() -> None:
    left = [(50, 700 - 14 * n, 11, False, f"Left line {n} goes on with words") for n in range(8)]
    right = [(310, 700 - 14 * n, 11, False, f"Right line {n} goes on with words") for n in range(8)]
    # drawn line by line over both columns, as some programs do
    drawn = [text for pair in zip(left, right, strict=True) for text in pair]
    said = spoken(article(pdf([drawn]), "columns.pdf"))
    assert said.index("Left line 7") < said.index("Right line 0")


def test_pdf_bullets_make_a_list() -> None:
    texts = [
        (50, 700, 11, False, "Do these three things when a cramp comes in the night:"),
        (60, 684, 11, False, "- stretch the calf and hold it for"),
        (72, 670, 11, False, "half a minute"),
        (60, 656, 11, False, "- drink water"),
    ]
    found = article(pdf([texts]), "list.pdf")
    assert found.passages[0].kind == "list"
    assert [s.text for s in found.passages[0].sentences][1:] == [
        "stretch the calf and hold it for half a minute", "drink water",
    ]  # fmt: skip


def test_pdf_soft_hyphens() -> None:
    """At the end of a line one breaks a word; inside it is a hyphen, as the page shows it."""
    texts = [
        (50, 740, 16, True, "Long\u00adterm pain"),
        (50, 700, 11, False, "Do these two well\u00adknown things in the night:"),
        (60, 684, 11, False, "- stretch the mus\u00ad"),
        (72, 670, 11, False, "cle for half a minute"),
        (60, 656, 11, False, "- drink wa\u00ad"),
        (72, 642, 11, False, "ter\u00ad"),
    ]
    found = article(pdf([texts]), "list.pdf")
    assert found.title == "Long-term pain"
    assert [s.text for s in found.passages[0].sentences] == [
        "Do these two well-known things in the night:",
        "stretch the muscle for half a minute",
        "drink water",
    ]


def test_pdf_with_pictures_only_says_that_it_needs_ocr() -> None:
    with pytest.raises(ReadError, match="OCR"):
        article(pdf([[], []]), "scan.pdf")


def test_encrypted_pdf_says_so(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(pdf(leaflet()))
    writer = PdfWriter(clone_from=PdfReader(plain))
    writer.encrypt("secret", algorithm="RC4-128")
    locked = tmp_path / "locked.pdf"
    writer.write(locked)
    with pytest.raises(ReadError, match="encrypted"):
        read(locked)


@pytest.mark.parametrize(
    ("before", "line", "known", "joined"),
    [
        ("a mus-", "cle is", set(), "a muscle is"),
        ("a well-", "known pain", {"well-known"}, "a well-known pain"),
        ("a self-", "care plan", {"selfcare", "self-care"}, "a selfcare plan"),
        ("HIV-", "Positive", set(), "HIV- Positive"),
        ("soft\u00adhy\u00ad", "phen", set(), "soft\u00adhyphen"),
        ("plain", "words", set(), "plain words"),
    ],
)
def test_words_broken_at_line_ends(before: str, line: str, known: set[str], joined: str) -> None:
    assert join_lines(before, line, known) == joined


# --- Word ----------------------------------------------------------------------------------------


def test_word_headings_lists_tables() -> None:
    row = "".join(f"<w:tc>{word_paragraph(t)}</w:tc>" for t in ("Adult", "5 mg"))
    head = "".join(f"<w:tc>{word_paragraph(t)}</w:tc>" for t in ("Age", "Dose"))
    body = (
        word_paragraph("Leg cramps", "T")
        + word_paragraph("Causes", "H1")
        + word_paragraph("Common causes are:")
        + word_paragraph("too little water", number="1")
        + word_paragraph("long sitting", number="1")
        + word_paragraph("A man with a cramp", "C")
        + f"<w:tbl><w:tr>{head}</w:tr><w:tr>{row}</w:tr></w:tbl>"
    )
    found = article(docx(body), "cramps.docx")
    assert found.title == "Leg cramps"
    assert [p.kind for p in found.passages] == ["list", "table"]
    assert found.passages[0].heading == "Causes"
    assert found.passages[1].text == "Age: Adult; Dose: 5 mg"
    assert "A man with a cramp" not in spoken(found)


def test_word_deleted_text_is_gone() -> None:
    body = (
        word_paragraph("Cramps", "T")
        + "<w:p><w:r><w:t>It hurts.</w:t></w:r><w:del><w:r><w:t> Not.</w:t></w:r></w:del></w:p>"
    )
    assert spoken(article(docx(body), "a.docx")) == "It hurts."


# --- EPUB ----------------------------------------------------------------------------------------


def test_book_chapters_come_in_order() -> None:
    chapters = ["<h1>First</h1><p>One is here. It stays.</p>", "<h1>Second</h1><p>Two is here.</p>"]
    found = article(epub(chapters), "book.epub")
    assert found.title == "Leg cramps"
    assert found.source.author == "Ann Lee"
    assert [p.heading for p in found.passages] == ["First", "Second"]


def test_a_broken_chapter_does_not_cost_the_others() -> None:
    result = read_data(
        epub(["<div>" * 2000 + "x", "<h1>Good</h1><p>This one is read.</p>"]), "b.epub"
    )
    assert spoken(result.article) == "This one is read."
    assert any("unreadable chapter" in d.why for d in result.dropped)


# --- what must be refused, in words ---------------------------------------------------------------

_BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<w:document><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)
_CONTAINER = '<container><rootfiles><rootfile full-path="{}"/></rootfiles></container>'


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.md", b"", "empty"),
        ("blank.txt", b" \n\t\n", "empty"),
        ("program.md", b"\x7fELF" + bytes(range(256)) * 20, "program"),
        ("noise.txt", bytes(range(256)) * 40, "not text"),
        ("picture.md", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
        ("fake.pdf", b"This is only text.", "no PDF file"),
        ("fake.docx", b"This is only text.", "no DOCX file"),
        ("cut.pdf", pdf(leaflet())[:200], "PDF"),
        ("cut.docx", docx(word_paragraph("Hello there."))[:60], "broken archive"),
        ("zip.docx", archive({"a.txt": "x"}), "neither"),
        ("bomb.docx", archive({"word/document.xml": b" " * 50_000_000}), "zip bomb"),
        ("entities.docx", archive({"word/document.xml": _BOMB}), "entities"),
        ("climb.docx", archive({"word/document.xml": "<x/>", "../../etc/x": "y"}), "climbs"),
        ("lost.epub", archive({"META-INF/container.xml": _CONTAINER.format("no.opf")}), "no.opf"),
        ("deep.docx", archive({"word/document.xml": "<a>" * 9000}), "broken inside"),
        ("old.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old or encrypted"),
        ("letter.rtf", rb"{\rtf1 hello}", "Rich Text"),
        ("marks.txt", b"***\n\n---\n\n???\n", "no readable text"),
    ],
)  # fmt: skip
def test_refused_with_a_reason(name: str, data: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says) as caught:
        read_data(data, name)
    assert name in str(caught.value)


def test_a_page_saved_as_text_is_still_a_page() -> None:
    html = b"<!DOCTYPE html><html><body><p>It hurts at night. It passes.</p></body></html>"
    assert article(html, "page.txt").passages[0].text == "It hurts at night. It passes."


def test_text_in_other_encodings() -> None:
    text = "Über Füße\n\nFüße tragen uns. Sie schmerzen öfter, wenn Schuhe drücken.\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        found = article(text.encode(encoding), "a.txt")
        assert found.title == "Über Füße", encoding


def test_control_characters_never_reach_the_terminal() -> None:
    found = article(b"Feet\n\nFeet \x1b[2Jhurt at \x07night. They rest.\n", "a.txt")
    assert "\x1b" not in found.text and "\x07" not in found.text


def test_files_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="folder"):
        read(tmp_path)
    with pytest.raises(ReadError, match="No such file"):
        read(tmp_path / "gone.md")
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match="not a plain file"):
        read(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    with pytest.raises(ReadError, match="cannot be read"):
        read(tmp_path / "loop.txt")


def test_a_gigabyte_is_refused_without_reading_it(tmp_path: Path) -> None:
    big = tmp_path / "big.txt"
    with big.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(ReadError, match="more than the limit"):
        read(big)


def test_folders_are_gathered_without_links_and_hidden_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.md", "a.txt", ".secret.md", "song.mp3"):
        (tmp_path / "in" / name).write_text("x")
    (tmp_path / "out.md").write_text("x")
    (tmp_path / "in" / "link.md").symlink_to(tmp_path / "out.md")
    (tmp_path / "in" / "up").symlink_to(tmp_path)
    with open(os.devnull, "rb") as pipe:  # noqa: PTH123
        found = [item.name for item in gather([str(tmp_path / "in")], pipe)]
    assert found == ["a.txt", "b.md"]


def test_standard_input_is_limited(tmp_path: Path) -> None:
    endless = tmp_path / "endless"
    with endless.open("wb") as file:
        file.truncate(MAX_FILE + 10)
    with endless.open("rb") as pipe:
        (item,) = gather(["-"], pipe)
        with pytest.raises(ReadError, match="over the limit"):
            item.read()
