"""A trail: from an error of the library back to the keyword of the document that made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.nodes import Node, steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.contracts.openapi.schemas.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Trail:
    """A keyword in the document: where, what it is called, its value, and its schema."""

    uri: str
    pointer: str
    rule: str
    limit: Any
    schema: Node


def trail(catalogue: Catalogue, path: Sequence[str | int]) -> Trail:
    """Where in the document the keyword stands that a path in a bundle leads to."""
    found = catalogue.located(path)
    if found is None:  # the reference with which each bundle begins
        return Trail("", "", str(path[-1]) if path else "", None, Node({}, ""))
    fragment, rest = found
    pointer = fragment.pointer_of(rest)
    uri = fragment.origin.uri
    node = _node(catalogue, pointer, uri)
    schema = _node(catalogue, pointer.rpartition("/")[0], uri) if rest else node
    return Trail(uri, pointer, _rule(pointer, rest), node.value, schema)


def _rule(pointer: str, path: Sequence[str | int]) -> str:
    last = (steps(pointer) or [""])[-1]
    return last if last == "format" or not path else str(path[-1])


def _node(catalogue: Catalogue, pointer: str, uri: str) -> Node:
    try:
        return catalogue.document.node(pointer, uri)
    except Unresolvable:
        return Node(None, uri, pointer)
