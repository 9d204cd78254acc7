"""Pure: commands among what was heard during an answer, which may be the answer coming back.

Without echo cancellation the microphone hears the loudspeaker. What is playing is known, so its
words are not the listener's: they are taken out before a command is looked for. A listener's
"stop" while the answer says "stop smoking" is therefore missed by voice; keys always work.

The grammar of commands finds commands in everything ("not so loud" in "the loss of"), always with
confidence 1, so it is not believed alone: the rest of the utterance must be empty, and the free ear
must not have heard many more words than the command has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from intents.guesses import best_of_each_ear, trusted
from intents.text import normalize, words
from intents.types import Command, Hypothesis

# Longer commands only offer the grammar more to confuse: with all of them "stop" became "stopped"
# (of "go on where you stopped") for three of four flite voices, with these for none.
MOST_WORDS = 3
# Silence after a remark before it is looked at: 6 windows of 32 ms. "Stop" takes 0.35 s to say; the
# answer should be silent within 0.6 s of its start.
QUIET_WINDOWS = 6
# Below this probability a window is silence.
QUIET = 0.35
# No command is longer (3 s).
MOST_WINDOWS = 94
# No question is: what goes on for 8 s is talk. Cut at 3 s, 0.79, 0.58 and 0.63 of 24 calls for help
# were heard, the echo 0, 10 and 20 dB above them; cut at 5 s 0.83, 0.71 and 0.71.
LONGEST_WINDOWS = 250
# Answers to a question, and pleasantries: in an article being read they answer nothing, and of
# household noise the grammar made "yes" three times in ten minutes.
PLEASANTRIES = frozenset(("choose", "hello", "neither", "no", "thanks", "yes"))
# The grammar of short commands makes these of noise as well.
ANSWERS = PLEASANTRIES | {"section", "sleep_timer_left"}
# What a free ear makes of breath, clicks and the end of a recording.
FILLERS = frozenset(("the", "a", "an", "huh", "uh", "um", "oh", "ah", "hm", "mm", "and", "i", "it"))

# Obeyed while they are still being spoken, and afterwards wherever in an ear's list of guesses: of
# "stop" 20 dB below the echo the first guess was "start", "spot" or "spell" one time in four. Only
# these: of "hush" or "quit" a rest of our own echo made a command.
AT_ONCE = frozenset({"stop", "stop it", "stop please", "please stop", "stop now", "pause", "wait"})
# What may stand before the rest: their words, and what a second pass writes for them.
_BEFORE = FILLERS - {"i", "it"} | {word for phrase in AT_ONCE for word in phrase.split()}
# Frames of 32 ms for which the partial must stay. With 1 instead of 3, "stop" is obeyed 64 ms
# sooner and nothing else was found in five minutes of reading and household noise.
STABLE_FRAMES = 1

# Confidence below which a command is one guess among others: 6 that were found in the place of
# another ("source" for "pause", "next" for "back") had 0.11 to 0.48, right ones nearly always more.
DOUBTFUL = 0.5

Parse = Callable[[str], Command | None]


def remarks(phrases: Iterable[str]) -> tuple[str, ...]:
    """Return those of the commands' wordings that are short enough to listen for."""
    return tuple(phrase for phrase in phrases if len(phrase.split()) <= MOST_WORDS)


def interruption(
    hypotheses: Sequence[Hypothesis], playing: str, parse: Parse, *, asking: bool = False
) -> Command | None:
    """Return the command that was spoken into an answer whose text is `playing`, if any.

    While the assistant is `asking` something or otherwise speaks for itself, answers count too.
    """
    echo = set(words(playing))
    best = {id(guess) for guess in best_of_each_ear(hypotheses)}

    def command_of(guess: Hypothesis) -> Command | None:
        own = without(guess.text, echo)
        return parse(" ".join(own)) if len(own) <= 2 * MOST_WORDS else None

    for hypothesis in hypotheses:
        command = command_of(hypothesis)
        if command is None or (command.name in ANSWERS and not asking):
            continue
        own = without(hypothesis.text, echo)
        # a "stop" that was guessed at all is believed: going on would be worse
        if id(hypothesis) not in best and " ".join(own) not in AT_ONCE:
            continue
        if not trusted(command, hypotheses, command_of):
            continue
        return None if _drowned(own, hypotheses, echo) else command
    return None


def _drowned(own: list[str], hypotheses: Sequence[Hypothesis], echo: set[str]) -> bool:
    """Tell whether the free ear heard clearly more than these words."""
    free = next((h.text for h in best_of_each_ear(hypotheses) if h.ear == "free"), "")
    heard = [word for word in without(free, echo) if word not in FILLERS]
    return len(heard) > len(own) + 1


def doubtful(command: Command, heard: Sequence[Hypothesis], parse: Parse) -> bool:
    """Tell whether a command that was found should be confirmed by another hearing.

    It should where a "stop" is among the guesses as well ("spell" was). A stop or a pause itself
    should not: going on would be worse.
    """
    if command.name in ("stop", "pause"):
        return False
    shares = (guess.confidence for guess in heard if parse(guess.text) == command)
    stops = any(normalize(guess.text) in AT_ONCE for guess in heard)
    return stops or max(shares, default=0.0) < DOUBTFUL


def without(text: str, echo: set[str]) -> list[str]:
    """Return the words of `text` that are not the loudspeaker's."""
    return [word for word in normalize(text).split() if word not in echo]


def after_stop(hypotheses: Iterable[Hypothesis]) -> list[Hypothesis]:
    """Return what was said in one breath after a command that was obeyed at once; [] for nothing.

    Of "stop what causes it" that is the question, of "stop reading please" next to nothing.
    """
    rests = ((guess, _rest(normalize(guess.text).split())) for guess in hypotheses)
    return [dataclasses.replace(guess, text=" ".join(rest)) for guess, rest in rests if rest]


def _rest(said: list[str]) -> list[str]:
    """Return the words after commands, polite words and breath at the beginning."""
    while said and said[0] in _BEFORE:
        said = said[1:]
    return said


class Early:
    """Finds a command in the partials of a remark before it has ended."""

    def __init__(self) -> None:
        self._text = ""
        self._frames = 0

    def feed(self, partial: str | None, playing: str, parse: Parse) -> Command | None:
        """Take the newest partial, None when it did not change; return the command to obey now."""
        if partial is not None:
            self._text, self._frames = partial, 0
            return None
        self._frames += 1
        if self._frames != STABLE_FRAMES or not self._text:
            return None
        own = " ".join(without(self._text, set(words(playing))))
        return parse(own) if own in AT_ONCE else None


class RemarkEnd:
    """Tells when a remark is over: a short silence, or longer than anything meant for us."""

    def __init__(self) -> None:
        self._quiet = 0
        self._windows = 0

    def feed(self, probabilities: Iterable[float]) -> None:
        """Take the probability of voice in each following 32 ms since the remark began."""
        for probability in probabilities:
            self._windows += 1
            self._quiet = self._quiet + 1 if probability < QUIET else 0

    @property
    def over(self) -> bool:
        """Whether it should be looked at now."""
        return self._quiet >= QUIET_WINDOWS or self._windows >= LONGEST_WINDOWS

    @property
    def too_long(self) -> bool:
        """Whether it is no command."""
        return self._windows >= MOST_WINDOWS
