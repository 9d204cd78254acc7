"""`script/bench add FILE`: how fast, how large, how much memory a big library is.

FILE is JSON lines (or .jsonl.gz) of MedQuAD's form: id, source, url, focus, synonyms,
qas[type, question, answer]. Each record becomes a Markdown file, and a fresh process adds them all
to an empty library the way `readback add FOLDER` does; another fresh process adds one more.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from intents.errors import ReadbackError
from intents.gather import gather
from intents.library import Library
from intents.readers import read_data
from intents.types import Article


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a JSON lines file, packed or not."""
    packed = path.read_bytes()
    plain = gzip.decompress(packed) if path.suffix == ".gz" else packed
    for line in plain.splitlines():
        if line.strip():
            yield json.loads(line)


def markdown(record: dict[str, Any]) -> str:
    """Return a record as an article in Markdown: a section a question, the answer under it."""
    front = {
        "title": record["focus"],
        "also_called": record.get("synonyms") or [],
        "url": record.get("url", ""),
        "sources": [record.get("source", "")],
    }
    # JSON is YAML, and quotes what YAML would take for something else
    head = "\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())
    sections = [f"## {' '.join(qa['question'].split())}\n\n{qa['answer']}" for qa in record["qas"]]
    return f"---\n{head}\n---\n\n" + "\n\n".join(sections) + "\n"


def medquad_article(record: dict[str, Any]) -> Article:
    """Return a record as the Article that the product makes of it. ReadError when it has none."""
    name = f"{record['id'].replace('/', '-')}.md"
    return read_data(markdown(record).encode("utf-8"), name).article


def _add(folder: Path, paths: list[str]) -> dict[str, float]:
    """Add paths to the library in `folder`; return count, seconds and peak memory (MiB)."""
    began = time.perf_counter()
    library = Library.open(folder, shipped=False)
    added = failed = 0
    with library.writing():
        for item in gather(paths, sys.stdin.buffer):
            try:
                library.put(item.read(), origin=item.origin)
                added += 1
            except ReadbackError as error:
                failed += 1
                print(error, file=sys.stderr)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"added": added, "failed": failed, "seconds": seconds, "peak_mib": peak}


def _list(folder: Path) -> dict[str, float]:
    """Open the library and load every article; return count, seconds and peak memory (MiB)."""
    began = time.perf_counter()
    library = Library.open(folder, shipped=False)
    opened = time.perf_counter() - began
    count = len(library.articles())
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"articles": count, "open_s": opened, "load_s": seconds, "peak_mib": peak}


def _fresh(*words: str) -> tuple[dict[str, float], float]:
    """Run one step in a process of its own; return its figures and its whole time in seconds."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bench.add", *words], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1]), time.perf_counter() - began


def _disk(folder: Path) -> int:
    """Return the bytes that a folder takes on disk."""
    return sum(p.lstat().st_blocks * 512 for p in folder.rglob("*"))


def main(argv: list[str]) -> int:
    """Measure, or run one step (what the fresh processes are started with)."""
    if argv and argv[0] == "--step":
        step, folder, *paths = argv[1:]
        print(json.dumps(_add(Path(folder), paths) if step == "add" else _list(Path(folder))))
        return 0
    parser = argparse.ArgumentParser(prog="script/bench add", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many records")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as name:
        result = _measure(args.file, args.limit, Path(name))
    for key, value in result.items():
        print(f"{key:20} {value}")
    if args.json:
        print(json.dumps(result))
    return 0


def _measure(file: Path, limit: int, temp: Path) -> dict[str, float]:
    source, library = temp / "source", temp / "library"
    source.mkdir()
    written = 0
    for record in records(file):
        if limit and written >= limit:
            break
        (source / f"{written:06}.md").write_text(markdown(record), "utf-8")
        written += 1
    more = temp / "one-more.md"
    more.write_text("# One more article\n\nIt is about nothing else. It is short.\n", "utf-8")
    bulk, _ = _fresh("--step", "add", str(library), str(source))
    one, one_s = _fresh("--step", "add", str(library), str(more))
    loaded, _ = _fresh("--step", "load", str(library))
    return {
        "documents": written,
        "added": bulk["added"],
        "failed": bulk["failed"],
        "seconds": round(bulk["seconds"], 2),
        "documents_per_s": round(bulk["added"] / bulk["seconds"], 1),
        "peak_mib": round(bulk["peak_mib"], 1),
        "articles": loaded["articles"],
        "disk_mib": round(_disk(library) / 2**20, 1),
        "one_more_s": round(one_s, 2),
        "one_more_peak_mib": round(one["peak_mib"], 1),
        "open_s": round(loaded["open_s"], 2),
        "load_all_s": round(loaded["load_s"], 2),
        "load_all_peak_mib": round(loaded["peak_mib"], 1),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
