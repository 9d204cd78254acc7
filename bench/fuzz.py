"""`script/bench fuzz N`: N hostile inputs through every reader; no traceback, no hang, no bloat.

Each input is a small document of some kind, mutated: bytes flipped, cut, repeated, swapped with a
piece of another kind, given another suffix, or pumped up (deep nesting, long lines, many items). It
is read, and what comes out is checked: every sentence is a slice of the text, what is spoken is
clean, the normalizer is idempotent. Workers run in processes of their own and report the input that
they were at when they died. The run is repeatable: input number n depends on the seed and n alone.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.seeds import all_seeds
from intents.errors import ReadbackError
from intents.questions import questions
from intents.readers import read_data
from intents.records import from_record, to_record
from intents.spoken import spoken_article
from intents.text import normalize
from intents.types import Article

MAX_SECONDS = 10.0
MAX_MIB = 1024
_SUFFIXES = (".md", ".txt", ".html", ".pdf", ".docx", ".epub", "", ".xhtml", ".bin")
_TOKENS = (
    *(
        b"<div>",
        b"</div>",
        b"<table><tr><td>",
        b"<ul><li>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"<script>",
    ),
    *(
        b"&amp;",
        b"&#x110000;",
        b"&nbsp;",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"---\n",
        b"```\n",
    ),
    *(
        b"[[[[[",
        b"](((",
        b"> > > > ",
        b"* * * ",
        b"# ",
        b"| a | b |\n|---|\n",
        b"\n\n",
        b"\r",
        b"\t",
    ),
    *(
        b"e.g. ",
        b"Dr. ",
        b"1.5.2 ",
        b"...",
        b"?!?!",
        "’‘“”".encode(),
        "مرحبا ".encode(),
        "你好。".encode(),
    ),
    *(
        b"0 obj",
        b"endobj",
        b"stream\n",
        b" Tj ",
        b" Tm ",
        b"<< /Kids [2 0 R] >>",
        b"/Length 99999999",
    ),
    *(
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
        b"&a;",
        b"PK\x03\x04",
        b"%PDF-1.7",
        "👩‍👩‍👧".encode(),
        b"\x1b[2J",
    ),
    *(b"99999999999999999999", b"10" * 40, b"-", b"'" * 30, b"colspan=99999 ", b"rowspan=99999 "),
)


def _flip(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return data


def _cut(data: bytearray, rng: random.Random) -> bytearray:
    a, b = sorted(rng.randrange(len(data) + 1) for _ in range(2))
    return data[:a] + data[b:] if rng.random() < 0.5 else data[: max(1, a)]


def _insert(data: bytearray, rng: random.Random) -> bytearray:
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(data) + 1)
        data[at:at] = rng.choice(_TOKENS) * rng.choice((1, 1, 2, 3, 50))
    return data


def _repeat(data: bytearray, rng: random.Random) -> bytearray:
    a = rng.randrange(len(data))
    piece = data[a : a + rng.randint(1, 200)]
    return data[:a] + piece * rng.choice((2, 5, 40, 300)) + data[a:]


def _swap(data: bytearray, rng: random.Random) -> bytearray:
    other = rng.choice(list(all_seeds().values()))
    a, b = rng.randrange(len(data)), rng.randrange(len(other))
    return data[:a] + other[b : b + rng.randint(1, 2000)] + data[a:]


def _pump(data: bytearray, rng: random.Random) -> bytearray:
    """One token very often: deep nesting, an endless line, a million bullets."""
    token = rng.choice(_TOKENS)
    return bytearray(token * rng.choice((500, 3000, 20_000))) + data[: rng.randint(1, 400)]


_MUTATIONS: tuple[tuple[Callable[[bytearray, random.Random], bytearray], int], ...] = (
    (_flip, 30), (_cut, 20), (_insert, 30), (_repeat, 10), (_swap, 10), (_pump, 1),
)  # fmt: skip


def make_input(seed: int, number: int) -> tuple[str, bytes]:
    """Return the name and bytes of input `number` of the run `seed`."""
    rng = random.Random(f"{seed}-{number}")
    name, data = rng.choice(list(all_seeds().items()))
    mutated = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        ways = [m for m, _ in _MUTATIONS]
        mutated = rng.choices(ways, [w for _, w in _MUTATIONS])[0](mutated, rng) or bytearray(b"x")
    if rng.random() < 0.15:
        name = "cramps" + rng.choice(_SUFFIXES)
    return name, bytes(mutated)


class BrokenPromiseError(AssertionError):
    """A reader returned an article that breaks the contract."""


def _promise(kept: bool, what: str) -> None:
    if not kept:
        raise BrokenPromiseError(what)


def check(article: Article) -> None:
    """Check what every article promises; BrokenPromiseError when it does not hold."""
    _promise(bool(article.passages and article.title), "an article has a title and passages")
    last = 0
    for number, passage in enumerate(article.passages):
        _promise(passage.position == number and bool(passage.sentences), "passages are numbered")
        for sentence in passage.sentences:
            same = article.text[sentence.start : sentence.end] == sentence.text
            _promise(same, "a sentence is a slice of the text")
            _promise(bool(sentence.text.strip()), "a sentence has text")
            _promise(sentence.start >= last, "sentences are in order")
            last = sentence.end
    _promise(from_record(to_record(article)) == article, "the stored form restores the article")
    said = normalize(article.text[:5000])
    _promise(normalize(said) == said, "normalizing twice is normalizing once")
    for line in spoken_article(article):
        _promise("\n" not in line.text and bool(line.text.strip()), "a spoken line is one line")
    questions(article)


def _late(*_: object) -> None:
    raise TimeoutError(f"longer than {MAX_SECONDS:.0f} s")


def try_one(name: str, data: bytes) -> str:
    """Read one input; return "read", "refused", or the traceback of what must not happen."""
    try:
        article = read_data(data, name).article
        check(article)
    except ReadbackError:
        return "refused"
    except (Exception, RecursionError):  # noqa: BLE001 - the fuzzer's whole point
        return traceback.format_exc(limit=-6)
    return "read"


def _worker(seed: int, first: int, last: int) -> int:
    """Run inputs [first, last); print a JSON line when something is wrong, and one at the end."""
    counts: Counter[str] = Counter()
    slowest, slow_input = 0.0, first
    signal.signal(signal.SIGALRM, _late)
    for number in range(first, last):
        name, data = make_input(seed, number)
        # the parent reads the last line when this process dies or hangs
        print(json.dumps({"at": number}), flush=True)
        began = time.perf_counter()
        signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
        outcome = try_one(name, data)
        signal.setitimer(signal.ITIMER_REAL, 0)
        seconds = time.perf_counter() - began
        if seconds > slowest:
            slowest, slow_input = seconds, number
        counts[outcome if outcome in {"read", "refused"} else "traceback"] += 1
        if outcome not in {"read", "refused"}:
            print(json.dumps({"number": number, "name": name, "traceback": outcome}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"done": counts, "peak": peak, "slowest": slowest, "slow_input": slow_input}))
    return 0


def _run(seed: int, first: int, last: int) -> dict[str, Any]:
    """Run one worker; a worker that hangs or dies is a failure of the input it was at."""
    command = [sys.executable, "-m", "bench.fuzz", "--worker", str(seed), str(first), str(last)]
    limit = max(60.0, (last - first) * 0.1)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        output, died = done.stdout, done.returncode != 0
    except subprocess.TimeoutExpired as late:
        output = late.stdout.decode() if isinstance(late.stdout, bytes) else (late.stdout or "")
        died = True
    lines = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    failures = [line for line in lines if "traceback" in line]
    end = lines[-1] if lines and "done" in lines[-1] else {}
    if died and not end:
        at = next((line["at"] for line in reversed(lines) if "at" in line), first)
        failures.append(
            {"number": at, "name": make_input(seed, at)[0], "traceback": "hung or died"}
        )
    return {"failures": failures, **end}


def main(argv: list[str]) -> int:
    """Fuzz, or be a worker."""
    if argv and argv[0] == "--worker":
        return _worker(*(int(word) for word in argv[1:4]))
    parser = argparse.ArgumentParser(prog="script/bench fuzz", description=__doc__)
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=2000, help="inputs a worker process")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    result = fuzz(args.count, args.seed, args.batch)
    for failure in result["failures"][:20]:
        print(f"input {failure['number']} ({failure['name']}):\n{failure['traceback']}")
    print({key: value for key, value in result.items() if key != "failures"})
    if args.json:
        print(json.dumps(result))
    return 1 if result["failures"] or not result["within_limits"] else 0


def fuzz(count: int, seed: int, batch: int) -> dict[str, Any]:
    """Run `count` inputs in workers; return the counts, the failures and the worst figures."""
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    failures: list[dict[str, Any]] = []
    peak = slowest = 0.0
    slow_input = -1
    for first in range(0, count, batch):
        report = _run(seed, first, min(count, first + batch))
        failures += report["failures"]
        counts.update(report.get("done", {}))
        peak = max(peak, report.get("peak", 0.0))
        if report.get("slowest", 0.0) > slowest:
            slowest, slow_input = report["slowest"], report["slow_input"]
    return {
        "inputs": count,
        "seed": seed,
        "read": counts["read"],
        "refused": counts["refused"],
        "tracebacks": counts["traceback"],
        "slowest_s": round(slowest, 3),
        "slowest_input": slow_input,
        "peak_mib": round(peak, 1),
        "seconds": round(time.perf_counter() - began, 1),
        "within_limits": slowest <= MAX_SECONDS and peak <= MAX_MIB,
        "failures": failures,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
