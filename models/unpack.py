"""Unpack a model's archive into a folder that it cannot leave."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from models import store
from models.errors import ModelError

# Real models grow by 1.2 to 3 times; 20 is a bomb.
MOST_GROWTH = 20
MOST_FILES = 500


def unpack(archive: Path, name: str, folder: Path) -> Path:
    """Unpack into `folder`; return the model's folder `name` in it, its layout checked.

    Raises ModelError when the archive is none, holds anything outside a folder `name`, links, too
    many or too large files, or no whole model.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, archive, name)
            for member in members:
                _write(opened, member, folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(f"{archive} is no archive that can be unpacked: {error}") from error
    missing = store.missing(folder / name)
    if missing:
        raise ModelError(f"The archive {archive} holds no whole model: {missing} is missing.")
    return folder / name


def _members(opened: zipfile.ZipFile, archive: Path, name: str) -> list[zipfile.ZipInfo]:
    """Return the files to write, after every one of them was looked at."""
    members = [member for member in opened.infolist() if not member.is_dir()]
    size = sum(member.file_size for member in members)
    if len(members) > MOST_FILES or size > MOST_GROWTH * archive.stat().st_size:
        raise ModelError(
            f"{archive} would unpack to {len(members)} files and {size / 1e6:.0f} MB: that is no"
            " model; nothing was unpacked."
        )
    for member in members:
        path = PurePosixPath(member.filename)
        climbs = path.is_absolute() or ".." in path.parts or "\\" in member.filename
        link = stat.S_ISLNK(member.external_attr >> 16)
        if climbs or link or len(path.parts) < 2 or path.parts[0] != name:
            raise ModelError(
                f"{archive} holds '{member.filename}', which does not belong into a folder"
                f" '{name}'; nothing was unpacked."
            )
    return members


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path) -> None:
    """Write one file; zipfile itself stops at the size and checksum that the archive states."""
    target = folder / PurePosixPath(member.filename)
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(member) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file, 1 << 20)


def write_manifest(model: Path, facts: dict[str, str]) -> None:
    """Write the checksums of every file, so that `models verify` finds a change later."""
    files = {}
    for path in sorted(p for p in model.rglob("*") if p.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        files[path.relative_to(model).as_posix()] = {"sha256": digest}
    content = {"format": store.FORMAT, **facts, "files": files}
    (model / store.MANIFEST).write_text(json.dumps(content, indent=1), encoding="utf-8")
