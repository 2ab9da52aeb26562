"""The events of a run, of their classes: they are the lines of a spool."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

from redhanded.core import events
from redhanded.core.exchange import Exchange
from redhanded.core.verdicts import Finding
from redhanded.core.violation import Violation
from redhanded.reports.spool import name_of
from tests.documents.reference.markdown import table
from tests.documents.reference.signatures import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator


_WITHIN: dict[str, type[Any]] = {"exchange": Exchange, "finding": Finding, "violation": Violation}


def classes() -> list[type[Any]]:
    """Every kind of event, in the order in which a run comes to them."""
    return [*events.Event.__args__]


def markdown() -> str:
    """A section for each event: what it tells, and its fields with their types."""
    lines = [line for kind in classes() for line in _told(kind, f"## `{name_of(kind)}`")]
    inner = [line for name, kind in _WITHIN.items() for line in _told(kind, f"### {name}")]
    return "\n".join(["", *lines, "## Values within events", "", *inner])


def _told(kind: type[Any], heading: str) -> Iterator[str]:
    yield from (heading, "")
    for text in paragraphs(kind):
        yield from (text, "")
    yield from table(("field", "type", "default"), _fields(kind))


def _fields(kind: type[Any]) -> Iterator[tuple[str, str, str]]:
    body = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(body, ast.ClassDef)
    for node in body.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            default = f"`{ast.unparse(node.value)}`" if node.value else ""
            yield f"`{node.target.id}`", _type(node.annotation), default


def _type(node: ast.expr) -> str:
    return " or ".join(f"`{part}`" for part in ast.unparse(node).split(" | "))
