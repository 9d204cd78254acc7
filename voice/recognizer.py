"""The ear: frames in, hypotheses out. The only import of vosk.

Two recognizers listen to the same audio: one tuned to the library's phrases, which hears its rare
words, and a free one with the model's whole vocabulary, which catches what is not for us. Their
n-best lists are joined, and fused with what a second pass makes of the whole utterance where there
is one (voice/reviewing.py); deciding is the business of intents.
"""

from __future__ import annotations

import importlib
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from intents.context_grammar import Acceptor
from intents.errors import ReadbackError
from intents.types import Hypothesis, Ms
from voice import exact, model_folder, nbest
from voice.activity import Activity
from voice.audio import SAMPLE_RATE_HZ, Frame
from voice.nbest import EarName, Word
from voice.reviewing import Review
from voice.speech_gate import SpeechGate

__all__ = ["Ear", "EarError", "Heard", "Model", "Partial", "Word"]

Listening = Literal["both", "library", "free"]

# libvosk is cheapest with 100-200 ms an AcceptWaveform; smaller buffers cost more CPU.
_FEED_BYTES = 2 * SAMPLE_RATE_HZ // 10
# A gap in the audio is filled with silence up to this, so that word times stay true.
_LONGEST_GAP_MS = 2000
_UNKNOWN = "[unk]"


class EarError(ReadbackError):
    """A recognition model that cannot be used."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What one ear makes of the audio so far; may still change."""

    text: str
    ear: EarName


@dataclass(frozen=True, slots=True)
class Heard:
    """Everything the ears made of one recording; no hypothesis means nothing was said."""

    # best of the library's ear, best of the free ear, then the others; every text once
    hypotheses: tuple[Hypothesis, ...]
    # of the library ear's best hypothesis, else of the free ear's
    words: tuple[Word, ...]
    # the audio that was heard, from the first sample to the last
    start_ms: Ms
    end_ms: Ms


class Model:
    """A Vosk model folder, loaded once; any number of ears share it."""

    def __init__(self, path: Path) -> None:
        """Load the model in the folder `path` (0.4 s for the starter model).

        Raises EarError when it is not a Vosk model folder or libvosk refuses it.
        """
        _check_folder(path)
        vosk = importlib.import_module("vosk")
        vosk.SetLogLevel(-2)
        try:
            self._handle: Any = vosk.Model(str(path))
        except Exception as error:
            # vosk raises a bare Exception; anything more precise is not its own
            if type(error) is not Exception:
                raise
            raise EarError(
                f"the recognition model in {path} is broken: libvosk refuses it; "
                "build it again with: readback models build"
            ) from error
        self.path = path
        self.frame_ms = model_folder.frame_ms(path)
        self.takes_grammars = model_folder.takes_grammars(path)
        # hears nothing but the sentences of one grammar
        self.exact = False

    def knows(self, word: str) -> bool:
        """Tell whether `word` (normalized) is in the vocabulary, so that it can be heard."""
        return self._number(word) is not None

    def _number(self, word: str) -> int | None:
        number = int(self._handle.vosk_model_find_word(word)) if word else -1
        return number if number >= 0 else None

    def limited_to(self, sentences: Acceptor) -> Model:
        """Return a new model that hears exactly these sentences, with noise around them.

        Costs another load. Raises EarError when this model takes no grammars.
        """
        if not self.takes_grammars:
            raise EarError(
                f"the recognition model in {self.path} takes no grammars (graph/HCLr.fst is "
                "missing); use the starter model or one of Vosk's small models"
            )
        numbers = {word: self._number(word) for word in {*sentences.words, _UNKNOWN}}
        ids = {word: number for word, number in numbers.items() if number is not None}
        with tempfile.TemporaryDirectory(prefix="readback-grammar-") as folder:
            gr_fst = exact.grammar(sentences, ids, ids.get(_UNKNOWN))
            exact.write_folder(self.path, Path(folder), gr_fst, ids)
            made = Model(Path(folder))
        made.path = self.path
        made.exact = True
        made.takes_grammars = False
        return made

    def recognizer(self, grammar: Sequence[str] | None, n_best: int) -> Any:
        """Return a fresh vosk recognizer, free or limited to the phrases of `grammar`."""
        vosk = importlib.import_module("vosk")
        arguments: list[Any] = [self._handle, SAMPLE_RATE_HZ]
        if grammar is not None:
            arguments.append(json.dumps([*grammar, _UNKNOWN]))
        made = vosk.KaldiRecognizer(*arguments)
        made.SetMaxAlternatives(n_best)
        made.SetWords(True)
        return made


def _check_folder(path: Path) -> None:
    if not path.is_dir():
        raise EarError(
            f"there is no recognition model in {path}; build one with: readback models build"
        )
    if not model_folder.is_model(path):
        raise EarError(
            f"{path} is not a Vosk model folder (am/final.mdl is missing); "
            "name the folder that holds am, conf and graph"
        )


class _Recognizer:
    """One vosk recognizer with the last partial it reported."""

    def __init__(self, name: EarName, handle: Any) -> None:
        self.name: EarName = name
        self._handle = handle
        self._last = ""
        # bytes of this recording, and of all before it
        self._fed = 0
        self._before = 0

    def accept(self, pcm: bytes) -> Partial | None:
        # the return value says that vosk saw an end of speech; when to end is ours to decide
        self._feed(pcm)
        text = nbest.partial_text(self._handle.PartialResult())
        if text == self._last:
            return None
        self._last = text
        return Partial(text, self.name)

    def finish(self, pcm: bytes) -> tuple[nbest.Alternative, ...]:
        if pcm:
            self._feed(pcm)
        found = nbest.alternatives(
            self._handle.FinalResult(), self._before / 2 * 1000 / SAMPLE_RATE_HZ
        )
        self._last = ""
        self._before += self._fed
        self._fed = 0
        return found

    def _feed(self, pcm: bytes) -> None:
        self._handle.AcceptWaveform(pcm)
        self._fed += len(pcm)


