"""Aspects: what of one schema can be seen in a value, and the schemas below it."""

from __future__ import annotations

from functools import cached_property
from posixpath import dirname, relpath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from redhanded.contracts.openapi.document import LONGEST_CHAIN, Unresolvable
from redhanded.contracts.openapi.nodes import escaped
from redhanded.contracts.openapi.schemas.catalogue import Catalogue
from redhanded.contracts.openapi.schemas.declared import UNIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node

_ALTERNATIVES = ("oneOf", "anyOf")
_OUTCOMES = (("then", True), ("else", False))
_HIDDEN: dict[Direction, str] = {"request": "readOnly", "response": "writeOnly"}


class Branch(NamedTuple):
    """A schema that counts for some values: for those of which `condition` is `wanted`."""

    schema: Node
    condition: Node
    wanted: bool = True


class Heir(NamedTuple):
    """A schema that extends another one: for values whose member `name` is one of `tags`.

    `place` is its own, as the discriminator names it.
    """

    schema: Node
    name: str
    tags: frozenset[str]
    place: str


class Aspects(NamedTuple):
    """What one schema declares: names of members, listed values, branches, other schemas.

    `parts` hold for the same value, as does what is `referred` to beside other keywords, and
    `branches` may. `prefix` are the schemas of the first items, `items` that of all others;
    `members` that of undeclared members. `heirs` extend it where a discriminator says so.
    """

    properties: tuple[tuple[str, Node], ...] = ()
    values: tuple[Any, ...] = ()
    branches: tuple[Branch, ...] = ()
    parts: tuple[Node, ...] = ()
    referred: Node | None = None
    prefix: tuple[Node, ...] = ()
    items: Node | None = None
    members: tuple[Node, ...] = ()
    heirs: tuple[Heir, ...] = ()

    def below(self) -> Iterator[Node]:
        """Every schema that stands within this one."""
        for _, node in self.properties:
            yield node
        yield from (branch.schema for branch in self.branches)
        yield from self.parts
        yield from self.prefix
        yield from self.members
        if self.items is not None:
            yield self.items


class Atlas:
    """Where the schemas of a document lead, and what their places are called."""

    def __init__(self, document: Document) -> None:
        self.document: Document = document

    def target(self, schema: Node) -> Node:
        """The schema itself, or what it is nothing but a reference to.

        In OpenAPI 3.0 a reference is all that counts of an object which has one (3.0.4, section
        4.7.23.1); later it is one keyword among others. What cannot be found stays itself.
        """
        is_alone = self.document.version < (3, 1)
        for _ in range(LONGEST_CHAIN):
            if schema.reference is None or not (is_alone or len(schema.value) == 1):
                return schema
            found = self.referred(schema)
            if found is None:
                return schema
            schema = found
        return schema

    def referred(self, schema: Node) -> Node | None:
        """What the reference of a schema leads to; None where it has none, or to nowhere."""
        reference = schema.reference
        try:
            if reference is not None:
                return self._found(schema, reference)
            dynamic = schema.value.get("$dynamicRef")
            # Where it leads depends on the way to it (core, section 8.2.3.2); at first it is here.
            return (
                self._catalogue.resources.target(schema, dynamic)
                if isinstance(dynamic, str)
                else None
            )
        except Unresolvable:
            return None

    def _found(self, schema: Node, reference: str) -> Node:
        """By its pointer, as in nearly all documents; else by anchors and ids."""
        try:
            return self.document.resolve(reference, schema.uri)
        except Unresolvable:
            return self._catalogue.resources.target(schema, reference)

    def heirs(self, schema: Node) -> Iterator[Heir]:
        """The schemas that extend this one, where a discriminator alone tells them apart."""
        if "discriminator" not in schema.value or any(each in schema.value for each in UNIONS):
            return
        found = self._catalogue.descent.discriminator(schema)
        tags: dict[tuple[str, str], list[str]] = {}
        named = found.schemas if found is not None else {}
        for tag, heir in named.items():
            tags.setdefault((heir.uri, heir.pointer), []).append(tag)
        for heir in named.values():
            known = tags.pop((heir.uri, heir.pointer), None)
            if known is not None and found is not None:
                place = f"{self.place(schema)}/discriminator/{escaped(min(known))}"
                yield Heir(heir, found.name, frozenset(known), place)

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self.document)

    def place(self, node: Node) -> str:
        """Where a node stands, the same on every machine: `/components/schemas/Booking`.

        In a file beside the document, its path from there stands first: `common.yaml#/Money`.
        """
        if node.uri == self.document.uri:
            return node.pointer
        ours, theirs = urlsplit(self.document.uri), urlsplit(node.uri)
        is_near = ours[:2] == theirs[:2]
        path = relpath(theirs.path, dirname(ours.path)) if is_near else node.uri
        return f"{path}#{node.pointer}"


def aspects(atlas: Atlas, schema: Node, direction: Direction) -> Aspects:
    """What the schema declares; `schema` is a target, and `direction` the way of the value."""
    if not isinstance(schema.value, dict):
        return Aspects()
    return Aspects(
        properties=tuple(_properties(atlas, schema, direction)),
        values=tuple(_listed(schema)),
        branches=tuple(_branches(schema)),
        parts=tuple(_parts(schema)),
        referred=atlas.referred(schema),
        prefix=tuple(_schemas(schema.find("prefixItems"))),
        items=_schema(schema, "items"),
        members=tuple(_members(schema)),
        heirs=tuple(atlas.heirs(schema)),
    )


def _properties(atlas: Atlas, schema: Node, direction: Direction) -> Iterator[tuple[str, Node]]:
    declared = schema.find("properties")
    for name, node in declared.items() if declared else ():
        value = atlas.target(node).value
        if not (isinstance(value, dict) and value.get(_HIDDEN[direction]) is True):
            yield name, node


def _listed(schema: Node) -> Iterator[object]:
    listed = schema.value.get("enum")
    yield from listed if isinstance(listed, list) else ()


def _branches(schema: Node) -> Iterator[Branch]:
    for keyword in _ALTERNATIVES:
        yield from (Branch(node, node) for node in _schemas(schema.find(keyword)))
    condition = schema.find("if")
    for keyword, wanted in _OUTCOMES if condition is not None else ():
        found = _schema(schema, keyword)
        if found is not None and condition is not None:
            yield Branch(found, condition, wanted)


def _parts(schema: Node) -> Iterator[Node]:
    yield from _schemas(schema.find("allOf"))
    dependent = schema.find("dependentSchemas")
    for _, node in dependent.items() if dependent else ():
        yield node


def _members(schema: Node) -> Iterator[Node]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        found = _schema(schema, keyword)
        if found is not None:
            yield found
    patterns = schema.find("patternProperties")
    for _, node in patterns.items() if patterns else ():
        yield node


def _schema(schema: Node, keyword: str) -> Node | None:
    found = schema.find(keyword)
    return found if found is not None and isinstance(found.value, dict) else None


def _schemas(several: Node | None) -> Iterator[Node]:
    for node in several.entries() if several else ():
        if isinstance(node.value, dict):
            yield node
