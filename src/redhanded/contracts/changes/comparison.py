"""The comparison of two OpenAPI documents: their operations, one by one, and what they share."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes import security
from redhanded.contracts.changes.bodies import Bodies
from redhanded.contracts.changes.change import Change, Scene
from redhanded.contracts.changes.lifecycle import is_draft, lifecycle, removal
from redhanded.contracts.changes.parameters import Parameters
from redhanded.contracts.changes.responses import Responses
from redhanded.contracts.changes.view import names
from redhanded.contracts.changes.walk import Walk
from redhanded.contracts.openapi.operations import callbacks_of, operations_of, webhooks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TypeAlias

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.operations import Operation

    Key: TypeAlias = tuple[str, str]

_VARIABLE = re.compile(r"\{[^{}]*\}")


def _count_nothing(_done: int, _total: int) -> None:
    """Nobody waits for it."""


def changes(
    old: Document,
    new: Document,
    *,
    today: date | None = None,
    count: Callable[[int, int], None] = _count_nothing,
) -> list[Change]:
    """What changed from one document to the other for those who use the API, sorted by its place.

    `today` decides whether a day that was announced has passed; it is the day of the call where it
    is not given. The same change is told once an operation. `count` is told how many operations of
    how many are compared.
    """
    today = today or date.today()  # noqa: DTZ011 - as people mean it
    comparison = _Comparison(old, new, today, count)
    found = chain(
        comparison.operations(),
        comparison.webhooks(),
        security.global_security(old, new),
        security.schemes(old, new),
        comparison.schemas(),
    )
    return sorted(dict.fromkeys(found), key=lambda change: change.order)


class _Comparison:
    """The comparison of two documents."""

    def __init__(
        self, old: Document, new: Document, today: date, count: Callable[[int, int], None]
    ) -> None:
        walk = Walk(old, new)
        self._count: Final = count
        self._old: Final = old
        self._new: Final = new
        self._today: Final = today
        self._parameters: Final = Parameters(old, new, walk, today)
        self._bodies: Final = Bodies(old, new, walk)
        self._responses: Final = Responses(old, new, walk)

    def operations(self) -> Iterator[Change]:
        """What changed about what a client may ask of the API."""
        before, after = _by_key(operations_of(self._old)), _by_key(operations_of(self._new))
        paths = {path for path, _ in after}
        for number, (key, old) in enumerate(before.items()):
            self._count(number, len(before))
            if key in after:
                scene = _scene(after[key].template, old, after[key])
                yield from self._operation(scene, old, after[key])
            else:
                stem = "api" if key[0] in paths else "api-path"
                scene = Scene(old.method, old.template)
                yield removal(scene, old.node, self._today, stem=stem)
        for key, new in after.items():
            if key not in before:
                scene = Scene(new.method, new.template)
                yield scene.tell("endpoint-added", "was added", new.node)

    def webhooks(self) -> Iterator[Change]:
        """What changed about the requests that the API sends of itself."""
        before, after = _by_key(webhooks_of(self._old)), _by_key(webhooks_of(self._new))
        for key, old in before.items():
            path = f"webhook:{old.template}"
            if key in after:
                scene = _scene(path, old, after[key], section="webhooks")
                yield from self._operation(scene, old, after[key])
            else:
                scene = Scene(old.method, path, "webhooks")
                yield scene.tell("webhook-removed", "was removed", old.node, "old")
        for key, new in after.items():
            if key not in before:
                scene = Scene(new.method, f"webhook:{new.template}", "webhooks")
                yield scene.tell("webhook-added", "was added", new.node)

    def schemas(self) -> Iterator[Change]:
        """Which schemas are no longer among the components."""
        scene = Scene(section="components")
        before, after = (
            document.node().find("components", "schemas") for document in (self._old, self._new)
        )
        names = set(after.value) if after and isinstance(after.value, dict) else set()
        for name, node in before.items() if before else ():
            if name not in names:
                yield scene.tell("api-schema-removed", f"{name}: was removed", node, "old")

    def _operation(self, scene: Scene, old: Operation, new: Operation) -> Iterable[Change]:
        """What changed about one operation; what many of its answers share is told once."""
        found: dict[tuple[str, ...], Change] = {}
        for change in self._parts(scene, old, new):
            detail = change.text.partition(": ")[2] or change.text
            key = (change.id, change.path or "", change.side, change.uri, change.where, detail)
            if key not in found or change.order < found[key].order:
                found[key] = change
        return found.values()

    def _parts(self, scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
        yield from lifecycle(scene, old.node, new.node, self._today)
        yield from _names(scene, old, new)
        yield from self._parameters.compare(scene, old, new)
        yield from self._bodies.compare(scene, old, new)
        yield from self._responses.compare(scene, old, new)
        yield from security.operation_security(scene, (self._old, old), (self._new, new))
        yield from self._callbacks(scene, old, new)

    def _callbacks(self, scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
        before = _by_key(callbacks_of(self._old, old))
        for key, callback in _by_key(callbacks_of(self._new, new)).items():
            if key in before:
                path = f"{scene.path} callback:{callback.template}"
                inner = _scene(path, before[key], callback, section=scene.section)
                yield from self._operation(inner, before[key], callback)


def _names(scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
    """What is said about an operation for readers and generators."""
    before, after = (one.node.value.get("operationId") for one in (old, new))
    if before is None and after is not None:
        yield scene.tell("api-operation-id-added", f"got the id {after}", new.node)
    elif before != after:
        text = f"lost the id {before}" + (f" for {after}" if after is not None else "")
        yield scene.tell("api-operation-id-removed", text, old.node, "old")
    was, is_now = (names(one.node.value.get("tags")) for one in (old, new))
    for tag in sorted(is_now - was):
        yield scene.tell("api-tag-added", f"got the tag {tag}", new.node)
    for tag in sorted(was - is_now):
        yield scene.tell("api-tag-removed", f"lost the tag {tag}", old.node, "old")


def _scene(path: str, old: Operation, new: Operation, *, section: str = "paths") -> Scene:
    nothing_promised = is_draft(old.node.value) and is_draft(new.node.value)
    return Scene(new.method, path, section, is_draft=nothing_promised)


def _by_key(operations: Iterable[Operation]) -> Mapping[Key, Operation]:
    """Operations by their path, whatever its variables are called, and their method."""
    return {(_VARIABLE.sub("{}", one.template), one.method): one for one in operations}
