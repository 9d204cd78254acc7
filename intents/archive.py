"""How the library lies on disk: one folder an article, replaced whole, checked on every read.

    library/index.json                   what is there, so that listing and adding read no article
    library/lock                         held while something is written
    library/articles/<id>/article.json   one header line (format, SHA-256, date), then the record

A file is written beside its place, flushed to the disk and renamed over it: after a power cut there
is the old one or the new one. The index is a cache of the headers: where it does not fit what is on
disk, it is made again from the articles.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from intents.errors import ReadbackError
from intents.records import RecordError, from_record, to_record
from intents.types import Article, ArticleId

# 1: article.json was the bare record. 2: a header line with checksum, date and file name before it
FORMAT = 2
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


class ArchiveError(ReadbackError):
    """The library on disk cannot be read or written; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index knows of one article."""

    id: ArticleId
    title: str
    url: str
    # the name of the file it was read from, "" when unknown
    origin: str
    # ISO 8601 dates: when it was added, and its own
    added: str
    date: str
    # of the stored record
    sha256: str
    passages: int
    # of the file, to notice that it changed
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Stored:
    """One article as it lies on disk."""

    article: Article
    added: str
    origin: str
    sha256: str


def _dump(record: object) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def stamp(article: Article) -> str:
    """Return the SHA-256 of an article's record."""
    return hashlib.sha256(_dump(to_record(article))).hexdigest()


def pack(article: Article, added: str, origin: str) -> bytes:
    """Return the bytes of an article file."""
    payload = _dump(to_record(article))
    header = {
        "format": FORMAT,
        "sha256": hashlib.sha256(payload).hexdigest(),
        "added": added,
        "origin": origin,
    }
    return _dump(header) + b"\n" + payload


def _from_1(data: bytes) -> bytes:
    """Migrate a bare record: its checksum starts to count now, its date is unknown."""
    return pack(from_record(_json(data, "a stored article")), "", "")


# format -> how its files become the next format's
MIGRATIONS: Mapping[int, Callable[[bytes], bytes]] = {1: _from_1}


def _json(data: bytes, what: str) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{what} is not valid JSON; add the article again") from error


def _format_of(data: bytes) -> int:
    header = _json(data.split(b"\n", 1)[0], "a stored article's header")
    found = header.get("format", 1) if isinstance(header, dict) else None
    if type(found) is not int or found < 1:
        raise RecordError("a stored article has no known format; add the article again")
    if found > FORMAT:
        raise RecordError(
            f"a stored article has format {found}, this Readback knows up to {FORMAT}; update it"
        )
    return found


