"""Limits against hostile or hopeless files, checked before any parser sees them."""

from __future__ import annotations

import codecs
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from charset_normalizer import from_bytes

from intents.readers.errors import ReadError

MIB = 1024 * 1024
# the longest book as text is about 6 MiB; a saved page with inlined pictures reaches 30
MAX_FILE = 64 * MIB
# characters of one article; the longest novels have 3.2 million. Reading and cutting them into
# sentences takes about 2 s a million, so this bounds the time to some seconds
MAX_TEXT = 7 * MIB // 2
MAX_ZIP_ENTRIES = 5000
MAX_ZIP_ENTRY = 64 * MIB
MAX_ZIP_TOTAL = 256 * MIB
# text deflates to a tenth at best; pictures not at all
MAX_ZIP_RATIO = 200

# no text holds them, XML forbids them, and a terminal obeys some of them
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1b"))

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _human(size: int) -> str:
    return f"{size / MIB:.0f} MiB" if size >= MIB else f"{size / 1024:.0f} KiB"


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes; ReadError for what is no plain file or is larger than MAX_FILE."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise ReadError(f"{path} is a folder; name a file in it, or add the folder as a whole")
        if not stat.S_ISREG(facts.st_mode):
            raise ReadError(f"{path} is not a plain file; save the article as a file first")
        if facts.st_size > MAX_FILE:
            raise ReadError(
                f"{path} has {_human(facts.st_size)}, more than the limit of {_human(MAX_FILE)} "
                "for one article; split it or save only its text"
            )
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ReadError(f"{str(path)!r} cannot be read: {reason}; check the name") from error
    return check_size(data, str(path))


def check_size(data: bytes, name: str) -> bytes:
    """Return `data` when it is neither empty nor over MAX_FILE."""
    if len(data) > MAX_FILE:
        raise ReadError(
            f"{name!r} is over the limit of {_human(MAX_FILE)} for one article; split it"
        )
    if not data.strip(b"\0 \t\r\n"):
        raise ReadError(f"{name!r} is empty; save the article again")
    return data


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text in any encoding: control bytes that no text holds."""
    head = data[:8192]
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    if b"\0" in head and not _utf16_guess(head):
        return True
    control = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return control > max(3, len(head) // 50) and not _utf16_guess(head)


def _utf16_guess(head: bytes) -> str:
    """Guess UTF-16 without a mark from where the zero bytes stand (Latin text)."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.1 else ""


def decode(data: bytes, name: str, declared: str = "") -> str:
    """Decode text bytes: by mark, UTF-8, the declared encoding, then the most likely one.

    Raises ReadError for binary data and for text over MAX_TEXT characters.
    """
    if looks_binary(data):
        raise ReadError(
            f"{name!r} is not text but binary data; give it the suffix of its real format "
            "(.pdf, .docx, .epub, .html) or save it as text"
        )
    text = _decode(data, declared)
    if len(text) > MAX_TEXT:
        raise ReadError(f"{name!r} holds more than {MAX_TEXT} characters of text; split it")
    return _CONTROL.sub("", text)


def _decode(data: bytes, declared: str) -> str:
    tried = [encoding for bom, encoding in _BOMS if data.startswith(bom)]
    tried += [e for e in (_utf16_guess(data[:8192]), "utf-8", declared) if e]
    for encoding in tried:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    # a sample is enough, and the guess costs time linear in what it sees
    best = from_bytes(
        data[:65536],
        cp_isolation=[
            "cp1252",
            "cp1250",
            "cp1251",
            "latin_1",
            "cp1253",
            "cp1256",
            "shift_jis",
            "gb18030",
            "big5",
            "euc_kr",
            "koi8_r",
        ],
    ).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")


def open_zip(file: BinaryIO, name: str) -> zipfile.ZipFile:
    """Open a zip and check every entry's name and announced size before anything is unpacked."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise ReadError(
            f"{name!r} is a broken archive ({error}); save or download it again"
        ) from error
    problem = next(_zip_problems(archive), "")
    if problem:
        archive.close()
        raise ReadError(f"{name!r} {problem}; it will not be opened")
    return archive


def _zip_problems(archive: zipfile.ZipFile) -> Iterator[str]:
    entries = archive.infolist()
    if len(entries) > MAX_ZIP_ENTRIES:
        yield f"holds {len(entries)} files, more than the limit of {MAX_ZIP_ENTRIES}"
    if sum(e.file_size for e in entries) > MAX_ZIP_TOTAL:
        yield f"would unpack to more than {_human(MAX_ZIP_TOTAL)}"
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts:
            yield f"holds a path that climbs out of it ({entry.filename[:80]!r})"
        if entry.flag_bits & 1:
            yield "is encrypted"
        if entry.file_size > MIB and entry.file_size > MAX_ZIP_RATIO * max(1, entry.compress_size):
            yield f"is a zip bomb ({entry.filename[:80]!r} unpacks {entry.file_size} bytes)"


def unzip(archive: zipfile.ZipFile, entry: str, name: str, limit: int = MAX_ZIP_ENTRY) -> bytes:
    """Return one entry's bytes; the real size is checked too, not only the announced one."""
    try:
        with archive.open(entry) as file:
            data = file.read(limit + 1)
    except (
        KeyError,
        zipfile.BadZipFile,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        EOFError,
        zlib.error,
    ) as error:
        raise ReadError(f"{name!r} has no readable part {entry[:80]!r} ({error})") from error
    if len(data) > limit:
        raise ReadError(f"{name!r} holds a part larger than {_human(limit)} ({entry[:80]!r})")
    return data
