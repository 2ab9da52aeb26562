"""Bodies: whether one must be sent, of which media types they are, and their schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.contracts.changes.walk import Root
from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.operations import followed, members

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.changes.change import Change, Scene
    from redhanded.contracts.changes.walk import Walk
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.operations import Operation


@dataclass(frozen=True, slots=True)
class Content:
    """What a body may be: schemas by media type, names as people compare them."""

    media: Mapping[str, Node]

    @classmethod
    def of(cls, document: Document, holder: Node | None) -> Content:
        """The media types that a request body or a response tells of."""
        found = holder.find("content") if holder else None
        return cls({_normal(name): node for name, node in members(document, found)})

    def wider(self, name: str) -> str | None:
        """The range among its media types that holds this one, such as `application/*`."""
        stem, _, rest = name.partition(";")[0].partition("/")
        ranges = (f"{stem}/{rest}", f"{stem}/*", "*/*")
        return next((one for one in ranges if one in self.media and one != name), None)


class Bodies:
    """Compares the bodies of requests, and what bodies of answers share with them."""

    def __init__(self, old: Document, new: Document, walk: Walk) -> None:
        self._old: Final = old
        self._new: Final = new
        self._walk: Final = walk

    def compare(self, scene: Scene, old: Operation, new: Operation) -> Iterator[Change]:
        """What changed about the request body of one operation."""
        before = followed(self._old, old.node.find("requestBody"))
        after = followed(self._new, new.node.find("requestBody"))
        if before and after:
            yield from self._kept(scene, before, after)
        elif after:
            need = "required" if after.value.get("required") is True else "optional"
            yield scene.tell(f"request-body-added-{need}", f"a body was added, {need}", after)
        elif before:
            yield scene.tell("request-body-removed", "the body was removed", before, "old")

    def _kept(self, scene: Scene, old: Node, new: Node) -> Iterator[Change]:
        was, is_now = (node.value.get("required") is True for node in (old, new))
        if was != is_now:
            need = "required" if is_now else "optional"
            yield scene.tell(f"request-body-became-{need}", f"the body became {need}", new)
        before, after = Content.of(self._old, old), Content.of(self._new, new)
        for name, node in after.media.items():
            if name not in before.media and before.wider(name) is None:
                text = f"the body may be {name}"
                yield scene.tell("request-body-media-type-added", text, node)
        for name, node in before.media.items():
            kept = name if name in after.media else after.wider(name)
            if kept is None:
                text = f"the body may not be {name} any more"
                yield scene.tell("request-body-media-type-removed", text, node, "old")
                continue
            words = "body" if len(before.media) == 1 else f"body ({name})"
            root = Root(
                words, "request-body", "request-property", is_sent=True, is_text=is_text(name)
            )
            yield from self.schemas(scene, root, node, after.media[kept])

    def schemas(self, scene: Scene, root: Root, old: Node, new: Node) -> Iterator[Change]:
        """What changed between the schemas of two media types."""
        for keyword in ("schema", "itemSchema"):
            before, after = old.find(keyword), new.find(keyword)
            if before or after:  # without a schema, a body may be anything
                schemas = (before or _anything(old),), (after or _anything(new),)
                yield from self._walk.through(scene, root, *schemas)


def is_text(name: str) -> bool:
    """Whether values of this media type know no types: `integer` is written as text there."""
    return "json" not in name


def _anything(media: Node) -> Node:
    return Node({}, media.uri, media.pointer)


def _normal(name: str) -> str:
    """A media type in small letters, its parameters in order."""
    kind, *parameters = (part.strip() for part in name.lower().split(";"))
    # Text is UTF-8 where nothing else is told (RFC 8259, section 8.1, of JSON).
    told = sorted(part for part in parameters if part.replace('"', "") != "charset=utf-8")
    return ";".join([kind, *told])
