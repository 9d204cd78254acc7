"""`script/bench scale FILE`: time and memory of understanding, from 1 to 10,000 articles.

FILE is JSON lines (or .jsonl.gz) of MedQuAD's form, see `script/bench medquad`. Of each size a
library is made, indexed in one fresh process, opened and asked in another, and given one more
article in a third; all on one core. Where FILE has too few documents, those with most passages are
cut in two: 5,486 documents of 16,407 passages make 10,000 articles of as many. Texts are encoded
once and kept in --cache, which takes 15 minutes and 0.3 GB for all documents.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from intents.types import Article

SIZES, QUESTIONS = (1, 100, 10_000), 200
# a line of the table each; times with what they are in, memory in MiB
FIGURES = {
    "passages": "passages",
    "index, s": "index_s",
    "index, peak MiB": "index_peak_mib",
    "one article more, s": "one_more_s",
    "start of a process until it can answer, s": "start_s",
    "decision, median, ms": "decide_p50_ms",
    "decision, 95th percentile, ms": "decide_p95_ms",
    "process then, MiB": "process_mib",
    "of it pages of files, MiB": "of_it_files_mib",
}


def main(argv: list[str]) -> int:
    """Measure, or run one step (what the fresh processes are started with)."""
    if argv and argv[0] == "--step":
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print(json.dumps(STEPS[argv[2]](float(argv[1]), *map(Path, argv[3:]))))
        return 0
    parser = argparse.ArgumentParser(prog="script/bench scale", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N")
    parser.add_argument("--cache", type=Path, help="folder in which vectors are kept for next time")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in args.sizes:
            folder = Path(scratch) / str(size)
            asked = _fill(folder, args.file, size)
            rows.append(_measure(folder, (args.cache or Path(scratch) / "cache").resolve(), asked))
    table = Table("", *(f"{row['articles']:,.0f} articles" for row in rows), title="one core")
    for name, figure in FIGURES.items():
        table.add_row(name, *(f"{row[figure]:,.{0 if row[figure] >= 20 else 2}f}" for row in rows))
    Console().print(table)
    if args.json:
        print(json.dumps({"rows": rows}))
    return 0


def articles(file: Path, size: int) -> tuple[list[Article], list[str]]:
    """Return `size` articles of FILE, and questions that some of them answer."""
    from bench.medquad import article, draw, questions

    documents = draw(file, size)
    found = [article(document) for document in documents]
    while len(found) < size:
        found.sort(key=lambda a: -len(a.passages))
        longest = [a for a in found if len(a.passages) > 1][: size - len(found)]
        if not longest:
            break
        found = found[len(longest) :] + [half for a in longest for half in _halves(a)]
    asked = [question for question, *_ in questions(documents)]
    return found, asked[:QUESTIONS]


def _halves(whole: Article) -> tuple[Article, Article]:
    from intents.types import ArticleId

    middle = len(whole.passages) // 2
    return (
        replace(whole, passages=whole.passages[:middle]),
        replace(whole, id=ArticleId(f"{whole.id}-2"), passages=whole.passages[middle:]),
    )


def _fill(folder: Path, file: Path, size: int) -> Path:
    """Write a library into folder/library; return a file of questions."""
    from intents.library import Library
    from intents.readers import Reading
    from intents.types import ArticleId

    found, asked = articles(file, size)
    library = Library.open(folder / "library", shipped=False)
    with library.writing():
        for number, one in enumerate(found):
            name = f"{re.sub(r'[^a-z0-9]+', '-', str(one.id).lower())}-{number}"
            library.put(Reading(replace(one, id=ArticleId(name))))
    path = folder / "questions.json"
    path.write_text(json.dumps(asked), encoding="utf-8")
    return path


def _measure(folder: Path, cache: Path, asked: Path) -> dict[str, float]:
    """Return one column of the table."""
    library = folder / "library"
    made = _fresh("index", library, cache)
    known = _fresh("ask", library, cache, asked)
    more = _fresh("more", library, cache)
    return {
        "articles": made["articles"],
        "passages": made["passages"],
        "index_s": made["seconds"],
        "index_peak_mib": made["peak_mib"],
        "start_s": known["seconds"],
        "decide_p50_ms": known["p50_ms"],
        "decide_p95_ms": known["p95_ms"],
        "process_mib": known["resident_mib"],
        "of_it_files_mib": known["files_mib"],
        "one_more_s": more["seconds"],
    }


def _fresh(*words: str | Path) -> dict[str, float]:
    """Run one step in a process of its own; return its figures."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", "--step", str(time.monotonic()), *map(str, words)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _index(began: float, folder: Path, cache: Path) -> dict[str, float]:
    """Index a library whose texts may be encoded already."""
    import intents.matching.index as matching
    from intents.encoder import MiniLm
    from intents.library import Library
    from intents.shelf import LibraryShelf
    from models import encoder

    built = encoder.find()
    library = Library.open(folder, shipped=False)
    made = matching.opened(LibraryShelf(library), MiniLm(built) if built else None, cache)
    return {
        "articles": len(library.entries),
        "passages": len(made.units),
        "seconds": time.monotonic() - began,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _ask(began: float, folder: Path, cache: Path, asked: Path) -> dict[str, float]:
    """Start, then decide on every question."""
    import numpy as np

    from intents import cross_encoder
    from intents.encoder import MiniLm
    from intents.library import Library
    from intents.shelf import LibraryShelf
    from intents.types import Hypothesis
    from intents.understanding import Understanding
    from models import encoder

    built = encoder.find()
    shelf = LibraryShelf(Library.open(folder, shipped=False))
    read = cross_encoder.find(built) if built else None
    understanding = Understanding(
        shelf,
        encoder=MiniLm(built) if built else None,
        cross=cross_encoder.CrossEncoder(read) if read else None,
        cache=cache,
    )
    understanding.warm()
    started = time.monotonic() - began
    times = []
    for question in json.loads(asked.read_text(encoding="utf-8")):
        before = time.perf_counter()
        understanding.decide([Hypothesis(question)])
        times.append(1000 * (time.perf_counter() - before))
    middle, high = np.percentile(times, [50, 95]).tolist()
    return {"seconds": started, "p50_ms": middle, "p95_ms": high, **_memory()}


def _memory() -> dict[str, float]:
    """Return this process's resident memory, and how much of it are pages of files."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = dict(re.findall(r"(VmRSS|RssFile):\s+(\d+) kB", status))
    resident, files = (int(found[name]) / 1024 for name in ("VmRSS", "RssFile"))
    return {"resident_mib": resident, "files_mib": files}


def _more(began: float, folder: Path, cache: Path) -> dict[str, float]:
    """Add one article, and bring the index up to date."""
    from intents.library import Library

    library = Library.open(folder, shipped=False)
    page = folder.parent / "one-more.md"
    page.write_text("# Kettle limescale\n\nVinegar dissolves the limescale in a kettle.\n")
    library.add(page)
    return _index(began, folder, cache)


STEPS: dict[str, Callable[..., dict[str, float]]] = {"index": _index, "ask": _ask, "more": _more}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
