"""What happens as plain lines: one a change, in words, for a screen reader, a log or a pipe."""

from __future__ import annotations

from collections.abc import Callable

from intents.types import Quotation
from voice import events
from voice.cli.view import View
from voice.events import Event
from voice.results import NAMES

_SILENT = "The microphone gives no sound at all; is it switched off?"
_BACK = "The microphone gives sound again."


class Plain:
    """Turns events into lines; a line that says nothing new is left out."""

    def __init__(self, view: View, put: Callable[[str], object], *, partials: bool = False) -> None:
        """Give lines to `put`; `partials` gives every word at once."""
        self._view = view
        self._put = put
        self._partials = partials
        self._state = ""
        self._muted = False

    def take(self, event: Event) -> None:
        """Say an event."""
        self._view.take(event)
        for line in self._lines(event):
            self._put(line)

    def sound(self, pcm: bytes) -> None:
        """Look at a frame; say only that the microphone fell silent, or came back."""
        self._view.sound(pcm)
        if self._view.muted != self._muted:
            self._muted = self._view.muted
            self._put(_SILENT if self._muted else _BACK)

    def _lines(self, event: Event) -> list[str]:
        match event:
            case events.Listening() | events.Awake() | events.Asleep():
                return self._new_state(event)
            case events.Hearing(text):
                return [f"Hearing: {text}"] if self._partials else []
            case events.Thinking() | events.Ducked():
                # over in a moment: what comes of it is told
                return []
        self._state = ""
        return _told(event, self._view)

    def _new_state(self, event: Event) -> list[str]:
        if self._view.state == "waiting":
            line = f"Asleep, {self._view.status}."
        else:
            line = "Awake." if isinstance(event, events.Awake) else "Listening."
        if line == self._state:
            return []
        self._state = line
        return [line]


def _told(event: Event, view: View) -> list[str]:
    match event:
        case events.NothingHeard():
            return ["Heard no words."]
        case events.Understood(_, decision):
            name = NAMES[type(decision)].replace("_", " ")
            lines = [f"Heard: {view.heard} ({name})", f"Decided: {view.decided}"]
            return [*lines, f"Found: {view.found}"] if view.found else lines
        case events.Saying(utterance):
            label = "Reads" if isinstance(utterance, Quotation) else "Says"
            return [f"{label}: {utterance.text}"]
        case events.Interrupted(command):
            return [f"Interrupted: {command}"]
        case events.Missed(lost_ms):
            return [f"Missed {lost_ms} ms of sound; the computer was busy."]
        case _:
            return []