class Ear:
    """Both recognizers on one stream of frames. Used from one thread; close it after use."""

    def __init__(
        self,
        model: Model,
        phrases: Sequence[str],
        *,
        n_best: int = 5,
        listen: Listening = "both",
        review: Review | None = None,
    ) -> None:
        """Prepare to hear `phrases` (normalized) and, unless `listen` says otherwise, anything.

        Words that the model does not know cut a phrase into the pieces around them. A model
        without run-time grammars listens freely only. `n_best` is the length of each ear's list.
        `review` hears each utterance once more, as a whole; it is closed with the ear.
        """
        pieces = _hearable(model, phrases) if model.takes_grammars else ()
        self._ears: list[_Recognizer] = []
        if pieces and listen != "free":
            self._ears.append(_Recognizer("library", model.recognizer(pieces, n_best)))
        if listen != "library" or not self._ears:
            name: EarName = "library" if model.exact else "free"
            self._ears.append(_Recognizer(name, model.recognizer(None, n_best)))
        # libvosk releases the GIL: the ears decode side by side, which halves the wait at the end
        self._pool = ThreadPoolExecutor(max(1, len(self._ears) - 1), thread_name_prefix="ear")
        self._frame_ms = model.frame_ms
        self._gate = SpeechGate(Activity())
        self._review = review
        self._latest: Partial | None = None
        # let through by the gate, not fed yet
        self._pending = bytearray()
        self._heard_bytes = 0
        self._fed = False
        self._start_ms: Ms | None = None

    def accept(self, frame: Frame) -> Partial | None:
        """Hear a frame of any length; return the newest partial when one changed.

        The library ear's partial is preferred when both changed. Audio without speech is not
        decoded: the last words of a partial may come with finish() only.
        """
        if self._start_ms is None:
            self._start_ms = frame.start_ms
        elif frame.lost_ms:
            gap = min(frame.lost_ms, _LONGEST_GAP_MS)
            self._hear(bytes(2 * (gap * SAMPLE_RATE_HZ // 1000)))
        self._hear(frame.pcm)
        if len(self._pending) < _FEED_BYTES:
            return None
        pcm = self._take()
        changed = self._each(lambda ear: ear.accept(pcm))
        newest = next((partial for partial in changed if partial), None)
        self._latest = newest or self._latest
        return newest

    def so_far(self) -> Sequence[Hypothesis] | None:
        """Return the guesses at the utterance so far; None while they are being worked out.

        To be asked in a silence: with a second pass every new stretch of speech is heard once more.
        """
        partial = self._latest
        first = [Hypothesis(partial.text, ear=partial.ear)] if partial and partial.text else []
        if self._review is None:
            return first
        return self._review.so_far(first, self._gate.speech) if self._gate.heard_speech else first

    def finish(self) -> Heard:
        """End the recording and return what was said; ready for the next one afterwards."""
        self._let_through(self._gate.finish())
        pcm = self._take()
        start = self._start_ms or Ms(0)
        end = Ms(start + self._heard_bytes // 2 * 1000 // SAMPLE_RATE_HZ)
        lists = self._each(lambda ear: ear.finish(pcm)) if self._fed else []
        spoken, skipped = self._gate.heard_speech, self._gate.skipped_ms
        named = [(ear.name, found) for ear, found in zip(self._ears, lists, strict=False)]
        heard = nbest.hypotheses(named) if spoken else ()
        if spoken and self._review:
            heard = self._review.finish(heard, self._gate.speech)
        self._forget()
        if not heard:
            return Heard((), (), start, end)
        first = start + skipped
        words = (nbest.timed_words(found, first, self._frame_ms) for found in lists)
        return Heard(heard, next(filter(None, words), ()), start, end)

    def reset(self) -> None:
        """Forget the recording so far."""
        if self._fed:
            self._each(lambda ear: ear.finish(b""))
        self._forget()

    def close(self) -> None:
        """End the ears' threads."""
        self._pool.shutdown()
        if self._review:
            self._review.close()

    def _hear(self, pcm: bytes) -> None:
        self._heard_bytes += len(pcm)
        self._let_through(self._gate.accept(pcm))

    def _let_through(self, pcm: bytes) -> None:
        self._pending += pcm
        if self._review:
            self._review.hear(pcm)

    def _take(self) -> bytes:
        pcm = bytes(self._pending)
        self._pending.clear()
        self._fed = self._fed or bool(pcm)
        return pcm

    def _forget(self) -> None:
        self._gate.reset()
        if self._review:
            self._review.reset()
        self._latest = None
        self._pending.clear()
        self._heard_bytes = 0
        self._fed = False
        self._start_ms = None

    def _each(self, work: Any) -> list[Any]:
        """Do `work` for every ear at once, the first one in this thread."""
        others = [self._pool.submit(work, ear) for ear in self._ears[1:]]
        return [work(self._ears[0]), *(other.result() for other in others)]


def _hearable(model: Model, phrases: Sequence[str]) -> tuple[str, ...]:
    """Cut `phrases` at words the model does not know: vosk would close the gap instead."""
    known: dict[str, bool] = {}
    pieces: dict[str, None] = {}
    for phrase in phrases:
        piece: list[str] = []
        for word in [*phrase.split(), ""]:
            if word not in known:
                known[word] = model.knows(word)
            if known[word]:
                piece.append(word)
            elif piece:
                pieces[" ".join(piece)] = None
                piece = []
    return tuple(pieces)
