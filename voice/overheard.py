"""What is said into an answer and is no clear command: heard once more as a whole, and judged.

While the loudspeaker plays, only short commands are listened for (voice/interruption.py says why),
and the recognizer for them knows no other words. Everything else is therefore given to the second
pass, in the background: it hears questions, calls for help and other wordings of commands, and
"repeat" where the first pass made "these" of it. What the library cannot answer gets no reply: most
of what is said into an answer is not for us.
"""

from __future__ import annotations

import dataclasses
import re
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from intents.guesses import DRASTIC, best_of_each_ear
from intents.matching.shape import closed
from intents.text import normalize, words
from intents.types import Answer, Command, Decision, Emergency, Hypothesis
from voice.anticipation import SURE
from voice.audio import Frame
from voice.fusing import without_repeat
from voice.interruption import AT_ONCE, PLEASANTRIES, Parse, without
from voice.reviewing import Second
from voice.wake import after_phrase

# With more than this share of the words of what is playing, it is the loudspeaker that was heard:
# articles too say "call an ambulance".
_ECHO = 0.5
# Share of the second pass' guesses from which a command is believed: of 70 that the first pass had
# not found and the second pass thought best, 59 had it.
_CLEAR = 0.6
# What has fewer words is no question.
_FEWEST_WORDS = 3
# What asks for something, beside questions for yes or no: "always read the label", said into an
# article, does not.
_ASKS = re.compile(
    r"\b(?:what|what's|why|how|how's|who|who's|when|where|which|whose|tell me|explain|know)\b"
    r"|\b(?:is|can|could|do|does|should|will|would|may|must) (?:i|you|we|it|that|this|there|my)\b"
)


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that was said into an answer, as it was heard in the end."""

    # the second pass' guesses, best first, then the first pass' best
    guesses: tuple[Hypothesis, ...]
    # the text that was playing
    playing: str
    # the command that the first pass made of it, too unsure to be obeyed alone
    doubted: Command | None = None
    # it was said into a question of ours, or other words of our own
    asking: bool = False
    # a question in it is for us: the ear is always open, or the wake phrase came first
    for_us: bool = True
    # there is a second pass, which may have heard nothing
    twice: bool = True
    # something else was obeyed since: it counts as a call for help only
    outdated: bool = False


class Overheard:
    """Takes remarks from the loop's thread and gives them back, some frames later, as asides."""

    def __init__(self, second: Second | None, *, patient: bool = False) -> None:
        """Hear with `second`, in a thread of our own; without it the first guesses must do.

        A patient one is waited for: where audio comes faster than it is spoken.
        """
        self._second = second
        self._patient = patient
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="overheard")
        self._waiting: deque[Future[Aside]] = deque()
        # how many of these are outdated
        self._outdated = 0

    @property
    def busy(self) -> bool:
        """Whether something is still to be heard."""
        return bool(self._waiting)

    def listen(
        self,
        said: Sequence[Frame],
        heard: Sequence[Hypothesis],
        aside: Aside,
    ) -> None:
        """Take a remark: its audio, the first guesses, and all else that is known of it."""
        pcm = b"".join(frame.pcm for frame in said)
        best = best_of_each_ear(heard)
        # the library's ear knows nothing but commands now
        first = tuple(guess for guess in best if guess.ear == "free") or best
        if first or self._second:
            self._waiting.append(self._pool.submit(self._hear, pcm, first, aside))

    def next(self) -> Aside | None:
        """Return the oldest remark that was heard again by now, if there is one."""
        if self._waiting and (self._patient or self._waiting[0].done()):
            aside = self._waiting.popleft().result()
            outdated = self._outdated > 0
            self._outdated -= outdated
            return dataclasses.replace(aside, outdated=outdated)
        return None

    def outdate(self) -> None:
        """Something was obeyed: what is still to be heard was said before that."""
        self._outdated = len(self._waiting)

    def close(self) -> None:
        """End the thread."""
        self._pool.shutdown(cancel_futures=True)

    def _hear(self, pcm: bytes, first: tuple[Hypothesis, ...], aside: Aside) -> Aside:
        if self._second is None:
            return dataclasses.replace(aside, guesses=first, twice=False)
        sound = self._second.encode(np.frombuffer(pcm, "<i2"))
        heard = self._second.hear(sound)
        again = (Hypothesis(without_repeat(a.text), a.probability, "second") for a in heard)
        # the free ear has words that the network misses ("i think i talk too many fields")
        return dataclasses.replace(aside, guesses=(*again, *first))


