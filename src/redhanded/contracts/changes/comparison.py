"""The comparison of two OpenAPI documents: their operations, one by one, and what they share."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING

from redhanded.contracts.changes.change import Change, Scene
from redhanded.contracts.changes.lifecycle import is_draft, lifecycle, removal
from redhanded.contracts.openapi.operations import operations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.operations import Operation

    Key: TypeAlias = tuple[str, str]

_VARIABLE = re.compile(r"\{[^{}]*\}")


def changes(old: Document, new: Document, *, today: date | None = None) -> list[Change]:
    """What changed from one document to the other for those who use the API, sorted by its place.

    `today` decides whether a day that was announced has passed; it is the day of the call where it
    is not given. The same change is told once an operation.
    """
    found = chain(
        _operations(old, new, today or date.today()),  # noqa: DTZ011 - a day as people mean it
    )
    return sorted(dict.fromkeys(found), key=lambda change: change.order)


def _operations(old: Document, new: Document, today: date) -> Iterator[Change]:
    before, after = _by_key(operations_of(old)), _by_key(operations_of(new))
    paths = {path for path, _ in after}
    for key, operation in before.items():
        scene = _scene(operation)
        if key in after:
            yield from _operation(operation, after[key], today)
        elif key[0] in paths:
            yield removal(scene, operation.node, today, stem="api", end="api-path-sunset-parse")
        else:
            yield removal(
                scene, operation.node, today, stem="api-path", end="api-path-sunset-parse"
            )
    for key, operation in after.items():
        if key not in before:
            yield _scene(operation).tell("endpoint-added", "was added", operation.node)


def _operation(old: Operation, new: Operation, today: date) -> Iterator[Change]:
    scene = _scene(new, is_draft=is_draft(old.node.value) and is_draft(new.node.value))
    yield from lifecycle(scene, old.node, new.node, today)


def _scene(operation: Operation, *, is_draft: bool = False) -> Scene:
    return Scene(operation.method, operation.template, is_draft=is_draft)


def _by_key(operations: Iterable[Operation]) -> Mapping[Key, Operation]:
    """Operations by their path, whatever its variables are called, and their method."""
    return {(_VARIABLE.sub("{}", one.template), one.method): one for one in operations}
