"""The schemas of a document, as what values can be held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.contracts.openapi.schemas.catalogue import Catalogue
from redhanded.contracts.openapi.schemas.check import SchemaCheck
from redhanded.contracts.openapi.schemas.places import Place, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.marks import Direction
    from redhanded.contracts.openapi.nodes import Node


class Schemas:
    """All schemas of a document; each is converted and compiled on first use, and kept."""

    def __init__(self, document: Document) -> None:
        self._catalogue = Catalogue(document)
        self._checks: dict[Place, SchemaCheck] = {}

    def check(self, schema: Node, direction: Direction, *, closed: bool) -> SchemaCheck:
        """The check of a schema for values of a direction.

        `closed` refuses what is declared nowhere, where the schema does not speak of it itself.
        """
        way = Way(direction, marked=True, closed=closed, sealed=closed)
        place = Place.of(schema, way)
        found = self._checks.get(place)
        if found is None:
            found = self._checks[place] = SchemaCheck(self._catalogue, place)
        return found

    def resolved(self, schema: Node) -> Node:
        """The schema, or what it is nothing but a reference to."""
        return self._catalogue.resources.followed(schema)

    def types_of(self, schema: Node) -> frozenset[str]:
        """The JSON types that a schema lets pass, as far as it tells; empty where it tells none.

        An integer is a number: where numbers pass, both stand in it.
        """
        return self._catalogue.declared.types(schema)

    def properties_of(self, schema: Node) -> Mapping[str, Node]:
        """The properties that a schema declares, by name, with those of its `allOf`."""
        return self._catalogue.declared.properties(schema)
