"""Which reader reads what: by content first, by suffix where content does not tell."""

from __future__ import annotations

import importlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath
from types import MappingProxyType

from intents.readers.compose import Reading, compose
from intents.readers.draft import Draft
from intents.readers.errors import ReadError
from intents.readers.facts import merge
from intents.readers.guard import check_size, decode, looks_binary
from intents.types import Source

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".md": "markdown",
        ".markdown": "markdown",
        ".txt": "text",
        ".text": "text",
        ".html": "html",
        ".htm": "html",
        ".xhtml": "html",
        ".pdf": "pdf",
        ".epub": "epub",
        ".docx": "docx",
    }
)
_HTML_HEAD = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_FRONT = re.compile(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_OTHER = {
    b"\xd0\xcf\x11\xe0": "an old or encrypted Office file; save it as .docx without a password",
    b"{\\rtf": "a Rich Text file; save it as .docx or as text",
    b"\x89PNG": "a picture; the text in it cannot be read",
    b"\xff\xd8\xff": "a picture; the text in it cannot be read",
    b"GIF8": "a picture; the text in it cannot be read",
    b"RIFF": "a recording; only text can be added",
    b"ID3": "a recording; only text can be added",
    b"\x7fELF": "a program; only text can be added",
    b"\x1f\x8b": "a compressed file; unpack it first",
    b"7z\xbc\xaf": "a compressed file; unpack it first",
    b"SQLite format 3": "a database; only text can be added",
}


def suffixes() -> tuple[str, ...]:
    """Return the suffixes that a folder is searched for."""
    return tuple(FORMATS)


def _zip_kind(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ReadError(f"{name!r} is a broken archive ({error}); save it again") from error
    if "META-INF/container.xml" in names:
        return "epub"
    if "word/document.xml" in names:
        return "docx"
    raise ReadError(
        f"{name!r} is an archive but neither a .docx nor an .epub; unpack it and add what is in it"
    )


def detect(data: bytes, name: str) -> str:
    """Return the format: "markdown", "text", "html", "pdf", "epub" or "docx"; ReadError else."""
    head = data[:4096]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(data, name)
    for magic, what in _OTHER.items():
        if head.startswith(magic):
            raise ReadError(f"{name!r} is {what}")
    by_suffix = FORMATS.get(PurePath(name).suffix.lower(), "")
    if _HTML_HEAD.match(head):
        return "html"
    if by_suffix in {"pdf", "epub", "docx"}:
        raise ReadError(f"{name!r} is no {by_suffix.upper()} file inside; save it again")
    if by_suffix:
        return by_suffix
    if looks_binary(data):
        raise ReadError(f"{name!r} is of no known kind; known are {', '.join(FORMATS)}")
    return "markdown" if _FRONT.match(head) else "text"


def _draft(kind: str, data: bytes, name: str) -> Draft:
    # each parser is loaded when it is first needed: a text file must not wait for lxml
    if kind == "markdown":
        from intents.readers.markdown import read_markdown

        return read_markdown(decode(data, name), name)
    if kind == "text":
        from intents.readers.plain import read_plain

        return read_plain(decode(data, name))
    reader: Callable[[bytes, str], Draft] = getattr(
        importlib.import_module(f"intents.readers.{kind}"), f"read_{kind}"
    )
    return reader(data, name)


def read_data(data: bytes, name: str, *, source: Source | None = None) -> Reading:
    """Read bytes as the file called `name` would be; see `intents.readers.read`."""
    kind = detect(check_size(data, name), name)
    draft = _draft(kind, data, name)
    if source is not None:
        draft = replace(draft, source=merge(source, draft.source))
    stem = re.sub(r"[\s_-]+", " ", PurePath(name).stem).strip()
    return compose(draft, name, stem or name)