def judged(
    aside: Aside,
    find_call: Callable[[Sequence[Hypothesis]], str | None],
    decide: Callable[[Sequence[Hypothesis]], Decision],
    parse: Parse,
) -> Decision | None:
    """Return what to do about something said into an answer; None for nothing. Pure.

    `find_call` returns the words that call for help, `decide` judges utterances and `parse` knows
    the commands, as outside an answer. The dear `decide` comes last.
    """
    own = tuple(guess for guess in aside.guesses if not _echoes(guess.text, aside.playing))
    best = parse(own[0].text) if own and own[0].ear == "second" else None
    if best and best.name in PLEASANTRIES and not aside.asking:
        # the second pass makes those of mere noise; "thank you so much" was followed by "I'll do
        # it", which sounds like a call for help
        return None
    call = find_call(own)
    if call:
        return Emergency(call)
    if aside.outdated:
        return None
    return _command(own, aside, parse) or _answer(own, aside, decide)


def called(aside: Aside, phrase: str) -> Aside:
    """Return what was said without the wake phrase before it, which makes it ours."""
    rests = [after_phrase(guess.text, phrase) for guess in aside.guesses]
    meant = tuple(
        guess if rest is None else dataclasses.replace(guess, text=rest)
        for guess, rest in zip(aside.guesses, rests, strict=True)
    )
    for_us = aside.for_us or any(rest is not None for rest in rests)
    return dataclasses.replace(aside, guesses=meant, for_us=for_us)


def _command(own: Sequence[Hypothesis], aside: Aside, parse: Parse) -> Command | None:
    """Return the command among the guesses, if it is to be believed."""
    again = [guess for guess in own if guess.ear == "second"]
    for guess in again:
        # as in the first hearing: a "stop" that was guessed at all is believed
        bare = " ".join(without(guess.text, set(words(aside.playing))))
        if bare in AT_ONCE:
            return parse(bare)
    # where the first pass heard nothing at all, "help" was mere noise twice in 40 minutes; of 59
    # commands that the second pass alone made out, 57 were something to the first
    spoken = any(guess.ear != "second" for guess in aside.guesses)
    for command, share in _shares(again, parse):
        clear = spoken and share >= _CLEAR and _allowed(command, aside)
        if command == aside.doubted or clear:
            return command
    # of 50 minutes of reading and noise the first pass made "repeat", "source" and "wrong"
    return None if aside.twice else aside.doubted


def _allowed(command: Command, aside: Aside) -> bool:
    """Tell whether a command may be found by one pass alone, in talk that may not be for us."""
    return command.name not in DRASTIC and (aside.asking or command.name not in PLEASANTRIES)


def _shares(guesses: Sequence[Hypothesis], parse: Parse) -> list[tuple[Command, float]]:
    """Return the commands among the guesses with their share of the probability."""
    shares: dict[Command, float] = {}
    for guess in guesses:
        command = parse(guess.text)
        if command:
            shares[command] = shares.get(command, 0.0) + guess.confidence
    return list(shares.items())


def _answer(
    own: Sequence[Hypothesis],
    aside: Aside,
    decide: Callable[[Sequence[Hypothesis]], Decision],
) -> Answer | Command | None:
    """Return the answer or the command, in no known wording, that the second pass is sure of."""
    # where it heard the loudspeaker best, its other guesses are the loudspeaker's as well
    heard = own[:1] == aside.guesses[:1] and bool(own) and own[0].ear == "second"
    if not aside.for_us or not heard or len(words(own[0].text)) < _FEWEST_WORDS:
        return None
    decision = decide(own)
    if isinstance(decision, Answer):
        said = normalize(own[0].text)
        asked = closed(said) or _ASKS.search(said)
        return decision if asked and decision.match.score >= SURE else None
    if isinstance(decision, Command) and decision.meant and _allowed(decision, aside):
        # else "which parts of the building get the old source" asks for the source
        return decision if own[0].confidence >= _CLEAR else None
    return None


def _echoes(text: str, playing: str) -> bool:
    said = len(normalize(text).split())
    return said - len(without(text, set(words(playing)))) > _ECHO * said
