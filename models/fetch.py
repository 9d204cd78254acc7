"""Fetch an official model: resumable, checked before use, put in place in one step.

The archive is written to `NAME.zip.part` in the models' folder; what a broken connection left is
continued the next time. Nothing of it is used before its size and checksum are right.
"""

from __future__ import annotations

import hashlib
import http.client
import shutil
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from models import store, unpack
from models.catalogue import Entry
from models.errors import ModelError

# (bytes so far, bytes in all)
Progress = Callable[[int, int], None]

CHUNK_BYTES = 1 << 18
# A server that sends nothing for this long has gone.
TIMEOUT_S = 30.0


def _silent(done: int, total: int) -> None:
    """Show nothing."""


def fetch(
    entry: Entry,
    source: str = "",
    folder: Path | None = None,
    progress: Progress = _silent,
) -> Path:
    """Download, check and unpack a model; return its folder.

    `source` is another place for the same archive: a file, a file: address or a mirror's address.
    A model that is there already is replaced in one step. Raises ModelError; what was there before
    is then untouched.
    """
    place = folder if folder is not None else store.default_folder()
    place.mkdir(parents=True, exist_ok=True)
    _need_space(entry, place)
    local = _local(source)
    archive = local or _download(entry, source or entry.url, place, progress)
    try:
        _check(entry, archive)
    except ModelError:
        if archive != local:
            archive.unlink()
        raise
    with tempfile.TemporaryDirectory(dir=place, prefix=".unpacking-") as scratch:
        fresh = unpack.unpack(archive, entry.name, Path(scratch))
        unpack.write_manifest(fresh, {"archive_sha256": _digest(archive, "sha256")})
        _replace(fresh, place / entry.name)
    if archive != local:
        archive.unlink()
    return place / entry.name


def _local(source: str) -> Path | None:
    """Return the file that `source` names; None when it is an address to download from."""
    if not source or urllib.parse.urlsplit(source).scheme in ("http", "https"):
        return None
    path = Path(urllib.request.url2pathname(urllib.parse.urlsplit(source).path))
    path = path if source.startswith("file:") else Path(source).expanduser()
    if not path.is_file():
        raise ModelError(f"There is no archive {path}; give --from a file or an http address.")
    return path


def _need_space(entry: Entry, place: Path) -> None:
    """Archive and unpacked model lie side by side for a moment."""
    wanted, free = 3 * entry.bytes, shutil.disk_usage(place).free
    if free < wanted:
        raise ModelError(
            f"{entry.name} needs {wanted / 1e6:.0f} MB for a moment, and {place} has"
            f" {free / 1e6:.0f} MB; make room or set XDG_DATA_HOME to another disk."
        )


def _download(entry: Entry, url: str, place: Path, progress: Progress) -> Path:
    """Continue or begin the download; return the part file once it has its full size."""
    part = place / f"{entry.name}.zip.part"
    had = part.stat().st_size if part.is_file() else 0
    if had > entry.bytes:
        part.unlink()
        had = 0
    if had < entry.bytes:
        with _answer(entry, url, had) as (stream, begins):
            _write(entry, stream, part, begins, progress)
    return part


@contextmanager
def _answer(entry: Entry, url: str, had: int) -> Iterator[tuple[BinaryIO, int]]:
    """Ask for the archive from byte `had` on; yield the stream and where it begins."""
    headers = {"Range": f"bytes={had}-"} if had else {}
    try:
        # the catalogue's own addresses, or one that `_local` saw to be http(s)
        request = urllib.request.Request(url, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            yield answer, had if answer.status == 206 else 0
    except urllib.error.HTTPError as error:
        code = f"{error.code} {error.reason}"
        error.close()
        raise ModelError(
            f"{url} answers '{code}'; try later, or give a mirror with --from."
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ModelError(
            f"{entry.name} could not be fetched from {url} ({reason}). Fetching needs a network"
            f" once: run `readback models fetch {entry.name}` again to go on where it stopped, or"
            " bring the archive on a stick and add --from FILE."
        ) from error


def _write(entry: Entry, stream: BinaryIO, part: Path, begins: int, progress: Progress) -> None:
    """Append the stream to the part file; never more than the archive has."""
    done = begins
    with part.open("r+b" if begins else "wb") as file:
        file.seek(begins)
        file.truncate()
        while chunk := stream.read(CHUNK_BYTES):
            done += len(chunk)
            if done > entry.bytes:
                break
            file.write(chunk)
            progress(done, entry.bytes)
    if done > entry.bytes:
        part.unlink()
        raise ModelError(
            f"The server sends more than the {entry.bytes:,} bytes that {entry.name} has: this is"
            " another file. Nothing was kept; try another mirror with --from."
        )
    if done < entry.bytes:
        raise ConnectionError(f"it broke off after {done:,} of {entry.bytes:,} bytes")


def _check(entry: Entry, archive: Path) -> None:
    """Compare size and checksum; ModelError says both values."""
    size = archive.stat().st_size
    kind, wanted = ("sha256", entry.sha256) if entry.sha256 else ("md5", entry.md5)
    found = _digest(archive, kind) if size == entry.bytes else f"{size:,} bytes"
    if found != wanted:
        expected = wanted if size == entry.bytes else f"{entry.bytes:,} bytes"
        raise ModelError(
            f"The archive of {entry.name} is not the known one: {found} instead of {expected}."
            " Nothing was installed; fetch it again, or from another place with --from."
        )


def _digest(file: Path, kind: str) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.new(kind, usedforsecurity=False)
        ).hexdigest()


def _replace(fresh: Path, target: Path) -> None:
    """Put the new folder in place; an older one is set aside first, then removed."""
    aside = fresh.with_name(".replaced")
    if target.exists():
        target.replace(aside)
    fresh.replace(target)


def remove(name: str, folder: Path | None = None) -> Path:
    """Delete a model of the user's own folder; return where it was.

    Raises ModelError when there is none; models in shared folders are left alone.
    """
    found = store.find(name, folder)
    place = folder if folder is not None else store.default_folder()
    if found.parent != place:
        raise ModelError(f"{found} is not in {place}, so it is not Readback's; remove it by hand.")
    with tempfile.TemporaryDirectory(dir=place, prefix=".removing-") as scratch:
        # first out of sight in one step, then file by file
        found.replace(Path(scratch) / name)
    return found
