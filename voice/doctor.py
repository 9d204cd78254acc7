"""What works on this machine and what to do about the rest: a list of checks, data first."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intents.errors import ReadbackError
from models.errors import ModelError
from models.lexicon import WORD
from models.store import STARTER
from voice import devices
from voice.wake import WakeError, WakeWord
from voice.wiring import Wiring

Look = Callable[[Wiring], str]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    # what was found, or what is wrong and the next step
    text: str


def examine(wiring: Wiring) -> list[Check]:
    """Look at everything that an answer needs, in the order in which it is needed."""
    looks: list[tuple[str, Look]] = [
        ("python", lambda _: f"{platform.python_version()} on {sys.platform} {platform.machine()}"),
        ("articles", articles),
        ("recognition model", model),
        ("words of the library", hearable),
        ("wake phrase", phrase),
        ("sentence encoder", sentence_encoder),
        ("cross-encoder", cross_encoder),
        ("second pass", second_pass),
        ("voice", voice),
        ("microphone", microphone),
        ("loudspeaker", loudspeaker),
    ]
    return [_check(name, look, wiring) for name, look in looks]


def _check(name: str, look: Look, wiring: Wiring) -> Check:
    try:
        return Check(name, True, look(wiring))
    except (ReadbackError, ModelError) as error:
        return Check(name, False, str(error))
    except OSError as error:
        # a folder that this user may not read, a disk that is full
        why = f"{error.filename or 'a file'} cannot be used ({error.strerror or error})"
        return Check(name, False, f"{why}; put that right, then look again")


# --- the looks: each returns what it found, or raises with the next step -------------------------


def articles(wiring: Wiring) -> str:
    """Read every article."""
    passages = [len(article.passages) for article in wiring.library.walk()]
    return f"{len(passages)} with {sum(passages)} passages"


def model(wiring: Wiring) -> str:
    """Load the recognition model."""
    return f"{wiring.settings.ear.model}: {wiring.model.path}"


def hearable(wiring: Wiring) -> str:
    """Look for words of the library that the model does not know."""
    missing = wiring.unhearable()
    if not missing:
        return "all can be heard"
    few = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
    raise ModelError(
        f"{len(missing)} cannot be heard ({few}); {_to_hear(missing, wiring.settings.ear.model)}"
    )


def _to_hear(words: Sequence[str], name: str) -> str:
    """Return what helps; a build does not: it took in all words that have a sound."""
    if name != STARTER:
        return (
            f"the words of {name} are fixed; the starter model learns any word: "
            "readback models use starter"
        )
    speakable = [word for word in words if WORD.fullmatch(word)]
    steps = []
    if speakable:
        steps.append(f"say how they sound: readback pronounce {speakable[0]} --like SOUND")
    if len(speakable) < len(words):
        steps.append("in the article, write what is in another script with the letters a to z")
    return "; ".join(steps)


def phrase(wiring: Wiring) -> str:
    """Look whether the wake phrase can be heard by whatever listens for it."""
    wake = wiring.settings.wake
    if wake.mode == "key":
        return "not needed (wake.mode is key)"
    if not wiring.wake_phrase:
        WakeWord(wake.phrase)
        return f'"{wake.phrase}" is heard by a model of its own'
    if why := wiring.unheard_phrase():
        raise WakeError(why)
    return f'"{wake.phrase}" can be heard'


def sentence_encoder(wiring: Wiring) -> str:
    """Let it read something: it is loaded only then."""
    if wiring.encoder is None:
        raise ModelError(
            "not built: questions are matched by their words alone; "
            "with a network, run: readback models encoder"
        )
    wiring.encoder.encode(["Ready."])
    if not wiring.encoder.has_ends:
        raise ModelError(
            "built by an earlier version: people who pause are cut off more often; "
            "with a network, run: readback models encoder"
        )
    return "ready"


def cross_encoder(wiring: Wiring) -> str:
    """Let it judge a passage: it is loaded only then."""
    if wiring.cross_encoder is None:
        raise ModelError(
            "not built: more questions are answered wrong or asked back; "
            "with a network, run: readback models encoder"
        )
    wiring.cross_encoder.scores("is it ready", ["It is ready."])
    return "ready"


def second_pass(wiring: Wiring) -> str:
    """Load its weights."""
    if not wiring.settings.ear.second_pass:
        return "switched off (ear.second_pass)"
    if wiring.second_pass is None:
        raise ModelError(
            "not here: more questions are misheard; with a network, run: readback models whisper"
        )
    return "ready"


def voice(wiring: Wiring) -> str:
    """Render a word."""
    with wiring.speech() as speech:
        pcm = speech.render("Ready.")
    return f"renders {pcm.duration_ms} ms at {pcm.rate_hz} Hz"


def microphone(wiring: Wiring) -> str:
    """Return its name; DeviceError when there is none."""
    return devices.find("input", wiring.settings.sound.microphone).name


def loudspeaker(wiring: Wiring) -> str:
    """Return its name; DeviceError when there is none."""
    return devices.find("output", wiring.settings.sound.loudspeaker).name
