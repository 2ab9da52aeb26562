"""The schemas that operations use, in the few keywords that a model can be made of.

A shape is a mapping in a small part of JSON Schema 2020-12: `{}` is anything; `const` and `enum`
hold scalars; `type` is one word; there are `anyOf`, `items`, `additionalProperties`, bounds and
`$ref`, which leads to an object with properties by the key that `Shapes.models` knows it by.
References, `allOf`, nullable types and everything that no model can say are gone.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.schemas.declared import Declared
from redhanded.contracts.openapi.schemas.resources import Resources
from redhanded.contracts.openapi.schemas.rewriting import rewritten
from redhanded.scaffold.openapi import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node

Shape: TypeAlias = dict[str, Any]

_DEEPEST = 40  # inline schemas within each other; what is deeper may be anything
_MOST_CHOICES = 60
_UNIONS = ("oneOf", "anyOf")


def references(shape: Any) -> Iterator[str]:  # noqa: ANN401  any part of a shape
    """Where a shape leads: each `$ref` that stands in it."""
    if isinstance(shape, dict):
        if isinstance(shape.get("$ref"), str):
            yield shape["$ref"]
            return
        for value in shape.values():
            yield from references(value)
    elif isinstance(shape, list):
        for each in shape:
            yield from references(each)


@dataclass(slots=True)
class Model:
    """An object with properties: its place, what it could be called, and its shape."""

    place: str
    direction: Direction
    wish: str
    is_component: bool = False
    shape: Shape = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a `$ref` in a shape says."""
        return f"{self.direction} {self.place}"


@dataclass(frozen=True, slots=True)
class _Waiting:
    model: Model
    parts: list[Node]


