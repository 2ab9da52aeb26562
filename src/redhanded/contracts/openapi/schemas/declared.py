"""What a schema declares of an object by itself and by what it is put together from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redhanded.contracts.openapi.document import Unresolvable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.resources import Resources

HIDDEN: Final[dict[Direction, str]] = {"request": "readOnly", "response": "writeOnly"}
"""What a value of each direction does not hold."""

UNIONS: Final = ("oneOf", "anyOf")
_CONDITIONS = ("if", "then", "else")
_NAMING = ("properties", "patternProperties")
_CLOSING = ("additionalProperties", "unevaluatedProperties")
TYPES: Final = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})


@dataclass(frozen=True, slots=True)
class Declared:
    """Reads schemas as a whole: with their references and `allOf`, and where asked with unions."""

    resources: Resources

    def parts(self, node: Node, *, unions: bool = False) -> Iterator[Node]:
        """The schema and every other that holds for the same value; each once, outermost first."""
        waiting, seen = [node], set[tuple[str, str]]()
        while waiting:
            part = waiting.pop(0)
            if (part.uri, part.pointer) not in seen and isinstance(part.value, dict):
                seen.add((part.uri, part.pointer))
                yield part
                waiting += self._within(part, unions=unions)

    def properties(self, node: Node) -> dict[str, Node]:
        """Its properties by name; where several parts declare one, that of the outermost."""
        found: dict[str, Node] = {}
        for part in self.parts(node):
            declared = part.find("properties")
            for name, child in declared.items() if declared else ():
                found.setdefault(name, child)
        return found

    def types(self, node: Node) -> frozenset[str]:
        """The JSON types that it lets pass, as far as they are written; empty where none is."""
        left = self._types(node, frozenset())
        return left if left != TYPES else frozenset()

    def hidden(self, node: Node, direction: Direction) -> frozenset[str]:
        """The names of properties that values of this direction do not hold."""
        names = (
            name for name, child in self.properties(node).items() if self.hides(child, direction)
        )
        return frozenset(names)

    def hides(self, node: Node, direction: Direction) -> bool:
        """Whether the schema of a property keeps it from values of this direction."""
        keyword = HIDDEN[direction]
        return any(
            part.value.get(keyword) is True
            for part in self.parts(node)
            if part.reference is None
            or not self.resources.dialect_of(part).lets_a_reference_stand_alone
        )

    def names(self, node: Node, *, unions: bool = True) -> bool:
        """Whether any part of it names a property, so that others are undeclared."""
        return any(
            part.value.get(keyword)
            for part in self.parts(node, unions=unions)
            for keyword in _NAMING
        )

    def has_unions(self, node: Node) -> bool:
        """Whether any part of it is a choice between schemas."""
        parts = self.parts(node, unions=True)
        return any(keyword in part.value for part in parts for keyword in UNIONS)

    def decides(self, node: Node) -> bool:
        """Whether it says itself what becomes of properties that it does not name."""
        return any(keyword in node.value for keyword in _CLOSING)

    def _within(self, part: Node, *, unions: bool) -> Iterator[Node]:
        if part.reference is not None:
            try:
                yield self.resources.target(part, part.reference)
            except Unresolvable:
                return
            if self.resources.dialect_of(part).lets_a_reference_stand_alone:
                return
        keywords = ("allOf", *UNIONS) if unions else ("allOf",)
        for keyword in keywords:
            found = part.find(keyword)
            yield from found.entries() if found else ()
        if unions:
            yield from self._conditional(part)

    def _conditional(self, part: Node) -> Iterator[Node]:
        yield from (found for found in map(part.find, _CONDITIONS) if found)
        dependent = part.find("dependentSchemas")
        for _, child in dependent.items() if dependent else ():
            yield child

    def _types(self, node: Node, above: frozenset[tuple[str, str]]) -> frozenset[str]:
        """The types of a schema; one that leads round to itself says nothing."""
        if (node.uri, node.pointer) in above:
            return TYPES
        left = TYPES
        for part in self.parts(node):
            left &= self._own_types(part, above | {(node.uri, node.pointer)})
        return left

    def _own_types(self, part: Node, above: frozenset[tuple[str, str]]) -> frozenset[str]:
        written = part.value.get("type")
        listed = written if isinstance(written, list) else [written]
        types = {name for name in listed if isinstance(name, str)}
        if not types:
            return self._union_types(part, above)
        if "number" in types:
            types.add("integer")
        if part.value.get("nullable") is True:
            types.add("null")
        return frozenset(types)

    def _union_types(self, part: Node, above: frozenset[tuple[str, str]]) -> frozenset[str]:
        for keyword in UNIONS:
            branches = part.find(keyword)
            if branches and part.reference is None:
                types = (self._types(branch, above) for branch in branches.entries())
                return frozenset[str]().union(*types)
        return TYPES
