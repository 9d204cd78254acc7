"""`script/bench spoken`: our own wordings, spoken by other synthesizers, through ear and matcher.

Each wording of tests/data/wordings.txt (question, tab, text that stands in an acceptable passage)
is spoken by each voice, recognized, decided and rendered to the first sentence by the product's own
parts. Printed per voice: answered with the right passage, with a wrong one, asked back, refused,
not heard; and the time from the last sample of the recording to the first sample of the answer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import voices
from intents.types import Answer, Decision, Hypothesis, Reply, Unsure
from voice.config import Settings
from voice.recognizer import Ear
from voice.recording import read_frames
from voice.speech import Speech
from voice.wiring import Wiring

WORDINGS = Path(__file__).parent.parent / "tests" / "data" / "wordings.txt"
OUTCOMES = ("right", "wrong", "asked_back", "refused", "not_heard")
DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "espeak-gb")


@dataclass(frozen=True, slots=True)
class Turn:
    """One wording spoken by one voice."""

    voice: str
    question: str
    heard: str
    outcome: str
    # last sample of the recording to first sample of the answer; None when nothing was answered
    first_ms: float | None


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0, 2 for arguments that cannot be used."""
    args = _arguments(argv)
    wordings = read_wordings(args.wordings)[: args.limit]
    wiring = Wiring(Settings())
    turns = []
    with wiring.speech() as speech:
        speech.warm()
        ear = wiring.ear()
        for voice in args.voices:
            turns += [_turn(wiring, ear, speech, voice, *wording) for wording in wordings]
    _print(turns, failures=args.failures)
    if args.json:
        print(json.dumps(summary(turns)))
    return 0


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench spoken", description=__doc__)
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--wordings", type=Path, default=WORDINGS, metavar="FILE")
    parser.add_argument("--limit", type=int, help="only the first N wordings")
    parser.add_argument("--failures", action="store_true", help="print each that was not right")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    return parser.parse_args(argv)


def read_wordings(path: Path) -> list[tuple[str, str]]:
    """Return (question, expected text) pairs of a file with one pair a line, tab between."""
    pairs = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        question, tab, expected = line.partition("\t")
        if not tab:
            raise SystemExit(f"{path}:{number}: a question, a tab and the expected text are needed")
        pairs.append((question, expected))
    return pairs


def _turn(
    wiring: Wiring, ear: Ear, speech: Speech, voice: str, question: str, expected: str
) -> Turn:
    ear.reset()
    for frame in read_frames(voices.speak(question, voice)):
        ear.accept(frame)
    end = time.perf_counter()
    hypotheses = ear.finish().hypotheses
    if not hypotheses:
        return Turn(voice, question, "", "not_heard", None)
    decision = wiring.understanding.decide(hypotheses)
    reply = wiring.dialogue().heard(decision)
    first_ms = None
    if isinstance(reply, Reply) and reply.utterances:
        speech.render(reply.utterances[0].text)
        first_ms = (time.perf_counter() - end) * 1000
    return Turn(voice, question, _best(hypotheses), outcome(decision, expected), first_ms)


def _best(hypotheses: Sequence[Hypothesis]) -> str:
    return " | ".join(h.text for h in hypotheses[:2])


def outcome(decision: Decision, expected: str) -> str:
    """Return which of OUTCOMES this is; white space and case of the expected text are ignored."""
    if isinstance(decision, Answer):
        found = _flat(decision.match.passage.text)
        return "right" if _flat(expected) in found else "wrong"
    return "asked_back" if isinstance(decision, Unsure) else "refused"


def _flat(text: str) -> str:
    return " ".join(text.split()).casefold()


def summary(turns: Sequence[Turn]) -> dict[str, object]:
    """Return the figures as JSON data: all voices together, and each."""
    names = list(dict.fromkeys(turn.voice for turn in turns))
    each = {name: _figures([t for t in turns if t.voice == name]) for name in names}
    return {"all": _figures(turns), "voices": each}


def _figures(turns: Sequence[Turn]) -> dict[str, object]:
    counts = Counter(turn.outcome for turn in turns)
    times = [turn.first_ms for turn in turns if turn.first_ms is not None]
    return {
        "questions": len(turns),
        **{name: counts[name] for name in OUTCOMES},
        "share": round(counts["right"] / len(turns), 4) if turns else 0.0,
        "first_sample_median_ms": round(statistics.median(times), 1) if times else None,
        "first_sample_worst_ms": round(max(times), 1) if times else None,
    }


def _print(turns: Sequence[Turn], *, failures: bool) -> None:
    console = Console()
    figures = summary(turns)
    rows = {**dict(figures["voices"]), "all": figures["all"]}  # type: ignore[call-overload]
    first = next(iter(rows.values()))
    table = Table("voice", *[key.replace("_", " ") for key in first], title="Spoken wordings")
    for name, row in rows.items():
        table.add_row(name, *[str(value) for value in row.values()])
    console.print(table)
    if failures:
        for turn in turns:
            if turn.outcome != "right":
                console.print(f"{turn.voice:>8} {turn.outcome}: {turn.question} -> {turn.heard}")
