"""The fixtures, of the plugin's functions; their scopes as pytest itself tells them."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import redhanded
from redhanded import plugin
from redhanded.plugin.fixtures import Fixtures
from tests.documents.reference.markdown import block, table
from tests.documents.reference.signatures import paragraphs, returned, sentence, signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TOLD = re.compile(
    r"^(?P<name>\w+)(?: \[(?P<scope>\w+) scope\])? -- .*redhanded.plugin.*:\d+$", re.MULTILINE
)
_SCOPES = {"function": "One for each test", "session": "One for the run, or for each worker"}
# What a fixture gives, where that is of our own making: its calls are told below the table.
_OBJECTS = {
    "make": (redhanded.Factory, ("__call__", "many", "schema", "using")),
    "cleanup": (redhanded.Cleanup, ("__call__",)),
}


def markdown() -> str:
    """Tables of all fixtures by scope, and how those are called that give objects of ours."""
    return "\n".join([*_tables(), *_objects(), *_makers()]) + "\n"


def scopes() -> dict[str, str]:
    """The scope of each fixture by its name, in the order of their definition."""
    asked = [sys.executable, "-m", "pytest", "--fixtures", "-v", "-p", "no:cacheprovider"]
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            asked, cwd=folder, capture_output=True, check=False, encoding="utf-8", errors="replace"
        ).stdout
    return {match["name"]: match["scope"] or "function" for match in _TOLD.finditer(told)}


def _tables() -> Iterator[str]:
    known = scopes()
    for scope in sorted(set(known.values())):  # that of a test comes first
        names = [name for name in known if known[name] == scope]
        yield from ("", f"## {_SCOPES.get(scope, scope.capitalize())}", "")
        rows = [(f"`{name}`", f"`{_type(name)}`", sentence(_function(name))) for name in names]
        yield from table(("fixture", "type", "what it gives"), rows)


def _objects() -> Iterator[str]:
    for name, (home, methods) in _OBJECTS.items():
        yield from (f"## What `{name}` can do", "")
        for method in methods:
            function = inspect.getattr_static(home, method)
            yield from _call(function, name if method == "__call__" else f"{name}.{method}")


def _makers() -> Iterator[str]:
    yield from ("## Fixtures of one's own: `resource`", "")
    yield from block(f"booking = {signature(redhanded.resource, 'resource')}")
    for text in paragraphs(redhanded.resource):
        yield from (text, "")
    yield from ('The fixture `booking = resource("booking", ...)` gives a maker:', "")
    yield from _call(redhanded.Maker.__call__, "booking")
    yield from _call(redhanded.Maker.make_async, "await booking.make_async")


def _call(function: Callable[..., Any], name: str) -> Iterator[str]:
    yield from block(signature(function, name))
    for text in paragraphs(function):
        yield from (text, "")


def _function(name: str) -> Callable[..., Any]:
    """The function that pytest has wrapped into a fixture."""
    wrapped = vars(Fixtures).get(name) or getattr(plugin, name)
    function: Callable[..., Any] = inspect.unwrap(wrapped)
    return function


def _type(name: str) -> str:
    found = returned(_function(name))
    return re.sub(r"^Iterator\[(.*)\]$", r"\1", found)
