"""The usual script, as `script/bench latency` measures it beside the product. Not for copying.

What a web search brings up for "offline voice assistant in Python": Vosk on the microphone with its
default endpoint rule, rapidfuzz of the transcript against the questions an article answers,
pyttsx3's `say` and `runAndWait`. It hears with the same model as the product, free of a grammar.
Run as a program: `python -m bench.usual MODEL QUESTIONS.json`, where the file has a list of
[question, answer]. Prints "Listening." when ready and "Heard: ..." for every transcript.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import sys
from pathlib import Path

# A transcript less like any question than this is not answered (rapidfuzz's 0 to 100).
LIKE = 60
RATE_HZ = 16_000
BLOCK = 8000


def main(argv: list[str]) -> int:
    """Listen and answer until killed."""
    import espeakng_loader
    import pyttsx3
    import sounddevice
    import vosk
    from rapidfuzz import fuzz, process

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())
    answers = dict(json.loads(Path(argv[1]).read_text(encoding="utf-8")))
    vosk.SetLogLevel(-1)
    recognizer = vosk.KaldiRecognizer(vosk.Model(model_path=argv[0]), RATE_HZ)
    engine = pyttsx3.init()
    heard: queue.Queue[bytes] = queue.Queue()

    def take(data: object, *_: object) -> None:
        heard.put(bytes(data))  # type: ignore[call-overload]

    stream = sounddevice.RawInputStream(
        RATE_HZ, blocksize=BLOCK, dtype="int16", channels=1, callback=take
    )
    with stream:
        print("Listening.", flush=True)
        while True:
            if not recognizer.AcceptWaveform(heard.get()):
                continue
            text = json.loads(recognizer.Result())["text"]
            print(f"Heard: {text}", flush=True)
            found = process.extractOne(text, list(answers), scorer=fuzz.WRatio) if text else None
            if found and found[1] >= LIKE:
                engine.say(answers[found[0]])
                engine.runAndWait()
                print("Spoken.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
