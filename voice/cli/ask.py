"""`readback ask`: one question, typed or recorded, answered as text, aloud and as WAV."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from voice.cli.hints import tell
from voice.cli.settings import add_settings, settings

if TYPE_CHECKING:
    from voice.asking import Asked
    from voice.audio import Pcm


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("ask", help="answer one question, typed or recorded")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("question", nargs="?", help='typed, such as "what causes muscle wasting"')
    asked.add_argument("--wav", type=Path, metavar="FILE", help="a recorded question, WAV or FLAC")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the spoken answer as WAV")
    parser.add_argument("--silent", action="store_true", help="text only, no sound")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    add_settings(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Answer, print, and speak or write."""
    from voice.asking import ask_recording, ask_typed
    from voice.recording import join, write_wav
    from voice.results import as_json
    from voice.wiring import Wiring

    wiring = Wiring(settings(args), notice=tell)
    parts: list[Pcm] = []
    with ExitStack() as stack:
        sink = parts.append if args.out else _loudspeaker(args, stack)
        if args.wav:
            result = ask_recording(wiring, args.wav, _show, sink)
        else:
            result = ask_typed(wiring, args.question, _show, sink)
    if args.out and parts:
        write_wav(args.out, join(parts))
        print(f"Spoken answer: {args.out}")
    elif args.out:
        older = ", and what is in it is older" * args.out.exists()
        tell(f"nothing is said to that, so {args.out} was not written{older}.")
    if args.json:
        print(json.dumps(as_json(result), ensure_ascii=False))
    return 0


def _loudspeaker(args: argparse.Namespace, stack: ExitStack) -> Callable[[Pcm], None] | None:
    """Return where the answer plays; None, with a sentence, when it cannot play here."""
    if args.silent:
        return None
    from voice.devices import DeviceError
    from voice.speaker import Speaker

    try:
        speaker = stack.enter_context(Speaker(settings(args).sound.loudspeaker))
    except DeviceError as error:
        tell(f"{error} The answer is given as text; add --out answer.wav for its sound.")
        return None
    stack.callback(speaker.drain)
    return speaker.play


def _show(asked: Asked) -> None:
    """Print the decision for a person, at once, before it is heard."""
    from intents.types import Answer, Control, Prompt, Reply
    from voice.results import NAMES

    print(f"Heard:  {asked.hypotheses[0].text}")
    if isinstance(asked.reply, Control):
        print(f"Does:   {asked.reply.action}")
    for utterance in asked.utterances:
        label = "Says:  " if isinstance(utterance, Prompt) else "Reads: "
        print(f"{label} {utterance.text}")
    if isinstance(asked.decision, Answer):
        match = asked.decision.match
        print(
            f"From:   {match.article.title}, \N{LEFT DOUBLE QUOTATION MARK}"
            f"{match.passage.heading}\N{RIGHT DOUBLE QUOTATION MARK}"
        )
    elif isinstance(asked.reply, Reply):
        print(f"Why:    {NAMES[type(asked.decision)].replace('_', ' ')}")
    sys.stdout.flush()
