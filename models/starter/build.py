"""Build the starter model: run the work in a child process, swap the finished folder in.

The child is needed because the build uses kaldifst and the product uses libvosk, which must not
share a process (libvosk exports its own OpenFst symbols; a deadlock was seen).
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from models.errors import ModelError

Progress = Callable[[str, float], None]
# How many of general English's commonest words the model knows.
DEFAULT_VOCABULARY = 20_000


def no_progress(stage: str, share: float) -> None:
    """Ignore progress."""


def build(
    folder: Path,
    *,
    words: Mapping[str, Sequence[str]] | None = None,
    sentences: Sequence[str] = (),
    progress: Progress = no_progress,
    vocabulary: int = DEFAULT_VOCABULARY,
) -> Path:
    """Build the starter model as `folder` and return it.

    words: extra words with their pronunciations, each a string of CMU phones such as
    "K AH K EH K S IY AH"; no pronunciation means: find one. sentences: text of the library, which
    tunes the language model. vocabulary: how many common English words to know besides.
    progress: called with a stage and the share done, 0..1.

    The same inputs give the same bytes. The model is built beside `folder` and swapped in when it
    is whole: a build that is killed changes nothing. Raises ModelError.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _only_one(folder):
        _recover(folder)
        fresh = _beside(folder, "new")
        request = {
            "folder": str(fresh),
            "words": {word: list(spoken) for word, spoken in (words or {}).items()},
            "sentences": list(sentences),
            "vocabulary": vocabulary,
        }
        try:
            _run_child(request, progress)
            _swap(fresh, folder)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return folder


def _beside(folder: Path, kind: str) -> Path:
    return folder.parent / f".{folder.name}.{kind}"


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """Hold the lock of this folder; ModelError if another build has it."""
    with _beside(folder, "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ModelError(
                f"Another build of {folder} is running; wait for it to end, then try again."
            ) from None
        yield


def _recover(folder: Path) -> None:
    """Clean up after a killed build: drop half-built folders, bring back a moved-away model."""
    shutil.rmtree(_beside(folder, "new"), ignore_errors=True)
    old = _beside(folder, "old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Put `fresh` in the place of `folder`; both renames are atomic."""
    old = _beside(folder, "old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _run_child(request: Mapping[str, object], progress: Progress) -> None:
    """Run the build in a child; its output is one JSON object a line."""
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    # -P: the folder that the user stands in may hold a `models` of its own
    command = [sys.executable, "-P", "-m", "models.starter", "work"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        if child.stdin is None or child.stdout is None:
            raise ModelError("The build could not talk to its own process; try again.")
        child.stdin.write(json.dumps(request))
        child.stdin.close()
        problem = ""
        for line in child.stdout:
            message = json.loads(line)
            problem = message.get("error", problem)
            if "stage" in message:
                progress(message["stage"], message["share"])
    if child.returncode:
        raise ModelError(problem or f"The build ended with exit code {child.returncode}.")
