"""`script/bench NAME ...`: find the bench called NAME and hand it the rest of the line."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from voice import frugal

HELPERS = {
    "__init__",
    "__main__",
    "voices",
    "cross_model",
    "cross_training",
    "curve",
    "data",
    "peers",
    "perceptron",
    "rankers",
    "rehearsal",
    "seeds",
    "stage",
    "usual",
    "utterances",
    "written",
}


def names() -> list[str]:
    """Return the benches that exist, sorted."""
    return sorted(p.stem for p in Path(__file__).parent.glob("*.py") if p.stem not in HELPERS)


def main(argv: list[str]) -> int:
    """Run one bench; return its exit status, 2 when there is no such bench."""
    if not argv or argv[0] not in names():
        asked = f"no bench is called {argv[0]!r}; " if argv else ""
        print(f"script/bench: {asked}choose one of: {', '.join(names())}", file=sys.stderr)
        return 2
    # as the product does: memory and processor time are measured
    frugal.begin()
    module = importlib.import_module(f"bench.{argv[0]}")
    status: int = module.main(argv[1:])
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
