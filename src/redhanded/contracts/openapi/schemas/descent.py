"""Descent: the schemas that extend another one, which a discriminator tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.contracts.openapi.document import Document, Unresolvable
from redhanded.contracts.openapi.nodes import Node, steps
from redhanded.contracts.openapi.schemas.declared import UNIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.schemas.declared import Declared
    from redhanded.contracts.openapi.schemas.resources import Resources


class Discriminator(NamedTuple):
    """The property that names a schema, and the schemas that its values name.

    `known` are the values that a reader would write; a schema's own name counts besides.
    """

    name: str
    schemas: dict[str, Node]
    known: tuple[str, ...]
    default: Node | None = None


@dataclass
class Descent:
    """Reads the discriminators of a document."""

    document: Document
    resources: Resources
    declared: Declared

    def discriminator(self, node: Node) -> Discriminator | None:
        """The discriminator that stands in this schema, with all that its values can name."""
        found = node.find("discriminator")
        written = found.value if found and isinstance(found.value, dict) else {}
        name = written.get("propertyName")
        if not isinstance(name, str):
            return None
        mapped = written.get("mapping")
        explicit = {
            tag: found
            for tag, reference in (mapped if isinstance(mapped, dict) else {}).items()
            if (found := self._named(node, reference))
        }
        implicit = {_name_of(found): found for found in self._candidates(node)}
        taken = {(found.uri, found.pointer) for found in explicit.values()}
        others = (t for t, found in implicit.items() if (found.uri, found.pointer) not in taken)
        default = self._named(node, written.get("defaultMapping"))
        return Discriminator(name, implicit | explicit, (*explicit, *others), default)

    def rules(self, node: Node) -> list[dict[str, Any]]:
        """For each schema that extends this one: where it is named, its properties are declared.

        They are not checked: by OpenAPI 3.0.4, section 4.7.25.3, whoever asks for the general
        schema is promised no more than that one.
        """
        return [
            {"if": _tagged(discriminator.name, tags), "then": self._names(child)}
            for discriminator in self._discriminators(node)
            for child in self._children(node)
            if (tags := [t for t, found in discriminator.schemas.items() if _same(found, child)])
        ]

    def _discriminators(self, node: Node) -> Iterator[Discriminator]:
        for part in self.declared.parts(node):
            found = self.discriminator(part)
            if found and not _has_union(part):
                yield found

    def _candidates(self, node: Node) -> Iterator[Node]:
        """The schemas that a discriminator can name without a mapping."""
        if not _has_union(node):
            yield from self._children(node)
        for keyword in UNIONS:
            branches = node.find(keyword)
            for branch in branches.entries() if branches else ():
                found = self.resources.followed(branch)
                if not _same(found, branch):
                    yield self._referred(branch)

    def _referred(self, branch: Node) -> Node:
        try:
            return self.resources.target(branch, branch.reference or "")
        except Unresolvable:
            return branch

    def _named(self, node: Node, reference: object) -> Node | None:
        if not isinstance(reference, str):
            return None
        component = self._components.get(reference)
        if component:
            return component
        try:
            return self.resources.target(node, reference)
        except Unresolvable:
            return None

    def _names(self, child: Node) -> dict[str, Any]:
        parts = list(self.declared.parts(child, unions=True))
        if any(part.value.get("additionalProperties", False) is not False for part in parts):
            return {"additionalProperties": True}
        names = (part.find("properties") for part in parts)
        return {"properties": {name: True for found in names if found for name, _ in found.items()}}

    def _children(self, node: Node) -> list[Node]:
        """All schemas that extend this one, at whatever distance."""
        found: dict[tuple[str, str], Node] = {}
        waiting = [node]
        while waiting:
            parent = waiting.pop()
            for child in self._by_parent.get((parent.uri, parent.pointer), ()):
                if (child.uri, child.pointer) not in found:
                    found[child.uri, child.pointer] = child
                    waiting.append(child)
        return list(found.values())

    @cached_property
    def _components(self) -> dict[str, Node]:
        found = Node(self.document.root, self.document.uri).find("components", "schemas")
        return dict(found.items()) if found else {}

    @cached_property
    def _by_parent(self) -> dict[tuple[str, str], list[Node]]:
        found: dict[tuple[str, str], list[Node]] = {}
        for child in self._components.values():
            bases = child.find("allOf")
            for base in bases.entries() if bases else ():
                if base.reference is not None:
                    parent = self._referred(base)
                    found.setdefault((parent.uri, parent.pointer), []).append(child)
        return found


def _name_of(node: Node) -> str:
    return (steps(node.pointer) or [""])[-1]


def _same(one: Node, other: Node) -> bool:
    return (one.uri, one.pointer) == (other.uri, other.pointer)


def _has_union(node: Node) -> bool:
    return any(keyword in node.value for keyword in UNIONS)


def _tagged(name: str, tags: list[str]) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"enum": tags}}}
