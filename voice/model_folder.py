"""Pure: what a Vosk model folder says about itself."""

from __future__ import annotations

import re
from pathlib import Path

# Kaldi's default shift, and the subsampling of every official model
_SHIFT_MS = 10.0
_SUBSAMPLING = 3


def frame_ms(path: Path) -> int:
    """Return the milliseconds between decoded frames, from the model's own configuration."""
    text = "\n".join(
        file.read_text(encoding="utf-8", errors="replace")
        for pattern in ("conf/*.conf", "*.conf")
        for file in sorted(path.glob(pattern))
    )
    shift = re.search(r"^--frame-shift=([\d.]+)", text, re.MULTILINE)
    subsampling = re.search(r"^--frame-subsampling-factor=(\d+)", text, re.MULTILINE)
    every = int(subsampling[1]) if subsampling else _SUBSAMPLING
    return round((float(shift[1]) if shift else _SHIFT_MS) * every)


def is_model(path: Path) -> bool:
    """Tell whether the folder is laid out as a Vosk model, in the present or the old way."""
    return any((path / name).is_file() for name in ("am/final.mdl", "final.mdl"))


def takes_grammars(path: Path) -> bool:
    """Tell whether it is a look-ahead model, which takes grammars at run time."""
    return (path / "graph" / "HCLr.fst").is_file()