class Shapes:
    """All shapes of one document, as far as somebody asked for them."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._resources = Resources(document)
        self._declared = Declared(self._resources)
        self._known: dict[str, Shape] = {}
        self._open: set[str] = set()
        self._waiting: deque[_Waiting] = deque()
        self.models: dict[str, Model] = {}

    def of(self, node: Node, direction: Direction, wish: str) -> Shape:
        """The shape of a schema in one direction; `wish` is what a model for it could be called."""
        shape = self._of(node, direction, wish, 0)
        while self._waiting:
            self._fill(self._waiting.popleft())
        return shape

    def _of(self, node: Node, direction: Direction, wish: str, depth: int) -> Shape:
        if not isinstance(node.value, dict) or depth > _DEEPEST:
            return {}
        target = self._resources.followed(node)
        if target.reference is not None and len(target.value) == 1:
            return {}  # which leads nowhere
        is_component = target is not node
        if is_component:
            wish = target.pointer.rpartition("/")[2]
        key = f"{direction} {self._place(target)}"
        if key in self._known:
            return self._known[key]
        if key in self._open:
            return {}  # a schema of nothing but itself
        self._open.add(key)
        shape = self._shaped(target, direction, wish, depth, is_component=is_component)
        self._open.discard(key)
        return self._known.setdefault(key, shape)

    def _shaped(
        self, node: Node, direction: Direction, wish: str, depth: int, *, is_component: bool
    ) -> Shape:
        parts = list(self._declared.parts(node))
        place = self._place(node)
        return self._laid(
            parts, Model(place, direction, wish, is_component), depth, unions=self._unions(parts)
        )

    def _laid(
        self, parts: list[Node], model: Model, depth: int, *, unions: list[list[Node]]
    ) -> Shape:
        """The shape of what several schemas say together."""
        keywords = [self._keywords(part) for part in parts]
        types = leaves.types_of(keywords)
        shapes: list[Shape] = []
        if unions and (types is None or "object" in types or not types & {"array", "string"}):
            shapes = self._chosen(parts, model, depth, unions[0])
        if not shapes:
            values = leaves.values_of(keywords)
            if values is not None:
                return {"enum": values}
            kinds = leaves.kinds_of(types, keywords)
            shapes = [self._kind(kind, parts, keywords, model, depth) for kind in kinds]
        if types is not None and "null" in types:
            shapes.append({"type": "null"})
        return leaves.any_of(shapes)

    def _chosen(
        self, parts: list[Node], model: Model, depth: int, branches: list[Node]
    ) -> list[Shape]:
        """One shape for each branch of a union, with what stands around it."""
        around = any(part.find("properties") is not None for part in parts)
        says = [branch for branch in branches if self._says_anything(branch)]
        if not says or len(says) < len(branches) or len(branches) > _MOST_CHOICES:
            return []
        if not around:
            return [
                self._of(branch, model.direction, f"{model.wish} {number}", depth + 1)
                for number, branch in enumerate(branches, 1)
            ]
        shapes = []
        for number, branch in enumerate(branches, 1):
            within = [*parts, *self._declared.parts(branch)]
            one = Model(f"{model.place} {number}", model.direction, f"{model.wish} {number}")
            shapes.append(self._laid(within, one, depth + 1, unions=[]))
        return shapes

    def _says_anything(self, node: Node) -> bool:
        """Whether a branch says what a value is, and not only which names it must have."""
        said = {"type", "properties", "enum", "const", "items", *_UNIONS}
        return any(said & part.value.keys() for part in self._declared.parts(node))

    def _kind(
        self, kind: str, parts: list[Node], keywords: list[Shape], model: Model, depth: int
    ) -> Shape:
        if kind == "object":
            return self._object(parts, keywords, model, depth)
        if kind == "array":
            shape = leaves.bounded({"type": "array"}, keywords)
            items = self._last(parts, "items")
            if items is not None:
                wish = f"{model.wish} item"
                shape["items"] = self._of(items, model.direction, wish, depth + 1)
            return shape
        return leaves.bounded({"type": kind}, keywords)

    def _object(self, parts: list[Node], keywords: list[Shape], model: Model, depth: int) -> Shape:
        if any(isinstance(part.value.get("properties"), dict) for part in parts) and any(
            part.value.get("properties") for part in parts
        ):
            if model.key not in self.models:
                self.models[model.key] = model
                self._waiting.append(_Waiting(model, parts))
            return {"$ref": model.key}
        values = self._last(parts, "additionalProperties")
        shape = leaves.bounded({"type": "object"}, keywords)
        if values is not None and isinstance(values.value, dict):
            wish = f"{model.wish} value"
            shape["additionalProperties"] = self._of(values, model.direction, wish, depth + 1)
        return shape

    def _fill(self, waiting: _Waiting) -> None:
        model, parts = waiting.model, waiting.parts
        keywords = [self._keywords(part) for part in parts]
        hidden = {
            name
            for part in parts
            for name, child in self._children(part)
            if self._declared.hides(child, model.direction)
        }
        found: dict[str, list[Node]] = {}
        for part in parts:
            for name, child in self._children(part):
                if name not in hidden:
                    found.setdefault(name, []).append(child)
        properties = {name: self._property(nodes, model, name) for name, nodes in found.items()}
        required = leaves.required_of(keywords)
        model.shape = {
            "type": "object",
            "properties": properties,
            "required": [name for name in properties if name in required],
        }
        closing = [part for part in parts if part.value.get("additionalProperties") is False]
        others = [part for part in parts if part.find("properties") is not None]
        if closing and all(part in closing for part in others):
            model.shape["additionalProperties"] = False

    def _property(self, nodes: list[Node], model: Model, name: str) -> Shape:
        """What all that speak of a property say; the outermost decides where they differ."""
        shapes = [self._of(node, model.direction, f"{model.wish} {name}", 1) for node in nodes]
        return leaves.joined(shapes)

    def _children(self, part: Node) -> Iterator[tuple[str, Node]]:
        declared = part.find("properties")
        for name, child in declared.items() if declared else ():
            if isinstance(name, str):
                yield name, child

    def _unions(self, parts: list[Node]) -> list[list[Node]]:
        found = []
        for part in parts:
            for keyword in _UNIONS:
                listed = part.find(keyword)
                branches = list(listed.entries()) if listed else []
                if branches and self._counts(part):
                    found.append(branches)
        return found

    def _counts(self, part: Node) -> bool:
        """Whether what stands in a schema counts, beside a `$ref` that it has."""
        dialect = self._resources.dialect_of(part)
        return part.reference is None or not dialect.lets_a_reference_stand_alone

    def _keywords(self, part: Node) -> Shape:
        if not self._counts(part):
            return {}
        try:
            return rewritten(part.value, self._resources.dialect_of(part)).keywords
        except (Unresolvable, TypeError, ValueError):
            return {}

    def _last(self, parts: list[Node], keyword: str) -> Node | None:
        found = [child for part in parts if (child := part.find(keyword)) is not None]
        return found[0] if found else None

    def _place(self, node: Node) -> str:
        return f"{node.uri}#{node.pointer}"
