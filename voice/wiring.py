"""The product put together from its rooms, each part made when first needed.

Making a part can take a moment (a model is read, articles are indexed), so commands that do not
need it never pay for it. Nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from intents.text import normalize
from voice.config import Settings

if TYPE_CHECKING:
    from intents.alarm import Alarm
    from intents.commands import Commands
    from intents.completeness import Continuations
    from intents.cross_encoder import CrossEncoder
    from intents.dialogue import Dialogue
    from intents.encoder import MiniLm
    from intents.library import Library
    from intents.types import Article
    from intents.understanding import Besides, Understanding
    from voice.hearing import LibraryText, Prepared
    from voice.narrator import Voice
    from voice.overheard import Overheard
    from voice.recognizer import Ear, Model
    from voice.reviewing import Review
    from voice.second_pass import SecondPass
    from voice.speech import Speech


def _unsaid(notice: str) -> None:
    """Keep a notice to ourselves."""


# New articles from which on it is said that they are being prepared: about a second's work
_MANY_NEW = 30


class Wiring:
    """One set of parts for one run of the program."""

    def __init__(
        self,
        settings: Settings,
        *,
        library_folder: Path | None = None,
        notice: Callable[[str], None] = _unsaid,
    ) -> None:
        """Make nothing yet.

        `library_folder` replaces the owner's library (benches, tests); `notice` is told, in one
        sentence, why something takes longer than usual.
        """
        self.settings = settings
        self._library_folder = library_folder
        self.notice = notice

    @cached_property
    def library(self) -> Library:
        """The owner's articles, and the shipped ones unless switched off."""
        from intents.library import Library

        return Library.open(self._library_folder, shipped=self.settings.library.shipped)

    @cached_property
    def articles(self) -> tuple[Article, ...]:
        """All articles that may answer, in memory: for what must see them together."""
        return self.library.articles()

    @cached_property
    def commands(self) -> Commands:
        """The spoken commands."""
        from intents.commands import Commands

        return Commands.shipped()

    @cached_property
    def alarm(self) -> Alarm:
        """What finds calls for help."""
        from intents.alarm import Alarm

        return Alarm(self.encoder)

    @cached_property
    def besides(self) -> Besides:
        """Commands and calls for help."""
        from intents.command_meaning import CommandMeaning
        from intents.understanding import Besides

        meaning = CommandMeaning(self.encoder)
        return Besides(self.commands.parse, meaning.find, self.alarm.find)

    @cached_property
    def understanding(self) -> Understanding:
        """From hypotheses to a decision."""
        told: list[int] = []

        def tell(_done: int, total: int) -> None:
            if total >= _MANY_NEW and not told:
                told.append(total)
                self.notice(f"{total} new articles are prepared for questions; this is done once.")

        return self.indexed(tell)

    def indexed(self, progress: Callable[[int, int], None]) -> Understanding:
        """Return the understanding once new articles are indexed; told (done, total) of them."""
        from intents.shelf import LibraryShelf
        from intents.understanding import Understanding

        made = Understanding(
            LibraryShelf(self.library),
            encoder=self.encoder,
            cross=self.cross_encoder,
            besides=self.besides,
            cache=Path(platformdirs.user_cache_dir("readback")),
            progress=progress,
        )
        made.warm()
        return made

    @cached_property
    def continuations(self) -> Continuations:
        """After which words the library or a command goes on."""
        from intents.completeness import Continuations

        return Continuations(self.library.walk(), self.commands.phrases())

    @cached_property
    def turn_end(self) -> Callable[[str], float] | None:
        """What tells how likely it is that a speaker has finished; None without the encoder."""
        from intents.turn_end import TurnEnd

        if self.encoder is None or not self.encoder.has_ends:
            return None
        return TurnEnd(self.encoder).odds

    @cached_property
    def encoder(self) -> MiniLm | None:
        """The sentence encoder, or None when it was never built on this machine."""
        from intents.encoder import MiniLm
        from models import encoder

        folder = encoder.find()
        return MiniLm(folder) if folder else None

    @cached_property
    def cross_encoder(self) -> CrossEncoder | None:
        """What reads a question and a passage together, or None when it was never built here."""
        from intents import cross_encoder
        from models import encoder

        folder = encoder.find()
        built = cross_encoder.find(folder) if folder else None
        return cross_encoder.CrossEncoder(built) if built else None

    def dialogue(self) -> Dialogue:
        """Return a fresh conversation."""
        from intents.dialogue import Dialogue

        wake = self.settings.wake
        return Dialogue(
            emergency_number=self.settings.safety.emergency_number,
            titles=self.library.titles,
            old_after_years=self.settings.library.old_after_years,
            today=lambda: datetime.now(tz=UTC).date(),
            wake_phrase=wake.phrase if wake.mode == "always" else "",
        )

    @cached_property
    def hearing(self) -> Prepared:
        """The starter model and what it needs to hear this library, built when too much is new."""
        from voice import hearing

        return hearing.prepare(
            self.library,
            self.commands.phrases(),
            wake_phrase=self.wake_phrase,
            notice=self.notice,
        )

    def library_text(self) -> LibraryText:
        """Return what the starter model must know, for a build."""
        from voice import hearing

        return hearing.gathered(self.library, self.commands.phrases(), wake_phrase=self.wake_phrase)

    @cached_property
    def model(self) -> Model:
        """The recognition model of the settings; ModelError when it is not on this machine."""
        from models import store
        from voice.recognizer import Model
        from voice.spelled import SpelledModel

        name = self.settings.ear.model
        if name == store.STARTER:
            return SpelledModel(self.hearing.folder, self.hearing.spelling)
        return Model(store.find(name))

    def ear(self, *, patient: bool = False) -> Ear:
        """Return an ear tuned to the library and the commands.

        A patient one waits for its second pass: where audio comes faster than it is spoken.
        """
        from intents import vocabulary
        from models import store
        from voice.recognizer import Ear

        spelled: Container[str] = ()
        if self.settings.ear.model == store.STARTER:
            phrases, spelled = self.hearing.phrases, self.hearing.spelling.chains
        else:
            phrases = vocabulary.phrases(self.articles, self.commands.phrases())
        spoken = (*phrases, self.wake_phrase) if self.wake_phrase else phrases
        return Ear(self.model, spoken, review=self.review(patient=patient, spelled=spelled))

    def review(self, *, patient: bool = False, spelled: Container[str] = ()) -> Review | None:
        """Return what has an utterance heard once more, None without a second pass.

        `spelled` are the words that only the library's ear can hear.
        """
        from voice.reviewing import Review

        if self.second_pass is None:
            return None
        return Review(self.second_pass, patient=patient, for_one_ear=spelled)

    @cached_property
    def second_pass(self) -> SecondPass | None:
        """What hears an utterance once more; None when switched off or not on this machine."""
        from models import whisper
        from voice.second_pass import SecondPass

        folder = whisper.find() if self.settings.ear.second_pass else None
        return SecondPass(folder) if folder else None

    @property
    def wake_phrase(self) -> str:
        """The owner's own wake phrase, which the recognizer must know; "" where it need not."""
        from voice.wake import BUNDLED

        wake, phrase = self.settings.wake, normalize(self.settings.wake.phrase)
        return phrase if wake.mode != "key" and phrase not in BUNDLED else ""

    def unheard_phrase(self) -> str:
        """Say why the owner's own wake phrase cannot be heard, and the next step; "" if it can."""
        from voice.wake import unheard

        missing = [word for word in self.wake_phrase.split() if not self.model.knows(word)]
        ear = self.settings.ear.model
        return unheard(self.settings.wake.phrase, missing, ear) if missing else ""

    def command_ear(self) -> Ear:
        """Return an ear for short spoken commands, for use while an answer plays."""
        from voice.interruption import remarks
        from voice.recognizer import Ear

        return Ear(self.model, remarks(self.commands.phrases()), n_best=4)

    def overheard(self, *, patient: bool = False) -> Overheard:
        """Return what hears once more what is spoken into an answer; close it after use."""
        from voice.overheard import Overheard

        return Overheard(self.second_pass, patient=patient)

    def unhearable(self) -> tuple[str, ...]:
        """Return the library's words that the model cannot hear, sorted."""
        from intents import vocabulary
        from models import store

        if self.settings.ear.model == store.STARTER:
            return self.hearing.unhearable
        return tuple(
            sorted(word for word in vocabulary.words(self.articles) if not self.model.knows(word))
        )

    def speech(self, rate_wpm: int | None = None) -> Speech:
        """Return a voice with the owner's settings, or at another rate; close it after use."""
        from voice.pronouncing import PronouncingSpeech

        speech = self.settings.speech
        rate_wpm = speech.rate_wpm if rate_wpm is None else rate_wpm
        return PronouncingSpeech(
            self._spellings, rate_wpm=rate_wpm, voice=speech.voice, volume=speech.volume
        )

    def voice(self, rate_wpm: int) -> Voice:
        """Return such a voice that keeps what it rendered on disk, unless switched off."""
        from voice.render_cache import BYTES_PER_MB, CachedVoice, RenderCache

        inner, speech = self.speech(rate_wpm), self.settings.speech
        if not speech.cache_mb:
            return inner
        folder = Path(platformdirs.user_cache_dir("readback")) / "speech"
        cache = RenderCache(folder, speech.cache_mb * BYTES_PER_MB)
        spelled = repr(sorted(self._spellings.items()))
        return CachedVoice(inner, cache, (inner.voice, str(speech.volume), spelled), rate_wpm)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """The owner's words, as they are written for the voice."""
        from models import owner

        return {word: own.spelling for word, own in owner.load().items() if own.spelling}
