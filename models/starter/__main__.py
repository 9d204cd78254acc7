"""`python -m models.starter build [FOLDER]`, and `work`: the child process of a build."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from models.errors import ModelError
from models.starter.build import build


def _report(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _work() -> int:
    from models.starter.work import Order, run

    request = json.load(sys.stdin)
    order = Order(
        Path(request["folder"]), request["words"], request["sentences"], request["vocabulary"]
    )
    try:
        run(order, lambda stage, share: _report({"stage": stage, "share": share}))
    except ModelError as error:
        _report({"error": str(error)})
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    from models.store import default_folder

    if arguments == ["work"]:
        return _work()
    if arguments[:1] != ["build"] or len(arguments) > 2:
        sys.stderr.write("usage: python -m models.starter build [FOLDER]\n")
        return 2
    folder = Path(arguments[1]) if len(arguments) == 2 else default_folder() / "starter"
    try:
        build(folder, progress=lambda stage, share: _report({"stage": stage, "share": share}))
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
