"""Small documents of every kind, made here: what the fuzzer mutates and the reader tests read."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

MARKDOWN = """---
title: Leg cramps
also_called: [charley horse, muscle spasm]
author: Ann Lee
reviewed: 2024-05-01
licence: CC0
sources: ["A health service: https://example.org/cramps"]
---

A leg cramp is a sudden tightening of a muscle. Most cramps pass within minutes.

## What causes leg cramps

Tired muscles cause many cramps. Some medicines do so too.[^1]

- lack of water
- long sitting

| Age | Dose |
|-----|------|
| Adult | 5 mg |

## Frequently asked questions

### Are leg cramps dangerous?

No, they are not. See a doctor when they come every night.

[^1]: A note.
"""

PLAIN = """Leg Cramps: Causes and Relief

By Ann Lee
Updated on March 3, 2023

A leg cramp is a sudden tightening of a muscle. It is also called a charley horse.

Man holding his calf
Sam Doe / Getty Images

What Causes Cramps

Tired muscles cause many cramps. These are the most common reasons:

  • Too little water
  • Long sitting

Frequently Asked Questions

  • Are cramps dangerous?

    No, they are not. See a doctor when they come every night.

Was this page helpful?
2 Sources
  1. Doe J. Cramps. J Legs. 2018;9(4):631-634. doi:10.1000/xyz
"""

HTML = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Leg cramps | Example Health</title>
<meta property="og:site_name" content="Example Health"><meta name="author" content="Ann Lee">
<link rel="canonical" href="https://example.org/cramps">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"MedicalWebPage","headline":"Leg cramps","lastReviewed":"2024-05-01"},
{"@type":"FAQPage","mainEntity":[{"@type":"Question","name":"Can children get leg cramps?",
"acceptedAnswer":{"@type":"Answer","text":"<p>Yes, children can get them after sport.</p>"}}]}]}
</script><script>alert("never")</script></head><body>
<nav class="menu"><ul><li><a href="/">Home</a></li><li><a href="/a">Topics</a></li></ul></nav>
<div id="cookie-banner"><p>We use cookies to improve our site.</p><button>Accept</button></div>
<main><article><h1>Leg cramps</h1>
<p>A leg cramp is a sudden tightening of a muscle in the leg, and it often comes at night.
Most cramps pass within a few minutes and leave no harm behind.<sup><a href="#r1">1</a></sup></p>
<figure><img src="x.jpg" alt="calf">
<figcaption>A man holds his calf. Photo: Sam Doe</figcaption></figure>
<h2>What causes leg cramps?</h2>
<p>Tired muscles cause many cramps, and so does a lack of water in the body. Common causes are:</p>
<ul><li>too little water</li><li>long sitting</li></ul>
<h2>Dose</h2>
<table><tr><th>Age</th><th>Dose</th></tr><tr><td>Adult</td><td>5 mg</td></tr>
<tr><td>Child</td><td>2 mg</td></tr></table>
<dl><dt>Spasm</dt><dd>A sudden tightening of a muscle.</dd></dl>
<details><summary>Are leg cramps dangerous?</summary><p>No, they are not. See a doctor when they
come every night.</p></details>
<p>Was this page helpful?</p></article></main>
<aside class="related"><h3>Related articles</h3><ul><li><a href="/b">Back pain</a></li></ul></aside>
<footer>&copy; 2024 Example Health. All rights reserved.</footer></body></html>"""


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_paragraph(text: str, style: str = "", number: str = "") -> str:
    """Return the XML of one Word paragraph."""
    looks = f'<w:pStyle w:val="{style}"/>' if style else ""
    looks += f'<w:numPr><w:numId w:val="{number}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{looks}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def docx(body: str) -> bytes:
    """Return a Word document with this body XML."""
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (
            ("H1", "heading 1"),
            ("H2", "heading 2"),
            ("T", "Title"),
            ("C", "caption"),
        )
    )
    return archive(
        {
            "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
        }
    )


def epub(chapters: Sequence[str], title: str = "Leg cramps") -> bytes:
    """Return a book whose chapters have these XHTML bodies."""
    items = "".join(f'<item id="c{n}" href="c{n}.xhtml"/>' for n in range(len(chapters)))
    refs = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata><dc:title>{title}</dc:title><dc:creator>Ann Lee</dc:creator></metadata>"
        f"<manifest>{items}</manifest><spine>{refs}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="O/b.opf"/></rootfiles></container>'
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "O/b.opf": package,
    }
    for number, body in enumerate(chapters):
        files[f"O/c{number}.xhtml"] = f"<html><body>{body}</body></html>"
    return archive(files)


# x, y and font size in points, whether bold, and the words
PdfText = tuple[float, float, float, bool, str]


def pdf(pages: Sequence[Sequence[PdfText]], *, packed: bool = False) -> bytes:
    """Return a PDF with these texts on its pages, in the order given."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    for name in (b"Helvetica", b"Helvetica-Bold"):
        facts = b" /Encoding /WinAnsiEncoding >>"
        objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /" + name + facts)
    kids: list[bytes] = []
    for page in pages:
        drawn = "".join(
            f"BT /F{2 if bold else 1} {size} Tf 1 0 0 1 {x} {y} Tm "
            f"({text.replace(chr(92), chr(92) * 2).replace('(', '[').replace(')', ']')}) Tj ET\n"
            for x, y, size, bold, text in page
        ).encode("latin-1", "replace")
        data = zlib.compress(drawn) if packed else drawn
        kind = b" /Filter /FlateDecode" if packed else b""
        objects.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), kind, data))
        kids.append(b"%d 0 R" % (len(objects) + 1))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>" % len(objects)
        )
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return _numbered(objects)


def _numbered(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


def leaflet() -> list[list[PdfText]]:
    """Return the texts of a two-page leaflet with running heads and a broken word."""
    pages: list[list[PdfText]] = []
    for number in (1, 2):
        pages.append(
            [
                (60, 810, 8, False, "Example Health Leaflets"),
                (60, 760, 20, True, "Leg cramps") if number == 1 else (60, 760, 14, True, "Relief"),
                (
                    60,
                    720,
                    11,
                    False,
                    f"Page {number} says that a cramp is a sudden tightening of a mus-",
                ),
                (60, 706, 11, False, "cle in the leg. It is a well-known problem of older people."),
                (60, 670, 14, True, "What causes leg cramps?"),
                (
                    60,
                    650,
                    11,
                    False,
                    "Tired muscles cause many cramps, and so does a lack of water in",
                ),
                (60, 636, 11, False, "the body. Some medicines cause them too."),
                (280, 30, 8, False, f"Page {number} of 2"),
            ]
        )
    return pages


def all_seeds() -> dict[str, bytes]:
    """Return one document of every kind, by file name."""
    body = word_paragraph("Leg cramps", "T") + word_paragraph("What causes cramps?", "H1")
    body += word_paragraph("Tired muscles cause many cramps. Other causes are:")
    body += word_paragraph("too little water", number="1") + word_paragraph("sitting", number="1")
    chapter = (
        "<h1>Leg cramps</h1><p>A cramp hurts. It passes.</p><ul><li>Rest</li><li>Drink</li></ul>"
    )
    return {
        "cramps.md": MARKDOWN.encode(),
        "cramps.txt": PLAIN.encode(),
        "cramps.html": HTML.encode(),
        "cramps.pdf": pdf(leaflet()),
        "packed.pdf": pdf(leaflet(), packed=True),
        "cramps.docx": docx(body),
        "cramps.epub": epub([chapter, chapter.replace("cramps", "pain")]),
    }
