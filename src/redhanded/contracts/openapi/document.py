"""An OpenAPI document with all the files that it refers to, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.nodes import Flaw, Node, at, joined, name_of
from redhanded.core.errors import RedhandedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Document", "DocumentUnusable", "Flaw", "Node", "Unresolvable"]


LONGEST_CHAIN: Final = 100
"""References that lead to references: more of them in a row count as a circle."""


class DocumentUnusable(UsageError):
    """Nothing of the document can be used; the message says why and what to do."""


class DocumentUnreachable(DocumentUnusable):
    """The environment kept the document from us; it may be had later."""


class Unresolvable(RedhandedError):
    """A `$ref` leads nowhere, or round in a circle."""


class Circular(Unresolvable):
    """A `$ref` leads to references only, round in a circle."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read; make one with `loading.read`.

    `version` is that of OpenAPI, such as (3, 1). `root` is its content, `uri` its address and
    `others` the content of each file that it refers to, by address. `aliases` are the addresses
    that files give themselves (`$self`), each with the one it was read from; `missing` are those
    that could not be read. `flaws` tells what cannot be used of the document. `digest` is the
    SHA-256 of the content of all files.
    """

    name: str
    version: tuple[int, int]
    root: Mapping[str, Any]
    uri: str
    others: Mapping[str, Any] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    digest: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def files(self) -> list[str]:
        """The addresses of all files, the document's own first."""
        return [self.uri, *(uri for uri in self.others if uri not in self.aliases)]

    def node(self, pointer: str = "", uri: str = "") -> Node:
        """What stands at a JSON Pointer; Unresolvable where nothing does.

        `uri` is that of another file; without it, the document itself is meant.
        """
        uri = uri or self.uri
        try:
            return Node(at(self._content(uri), pointer), uri, pointer)
        except LookupError:
            raise Unresolvable(self._lack(uri, pointer)) from None

    def child(self, node: Node, *keys: str | int) -> Node:
        """What stands below a node, by its keys; Unresolvable where nothing does.

        A `$ref` is followed at the node and on the way, but not at the end of it.
        """
        for key in keys:
            found = self.follow(node).find(key)
            if found is None:
                raise Unresolvable(f"{self.place(node)} has no {key!r}.")
            node = found
        return node

    def follow(self, node: Node) -> Node:
        """The node itself, or what its `$ref` leads to, over any number of files.

        For all but schemas, whose references have rules of their own. Raises Unresolvable.
        """
        seen: set[tuple[str, str]] = set()
        while (reference := node.reference) is not None:
            if (node.uri, node.pointer) in seen or len(seen) > LONGEST_CHAIN:
                raise Circular(f"{self.place(node)} leads round in a circle.")
            seen.add((node.uri, node.pointer))
            node = self.resolve(reference, node.uri)
        return node

    def resolve(self, reference: str, uri: str = "") -> Node:
        """What a reference leads to that stands in the file with this address; or Unresolvable."""
        try:
            address, fragment = joined(uri or self.uri, reference)
        except LookupError:
            raise Unresolvable(f"{reference[:200]!r} is no reference.") from None
        return self.node(fragment, self.aliases.get(address, address))

    def place(self, node: Node) -> str:
        """Where a node stands, for people: `openapi.yaml#/components/schemas/Booking`."""
        return f"{self._name_of(node.uri)}#{node.pointer}"

    def _content(self, uri: str) -> object:
        return self.root if uri == self.uri else self.others[uri]

    def _lack(self, uri: str, pointer: str) -> str:
        """Why nothing stands there: of a file that was not read, what reading it came to."""
        name = self._name_of(uri)
        if uri == self.uri or uri in self.others:
            return f"{name} has nothing at {pointer!r}."
        why = (flaw.message for flaw in self.flaws if name in flaw.message)
        return next(why, f"{name} was not read.")

    def _name_of(self, uri: str) -> str:
        return name_of(uri, self.uri, self.name)
