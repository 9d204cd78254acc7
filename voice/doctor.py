"""What works on this machine and what to do about the rest: a list of checks, data first."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass

from intents.errors import ReadbackError
from models.errors import ModelError
from voice import devices
from voice.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    # what was found, or what is wrong and the next step
    text: str


def examine(wiring: Wiring) -> list[Check]:
    """Look at everything that an answer needs, in the order in which it is needed."""
    looks: list[tuple[str, Callable[[Wiring], str]]] = [
        ("python", lambda _: f"{platform.python_version()} on {sys.platform} {platform.machine()}"),
        ("articles", _articles),
        ("recognition model", _model),
        ("words of the library", _hearable),
        ("sentence encoder", _encoder),
        ("second pass", _second_pass),
        ("voice", _voice),
        ("microphone", _microphone),
        ("loudspeaker", _loudspeaker),
    ]
    return [_check(name, look, wiring) for name, look in looks]


def _check(name: str, look: Callable[[Wiring], str], wiring: Wiring) -> Check:
    try:
        return Check(name, True, look(wiring))
    except (ReadbackError, ModelError) as error:
        return Check(name, False, str(error))


def _articles(wiring: Wiring) -> str:
    passages = [len(article.passages) for article in wiring.library.walk()]
    return f"{len(passages)} with {sum(passages)} passages"


def _model(wiring: Wiring) -> str:
    return f"{wiring.settings.ear.model}: {wiring.model.path}"


def _hearable(wiring: Wiring) -> str:
    missing = wiring.unhearable()
    if missing:
        few = ", ".join(missing[:5])
        raise ModelError(
            f"{len(missing)} cannot be heard ({few}{', ...' if len(missing) > 5 else ''}); "
            "run: readback models build"
        )
    return "all can be heard"


def _encoder(wiring: Wiring) -> str:
    if wiring.encoder is None:
        raise ModelError(
            "not built: questions are matched by their words alone; "
            "with a network, run: readback models encoder"
        )
    return "ready"


def _second_pass(wiring: Wiring) -> str:
    if not wiring.settings.ear.second_pass:
        return "switched off (ear.second_pass)"
    if wiring.second_pass is None:
        raise ModelError(
            "not here: more questions are misheard; with a network, run: readback models whisper"
        )
    return "ready"


def _voice(wiring: Wiring) -> str:
    with wiring.speech() as speech:
        pcm = speech.render("Ready.")
    return f"renders {pcm.duration_ms} ms at {pcm.rate_hz} Hz"


def _microphone(wiring: Wiring) -> str:
    return devices.find("input", wiring.settings.sound.microphone).name


def _loudspeaker(wiring: Wiring) -> str:
    return devices.find("output", wiring.settings.sound.loudspeaker).name
