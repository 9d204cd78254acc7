"""The build itself, as the child process runs it: wheel in, model folder out."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from models import pieces
from models.lexicon import Pronunciation, dictionary, parse_phones, pronounce
from models.starter.acoustic import DecoderSettings, write_acoustic
from models.starter.build import Progress
from models.starter.frontend import MeanSettings
from models.starter.fst import const_bytes
from models.starter.graph import GraphBuilder, GraphSettings, pronunciations
from models.starter.language import UNKNOWN, LanguageSettings, Mixture, common_words
from models.starter.lookahead import lookahead_bytes
from models.starter.sphinx import read_model
from models.starter.sphinx_lm import LanguageModel, read_language_model
from models.store import FORMAT, MANIFEST, STARTER

# Noise phones that stand for anything that is no word.
_NOISES = (("+SPN+",), ("+NSN+",))
# Mean of the cepstra of 241 recordings of people, sentences and single words counted alike. What it
# is matters little: 0.903 of 31 spoken commands are right with this one and with another one.
_PRIOR_MEAN = (
    36.1, -0.07, 1.2, 0.01, -2.31, -3.4, -0.03, -3.39, 0.15, -0.73, 0.68, 0.12, 1.21,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that shapes the model besides its words."""

    mean: MeanSettings = field(default_factory=lambda: MeanSettings(_PRIOR_MEAN))
    decoder: DecoderSettings = field(default_factory=DecoderSettings)
    graph: GraphSettings = field(default_factory=GraphSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)


@dataclass(frozen=True, slots=True)
class Order:
    """What to build."""

    folder: Path
    # extra word -> pronunciations as strings of CMU phones; none: find one
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sentences: Sequence[str] = ()
    # how many common words besides
    vocabulary: int = 20_000


def run(order: Order, progress: Progress, settings: Settings | None = None) -> None:
    """Build into order.folder, which must not exist yet."""
    chosen = settings or Settings()
    progress("acoustic weights", 0.0)
    model = read_model()
    pdf, ids = write_acoustic(order.folder, model, chosen.mean, chosen.decoder)
    progress("words", 0.15)
    general = read_language_model()
    lexicon = choose_words(order, general)
    progress("pronunciation graph", 0.25)
    spoken = {UNKNOWN: _NOISES} | {
        word: tuple(p.phones for p in found) for word, found in lexicon.items()
    }
    builder = GraphBuilder(model, pdf, ids, chosen.graph)
    hcl, disambiguation = builder.pronunciation_graph(pronunciations(spoken), spelling=True)
    progress("look-ahead", 0.75)
    data, renumbered = lookahead_bytes(hcl)
    names = (*spoken, *(name for name, *_ in pieces.tokens()))
    labels = {word: renumbered[k] for k, word in enumerate(names, start=1)}
    graph = order.folder / "graph"
    (graph / "HCLr.fst").write_bytes(data)
    (graph / "disambig_tid.int").write_text("".join(f"{k}\n" for k in disambiguation))
    table = sorted((number, word) for word, number in labels.items())
    (graph / "words.txt").write_text("<eps> 0\n" + "".join(f"{w} {k}\n" for k, w in table))
    progress("language model", 0.9)
    mixture = Mixture(tuple(spoken), general, order.sentences, chosen.language)
    (graph / "Gr.fst").write_bytes(const_bytes(mixture.to_fst(labels)))
    (order.folder / "lexicon.txt").write_text(lexicon_text(lexicon))
    _write_manifest(order.folder, chosen, len(lexicon))
    progress("done", 1.0)


def choose_words(order: Order, general: LanguageModel) -> dict[str, tuple[Pronunciation, ...]]:
    """Return every word of the model, sorted, with its pronunciations."""
    known = dictionary()
    chosen = {word: pronounce(word) for word in common_words(general, known, order.vocabulary)}
    for word, given in order.words.items():
        if given:
            chosen[word] = tuple(Pronunciation(parse_phones(p), "owner") for p in given)
        elif word not in chosen:
            # rare: many who ask have never heard it said
            chosen[word] = pronounce(word, widely=True)
    return {word: chosen[word] for word in sorted(chosen) if chosen[word]}


def lexicon_text(lexicon: Mapping[str, Sequence[Pronunciation]]) -> str:
    """Return lexicon.txt: word, where the pronunciation is from, phones; tabs between."""
    return "".join(
        f"{word}\t{p.origin}\t{' '.join(p.phones)}\n"
        for word, found in lexicon.items()
        for p in found
    )


def _write_manifest(folder: Path, settings: Settings, words: int) -> None:
    """Write manifest.json: what it is made of, and the SHA-256 of every file."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    content = {
        "format": FORMAT,
        "name": STARTER,
        "language": "en-us",
        "words": words,
        "made_from": {
            name: importlib.metadata.version(name) for name in ("pocketsphinx", "kaldifst")
        },
        "settings": asdict(settings),
        "files": {
            str(p.relative_to(folder)): {
                "bytes": p.stat().st_size,
                "sha256": hashlib.sha256(p.read_bytes()).hexdigest(),
            }
            for p in files
        },
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
