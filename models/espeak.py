"""Letters to sounds by eSpeak NG's rules, as CMU phones.

The library and its data come with the espeakng-loader wheel. eSpeak's phones are asked for in IPA;
`_SOUNDS` says which CMU phones they are.
"""

from __future__ import annotations

import ctypes
import re
import threading
from functools import lru_cache
from typing import Protocol

import espeakng_loader

from models.errors import ModelError

# speak_lib.h: AUDIO_OUTPUT_SYNCHRONOUS, espeakINITIALIZE_DONT_EXIT, espeakCHARS_UTF8,
# espeakPHONEMES_IPA with "_" between phones
_SYNCHRONOUS, _DONT_EXIT, _UTF8, _IPA = 2, 0x8000, 1, (ord("_") << 8) | 0x02
_VOICE = b"en-us"
_lock = threading.Lock()

# Longest match first. "əl" and the like are one phone of eSpeak, two of the CMU dictionary.
_SOUNDS = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "ɔɪ": "OY",
    "ɚ": "ER", "ɝ": "ER", "ɜː": "ER", "ɜ": "ER", "iː": "IY", "uː": "UW", "ɑː": "AA", "ɔː": "AO",
    "oː": "AO", "aɪə": "AY AH", "aɪɚ": "AY ER", "ɪɹ": "IH R", "ɛɹ": "EH R", "ɑːɹ": "AA R",
    "ɔːɹ": "AO R", "oːɹ": "AO R", "ʊɹ": "UH R", "iə": "IY AH", "əl": "AH L", "n̩": "AH N",
    "l̩": "AH L", "i": "IY", "u": "UW", "ɪ": "IH", "ɛ": "EH", "æ": "AE", "ʌ": "AH", "ə": "AH",
    "ɐ": "AH", "ʊ": "UH", "ɑ": "AA", "ɒ": "AA", "ɔ": "AO", "e": "EH", "o": "OW", "a": "AA",
    "ᵻ": "IH", "ɨ": "IH", "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "ɡ": "G", "g": "G",
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH",
    "m": "M", "n": "N", "ŋ": "NG", "l": "L", "ɹ": "R", "r": "R", "j": "Y", "w": "W", "ɾ": "T",
    "ʔ": "T", "x": "K", "ɬ": "L",
}  # fmt: skip
_PARTS = re.compile("|".join(sorted(map(re.escape, _SOUNDS), key=len, reverse=True)))
# Stress marks, ties and joiners say nothing about which phone it is.
_MARKS = re.compile("[ˈˌ‿\u200d]")

# "ɪ__ˈeɪ": eSpeak's mark for an i that is a syllable of its own before a vowel
_BEFORE_VOWEL = re.compile("ɪ(?=__)")
# not stressed, not at the start, not in "-ing"
_WEAK_I = re.compile("(?<=_)[ɪᵻ](?=_(?![ŋ_]))")


class _Library(Protocol):
    def espeak_TextToPhonemes(  # noqa: N802 - the C name
        self, text: object, coding: int, mode: int
    ) -> bytes | None: ...


@lru_cache(maxsize=1)
def _library() -> _Library:
    """Load eSpeak once; ModelError when it cannot start."""
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    data = str(espeakng_loader.get_data_path())
    if library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT) <= 0:
        raise ModelError(
            f"eSpeak NG could not read its data in {data}; install espeakng-loader again."
        )
    if library.espeak_SetVoiceByName(_VOICE) != 0:
        raise ModelError("eSpeak NG has no US-English voice; install espeakng-loader again.")
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [
        ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int,
    ]  # fmt: skip
    return library


def ipa(text: str) -> str:
    """Return eSpeak's phones for a word, "_" between them, with stress marks."""
    rest = ctypes.c_char_p(text.encode())
    found: list[str] = []
    with _lock:
        library = _library()
        while rest.value:
            clause = library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
            found.append((clause or b"").decode())
    return "_".join(found)


def phones(word: str) -> tuple[str, ...]:
    """Return CMU phones for a word by eSpeak's rules; empty if it has no sound.

    Measured on 2,353 CMU dictionary words beyond the commonest 20,000: 6.5% of phones differ,
    5.8% from the nearest of `variants`.
    """
    return _cmu(ipa(word))


def variants(word: str) -> tuple[tuple[str, ...], ...]:
    """Return eSpeak's reading and, where it differs, the one with weak i as AH.

    eSpeak writes every weak i as "ɪ"; the dictionary has IH in some words and AH in more.
    """
    sound = ipa(word)
    weak = _WEAK_I.sub("ə", sound)
    return tuple(dict.fromkeys(found for found in (_cmu(sound), _cmu(weak)) if found))


def _cmu(sound: str) -> tuple[str, ...]:
    parts = re.split(r"[_\s]+", _MARKS.sub("", _BEFORE_VOWEL.sub("i", sound)))
    hits = [hit for part in parts for hit in _PARTS.findall(part)]
    found = [phone for hit in hits for phone in _SOUNDS[hit].split()]
    # eSpeak writes the r of "ʊɹ_ɹ" and "ɚ_ɹ" twice, the dictionary once
    pairs = zip(["", *found], found, strict=False)
    return tuple(phone for before, phone in pairs if phone != "R" or before not in ("R", "ER"))
