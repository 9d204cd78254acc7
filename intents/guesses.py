"""Among an utterance's guesses: what each ear thinks best, and whether the ears agree. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from intents.types import Command, Hypothesis

# Obeyed only when the ears agree: a cough was "good night" to the library ear, with confidence 0.87
# (the free ear made "good and" of it), and nobody wants to be left alone by a cough.
DRASTIC = frozenset(("go_to_bookmark", "good_night", "quit", "start_over", "whole_article"))


def best_of_each_ear(hypotheses: Sequence[Hypothesis]) -> tuple[Hypothesis, ...]:
    """Return the best guess of each ear, in the order given; one when they agree.

    Late guesses hide short commands and cost time; what must not be found by chance, or is dear to
    look for, is looked for in these alone.
    """
    if hypotheses and hypotheses[0].agreed:
        return (hypotheses[0],)
    first: dict[str, Hypothesis] = {}
    for hypothesis in hypotheses:
        first.setdefault(hypothesis.ear, hypothesis)
    return tuple(first.values())


def trusted(
    command: Command,
    hypotheses: Sequence[Hypothesis],
    parse: Callable[[Hypothesis], Command | None],
) -> bool:
    """Tell whether a command may be obeyed: a drastic one only when every ear heard it.

    What was typed is meant, and the free ear alone invents no commands; the library's does.
    """
    if command.name not in DRASTIC:
        return True
    best = best_of_each_ear(hypotheses)
    alone = len(best) == 1 and best[0].ear == "library" and not best[0].agreed
    found = [parse(guess) for guess in best]
    return not alone and all(other and other.name == command.name for other in found)
