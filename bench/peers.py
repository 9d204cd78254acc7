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

# Its own beams prune right answers of a small grammar: 36 instead of 38 of 42 coffee commands.
_WIDE: dict[str, Any] = {"beam": 1e-80, "wbeam": 1e-60, "pbeam": 1e-80, "maxhmmpf": -1}

Listen = Callable[[NDArray[np.int16]], Sequence[Hypothesis]]


def fsg(sentences: Acceptor) -> str:
    """Return the acceptor in Sphinx's FSG format, every way on from a state equally likely.

    Not JSGF: pocketsphinx expands its rules in place, so shared endings multiply without bound.
    """
    end = len(sentences.arcs)
    lines = ["FSG_BEGIN sentences", f"NUM_STATES {end + 1}", "START_STATE 0", f"FINAL_STATE {end}"]
    for state, row in enumerate(sentences.arcs):
        final = state in sentences.finals
        share = 1 / max(1, len(row) + final)
        lines += [f"TRANSITION {state} {to} {share:.6f} {word}" for word, to in row.items()]
        if final:
            lines.append(f"TRANSITION {state} {end} {share:.6f}")
    return "\n".join([*lines, "FSG_END"]) + "\n"


def pocketsphinx_grammar(sentences: Acceptor) -> Listen:
    """Return pocketsphinx limited to the sentences, decoding each recording as one utterance."""
    with tempfile.TemporaryDirectory(prefix="readback-bench-") as folder:
        path = Path(folder) / "sentences.fsg"
        path.write_text(fsg(sentences), encoding="utf-8")
        decoder = pocketsphinx.Decoder(fsg=str(path), loglevel="FATAL", **_WIDE)
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
