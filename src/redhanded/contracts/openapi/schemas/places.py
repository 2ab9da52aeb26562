"""Places: a schema of a document, and how it is to be read there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.core.errors import RedhandedError

if TYPE_CHECKING:
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Flaw, Node


class Unusable(RedhandedError):
    """A schema can be held against nothing, because of a flaw in the document."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw


class Way(NamedTuple):
    """How a schema is read.

    `marked` refuses also what a value of this direction should not hold, and `closed` what is
    declared nowhere. `sealed` is said of a schema that describes a whole value, and no part of one.
    `shallow` leaves out unions, and what depends on them.
    """

    direction: Direction
    marked: bool = False
    closed: bool = False
    sealed: bool = False
    shallow: bool = False

    @property
    def plain(self) -> Way:
        """The same, refusing nothing but what the schema itself refuses."""
        return Way(self.direction)

    @property
    def part(self) -> Way:
        """The same, for a schema that is one of several for a value."""
        return self._replace(sealed=False)

    @property
    def whole(self) -> Way:
        """The same, for a schema that describes a value alone."""
        return self._replace(sealed=self.closed)

    @property
    def code(self) -> str:
        """The way as a short word, apart from the direction."""
        return "".join("np"[flag] for flag in self[1:])


class Place(NamedTuple):
    """Where a schema stands, and how it is read."""

    uri: str
    pointer: str
    way: Way

    @classmethod
    def of(cls, node: Node, way: Way) -> Place:
        """The place of a node."""
        return cls(node.uri, node.pointer, way)
