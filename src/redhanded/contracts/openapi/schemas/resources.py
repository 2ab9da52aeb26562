"""Resources: where the references of a schema lead, by pointer, by `$id` and by anchor."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import unquote, urldefrag, urljoin

from redhanded.contracts.openapi.document import Document, Unresolvable
from redhanded.contracts.openapi.schemas import dialects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.dialects import Dialect

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_ANCHORS = ("$anchor", "$dynamicAnchor")
_ANCHOR = re.compile(r"[A-Za-z_][-A-Za-z0-9._]*")
_LONGEST_CHAIN = 100

RECURSIVE = "recursive"
"""The dynamic anchor that a `$recursiveAnchor` of 2019-09 becomes."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A schema with an `$id`, or a file: what pointers and anchors below it belong to.

    JSON Schema 2020-12, core, section 4.3.5.
    """

    root: Node
    base: str
    dialect: Dialect
    anchors: dict[str, Node] = field(default_factory=dict)
    dynamic: dict[str, Node] = field(default_factory=dict)


_Places: TypeAlias = "dict[tuple[str, str], Resource]"


class Resources:
    """All resources of a document; made on first use, since OpenAPI 3.0 knows only files."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._default = dialects.default_of(document)
        self._plain = document.version < (3, 1)

    def dialect_of(self, node: Node) -> Dialect:
        """The dialect that the schema at this node is written in."""
        return self._default if self._plain else self.owner(node).dialect

    def target(self, node: Node, reference: str) -> Node:
        """What a reference leads to that stands in the schema at `node`; or Unresolvable."""
        if self._plain or (self._has_files_only and "#" in reference and "#/" in reference):
            return self._document.resolve(reference, node.uri)
        base = self.owner(node).base
        # Of a `urn:` nothing can be joined by the rules of paths.
        whole = base + reference if reference.startswith("#") else _joined(base, reference)
        if whole is None:
            raise Unresolvable(f"{reference[:200]!r} is no reference.")
        address, fragment = urldefrag(whole)
        resource = self._found.get(address)
        if resource is None:
            return self._document.resolve(reference, node.uri)
        return self._inside(resource, unquote(fragment))

    def followed(self, node: Node) -> Node:
        """The schema, or what it is nothing but a reference to; itself where that is nowhere."""
        for _ in range(_LONGEST_CHAIN):
            reference = node.reference
            alone = reference is not None and (
                len(node.value) == 1 or self.dialect_of(node).lets_a_reference_stand_alone
            )
            if reference is None or not alone:
                return node
            try:
                node = self.target(node, reference)
            except Unresolvable:
                return node
        return node

    def owner(self, node: Node) -> Resource:
        """The resource that a node belongs to: the nearest above it that has an `$id`."""
        pointer = node.pointer
        while True:
            found = self._by_place.get((node.uri, pointer))
            if found is not None:
                return found
            if not pointer:
                raise Unresolvable(f"{self._document.place(node)} is in no file of the document.")
            pointer = pointer.rpartition("/")[0]

    @cached_property
    def are_dynamic(self) -> bool:
        """Whether any schema has a `$dynamicAnchor`, so that ways through resources matter."""
        return not self._plain and any(found.dynamic for found in self._by_place.values())

    def with_dynamic(self, name: str) -> list[Node]:
        """Every schema that has this dynamic anchor."""
        return [found.dynamic[name] for found in self._by_place.values() if name in found.dynamic]

    @cached_property
    def _has_files_only(self) -> bool:
        return all(not pointer for _, pointer in self._by_place)

    @cached_property
    def _by_place(self) -> _Places:
        found: _Places = {}
        for uri in self._document.files:
            root = self._document.node(uri=uri)
            found[uri, ""] = Resource(root, _base(root, uri), self._dialect(root, self._default))
            self._index(root, found[uri, ""], found)
        return found

    @cached_property
    def _found(self) -> dict[str, Resource]:
        by_base = {found.base: found for found in self._by_place.values()}
        files = {uri: found for (uri, pointer), found in self._by_place.items() if not pointer}
        aliases = {alias: files[uri] for alias, uri in self._document.aliases.items()}
        return {**files, **aliases, **by_base}

    def _index(self, node: Node, owner: Resource, found: _Places) -> None:
        waiting = [(node, owner)]
        while waiting:
            here, resource = waiting.pop()
            resource = self._entered(here, resource, found)
            waiting += [(below, resource) for below in _below(here)]

    def _entered(self, node: Node, owner: Resource, found: _Places) -> Resource:
        value = node.value
        if not isinstance(value, dict):
            return owner
        if node.pointer and isinstance(value.get("$id"), str):
            base = (_joined(owner.base, value["$id"]) or owner.base).rstrip("#")
            owner = Resource(node, base, self._dialect(node, owner.dialect))
            found[node.uri, node.pointer] = owner
        for keyword in _ANCHORS:
            if isinstance(value.get(keyword), str):
                owner.anchors[value[keyword]] = node
        if "$dynamicAnchor" in value and _ANCHOR.fullmatch(str(value["$dynamicAnchor"])):
            owner.dynamic[value["$dynamicAnchor"]] = node
        if value.get("$recursiveAnchor") is True:
            owner.dynamic[RECURSIVE] = node
        return owner

    def _dialect(self, node: Node, inherited: Dialect) -> Dialect:
        named = node.find("$schema")
        return dialects.named(named.value) if named else inherited

    def _inside(self, resource: Resource, fragment: str) -> Node:
        if fragment in resource.anchors:
            return resource.anchors[fragment]
        if fragment and not fragment.startswith("/"):
            place = self._document.place(resource.root)
            raise Unresolvable(f"{place} has no anchor {fragment!r}.")
        return self._document.node(resource.root.pointer + fragment, resource.root.uri)


def _base(root: Node, uri: str) -> str:
    own = root.find("$id") or root.find("$self")
    joined = _joined(uri, own.value) if own and isinstance(own.value, str) else None
    return joined or uri


def _joined(base: str, reference: str) -> str | None:
    """The address that is meant at a base; None where it is no address at all."""
    try:
        joined = urljoin(base, reference)
        urldefrag(joined)
    except ValueError:
        return None
    return joined


def _below(node: Node) -> Iterator[Node]:
    names_are_keywords = not node.pointer.endswith("/properties")
    for name, child in node.items():
        if not (names_are_keywords and name in _DATA):
            yield child
    yield from node.entries()
