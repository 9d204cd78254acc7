"""The terminal view: a panel that changes in place, and above it what was said, line by line.

Only for terminals. It is drawn a few times a second by a thread of its own (rich's), so the
listening loop never waits for the terminal.
"""

from __future__ import annotations

from typing import Self

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from intents.types import Quotation
from voice import events
from voice.cli.view import State, View
from voice.events import Event

# Six times a second a meter looks alive; drawing costs 1.2 ms, so 0.7% of a core.
REFRESH_HZ = 6
# The meter goes from a quiet room to full scale.
QUIETEST_DB, CELLS = -60.0, 30
# A color says nothing that the word beside it does not say.
_COLORS: dict[State, str] = {
    "waiting": "bright_black",
    "listening": "green",
    "hearing": "bright_green",
    "thinking": "yellow",
    "reading": "cyan",
    "ducked": "magenta",
    "paused": "yellow",
}


class Screen:
    """Draws a view until left. A context manager."""

    def __init__(self, view: View, keys: str = "", console: Console | None = None) -> None:
        """`keys` tells which keys there are."""
        self._view = view
        self._live = Live(
            console=console or Console(highlight=False),
            refresh_per_second=REFRESH_HZ,
            transient=True,
            get_renderable=lambda: panel(view, keys),
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def take(self, event: Event) -> None:
        """Show an event; what was said stays above the panel."""
        self._view.take(event)
        line = said(event)
        if line:
            self._live.console.print(line)

    def sound(self, pcm: bytes) -> None:
        """Show how loud a frame is."""
        self._view.sound(pcm)


def said(event: Event) -> Text | None:
    """Return the line that stays of an event: what was heard and what was said."""
    match event:
        case events.Understood(hypotheses, _) if hypotheses:
            return Text.assemble(("You       ", "bold green"), hypotheses[0].text)
        case events.Saying(utterance) if isinstance(utterance, Quotation):
            return Text.assemble(("Article   ", "bold cyan"), utterance.text)
        case events.Saying(utterance):
            return Text.assemble(("Readback  ", "bold"), utterance.text)
        case events.Missed(lost_ms):
            return Text(f"Missed {lost_ms} ms of sound; the computer was busy.", "red")
        case _:
            return None


def panel(view: View, keys: str = "") -> Panel:
    """Return everything that is known now."""
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="bold", no_wrap=True)
    rows.add_column(overflow="fold")
    rows.add_row("Microphone", meter(view))
    rows.add_row(*_heard(view))
    rows.add_row("Decided", Text(view.decided or "-"))
    rows.add_row("From", Text(view.found or "-"))
    rows.add_row("Reads" if view.quoted and view.saying else "Says", Text(view.saying or "-"))
    rows.add_row("You can say", Text(", ".join(view.hints) or "-"))
    if keys:
        rows.add_row("Keys", Text(keys, "dim"))
    color = _COLORS[view.state]
    title = Text.assemble(("Readback: ", "bold"), (view.status, f"bold {color}"))
    return Panel(rows, title=title, title_align="left", border_style=color)


def _heard(view: View) -> tuple[str, Text]:
    if view.partial:
        return "Hearing", Text(f"{view.partial} ...")
    return "Heard", Text(view.heard or "-")


def meter(view: View) -> Text:
    """Return the level as a bar and in words."""
    if view.muted:
        return Text("no sound at all; is it switched off?", "bold red")
    share = (view.level_db - QUIETEST_DB) / -QUIETEST_DB
    full = min(CELLS, max(0, round(share * CELLS)))
    color = "red" if view.clipped else "green"
    note = "  too loud" if view.clipped else ""
    return Text.assemble(
        ("#" * full, color),
        ("-" * (CELLS - full), "bright_black"),
        f" {view.level_db:4.0f} dB{note}",
    )
