"""script/setup.sh: what it builds again, and that it leaves the caller where it was."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# made by these modules of ours, each started with the files of the list
BUILDERS = {
    "STARTER": "models/starter/__main__.py",
    "ENCODER": "models/encoder.py",
    "WHISPER": "models/whisper.py",
}
# decide nothing about a model: sentences for users; brings files whose checksums the others name
NEUTRAL = {"models/__init__.py", "models/errors.py", "models/package.py"}


def bash(script: str, *, home: Path, at: Path = ROOT) -> str:
    """Return what a script prints that has sourced setup.sh."""
    command = ["bash", "-c", f'set -euo pipefail\n. "{ROOT}/script/setup.sh"\n{script}']
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}
    done = subprocess.run(
        command, cwd=at, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def imported(name: str) -> set[str]:
    """Return the files of models/ that a module of ours imports, itself included."""
    found, waiting = set[str](), [name]
    while waiting:
        file = waiting.pop()
        if file in found:
            continue
        found.add(file)
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                modules = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            elif isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            else:
                continue
            places = (Path(*module.split(".")).with_suffix(".py") for module in modules)
            waiting += [str(p) for p in places if p.parts[0] == "models" and (ROOT / p).is_file()]
    return found


@pytest.mark.parametrize("model", BUILDERS)
def test_a_model_is_built_again_when_anything_that_makes_it_changes(
    model: str, tmp_path: Path
) -> None:
    listed = bash(f'cd "$ROOT" && find "${{{model}[@]}}" -type f', home=tmp_path).splitlines()
    assert imported(BUILDERS[model]) - NEUTRAL <= set(listed)


def test_the_caller_stays_in_its_folder(tmp_path: Path) -> None:
    script = 'mark_tried starter "${STARTER[@]}"; tried_with starter "${STARTER[@]}"; pwd'
    assert bash(script, home=tmp_path, at=tmp_path) == f"{tmp_path}\n"


# a `readback` that builds the starter model and reaches no network
OFFLINE = """
#!/bin/bash
echo "$2" >>"$HOME/asked"
[ "$2" = build ] && mkdir -p "$HOME/models/starter"
"""


def test_a_download_is_tried_once_for_each_version(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "readback"
    program.parent.mkdir()
    program.write_text(OFFLINE.lstrip(), encoding="utf-8")
    program.chmod(0o755)
    encoder = tmp_path / "encoder.py"
    encoder.write_text("first", encoding="utf-8")

    def start() -> list[str]:
        asked = tmp_path / "asked"
        asked.write_text("", encoding="utf-8")
        bash(
            "ROOT=$HOME VENV=$HOME MODELS=$HOME/models\n"
            "STARTER=(bin) ENCODER=(encoder.py) WHISPER=(bin)\nsetup_models",
            home=tmp_path,
        )
        return asked.read_text(encoding="utf-8").split()

    assert start() == ["build", "encoder", "whisper"]
    assert start() == []
    encoder.write_text("second", encoding="utf-8")
    assert start() == ["encoder"]
    assert start() == []
