"""The owner's settings: one frozen class a section, read from one TOML file.

The file is ``readback/config.toml`` in the user's configuration folder (XDG_CONFIG_HOME). Every
setting has a default, so no file is needed. A key that does not exist is an error that names the
nearest one that does.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
import tomlkit

from intents.archive import write_whole
from intents.errors import ReadbackError
from intents.text import normalize


class ConfigError(ReadbackError):
    """A settings file that cannot be used."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """How Readback speaks."""

    # words a minute; 80 to 450. Older listeners want speech slower than their own (about 180)
    rate_wpm: int = 165
    # a pyttsx3 voice id or name; empty is the engine's English voice
    voice: str = ""
    # 0.0 to 1.5; above 1.5 espeak clips
    volume: float = 1.0
    # rendered sentences kept on disk (Readback's own voice only), in megabytes; 0 keeps none
    cache_mb: int = 50
    # words a minute of Readback's own sentences; 0 is the rate of the articles
    prompt_rate_wpm: int = 0


@dataclass(frozen=True, slots=True)
class EarSettings:
    """What Readback hears with."""

    # "starter", or the folder name of an official Vosk model that is on this machine
    model: str = "starter"
    # hear every question once more when it has been said; false saves 90 MB of memory
    second_pass: bool = True


@dataclass(frozen=True, slots=True)
class SoundSettings:
    """Which devices are used, by (part of) their name; empty is the system's default."""

    microphone: str = ""
    loudspeaker: str = ""
    # short sounds for listening, heard, thinking, nothing found and off
    earcons: bool = False
    # a short high note where Readback's own words end and an article's begin. Off, because without
    # an explanation it is only a beep into the answer
    quotation_mark: bool = False
    # when they are quieter; empty is never
    night: str = "22:00-07:00"


@dataclass(frozen=True, slots=True)
class WakeSettings:
    """What opens the ear."""

    # "always" open; "wake": by the phrase; "key": by the space bar or another key or pedal
    mode: str = "always"
    # okay nabu, hey jarvis, hey mycroft, alexa, or any phrase of your own
    phrase: str = "okay nabu"
    # seconds for a follow-up after an answer without the wake word; 0 to 60. After the wake word or
    # the key there are at least 8 s to begin
    followup_s: float = 8.0


@dataclass(frozen=True, slots=True)
class SafetySettings:
    """What is said in an emergency."""

    # spoken digit by digit; empty says "your local emergency number"
    emergency_number: str = ""


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """Which articles answer."""

    # the articles that come with Readback, besides the owner's own
    shipped: bool = True
    # `add` and `library` call an article of this many years or more old; 1 to 100
    old_after_years: int = 5


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the owner can set."""

    speech: SpeechSettings = field(default_factory=SpeechSettings)
    ear: EarSettings = field(default_factory=EarSettings)
    sound: SoundSettings = field(default_factory=SoundSettings)
    wake: WakeSettings = field(default_factory=WakeSettings)
    safety: SafetySettings = field(default_factory=SafetySettings)
    library: LibrarySettings = field(default_factory=LibrarySettings)


_RANGES: dict[tuple[str, str], tuple[float, float]] = {
    ("speech", "rate_wpm"): (80, 450),
    # 1 to 79 are spoken at 80
    ("speech", "prompt_rate_wpm"): (0, 450),
    ("speech", "volume"): (0.0, 1.5),
    ("speech", "cache_mb"): (0, 10_000),
    ("library", "old_after_years"): (1, 100),
    ("wake", "followup_s"): (0.0, 60.0),
}
_CHOICES: dict[tuple[str, str], tuple[str, ...]] = {("wake", "mode"): ("always", "wake", "key")}
_KINDS: dict[type, str] = {
    str: 'text in quotes, such as "starter"',
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def default_path() -> Path:
    """Return where the settings file is looked for."""
    return Path(platformdirs.user_config_dir("readback")) / "config.toml"


def load(path: Path | None = None) -> Settings:
    """Read the settings; a missing default file means all defaults.

    Raises ConfigError when a named file is missing, is not TOML, or has an unknown section or key
    or a value of the wrong type or out of range.
    """
    target = path or default_path()
    if path is None and not target.exists():
        return Settings()
    try:
        data = tomllib.loads(target.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the settings file {target} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"the settings file {target} is not valid TOML: {error}") from error
    return _settings(data, target)


def change(section: str, key: str, value: str | float, path: Path | None = None) -> Path:
    """Write one setting into the file, keeping everything else in it; return the file.

    Raises ConfigError, and changes nothing, when the file or the value cannot be used.
    """
    target = path or default_path()
    if target.exists():
        load(target)
    text = target.read_text(encoding="utf-8") if target.exists() else ""
    document = tomlkit.parse(text)
    document.setdefault(section, tomlkit.table())[key] = value
    changed = tomlkit.dumps(document)
    _settings(tomllib.loads(changed), target)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, changed.encode("utf-8"))
    return target


def _settings(data: dict[str, Any], path: Path) -> Settings:
    defaults = Settings()
    names = [f.name for f in dataclasses.fields(Settings)]
    sections = {}
    for name, values in data.items():
        if name not in names:
            raise ConfigError(f"{path}: there is no section [{name}]{_did_you_mean(name, names)}")
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: {name} must be a section, written [{name}]")
        sections[name] = _section(getattr(defaults, name), name, values, path)
    return dataclasses.replace(defaults, **sections)


def _section(default: Any, section: str, values: dict[str, Any], path: Path) -> Any:
    names = [f.name for f in dataclasses.fields(default)]
    checked = {}
    for key, value in values.items():
        where = f"{path}: [{section}] {key}"
        if key not in names:
            raise ConfigError(f"{where} does not exist{_did_you_mean(key, names)}")
        checked[key] = _value(
            value, type(getattr(default, key)), _RANGES.get((section, key)), where
        )
        choices = _CHOICES.get((section, key))
        if choices and value not in choices:
            raise ConfigError(f"{where} must be one of {', '.join(choices)}, not {value!r}")
        if (section, key) == ("sound", "night") and value and not _is_span(str(value)):
            raise ConfigError(f'{where} must be two times like "22:00-07:00", not {value!r}')
        if (section, key) == ("wake", "phrase") and not normalize(str(value)):
            raise ConfigError(f'{where} must be words, such as "okay nabu", not {value!r}')
    return dataclasses.replace(default, **checked)


def _value(
    value: object, wanted: type, limits: tuple[float, float] | None, where: str
) -> str | bool | int | float:
    if wanted is float and type(value) is int:
        value = float(value)
    # bool is an int to isinstance, hence the exact comparison
    if type(value) is not wanted or not isinstance(value, str | bool | int | float):
        raise ConfigError(f"{where} must be {_KINDS[wanted]}, not {value!r}")
    if limits and not limits[0] <= float(value) <= limits[1]:
        raise ConfigError(f"{where} must be from {limits[0]:g} to {limits[1]:g}, not {value!r}")
    return value


def _is_span(text: str) -> bool:
    begin, _, end = text.partition("-")
    try:
        times = [datetime.time.fromisoformat(part.strip()) for part in (begin, end)]
    except ValueError:
        return False
    return all(time.tzinfo is None for time in times)


def _did_you_mean(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; choose one of: {', '.join(known)}"
