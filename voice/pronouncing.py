"""The owner's pronunciations in the voice: words are respelled just before they are rendered.

pyttsx3 hands text to the engine without a way to give phones (espeak's [[...]] needs a flag that it
does not set, other engines have other ways), so a word is written in letters that sound right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from voice.audio import Pcm
from voice.speech import Speech


def respelled(text: str, spellings: Mapping[str, str]) -> str:
    """Return `text` with every word that has a spelling written that way; the rest is unchanged."""
    if not spellings:
        return text
    longest = sorted(map(re.escape, spellings), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w'-])(?:{'|'.join(longest)})(?![\w-])", re.IGNORECASE)
    return pattern.sub(lambda found: spellings[found[0].lower()], text)


class PronouncingSpeech(Speech):
    """Speech that says the owner's words as the owner wants them."""

    def __init__(
        self,
        spellings: Mapping[str, str],
        *,
        rate_wpm: int = 165,
        voice: str = "",
        volume: float = 1.0,
    ) -> None:
        """`spellings`: word in small letters -> how it is written for the voice."""
        super().__init__(rate_wpm=rate_wpm, voice=voice, volume=volume)
        self._spellings = dict(spellings)

    def render(self, text: str, *, keep: bool = True) -> Pcm:
        """Return the speech of one sentence, with the owner's words respelled."""
        return super().render(respelled(text, self._spellings), keep=keep)
