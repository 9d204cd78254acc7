"""What several benches share: development data, and an ear for a temporary library."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import platformdirs

import models
from intents import vocabulary
from intents.types import Article, Hypothesis
from models.starter.build import build
from voice.recognizer import Ear, Model
from voice.recording import read_frames
from voice.wiring import Wiring

# Development data that is not part of the project.
SHARED = Path(os.environ.get("READBACK_DATA", Path(__file__).parents[2] / "shared" / "data"))


def ear_for(articles: Sequence[Article], wiring: Wiring) -> Ear:
    """Return an ear whose starter model was built for just these articles, as the product does.

    The model is kept in the user's cache under the hash of its words, so that a second run of a
    bench is quick.
    """
    words = vocabulary.words(articles)
    sentences = vocabulary.sentences(articles)
    # a model of another day's builder is no measurement of today's
    builder = [p.read_text("utf-8") for p in sorted(Path(models.__file__).parent.rglob("*.py"))]
    text = "\n".join((*words, "", *sentences, *builder))
    key = hashlib.sha256(text.encode()).hexdigest()[:16]
    folder = Path(platformdirs.user_cache_dir("readback")) / "bench" / f"starter-{key}"
    if not folder.exists():
        build(folder, words=dict.fromkeys(words, ()), sentences=sentences)
    phrases = vocabulary.phrases(articles, wiring.commands.phrases())
    return Ear(Model(folder), phrases, review=wiring.review())


def recognize(recording: Path, ear: Ear) -> Sequence[Hypothesis]:
    """Return what `ear` hears in a recording, best first; nothing when no word was recognized."""
    ear.reset()
    for frame in read_frames(recording):
        ear.accept(frame)
    return ear.finish().hypotheses
