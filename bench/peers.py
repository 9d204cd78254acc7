"""Other recognizers on the same audio, for comparison: pocketsphinx with its own model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from intents.context_grammar import Acceptor
from intents.text import normalize
from intents.types import Hypothesis

Listen = Callable[[NDArray[np.int16]], Sequence[Hypothesis]]


def jsgf(sentences: Acceptor) -> str:
    """Return the acceptor as a JSGF grammar: one rule a state, in which it goes on or ends."""
    lines = ["#JSGF V1.0;", "grammar sentences;"]
    for state, row in enumerate(sentences.arcs):
        ways = [f"{word} <s{target}>" for word, target in row.items()]
        if state in sentences.finals:
            ways.append("<NULL>")
        scope = "public " if state == 0 else ""
        lines.append(f"{scope}<s{state}> = {' | '.join(ways)};")
    return "\n".join(lines) + "\n"


def pocketsphinx_grammar(sentences: Acceptor) -> Listen:
    """Return pocketsphinx limited to the sentences, decoding each recording as one utterance."""
    with tempfile.TemporaryDirectory(prefix="readback-bench-") as folder:
        path = Path(folder) / "sentences.gram"
        path.write_text(jsgf(sentences), encoding="utf-8")
        decoder = pocketsphinx.Decoder(jsgf=str(path), loglevel="FATAL")
    return _listener(decoder)


def pocketsphinx_free() -> Listen:
    """Return pocketsphinx as it comes: its 72,000-word trigram model."""
    return _listener(pocketsphinx.Decoder(loglevel="FATAL"))


def _listener(decoder: Any) -> Listen:
    def listen(samples: NDArray[np.int16]) -> Sequence[Hypothesis]:
        decoder.start_utt()
        decoder.process_raw(samples.tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return [Hypothesis(normalize(found.hypstr), ear="free")] if found else []

    return listen
