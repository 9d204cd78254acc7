"""Who may import whom, and which packages live in one file. Read from the source, not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("voice", "intents", "models")
FORBIDDEN = {
    "voice": {"bench", "tests"},
    "intents": {"voice", "models", "bench", "tests"},
    "models": {"voice", "intents", "bench", "tests"},
}
ONE_FILE = {
    "vosk": "voice/recognizer.py",
    "pyttsx3": "voice/speech_worker.py",
    "sounddevice": "voice/devices.py",
}
# The rendering child is a program of its own, started by voice/speech.py: it ends itself.
PROGRAMS = {"voice/speech_worker.py"}
# pyttsx3's voices and drivers are submodules; importing by name counts as well
LOADERS = {"import_module", "__import__"}


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    assert found
    return found


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def call_name(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def imported(node: ast.AST) -> Iterator[str]:
    """Yield the top-level packages that this node imports, by statement or by name."""
    if isinstance(node, ast.Import):
        yield from (alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.split(".")[0]
    elif isinstance(node, ast.Call) and call_name(node) in LOADERS and node.args:
        name = node.args[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value.split(".")[0]


def packages(path: Path) -> set[str]:
    return {name for node in ast.walk(tree(path)) for name in imported(node)}


def at_import_time(module: ast.Module) -> Iterator[ast.AST]:
    """Yield the nodes that run when the module is imported, type-checking blocks left out."""
    todo: list[ast.AST] = list(module.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        todo += ast.iter_child_nodes(node)


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_import_only_what_they_may(room: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sources(room)
        if (found := packages(path) & FORBIDDEN[room])
    }
    assert wrong == {}


@pytest.mark.parametrize(("package", "home"), ONE_FILE.items())
def test_a_package_with_one_home_is_imported_there_only(package: str, home: str) -> None:
    users = [str(path.relative_to(ROOT)) for path in sources(*ROOMS) if package in packages(path)]
    assert users == [home]


@pytest.mark.parametrize("path", sources(*ROOMS), ids=lambda p: str(p.relative_to(ROOT)))
def test_packages_with_one_home_are_imported_lazily(path: Path) -> None:
    eager = {name for node in at_import_time(tree(path)) for name in imported(node)}
    assert not eager & set(ONE_FILE)


@pytest.mark.parametrize("path", sources(*ROOMS), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_command_line_prints_or_exits(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    if name.startswith("voice/cli/") or path.name == "__main__.py" or name in PROGRAMS:
        return
    calls = [
        ast.unparse(node.func)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"print", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write", "breakpoint"}
    ]
    raised = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Raise) and node.exc and "SystemExit" in ast.unparse(node.exc)
    ]
    assert (calls, raised) == ([], [])


def test_the_checks_see_what_they_must() -> None:
    module = ast.parse(
        "import vosk\n"
        "from pyttsx3.drivers import espeak\n"
        "importlib.import_module('sounddevice')\n"
        "def later():\n    import soxr\n"
        "if TYPE_CHECKING:\n    import voice\n"
    )
    eager = {name for node in at_import_time(module) for name in imported(node)}
    assert eager == {"vosk", "pyttsx3", "sounddevice"}
    every = {name for node in ast.walk(module) for name in imported(node)}
    assert every == eager | {"soxr", "voice"}
