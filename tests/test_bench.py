"""`script/bench`: what it lists can be started."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from bench import __main__ as bench

FOLDER = Path(bench.__file__).parent


@pytest.mark.parametrize("name", bench.names())
def test_every_bench_that_is_listed_takes_a_command_line(name: str) -> None:
    """Read from the source, not run: some benches import what only training needs."""
    module = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    mains = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "main"]
    assert [[argument.arg for argument in main.args.args] for main in mains] == [["argv"]]


def test_every_helper_exists() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} >= bench.HELPERS


def test_an_unknown_bench_is_told_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["cofee"]) == 2
    assert "no bench is called 'cofee'; choose one of: add, " in capsys.readouterr().err
