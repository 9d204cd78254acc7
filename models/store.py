"""Find and verify speech models. Weights live in the user's data folder, never in the package."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import platformdirs

from models.errors import ModelError

STARTER = "starter"
MANIFEST = "manifest.json"
# The manifest's format that this version writes and reads.
FORMAT = 1
# What libvosk cannot do without; a graph is one file (HCLG) or two (HCLr and Gr).
_NEEDED = ("am/final.mdl", "conf/model.conf")
_GRAPHS = (("graph/HCLG.fst",), ("graph/HCLr.fst", "graph/Gr.fst"))


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of a model folder found; there is none for a broken one (ModelError)."""

    path: Path
    files: int
    bytes: int
    # True: every file has the SHA-256 of the manifest. False: no manifest, only layout checked
    sha256: bool
    # words it can hear; None if the model does not list them in a file of its own
    words: int | None


@dataclass(frozen=True, slots=True)
class Installed:
    """A model folder on this machine."""

    name: str
    path: Path


def default_folder() -> Path:
    """Return where models live: the user's data folder for Readback, honoring XDG_DATA_HOME."""
    return Path(platformdirs.user_data_dir("readback", appauthor=False)) / "models"


def places(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that are searched for models, ours first.

    The others are where the vosk package looks: $VOSK_MODEL_PATH, /usr/share/vosk, ~/.cache/vosk.
    """
    shared = os.environ.get("VOSK_MODEL_PATH")
    return (
        folder if folder is not None else default_folder(),
        *((Path(shared),) if shared else ()),
        Path("/usr/share/vosk"),
        Path.home() / ".cache" / "vosk",
    )


def find(name: str = STARTER, folder: Path | None = None) -> Path:
    """Return the folder of a model by its name: "starter", or an official Vosk model's folder name.

    Raises ModelError, saying what to do, when the name is no folder name or there is no such model.
    """
    if name in ("", ".", "..") or "/" in name or "\\" in name:
        raise ModelError(
            f"'{name}' is no name of a model; use 'starter' or the folder name of a Vosk model."
        )
    searched = places(folder)
    for place in searched:
        if _is_model(place / name):
            return place / name
    if name == STARTER:
        raise ModelError(
            f"The starter model is not in {searched[0]} yet; run `readback models build`."
        )
    looked = ", ".join(str(place) for place in searched)
    raise ModelError(
        f"There is no speech model '{name}' in {looked}; run `readback models fetch {name}`, put"
        " its folder into one of them, or use the starter model."
    )


def installed(folder: Path | None = None) -> tuple[Installed, ...]:
    """Return every model that `find` would find, by name."""
    found: dict[str, Path] = {}
    for place in places(folder):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if not path.name.startswith(".") and _is_model(path):
                found.setdefault(path.name, path)
    return tuple(Installed(name, path) for name, path in sorted(found.items()))


def verify(path: Path) -> Verified:
    """Check a model folder: every hash of its manifest, or the layout where there is none.

    Raises ModelError that names the first file that is missing or changed.
    """
    if not path.is_dir():
        raise ModelError(f"There is no model folder {path}; run `readback models build`.")
    lacks = missing(path)
    if lacks:
        raise ModelError(f"The model in {path} has no {lacks}; build or fetch it again.")
    words = _count_words(path)
    if (path / MANIFEST).is_file():
        files, size = _check_manifest(path)
        return Verified(path, files, size, True, words)
    present = [p for p in path.rglob("*") if p.is_file()]
    return Verified(path, len(present), sum(p.stat().st_size for p in present), False, words)


def _is_model(path: Path) -> bool:
    return path.is_dir() and not missing(path)


def missing(path: Path) -> str:
    """Return the first needed file that is missing or empty; "" if the layout is whole."""
    for name in _NEEDED:
        if not _has(path, name):
            return name
    if any(all(_has(path, name) for name in graph) for graph in _GRAPHS):
        return ""
    return "graph/HCLG.fst, nor graph/HCLr.fst with graph/Gr.fst"


def _has(path: Path, name: str) -> bool:
    file = path / name
    return file.is_file() and file.stat().st_size > 0


def _count_words(path: Path) -> int | None:
    """Return how many words graph/words.txt lists, without symbols such as <eps> and [unk]."""
    table = path / "graph" / "words.txt"
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", errors="replace") as lines:
        return sum(1 for line in lines if line[:1] not in ("<", "[", "#", "!", "\n", ""))


def _check_manifest(path: Path) -> tuple[int, int]:
    """Return the number and size of the manifest's files; ModelError at the first difference."""
    listed = _read_manifest(path)
    size = 0
    for name, digest in sorted(listed.items()):
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            raise _broken(path, f"names a file outside the model: '{name}'")
        file = path / parts
        if not file.is_file():
            raise ModelError(f"The model in {path} has lost {name}; run `readback models build`.")
        if _sha256(file) != digest:
            raise ModelError(
                f"{name} of the model in {path} is not what was built; run `readback models build`."
            )
        size += file.stat().st_size
    return len(listed), size


def _read_manifest(path: Path) -> dict[str, str]:
    """Return file names and their SHA-256; ModelError if the manifest cannot be used."""
    try:
        content = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        form = content["format"]
        listed = {str(name): str(entry["sha256"]) for name, entry in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(path, f"cannot be read ({error})") from error
    if form != FORMAT:
        raise _broken(path, f"has format {form}, not {FORMAT}")
    return listed


def _broken(path: Path, what: str) -> ModelError:
    return ModelError(f"{MANIFEST} of the model in {path} {what}; run `readback models build`.")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
