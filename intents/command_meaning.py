"""Commands by what they mean: "you're rattling it off", "just read the lot", "option a".

Sentence templates (commands.yaml) know the wordings that somebody thought of: of 316 wordings by
strangers they found 92, with the meaning besides it is 257 and 10 wrong ones. It decides only where
the library has no answer; a wrong "louder" is undone by a word. Weights and figures come from
`script/bench fit_commands`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from intents import perceptron
from intents.alarm import Encoder, said
from intents.commands import MOST_WORDS
from intents.guesses import DRASTIC, trusted
from intents.types import Command, Hypothesis

WEIGHTS = Path(__file__).with_name("command_meaning.npz")
# From this probability on the meaning alone is obeyed; see the figures of fit_commands.
THRESHOLD = 0.8
# ... to end the program or lose the place: "would you kindly stop talking dear" is 0.8 "quit".
DRASTIC_THRESHOLD = 0.95
# One word has too little meaning: "books" was a question for the topics.
FEWEST_WORDS = 2
# No command.
NONE = "none"
# A kind, and the command that it is where its name is not that.
KINDS = {
    "choose_1": Command("choose", (("number", "1"),), meant=True),
    "choose_2": Command("choose", (("number", "2"),), meant=True),
}
# In the order of the weights.
NAMES = (
    *(NONE, "back", "bookmark", "choose_1", "choose_2", "faster", "go_to_bookmark", "good_night"),
    *("hello", "help", "list_sections", "louder", "more", "neither", "next", "next_section", "no"),
    *("pause", "previous_section", "quieter", "quit", "repeat", "repeat_slower", "resume"),
    *("sleep_timer_left", "sleep_timer_off", "slower", "source", "spell", "start_over", "stop"),
    *("thanks", "topics", "where", "whole_article", "wrong", "yes"),
)


class CommandMeaning:
    """Finds the command that an utterance means; None without an encoder."""

    def __init__(self, encoder: Encoder | None) -> None:
        """Read nothing yet."""
        self._encoder = encoder
        # the same partial is asked about again and again
        self._meant = lru_cache(64)(self._fresh)

    def find(self, hypotheses: Sequence[Hypothesis]) -> Command | None:
        """Return the command that the likeliest guess means, drastic ones if every ear's does."""
        if self._encoder is None or not hypotheses:
            return None
        command = self._of(hypotheses[0])
        if command and trusted(command, hypotheses, self._of):
            return command
        return None

    def _of(self, guess: Hypothesis) -> Command | None:
        plain = said(guess.text)
        if not FEWEST_WORDS <= len(plain.split()) <= MOST_WORDS:
            return None
        return self._meant(plain)

    def _fresh(self, plain: str) -> Command | None:
        assert self._encoder is not None
        (chances,) = self._network.chances(self._encoder.encode([plain]))
        best = int(np.argmax(chances))
        chance = chances[best]
        if NAMES[best] == "quit" and chance < DRASTIC_THRESHOLD:
            # both end the reading
            best = NAMES.index("stop")
            chance += chances[best]
        bar = DRASTIC_THRESHOLD if NAMES[best] in DRASTIC else THRESHOLD
        if NAMES[best] == NONE or chance < bar:
            return None
        return KINDS.get(NAMES[best], Command(NAMES[best], meant=True))

    @cached_property
    def _network(self) -> perceptron.Perceptron:
        return perceptron.read(WEIGHTS)
