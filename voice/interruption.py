"""Pure: commands among what was heard during an answer, which may be the answer coming back.

Without echo cancellation the microphone hears the loudspeaker. What is playing is known, so its
words are not the listener's: they are taken out before a command is looked for. A listener's
"stop" while the answer says "stop smoking" is therefore missed by voice; keys always work.
"""

from __future__ import annotations

from collections.abc import Callable

from intents.text import normalize, words
from intents.types import Command

# Commands that take effect while they are still being spoken; others wait for the pause after.
INSTANT = frozenset({"stop", "pause"})
# The echo before a command, wrongly heard as other words, may be long; commands to stop are not.
MOST_WORDS = 5

Parse = Callable[[str], Command | None]


def interruption(text: str, playing: str, parse: Parse) -> Command | None:
    """Return the longest command that `text` ends with, of words that are not in `playing`."""
    echo = set(words(playing))
    own = [word for word in normalize(text).split() if word not in echo][-MOST_WORDS:]
    found = (parse(" ".join(own[start:])) for start in range(len(own)))
    return next((command for command in found if command), None)


def instant(text: str, playing: str, parse: Parse) -> Command | None:
    """Return the command if it is one that must not wait for the end of the utterance."""
    command = interruption(text, playing, parse)
    return command if command and command.name in INSTANT else None
