"""Answers: their statuses, media types, headers and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.bodies import Bodies, Content, is_text
from redhanded.contracts.changes.walk import Root
from redhanded.contracts.openapi.operations import members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.changes.change import Change, Scene
    from redhanded.contracts.changes.walk import Walk
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation


class Responses:
    """Compares the answers of operations."""

    def __init__(self, old: Document, new: Document, walk: Walk) -> None:
        self._old: Final = old
        self._new: Final = new
        self._walk: Final = walk
        self._bodies: Final = Bodies(old, new, walk)

    def compare(self, scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
        """What changed about the answers of one operation."""
        before, after = (
            {_normal(status): answer for status, answer in members(document, responses)}
            for document, responses in (
                (self._old, old.node.find("responses")),
                (self._new, new.node.find("responses")),
            )
        )
        for status, node in before.items():
            yield from self._status(scene, status, node, after)
        for status, node in after.items():
            if status not in before and _range(status) not in before:
                text = f"the status {status} was added"
                yield scene.tell(f"response-{_kind(status)}-status-added", text, node)

    def _status(
        self, scene: Scene, status: str, old: Node, after: Mapping[str, Node]
    ) -> Iterator[Change]:
        found = [after[one] for one in (status, _range(status)) if one in after][:1]
        if _is_range(status) and not found:
            found = [node for one, node in after.items() if _range(one) == status]
        for node in found:
            yield from self._answer(scene, status, old, node)
        if found:
            return
        if _is_left_to_default(status, after):
            differences = list(self._answer(scene, status, old, after["default"]))
            if all(change.level != "error" for change in differences):
                yield from differences
                return
        text = f"the status {status} was removed"
        yield scene.tell(f"response-{_kind(status)}-status-removed", text, old, "old")

    def _answer(self, scene: Scene, status: str, old: Node, new: Node) -> Iterator[Change]:
        yield from self._headers(scene, status, old, new)
        before, after = Content.of(self._old, old), Content.of(self._new, new)
        for name, node in before.media.items():
            kept = name if name in after.media else after.wider(name)
            if kept is None:
                narrower = next((one for one in after.media if before.wider(one) == name), None)
                yield from self._gone(scene, status, name, node, narrower)
                kept = narrower
            elif kept != name:
                text = f"the media type of {status} went from {name} to {kept}"
                yield scene.tell("response-media-type-name-generalized", text, after.media[kept])
            if kept is not None:
                words = status if len(before.media) == 1 else f"{status} ({name})"
                root = Root(
                    words,
                    "response-body",
                    "response-property",
                    is_sent=False,
                    is_text=is_text(name),
                )
                yield from self._bodies.schemas(scene, root, node, after.media[kept])
        for name, node in after.media.items():
            if name not in before.media and before.wider(name) is None:
                narrows = any(after.wider(one) == name for one in before.media)
                if not narrows:
                    text = f"{status} may be {name}"
                    yield scene.tell("response-media-type-added", text, node)

    def _gone(
        self, scene: Scene, status: str, name: str, node: Node, narrower: str | None
    ) -> Iterator[Change]:
        if narrower is None:
            text = f"{status} is not {name} any more"
            yield scene.tell("response-media-type-removed", text, node, "old")
        else:
            text = f"the media type of {status} went from {name} to {narrower}"
            yield scene.tell("response-media-type-name-specialized", text, node, "old")

    def _headers(self, scene: Scene, status: str, old: Node, new: Node) -> Iterator[Change]:
        before, after = (
            {
                name.lower(): (name, node)
                for name, node in members(document, holder.find("headers"))
                if name.lower() != "content-type"  # told by the media types, and ignored here
            }
            for document, holder in ((self._old, old), (self._new, new))
        )
        for key, (name, node) in before.items():
            if key in after:
                yield from self._header(scene, f"{status} header {name}", node, after[key][1])
            else:
                rule = f"{_need(node)}-response-header-removed"
                yield scene.tell(rule, f"{status} header {name}: was removed", node, "old")
        for key, (name, node) in after.items():
            if key not in before:
                rule = f"{_need(node)}-response-header-added"
                yield scene.tell(rule, f"{status} header {name}: was added", node)

    def _header(self, scene: Scene, words: str, old: Node, new: Node) -> Iterator[Change]:
        if _need(old) != _need(new):
            rule = f"response-header-became-{_need(new)}"
            yield scene.tell(rule, f"{words}: became {_need(new)}", new)
        root = Root(words, "response-header", "response-header", is_sent=False)
        yield from self._bodies.schemas(scene, root, old, new)


def _need(header: Node) -> str:
    return "required" if header.value.get("required") is True else "optional"


def _normal(status: str) -> str:
    return status if status == "default" else str(status).upper()


def _range(status: str) -> str:
    return f"{status[:1]}XX"


def _is_range(status: str) -> bool:
    return status.endswith("XX")


def _kind(status: str) -> str:
    return "success" if status.startswith("2") else "non-success"


def _is_left_to_default(status: str, after: Mapping[str, Node]) -> bool:
    """Whether `default` now speaks of a status; beside other successes it speaks of failures."""
    if "default" not in after or status == "default":
        return False
    return _kind(status) != "success" or not any(_kind(one) == "success" for one in after)
