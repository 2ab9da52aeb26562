"""The catalogue: every schema of a document that was converted so far, and bundles of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.document import Document, Unresolvable
from redhanded.contracts.openapi.nodes import Flaw
from redhanded.contracts.openapi.schemas.declared import Declared
from redhanded.contracts.openapi.schemas.descent import Descent
from redhanded.contracts.openapi.schemas.dialects import Dialect
from redhanded.contracts.openapi.schemas.fragments import Fragment, Path, Writer
from redhanded.contracts.openapi.schemas.places import Place, Unusable
from redhanded.contracts.openapi.schemas.resources import Resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.fault import Kind

_DEFINITIONS: Final = "$defs"
_RESOURCE: Final = "urn:redhanded:"


class Catalogue:
    """Converts the schemas of a document when they are asked for, each once for each way."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.resources: Resources = Resources(document)
        self.declared: Declared = Declared(self.resources)
        self.descent: Descent = Descent(document, self.resources, self.declared)
        self._fragments: dict[Place, Fragment] = {}
        self._names: dict[Place, str] = {}
        self._places: dict[str, Place] = {}
        self._owners: dict[tuple[str, str], str] = {}

    def bundle(self, start: Place) -> dict[str, Any]:
        """The schema with all that it refers to, as one; Unusable where it is broken."""
        reached = self._reached(start)
        reference = self.reference_to(start)
        schemas = {place: fragment.schema for place, fragment in reached.items()}
        if not self.resources.are_dynamic:
            named = {self._name(place): schema for place, schema in schemas.items()}
            return {"$ref": reference, _DEFINITIONS: named}
        parts: dict[str, Any] = {}
        for place, schema in schemas.items():
            owner = self._owner(place)
            part = parts.setdefault(owner, {"$id": owner, _DEFINITIONS: {}})
            part[_DEFINITIONS][self._name(place)] = schema
        return {"$id": f"{_RESOURCE}start", "$ref": reference, _DEFINITIONS: parts}

    def mark_of(self, node: Node, direction: Direction) -> Kind | None:
        """What is wrong about the mere presence of a property in values of this direction."""
        if not self.declared.hides(node, direction):
            return None
        if direction == "response":
            return "write_only"
        # From 3.1 on it is a remark, and a server may ignore it (3.1.1, section 4.8.24.6).
        return "read_only" if self.resources.dialect_of(node) is Dialect.OPENAPI_30 else None

    def marks(self, start: Place) -> bool:
        """Whether anything that the schema refers to refuses more than the document does."""
        return any(fragment.is_marked for fragment in self._reached(start).values())

    def reference_to(self, place: Place) -> str:
        """The `$ref` by which a schema is found in a bundle."""
        owner = self._owner(place) if self.resources.are_dynamic else ""
        return f"{owner}#/{_DEFINITIONS}/{self._name(place)}"

    def located(self, path: Sequence[str | int]) -> tuple[Fragment, Path] | None:
        """The fragment that a path in a bundle leads into, and the rest of the path.

        None where it leads into none.
        """
        for index in range(len(path) - 2, -1, -1):
            place = self._places.get(str(path[index + 1]))
            if path[index] == _DEFINITIONS and place is not None:
                return self._fragments[place], tuple(map(str, path[index + 2 :]))
        return None

    def _reached(self, start: Place) -> dict[Place, Fragment]:
        reached: dict[Place, Fragment] = {}
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in reached:
                reached[place] = self._fragment(place)
                waiting += reached[place].refers
        return reached

    def _fragment(self, place: Place) -> Fragment:
        if place not in self._fragments:
            try:
                node = self.document.node(place.pointer, place.uri)
            except Unresolvable as error:
                raise Unusable(Flaw(f"{place.uri}#{place.pointer}", str(error))) from error
            self._fragments[place] = Writer(self, Fragment(node)).write(place.way)
        return self._fragments[place]

    def _name(self, place: Place) -> str:
        if place not in self._names:
            self._names[place] = name = f"s{len(self._names)}"
            self._places[name] = place
        return self._names[place]

    def _owner(self, place: Place) -> str:
        owner = self.resources.owner(self.document.node(place.pointer, place.uri)).root
        return self._owners.setdefault(
            (owner.uri, owner.pointer), f"{_RESOURCE}{len(self._owners)}"
        )
