"""Wake words. The only import of pymicro_wakeword, whose wheel carries its models (Apache-2.0).

Bundled phrases are heard by a small network (0.002 s of CPU a second). Any other phrase is heard
by the recognizer: `addressed` looks whether an utterance begins with it.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from intents.errors import ReadbackError
from intents.text import normalize
from intents.types import Hypothesis
from models.store import STARTER
from voice.audio import Frame

# Phrase as a person writes it -> the wheel's name of its model.
BUNDLED = {
    "okay nabu": "OKAY_NABU",
    "hey jarvis": "HEY_JARVIS",
    "hey mycroft": "HEY_MYCROFT",
    "alexa": "ALEXA",
}
_CHUNK_BYTES = 2 * 160


class WakeError(ReadbackError):
    """A wake word that cannot be used."""


class WakeWord:
    """One bundled phrase, looked for in frames."""

    def __init__(self, phrase: str) -> None:
        """Load the phrase's model. Raises WakeError when it is not bundled."""
        name = BUNDLED.get(normalize(phrase))
        if name is None:
            raise WakeError(
                f"there is no model for the wake word {phrase!r}; bundled are: "
                f"{', '.join(BUNDLED)}. Other phrases are heard by the recognizer."
            )
        package = importlib.import_module("pymicro_wakeword")
        self._word: Any = package.MicroWakeWord.from_builtin(package.Model[name])
        self._features: Any = package.MicroWakeWordFeatures()
        self._rest = b""

    def accept(self, frame: Frame) -> bool:
        """Hear a frame; tell whether the phrase was just said."""
        data = self._rest + frame.pcm
        whole = len(data) // _CHUNK_BYTES * _CHUNK_BYTES
        self._rest = data[whole:]
        found = False
        for start in range(0, whole, _CHUNK_BYTES):
            chunk = data[start : start + _CHUNK_BYTES]
            for features in self._features.process_streaming(chunk):
                found = bool(self._word.process_streaming(features)) or found
        return found


def unheard(phrase: str, words: Sequence[str], model: str) -> str:
    """Return what to tell the owner of a phrase with words that the recognition model lacks."""
    step = (
        "in [wake], write it with the letters a to z, as it sounds"
        if model == STARTER
        else "set another phrase in [wake], or run: readback models use starter"
    )
    return (
        f'the wake phrase "{phrase}" cannot be heard: '
        f"the model {model} does not know {', '.join(words)}; {step}"
    )


def after_phrase(text: str, phrase: str) -> str | None:
    """Return the words after the wake phrase; None where they do not begin with it."""
    wanted, said = normalize(phrase).split(), normalize(text).split()
    begins = bool(wanted) and said[: len(wanted)] == wanted
    return " ".join(said[len(wanted) :]) if begins else None


def addressed(hypotheses: Sequence[Hypothesis], phrase: str) -> tuple[Hypothesis, ...]:
    """Return what was said after the wake phrase, for each guess that begins with it.

    A guess that is nothing but the phrase comes back with empty text; () means that nobody spoke
    to us. Both ears must agree where both heard something: the one that is tuned to the library
    makes the phrase of much.
    """
    found = [
        replace(heard, text=rest)
        for heard in hypotheses
        if (rest := after_phrase(heard.text, phrase)) is not None
    ]
    ears = {heard.ear for heard in hypotheses}
    both = any(heard.agreed for heard in found) or {heard.ear for heard in found} == ears
    return tuple(found) if both else ()
