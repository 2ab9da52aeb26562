"""Parts: all schemas that hold for one value, and what they know of its members together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.schemas.declared import UNIONS
from redhanded.contracts.openapi.schemas.dialects import Dialect
from redhanded.contracts.openapi.schemas.places import Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.compiling import Validators
    from redhanded.contracts.openapi.schemas.fault import Kind

_OTHERS: Final = ("additionalProperties", "unevaluatedProperties")
_DYNAMIC: Final = {Dialect.DRAFT_2020: "$dynamicRef", Dialect.DRAFT_2019: "$recursiveRef"}


@dataclass(slots=True)
class Parts:
    """The schemas for one value: by reference, `allOf`, conditions, and branches that were chosen.

    `properties` are the schemas of each name that any of them declares.
    """

    validators: Validators
    schemas: list[Node] = field(default_factory=list)
    properties: dict[str, list[Node]] = field(default_factory=dict)
    is_free: bool = False
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def add(self, nodes: Iterable[Node], value: object) -> None:
        """Adds schemas with all that they bring along for this value."""
        waiting = list(nodes)
        while waiting:
            node = waiting.pop(0)
            if (node.uri, node.pointer) in self._seen or not isinstance(node.value, dict):
                continue
            self._seen.add((node.uri, node.pointer))
            waiting += self._brought(node, value)

    def add_branches(self, branches: Sequence[Node], value: object) -> None:
        """Adds branches of a union; one that names nothing leaves the value free.

        That is so where nothing beside the union names anything either.
        """
        names = self.validators.catalogue.declared.names
        named = any(self._names(part) for part in self.schemas)
        self.is_free |= not named and any(not names(branch) for branch in branches)
        self.add(branches, value)

    def mention(self, schema: Node) -> None:
        """Takes the names that a schema declares for known, and nothing else of it."""
        for part in self.validators.catalogue.declared.parts(schema, unions=True):
            self.is_free |= any(part.value.get(key, False) is not False for key in _OTHERS)
            declared = part.find("properties")
            for name, _ in declared.items() if declared else ():
                self.properties.setdefault(name, [])

    def listed(self, part: Node, keyword: str) -> list[Node]:
        """The schemas that a keyword of a part lists, where its dialect knows the keyword."""
        found = self._said(part, keyword)
        return list(found.entries()) if found else []

    def knows(self, name: str) -> bool:
        """Whether any of the schemas speaks of this member."""
        return (
            name in self.properties
            or any(name in _required(part) for part in self.schemas)
            or any("additionalProperties" in part.value for part in self.schemas)
            or any(found.value is not False for found in self._all_said(_OTHERS[1]))
            or any(True for _ in self._by_pattern(name))
        )

    def refuses_unknown(self) -> Node | None:
        """The schema with unions that refuses by its own words what none of them declares."""
        declared = self.validators.catalogue.declared
        refusing = (
            part
            for part in self.schemas
            if (found := self._said(part, _OTHERS[1])) and found.value is False
        )
        return next(filter(declared.has_unions, refusing), None)

    def are_closed(self) -> bool:
        """Whether what they do not name is undeclared, and not just left out."""
        decided = any(keyword in part.value for part in self.schemas for keyword in _OTHERS)
        unread = any(
            "patternProperties" in part.value and not self.listed_patterns(part)
            for part in self.schemas
        )
        return not (decided or unread or self.is_free) and any(map(self._names, self.schemas))

    def naming(self) -> Node:
        """The first of the schemas that names members."""
        return next((part for part in self.schemas if self._names(part)), self.schemas[0])

    def mark_of(self, name: str, direction: Direction) -> Kind | None:
        """What is wrong about the mere presence of a member in values of this direction."""
        marks = (
            self.validators.catalogue.mark_of(node, direction)
            for node in self.properties.get(name, ())
        )
        return next(filter(None, marks), None)

    def below(self, name: str, direction: Direction) -> list[Node]:
        """The schemas of a member; none where it should not be there at all."""
        if self.mark_of(name, direction):
            return []
        declared = [*self.properties.get(name, ()), *self._by_pattern(name)]
        if declared:
            return declared
        others = (found for keyword in _OTHERS for found in self._all_said(keyword))
        return [node for node in others if isinstance(node.value, dict)]

    def at(self, index: int) -> list[Node]:
        """The schemas of an item."""
        return [node for part in self.schemas for node in self._items(part, index)]

    def listed_patterns(self, part: Node) -> Node | None:
        """The patterns of a part, where its dialect has such a keyword."""
        return self._said(part, "patternProperties")

    def _items(self, part: Node, index: int) -> Iterator[Node]:
        prefix, items = self._said(part, "prefixItems"), part.find("items")
        dialect = self.validators.catalogue.resources.dialect_of(part)
        if items and isinstance(items.value, list) and dialect.has_tuples_in_items:
            prefix, items = items, part.find("additionalItems")
        first = list(prefix.entries()) if prefix else []
        found = first[index] if index < len(first) else items
        if found and isinstance(found.value, dict):
            yield found

    def _by_pattern(self, name: str) -> Iterator[Node]:
        for part in self.schemas:
            patterns = self.listed_patterns(part)
            for pattern, node in patterns.items() if patterns else ():
                if self.validators.matches(pattern, name):
                    yield node

    def _names(self, part: Node) -> bool:
        return bool(part.value.get("properties") or part.value.get("patternProperties"))

    def _brought(self, node: Node, value: object) -> Iterator[Node]:
        resources = self.validators.catalogue.resources
        for reference in self._references(node):
            try:
                yield resources.target(node, reference)
            except Unresolvable:
                continue
        if node.reference is not None and resources.dialect_of(node).lets_a_reference_stand_alone:
            return
        self.schemas.append(node)
        declared = node.find("properties")
        for name, child in declared.items() if declared else ():
            self.properties.setdefault(name, []).append(child)
        yield from self.listed(node, "allOf")
        yield from self._conditional(node, value)
        self._descend(node, value)

    def _references(self, node: Node) -> Iterator[str]:
        dialect = self.validators.catalogue.resources.dialect_of(node)
        dynamic = _DYNAMIC.get(dialect, "$ref")
        for keyword in dict.fromkeys(("$ref", dynamic)):
            reference = node.value.get(keyword)
            if isinstance(reference, str):
                yield reference

    def _conditional(self, node: Node, value: object) -> Iterator[Node]:
        condition = self._said(node, "if")
        if condition:
            is_met = self.validators.of(condition, Way("response")).is_valid(value)
            if is_met:
                self.mention(condition)
            chosen = node.find("then" if is_met else "else")
            yield from [chosen] if chosen else []
        dependent = self._said(node, "dependentSchemas") or self._dependencies(node)
        for name, child in dependent.items() if dependent else ():
            if isinstance(value, dict) and name in value:
                yield child

    def _dependencies(self, node: Node) -> Node | None:
        """What a schema demands beside a member, as it was written before draft 2019-09."""
        dialect = self.validators.catalogue.resources.dialect_of(node)
        return None if dialect is Dialect.OPENAPI_30 else node.find("dependencies")

    def _said(self, part: Node, keyword: str) -> Node | None:
        """A keyword of a part, where its dialect knows it."""
        dialect = self.validators.catalogue.resources.dialect_of(part)
        return part.find(keyword) if keyword in dialect.keywords else None

    def _all_said(self, keyword: str) -> Iterator[Node]:
        yield from filter(None, (self._said(part, keyword) for part in self.schemas))

    def _descend(self, node: Node, value: Any) -> None:  # noqa: ANN401
        """Lets the members pass that a schema names which extends this one, and is named here."""
        discriminator = self.validators.catalogue.descent.discriminator(node)
        if discriminator is None or any(keyword in node.value for keyword in UNIONS):
            return
        tag = value.get(discriminator.name) if isinstance(value, dict) else None
        child = discriminator.schemas.get(tag) if isinstance(tag, str) else None
        if child:
            self.mention(child)


def _required(part: Node) -> Sequence[str]:
    """The names that a schema requires: who wants a member knows it, declared or not."""
    names = part.value.get("required")
    return names if isinstance(names, list) else ()
