"""Remarks into an answer: what is said while the loudspeaker plays, and whether it is a command.

Runs in the loop's thread on its frames. Only short commands are listened for (voice/interruption.py
says why); anything else is heard once more (voice/overheard.py). Joining it, as this ear hears it,
with a question that had been answered too early ("what is the treatment" ... "of a nosebleed") was
tried: over the loudspeaker it was heard as "mostly", a rest of our own echo as "and her sleep", and
both were answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from intents.types import Command, Hypothesis
from voice.audio import Frame
from voice.interruption import Early, Parse, RemarkEnd, doubtful, interruption
from voice.parts import Listener


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark that is over, or was understood before it was; `command` is None for talk."""

    command: Command | None
    # empty when the command was obeyed before the remark had ended
    heard: Sequence[Hypothesis] = ()
    # another hearing should confirm the command
    doubtful: bool = False


class BargeIn:
    """Listens to one remark at a time."""

    def __init__(
        self,
        ear: Listener,
        parse: Parse,
        *,
        nearby: Callable[[], str],
        asking: Callable[[], bool],
    ) -> None:
        """`nearby` gives the text that is playing; `asking` tells whether it is our own words."""
        self._ear = ear
        self._parse = parse
        self._nearby = nearby
        self._asking = asking
        # what was playing last while it was being said, and whether that was our own words
        self.playing, self.asking = "", False
        self._end, self._early = RemarkEnd(), Early()
        # the remark so far: what is said after a "stop" that was obeyed at once needs its beginning
        self.said: list[Frame] = []
        self.open = False

    def begin(self, frames: Iterable[Frame]) -> Remark | None:
        """Somebody began to speak; `frames` are those just heard. Return what is clear already."""
        self._end, self._early = RemarkEnd(), Early()
        self.playing, self.asking = "", False
        self.said = []
        self.open = True
        # all of them are heard: what follows a command may be in them as well
        found = [self.hear(frame) for frame in frames]
        return next(filter(None, found), None)

    def hear(self, frame: Frame) -> Remark | None:
        """Hear a frame; return a command that is obeyed at once, if it is clear by now."""
        self.said.append(frame)
        self._note_what_plays()
        partial = self._ear.accept(frame)
        text = partial.text if partial else None
        command = self._early.feed(text, self.playing, self._parse)
        return Remark(command) if command else None

    def feed(self, probabilities: Iterable[float]) -> Remark | None:
        """Take the same frame's probabilities of voice; return the remark once it is over."""
        self._end.feed(probabilities)
        return self._finish() if self._end.over else None

    def reset(self) -> None:
        """Forget the remark."""
        if self.open:
            self._ear.reset()
        self.said = []
        self.open = False

    def _finish(self) -> Remark:
        heard = self._ear.finish().hypotheses
        self.open = False
        if self._end.too_long:
            return Remark(None, heard)
        command = interruption(heard, self.playing, self._parse, asking=self.asking)
        return Remark(command, heard, command is not None and doubtful(command, heard, self._parse))

    def _note_what_plays(self) -> None:
        """Remember it: the answer may end before the remark does."""
        playing = self._nearby()
        if playing:
            self.playing, self.asking = playing, self._asking()