def unpack(data: bytes) -> Stored:
    """Return what an article file holds, of this or an earlier format.

    Raises RecordError when the file is damaged or from a later version.
    """
    found = _format_of(data)
    while found < FORMAT:
        data = MIGRATIONS[found](data)
        found += 1
    first, _, payload = data.partition(b"\n")
    header = _json(first, "a stored article's header")
    digest = hashlib.sha256(payload).hexdigest()
    if not isinstance(header, dict) or header.get("sha256") != digest:
        raise RecordError("a stored article is damaged (its checksum differs); add it again")
    article = from_record(_json(payload, "a stored article"))
    return Stored(article, str(header.get("added", "")), str(header.get("origin", "")), digest)


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a power cut leaves the old file or the new one, never a mix.

    OSError when it cannot be written; nothing half-written is left then.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, KeyboardInterrupt):
        with suppress(OSError):
            part.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Archive:
    """The folder of one library. Every method is safe against other processes reading."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._articles = folder / "articles"
        self._entries: dict[ArticleId, Entry] = {}
        # article folders that cannot be read, and why
        self.problems: dict[str, str] = {}

    # --- reading -------------------------------------------------------------------------------

    def path(self, article_id: str) -> Path:
        """Return where an article lies; ArchiveError for a name that is no id."""
        if not _ID.fullmatch(article_id):
            raise ArchiveError(f"{article_id[:80]!r} is no article id; see `readback library`")
        return self._articles / article_id / "article.json"

    def load(self, article_id: str) -> Stored:
        """Read and check one article; RecordError when damaged, ArchiveError when not there."""
        path = self.path(article_id)
        try:
            stored = unpack(path.read_bytes())
        except OSError as error:
            raise ArchiveError(f"{path} cannot be read ({error.strerror}); add it again") from error
        if stored.article.id != article_id:
            raise RecordError(f"{path} holds the article {stored.article.id!r}; add it again")
        return stored

    def refresh(self) -> dict[ArticleId, Entry]:
        """Return the entries of everything on disk; only files that changed are read."""
        known = self._read_index()
        self._entries, self.problems = {}, {}
        for name, size, mtime in self._scan():
            entry = known.get(ArticleId(name))
            if entry is None or (entry.size, entry.mtime_ns) != (size, mtime):
                entry = self._entry_from_disk(name)
            if entry is not None:
                self._entries[entry.id] = entry
        return dict(self._entries)

    def _scan(self) -> Iterator[tuple[str, int, int]]:
        try:
            with os.scandir(self._articles) as found:
                names = sorted(e.name for e in found if e.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return
        except OSError as error:
            raise ArchiveError(
                f"the library {self.folder} cannot be read ({error.strerror}); check the folder"
            ) from error
        for name in names:
            try:
                facts = self.path(name).lstat()
            except (OSError, ArchiveError):
                # an empty folder is what an interrupted first add leaves; it holds nothing
                continue
            yield name, facts.st_size, facts.st_mtime_ns

    def _entry_from_disk(self, name: str) -> Entry | None:
        try:
            return self._entry(self.load(name))
        except ReadbackError as error:
            self.problems[name] = str(error)
            return None

    def _entry(self, stored: Stored) -> Entry:
        article = stored.article
        facts = self.path(article.id).stat()
        return Entry(
            id=article.id,
            title=article.title,
            url=article.source.url,
            origin=stored.origin,
            added=stored.added,
            date=article.source.date,
            sha256=stored.sha256,
            passages=len(article.passages),
            size=facts.st_size,
            mtime_ns=facts.st_mtime_ns,
        )

    def _read_index(self) -> dict[ArticleId, Entry]:
        """Return the index, empty when it is missing, damaged or of another version."""
        try:
            index = json.loads((self.folder / "index.json").read_bytes())
            if index["format"] != FORMAT:
                return {}
            return {ArticleId(e["id"]): Entry(**e) for e in index["entries"]}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}

    # --- writing -------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the lock; on leaving, write the index. Call `refresh` first thing inside.

        Raises ArchiveError when another program holds the lock or the folder cannot be written.
        """
        try:
            self._articles.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("a")
        except OSError as error:
            raise ArchiveError(
                f"the library {self.folder} cannot be written ({error.strerror}); "
                "check the folder, or set XDG_DATA_HOME to one you may write"
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise ArchiveError(
                    f"another program is changing the library {self.folder}; try again later"
                ) from error
            try:
                yield
            finally:
                self._write_index()

    def _write_index(self) -> None:
        entries = [asdict(self._entries[key]) for key in sorted(self._entries)]
        write_whole(self.folder / "index.json", _dump({"format": FORMAT, "entries": entries}))

    def save(self, article: Article, added: str, origin: str) -> Entry:
        """Write one article, replacing one of the same id; call inside `writing`."""
        path = self.path(article.id)
        data = pack(article, added, origin)
        try:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            reason = error.strerror
            raise ArchiveError(f"{path} cannot be written ({reason}); free some space") from error
        digest = hashlib.sha256(data.partition(b"\n")[2]).hexdigest()
        entry = self._entry(Stored(article, added, origin, digest))
        self._entries[article.id] = entry
        self.problems.pop(article.id, None)
        return entry

    def delete(self, article_id: str) -> None:
        """Remove one article's folder; call inside `writing`."""
        path = self.path(article_id)
        try:
            for file in path.parent.iterdir():
                file.unlink()
            path.parent.rmdir()
        except OSError as error:
            raise ArchiveError(f"{path.parent} cannot be removed ({error.strerror})") from error
        self._entries.pop(ArticleId(article_id), None)
        self.problems.pop(article_id, None)
