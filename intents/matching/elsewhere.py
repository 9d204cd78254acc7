"""How near a question comes to what people ask for that no article answers: elsewhere.txt.

"Turn up the volume" is nearer to a passage on hearing aids than to most others, yet nearer still to
what is said to a loudspeaker. A score is compared with that of rivals known to be wrong, as speaker
verification does with a cohort (Rosenberg et al. 1992). The comparison depends on the library: who
adds an article on chess is asked nearer to it than to "let's play a game".
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def lines() -> tuple[str, ...]:
    """Return the wordings of elsewhere.txt."""
    text = files("intents.matching").joinpath("elsewhere.txt").read_text(encoding="utf-8")
    found = (line.strip() for line in text.splitlines())
    return tuple(line for line in found if line and not line.startswith("#"))
