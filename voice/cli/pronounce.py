"""`readback pronounce`: how the owner wants a word to sound, for the ear and the voice."""

from __future__ import annotations

import argparse

from intents.errors import ReadbackError
from voice.cli.articles import put_json, say
from voice.cli.hints import command


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "pronounce",
        help="correct how a word sounds, for the ear and the voice",
        description="Corrects how a word sounds, for the ear and the voice; kept for good. "
        'Give CMU phones ("K AH K EH K S IY AH") or, with --like, plain syllables '
        '("kuh keck see uh": uh AH, ah AA, aw AO, a AE, e EH, ih IH, ee IY, ay EY, igh AY, '
        "oh OW, oo UW, uu UH, oy OY, ow AW, er ER; every letter counts).",
    )
    parser.add_argument("word", nargs="?", metavar="WORD")
    parser.add_argument("phones", nargs="?", metavar="PHONES", help='such as "K AH K EH K S"')
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--like", metavar="TEXT", help='plain syllables: "kuh keck see uh"')
    ways.add_argument("--list", action="store_true", help="show your pronunciations")
    ways.add_argument("--remove", metavar="WORD", help="forget yours")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Keep, list or remove."""
    if args.list or args.remove:
        if args.word:
            raise ReadbackError(
                f"give either a word to correct ('{args.word}'), or --list, or --remove WORD"
            )
        return _list(args) if args.list else _remove(args)
    if not args.word:
        raise ReadbackError('name a word: readback pronounce cachexia --like "kuh keck see uh"')
    if bool(args.phones) == bool(args.like):
        raise ReadbackError(
            f"say how '{args.word}' sounds in one way: phones, or --like with plain syllables"
        )
    return _put(args)


def _put(args: argparse.Namespace) -> int:
    from models import owner
    from models.lexicon import parse_phones
    from models.respelling import phones_like, written

    phones = phones_like(args.like) if args.like else parse_phones(args.phones)
    own = owner.Own(phones, written(phones, args.like or ""))
    word = owner.put(args.word, own)
    say(f"{word}: {' '.join(phones)}")
    say(f'The voice spells it "{own.spelling}"; hear it with: {command()} say {word}')
    say("The ear takes it up when it next listens.")
    put_json(args, {"word": word, "phones": list(phones), "spelling": own.spelling})
    return 0


def _list(args: argparse.Namespace) -> int:
    from models import owner

    known = owner.load()
    for word, own in known.items():
        say(f"{word:24} {' '.join(own.phones)}  (the voice: {own.spelling or word})")
    say(f"{len(known)} pronunciations of yours, in {owner.default_path()}")
    put_json(
        args,
        {w: {"phones": list(o.phones), "spelling": o.spelling} for w, o in known.items()},
    )
    return 0


def _remove(args: argparse.Namespace) -> int:
    from models import owner

    owner.remove(args.remove)
    say(f"Forgotten: {args.remove}")
    put_json(args, {"removed": args.remove})
    return 0
