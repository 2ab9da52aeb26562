"""What only POSIX has is used behind a guard: read from the source, whatever runs here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import redhanded
from tests.portability.elsewhere.posix_only import MODULES, NAMES

SOURCE = Path(redhanded.__file__).parent
# Each with the reason why Windows never comes there.
ALLOWED = {
    ("plugin/core_dumps.py", "resource"): "where it was there to set the limit",
    ("plugin/signals.py", "signal.pthread_sigmask"): "around a fork, which Windows has not",
    ("plugin/signals.py", "signal.SIG_BLOCK"): "around a fork, which Windows has not",
    ("plugin/signals.py", "signal.SIG_UNBLOCK"): "around a fork, which Windows has not",
    ("plugin/signals.py", "os.register_at_fork"): "called where the system is not win32",
}
# How many arguments a call has where the encoding is one of them.
TEXT_OF_PATHS = {"read_text": 1, "write_text": 2}
PROCESSES = {"run", "Popen", "check_output"}
TEXT = r"read_text|write_text|subprocess|\.open\("


def modules(word: str) -> Iterator[tuple[str, ast.Module]]:
    """Each module of the package in whose text that pattern is found, by its path."""
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text("utf-8")
        if re.search(word, text):
            yield file.relative_to(SOURCE).as_posix(), ast.parse(text)


def posix_only(tree: ast.Module) -> Iterator[str]:
    """Every name that Windows lacks and that the module uses without a guard."""
    guarded = {id(inner) for node in ast.walk(tree) if guards(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in guarded:
            yield from named(node)


def guards(node: ast.AST) -> bool:
    """Whether it runs where the system was asked for, or where a lack is expected."""
    if isinstance(node, ast.If):
        return any(
            word in ast.unparse(node.test) for word in ("sys.platform", "os.name", "hasattr(")
        )
    if isinstance(node, ast.With):
        return "suppress(ImportError" in ast.unparse(node.items[0])
    return isinstance(node, ast.Try) and "ImportError" in ast.unparse(node)


def named(node: ast.AST) -> Iterator[str]:
    """The name that Windows lacks and that this very node uses."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.attr in NAMES.get(node.value.id, ()):
            yield f"{node.value.id}.{node.attr}"
    elif isinstance(node, ast.Import):
        yield from (one.name for one in node.names if one.name in MODULES)
    elif isinstance(node, ast.ImportFrom) and node.module:
        if node.module in MODULES:
            yield node.module
        lacking = NAMES.get(node.module, frozenset())
        yield from (f"{node.module}.{one.name}" for one in node.names if one.name in lacking)


def test_no_module_relies_on_what_windows_lacks() -> None:
    """INVARIANT: what only POSIX has stands behind a question for the system, or has a fallback."""
    known = "|".join({*MODULES, *(name for names in NAMES.values() for name in names)})
    found = {(path, name) for path, tree in modules(rf"\b({known})\b") for name in posix_only(tree)}

    assert sorted(found - set(ALLOWED)) == []
    assert sorted(set(ALLOWED) - found) == []


@pytest.mark.parametrize(
    "source, found",
    [
        pytest.param("import os\nos.fork()", ["os.fork"], id="attribute"),
        pytest.param("import fcntl", ["fcntl"], id="module"),
        pytest.param("from signal import SIGHUP, SIGINT", ["signal.SIGHUP"], id="name"),
        pytest.param("from fcntl import flock", ["fcntl"], id="of-module"),
        pytest.param("if sys.platform != 'win32':\n    os.fork()", [], id="asked"),
        pytest.param("if hasattr(os, 'fork'):\n    os.fork()", [], id="looked-for"),
        pytest.param("with suppress(ImportError, OSError):\n    import fcntl", [], id="suppressed"),
        pytest.param("try:\n    import pwd\nexcept ImportError:\n    pwd = None", [], id="tried"),
        pytest.param("import os\nos.getpid()", [], id="everywhere"),
    ],
)
def test_a_name_without_a_guard_is_found(source: str, found: list[str]) -> None:
    """The search finds each way of using such a name, and lets guarded ones pass."""
    assert list(posix_only(ast.parse(source))) == found


def unsaid(tree: ast.Module) -> Iterator[int]:
    """The lines of calls that read or write text in whatever encoding the system has."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = {word.arg for word in node.keywords}
            name = node.func.attr
            of_path = name in TEXT_OF_PATHS and len(node.args) < TEXT_OF_PATHS[name]
            of_process = name in PROCESSES and bool({"text", "universal_newlines"} & said)
            if (of_path or of_process or opens_text(node)) and "encoding" not in said:
                yield node.lineno


def opens_text(call: ast.Call) -> bool:
    """Whether it is `.open("w")` of a path, or one with another mode that is no `b`."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "open"):
        return False
    modes = [one.value for one in call.args[:1] if isinstance(one, ast.Constant)]
    return any(isinstance(mode, str) and set(mode) <= set("rwxat+") for mode in modes)


def test_text_is_utf_8_everywhere() -> None:
    """INVARIANT: nothing is read or written in the encoding of the system, which has many."""
    found = [(path, line) for path, tree in modules(TEXT) for line in unsaid(tree)]

    assert found == []


@pytest.mark.parametrize(
    "source, count",
    [
        pytest.param("path.read_text()", 1, id="read"),
        pytest.param("path.read_text('utf-8')", 0, id="read-utf-8"),
        pytest.param("path.write_text(text)", 1, id="write"),
        pytest.param("path.write_text(text, encoding='utf-8')", 0, id="write-utf-8"),
        pytest.param("subprocess.run(command, text=True)", 1, id="process"),
        pytest.param("subprocess.run(command, text=True, encoding='utf-8')", 0, id="process-utf-8"),
        pytest.param("path.open('w')", 1, id="open"),
        pytest.param("path.open('wb')", 0, id="open-binary"),
    ],
)
def test_text_without_its_encoding_is_found(source: str, count: int) -> None:
    """The search finds each way of leaving the encoding out."""
    assert len(list(unsaid(ast.parse(source)))) == count
