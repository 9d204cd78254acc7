"""Lists of utterances, a line each: what people call, ask, order and say beside us."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from intents.alarm import said
from intents.encoder import MiniLm
from models import encoder

# what is never trained on, if its name ends in "_stranger"; training lists lie in bench.written
LISTS = Path(__file__).parent.parent / "tests" / "data"


def lines_of(path: Path) -> list[str]:
    """Return the lines of a list, without comments."""
    found = [line.strip() for line in path.read_text("utf-8").splitlines()]
    return [line for line in found if line and not line.startswith("#")]


def wordings(path: Path) -> list[tuple[str, str]]:
    """Return (kind of command, wording) of a list of such lines, tab between."""
    return [(kind, text) for kind, text in (line.split("\t") for line in lines_of(path))]


def encoder_folder() -> Path:
    """Return where the sentence encoder is; ends the bench when it was never built."""
    folder = encoder.find()
    if folder is None:
        raise SystemExit("the sentence encoder is not here; run: script/run models encoder")
    return folder


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return the unit vectors of utterances as a recognizer writes them, (n, 384)."""
    return MiniLm(encoder_folder()).encode([said(text) for text in texts])
