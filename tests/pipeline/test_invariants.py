"""What holds for the sources of the pipeline and its transports, whoever changes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import redhanded

ROOMS = Path(redhanded.__file__).parent
MODULES = sorted(path for room in ("pipeline", "client") for path in (ROOMS / room).glob("*.py"))
PIPELINE = sorted((ROOMS / "pipeline").glob("*.py"))
# The composition of the pipeline names what it takes from the world where nobody gives another.
GIVEN = {"surroundings": {"time", "anyio", "random", "os"}}
WORLD = {"anyio", "asyncio", "os", "random", "select", "time", "trio"}


def named(path: Path) -> str:
    """A module's name below the package."""
    return f"{path.parent.name}.{path.stem}"


def waits(node: ast.AST) -> Iterator[ast.expr]:
    """Where this code may stand still: its yields and awaits, those of inner functions apart."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Yield | ast.YieldFrom | ast.Await):
            yield child
        yield from waits(child)


def locked(tree: ast.AST) -> Iterator[ast.With]:
    """The `with` statements that hold a lock."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            held = " ".join(ast.unparse(item.context_expr) for item in node.items)
            if "lock" in held.lower():
                yield node


def spanned(source: str) -> list[int]:
    """The lines at which code may stand still while it holds a lock."""
    return [found.lineno for node in locked(ast.parse(source)) for found in waits(node)]


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether it catches every error, whatever else it names."""
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return not names.isdisjoint({"Exception", "BaseException"})


def swallowed(source: str) -> list[int]:
    """The lines that catch everything, neither raise it again at their end nor say why not."""
    lines = source.splitlines()
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and is_broad(node)
        and ast.unparse(node.body[-1]) != "raise"
        and "#" not in lines[node.lineno - 1]
    ]


def imported(source: str) -> set[str]:
    """The packages that a module imports at run time."""
    tree = ast.parse(source)
    typing = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found = set()
    for node in ast.walk(tree):
        if node in typing:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_lock_is_held_while_code_stands_still(path: Path) -> None:
    """INVARIANT: no `with lock:` spans a yield or an await: all threads would wait."""
    assert spanned(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_is_caught_without_a_reason(path: Path) -> None:
    """INVARIANT: who catches every error raises it again, or says in the same line why not."""
    assert swallowed(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", PIPELINE, ids=named)
def test_policies_take_nothing_from_the_world(path: Path) -> None:
    """INVARIANT: time, pauses, chance and loops are given to the pipeline, never taken."""
    taken = imported(path.read_text("utf-8")) & WORLD

    assert taken <= GIVEN.get(path.stem, set())


def test_the_sources_are_found() -> None:
    """The rules above are held against modules that are there, and some of them hold locks."""
    locks = [node for path in MODULES for node in locked(ast.parse(path.read_text("utf-8")))]

    assert {"pipeline.breaker", "client.transport"} <= set(map(named, MODULES))
    assert len(locks) > 5


@pytest.mark.parametrize(
    "source, lines",
    [
        pytest.param("def f():\n with self._lock:\n  yield 1\n", [3], id="yield"),
        pytest.param("def f():\n with a, lock():\n  if b:\n   yield from c\n", [4], id="nested"),
        pytest.param("async def f():\n with LOCK:\n  await g()\n", [3], id="await"),
        pytest.param("def f():\n with lock:\n  def g():\n   yield\n", [], id="an inner function"),
        pytest.param("def f():\n with lock:\n  pass\n yield\n", [], id="after the lock"),
        pytest.param("def f():\n with open(p):\n  yield\n", [], id="no lock"),
    ],
)
def test_a_spanned_lock_is_seen(source: str, lines: list[int]) -> None:
    """The rule itself finds what it forbids, and nothing else."""
    assert spanned(source) == lines


@pytest.mark.parametrize(
    "handler, is_seen",
    [
        pytest.param("except:\n  b", True, id="bare"),
        pytest.param("except Exception:\n  b", True, id="Exception"),
        pytest.param("except (OSError, BaseException) as e:\n  b", True, id="among others"),
        pytest.param("except Exception as e:\n  raise X from e", True, id="another is raised"),
        pytest.param("except Exception as e:  # why\n  b", False, id="with a reason"),
        pytest.param("except BaseException:\n  b\n  raise", False, id="raised again"),
        pytest.param("except OSError:\n  b", False, id="narrow"),
    ],
)
def test_a_swallowed_error_is_seen(handler: str, *, is_seen: bool) -> None:
    """The rule itself finds what it forbids, and nothing else."""
    assert bool(swallowed(f"try:\n  a\n{handler}\n")) is is_seen


def test_an_import_is_seen() -> None:
    """Imports for types alone are left out, those within functions are not."""
    source = "import os.path\nif TYPE_CHECKING:\n import a\ndef f():\n from time import sleep\n"

    assert imported(source) == {"os", "time"}
