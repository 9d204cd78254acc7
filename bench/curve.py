"""The curve of `script/bench coffee`, drawn beside the published ones."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from intents.errors import ReadbackError

# Picovoice's speech-to-intent benchmark: share of 619 commands right in kitchen noise at 6, 9, ...
# 24 dB, as published.
PUBLISHED = {
    "Rhino": (0.96, 0.97, 0.98, 0.99, 0.99, 0.99, 0.99),
    "LUIS": (0.86, 0.89, 0.90, 0.91, 0.92, 0.93, 0.93),
    "Watson": (0.72, 0.84, 0.89, 0.93, 0.95, 0.95, 0.96),
    "Lex": (0.80, 0.84, 0.85, 0.87, 0.87, 0.87, 0.88),
    "Dialogflow": (0.70, 0.78, 0.78, 0.80, 0.81, 0.82, 0.83),
}
PUBLISHED_DB = (6, 9, 12, 15, 18, 21, 24)
# where recordings without added noise stand in the plot
_CLEAN_DB = 27


class CurveError(ReadbackError):
    """A plot that cannot be drawn."""


def plot(report: Mapping[str, Sequence[Mapping[str, object]]], path: Path) -> None:
    """Draw what was measured, clean at the right edge, over the published curves.

    Raises CurveError without matplotlib or where `path` cannot be written.
    """
    try:
        figures: Any = importlib.import_module("matplotlib.figure")
    except ModuleNotFoundError:
        raise CurveError(
            'a plot needs matplotlib; install it with: pip install -e ".[bench]"'
        ) from None
    figure = figures.Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, shares in PUBLISHED.items():
        axes.plot(PUBLISHED_DB, shares, "--", linewidth=1, label=f"{name} (published, 619)")
    for key, name in (("levels", "Readback"), ("peer", "pocketsphinx")):
        rows = report.get(key, ())
        decibels = [_CLEAN_DB if row["snr"] == "clean" else row["snr"] for row in rows]
        label = f"{name} ({rows[0]['clips']} commands)" if rows else None
        axes.plot(decibels, [row["share"] for row in rows], "o-", linewidth=2, label=label)
    axes.set_xticks([*PUBLISHED_DB, _CLEAN_DB], [*map(str, PUBLISHED_DB), "clean"])
    axes.set(xlabel="kitchen noise, dB", ylabel="commands with every slot right", ylim=(0, 1.01))
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small", loc="lower right")
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise CurveError(f"the plot {path} cannot be written: {error}") from error
