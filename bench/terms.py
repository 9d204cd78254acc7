"""`script/bench terms`: medical names in questions, spoken by other synthesizers, through the ear.

By a fixed seed, 200 names (titles and other names) are drawn from a library of MedQuAD's form, each
with a word that is not among the commonest 20,000 of English. Each is asked about, in one of the
frames below, by every voice. Printed: the share of questions whose best hypothesis has the whole
name in it, and the share where any hypothesis has it; with the ear tuned to the articles of these
names (or with --whole to the whole library), and without any tuning.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from bench import voices
from bench.add import medquad_article, records
from bench.data import ear_for
from intents.errors import ReadbackError
from intents.text import normalize
from intents.types import Article, Hypothesis
from models.lexicon import dictionary
from models.starter.build import DEFAULT_VOCABULARY, build
from models.starter.language import common_words
from models.starter.sphinx_lm import read_language_model
from voice.audio import SAMPLE_RATE_HZ
from voice.config import Settings
from voice.recognizer import Ear, Model
from voice.recording import read_frames
from voice.wiring import Wiring

SEED = 20_24
COUNT = 200
MOST_WORDS = 4
DEFAULT_VOICES = ("flite-slt", "flite-rms", "flite-awb", "flite-kal16")
FRAMES = (
    "what is {}", "what causes {}", "how is {} treated", "what are the symptoms of {}",
    "tell me about {}", "is there a cure for {}", "my doctor says i have {}",
    "can {} be prevented", "how serious is {}", "what should i know about {}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """One question by one voice."""

    voice: str
    term: str
    said: str
    best: str
    # the whole name is in the best hypothesis; in any
    right: bool
    among: bool


def choose(articles: Iterable[Article], count: int = COUNT) -> list[tuple[str, Article]]:
    """Return names with the article of each, `count` of them, always the same."""
    common = set(common_words(read_language_model(), dictionary(), DEFAULT_VOCABULARY))
    found: dict[str, Article] = {}
    for article in articles:
        for name in (article.title, *article.synonyms):
            term = normalize(name)
            words = term.split()
            plain = name.replace("-", " ").replace("'", "").replace(" ", "").isalpha()
            rare = any(word not in common and len(word) > 4 for word in words)
            # abbreviations and long legal names are not what people say
            if plain and rare and len(words) <= MOST_WORDS and not name.isupper():
                found.setdefault(term, article)
    chosen = sorted(found)
    random.Random(SEED).shuffle(chosen)
    return [(term, found[term]) for term in chosen[:count]]


def has(term: str, hypotheses: Sequence[Hypothesis]) -> bool:
    """Tell whether a name stands in one of these; "tricho dental" and "trichodental" are one."""
    return any(_joined(term, h.text.split()) for h in hypotheses)


def _joined(term: str, words: Sequence[str]) -> bool:
    """Tell whether some words in a row are the name, spaces aside."""
    wanted = term.replace(" ", "")
    return any(
        "".join(words[first:last]) == wanted
        for first in range(len(words))
        for last in range(first + 1, len(words) + 1)
    )


def ask(ear: Ear, term: str, number: int, voice: str) -> tuple[Asked, float]:
    """Let a voice ask about a name; return what was heard, and the seconds of audio."""
    said = FRAMES[number % len(FRAMES)].format(term)
    ear.reset()
    seconds = 0.0
    for frame in read_frames(voices.speak(said, voice)):
        seconds += len(frame.pcm) / 2 / SAMPLE_RATE_HZ
        ear.accept(frame)
    heard = ear.finish().hypotheses
    best = heard[0].text if heard else ""
    return Asked(voice, term, said, best, has(term, heard[:1]), has(term, heard)), seconds


def run(ear: Ear, terms: Sequence[str], names: Sequence[str], name: str) -> dict[str, object]:
    """Ask about every name by every voice; print and return the figures."""
    began, seconds = time.process_time(), 0.0
    asked = []
    for voice in names:
        for number, term in enumerate(terms):
            one, length = ask(ear, term, number, voice)
            seconds += length
            asked.append(one)
    rtf = (time.process_time() - began) / seconds
    _print(name, asked, rtf)
    return {
        "questions": len(asked),
        "right": round(sum(a.right for a in asked) / len(asked), 4),
        "among": round(sum(a.among for a in asked) / len(asked), 4),
        "rtf": round(rtf, 3),
        "wrong": [[a.voice, a.said, a.best] for a in asked if not a.right],
    }


def _print(name: str, asked: Sequence[Asked], rtf: float) -> None:
    total, right, among = (
        Counter(a.voice for a in some)
        for some in (asked, [a for a in asked if a.right], [a for a in asked if a.among])
    )
    print(f"{name} (real-time factor {rtf:.2f})")
    for voice in total:
        of = total[voice]
        print(f"  {voice:16} {of:5}  best {right[voice] / of:.3f}  among {among[voice] / of:.3f}")
    every = sum(total.values())
    print(
        f"  {'all':16} {every:5}  best {sum(right.values()) / every:.3f}"
        f"  among {sum(among.values()) / every:.3f}",
        flush=True,
    )


def plain_ear() -> Ear:
    """Return an ear without any tuning: the plain starter model, listening freely."""
    folder = Path(platformdirs.user_cache_dir("readback")) / "bench" / "starter-plain"
    if not folder.exists():
        build(folder)
    return Ear(Model(folder), (), listen="free")


def _read(path: Path) -> list[Article]:
    found = []
    for record in records(path):
        try:
            found.append(medquad_article(record))
        except ReadbackError:
            continue
    return found


def main(argv: list[str]) -> int:
    """Run the bench; exit status 0."""
    parser = argparse.ArgumentParser(prog="script/bench terms", description=__doc__)
    parser.add_argument("file", type=Path, metavar="LIBRARY", help="JSON lines, .gz or not")
    parser.add_argument("--voices", nargs="+", default=list(DEFAULT_VOICES), choices=voices.VOICES)
    parser.add_argument("--count", type=int, default=COUNT, help="how many names")
    parser.add_argument("--skip", type=int, default=0, help="leave out the first so many names")
    parser.add_argument("--whole", action="store_true", help="tune to the whole library")
    parser.add_argument("--no-plain", action="store_true", help="only with tuning")
    parser.add_argument("--failures", action="store_true", help="print each that was not right")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    articles = _read(args.file)
    chosen = choose(articles, args.skip + args.count)[args.skip :]
    terms = [term for term, _ in chosen]
    wanted = articles if args.whole else list({a.id: a for _, a in chosen}.values())
    with_it = run(ear_for(wanted, Wiring(Settings())), terms, args.voices, "tuned to the library")
    result = {"tuned": with_it}
    if not args.no_plain:
        result["plain"] = run(plain_ear(), terms, args.voices, "without tuning")
    if args.failures:
        for voice, said, best in with_it["wrong"]:  # type: ignore[attr-defined]
            print(f"{voice}: {said} -> {best}")
    if args.json:
        print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
