"""The parameters of an operation: which came and went, and what changed about those that stayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.changes.lifecycle import sunset
from redhanded.contracts.changes.walk import Root
from redhanded.contracts.openapi.operations import IGNORED_HEADERS, VARIABLE, followed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from redhanded.contracts.changes.change import Change, Scene
    from redhanded.contracts.changes.walk import Walk
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation

_IGNORED: Final = {("header", name) for name in IGNORED_HEADERS}
_STYLES: Final = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter; `is_shared` where the path gives it to all its operations."""

    name: str
    place: str
    node: Node
    is_shared: bool

    @property
    def words(self) -> str:
        return f"{self.place} parameter {self.name}"

    @property
    def is_required(self) -> bool:
        return self.place == "path" or self.node.value.get("required") is True

    @property
    def is_deprecated(self) -> bool:
        return self.node.value.get("deprecated") is True

    @property
    def schema(self) -> Node | None:
        """Its schema, be it told of itself or of its only media type."""
        found = self.node.find("schema")
        content = self.node.find("content")
        if found is None and content is not None:
            return next((media.find("schema") for _, media in content.items()), None)
        return found

    def style(self) -> tuple[Any, ...]:
        """How it is written into a request, with what holds where nothing is told."""
        told = self.node.value
        style = told.get("style", _STYLES.get(self.place))
        content = told.get("content")
        return (
            style,
            told.get("explode", style == "form"),
            told.get("allowReserved", False),
            next(iter(content)) if isinstance(content, dict) and content else None,
        )


class Parameters:
    """Compares the parameters of operations."""

    def __init__(self, old: Document, new: Document, walk: Walk, today: date) -> None:
        self._old: Final = old
        self._new: Final = new
        self._walk: Final = walk
        self._today: Final = today

    def compare(self, scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
        """What changed about the parameters of one operation."""
        before, after = _of(self._old, old), _of(self._new, new)
        renamed = dict(
            zip(VARIABLE.findall(old.template), VARIABLE.findall(new.template), strict=True)
        )
        for (place, name), parameter in before.items():
            key = (place, renamed.get(name, name) if place == "path" else name)
            if key in after:
                yield from self._kept(scene, parameter, after.pop(key))
            else:
                yield self._removed(scene, parameter)
        for parameter in after.values():
            yield _added(scene, parameter)

    def _kept(self, scene: Scene, old: _Parameter, new: _Parameter) -> Iterator[Change]:
        if old.is_required != new.is_required:
            need = "required" if new.is_required else "optional"
            text = f"{new.words}: became {need}"
            yield scene.tell(f"request-parameter-became-{need}", text, new.node)
        if old.style() != new.style():
            text = f"{new.words}: is written in another style"
            yield scene.tell("request-parameter-style-changed", text, new.node)
        if _may_be_empty(old) and not _may_be_empty(new):
            text = f"{new.words}: may not be empty any more"
            yield scene.tell("request-parameter-empty-value-forbidden", text, new.node)
        yield from self._lifecycle(scene, old, new)
        if old.schema and new.schema:
            root = Root(
                new.words,
                "request-parameter",
                "request-parameter-property",
                is_sent=True,
                is_header=new.place == "header",
            )
            yield from self._walk.through(scene, root, (old.schema,), (new.schema,))

    def _lifecycle(self, scene: Scene, old: _Parameter, new: _Parameter) -> Iterator[Change]:
        if old.is_deprecated and not new.is_deprecated:
            text = f"{new.words}: may be used again"
            yield scene.tell("request-parameter-reactivated", text, new.node)
        if new.is_deprecated and not old.is_deprecated:
            text = f"{new.words}: should not be used any more"
            yield scene.tell("request-parameter-deprecated", text, new.node)
        if not new.is_deprecated:
            return
        if old.is_deprecated and "x-sunset" in old.node.value and "x-sunset" not in new.node.value:
            text = f"{new.words}: the day of its end was deleted"
            yield scene.tell("request-parameter-sunset-deleted", text, old.node, "old")
            return
        yield from self._end(scene, old, new)

    def _end(self, scene: Scene, old: _Parameter, new: _Parameter) -> Iterator[Change]:
        try:
            before, after = sunset(old.node.value), sunset(new.node.value)
        except ValueError as error:
            text = f"{new.words}: the day of its end cannot be read: {error}"
            yield scene.tell("request-parameter-sunset-parse", text, new.node)
            return
        if after is None:
            return
        if before is not None and after < before:
            text = f"{new.words}: ends on {after}, earlier than on {before}"
            yield scene.tell("request-parameter-sunset-date-changed-too-small", text, new.node)
        elif not old.is_deprecated and after < self._today:
            text = f"{new.words}: the day of its end, {after}, has passed"
            yield scene.tell("request-parameter-sunset-date-too-small", text, new.node)

    def _removed(self, scene: Scene, old: _Parameter) -> Change:
        rule, text = "request-parameter-removed", f"{old.words}: was removed"
        if old.is_deprecated:
            try:
                day = sunset(old.node.value)
            except ValueError as error:
                text = f"{old.words}: the day of its end cannot be read: {error}"
                return scene.tell("request-parameter-sunset-parse", text, old.node, "old")
            if day is not None and day > self._today:
                rule, text = f"{rule}-before-sunset", f"{text} before {day}, as was announced"
            else:
                rule = f"{rule}-with-deprecation"
        return scene.tell(rule, text, old.node, "old")


def _of(document: Document, operation: Operation) -> dict[tuple[str, str], _Parameter]:
    """The parameters of an operation by place and name; its own go before those of its path."""
    found: dict[tuple[str, str], _Parameter] = {}
    for holder, is_shared in ((operation.path_node, True), (operation.node, False)):
        told = holder.find("parameters")
        for entry in told.entries() if told else ():
            node = followed(document, entry)
            if node is None:
                continue
            name, place = str(node.value.get("name")), str(node.value.get("in"))
            key = (place, name.lower() if place == "header" else name)
            if key not in _IGNORED:
                found[key] = _Parameter(name, place, node, is_shared)
    return found


def _added(scene: Scene, new: _Parameter) -> Change:
    if new.place == "path":
        rule = "new-request-path-parameter"
    else:
        need = "required" if new.is_required else "optional"
        kind = "-default-parameter-to-existing-path" if new.is_shared else "-parameter"
        rule = f"new-{need}-request{kind}"
    said = "was added, and is required" if new.is_required else "was added"
    return scene.tell(rule, f"{new.words}: {said}", new.node)


def _may_be_empty(parameter: _Parameter) -> bool:
    return parameter.place == "query" and parameter.node.value.get("allowEmptyValue") is True
