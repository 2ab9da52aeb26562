"""The schemas of what a client sends, by the names that a document has for them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from redhanded.contracts.document import is_json
from redhanded.contracts.openapi.operations import VARIABLE, followed, members, operations_of
from redhanded.contracts.openapi.schemas.annotations import annotated
from redhanded.contracts.openapi.schemas.catalogue import Catalogue
from redhanded.contracts.openapi.schemas.places import Place, Way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node


class RequestSchemas:
    """Gives schemas of a document as JSON Schema 2020-12 whose references lead into itself."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._catalogue = Catalogue(document)

    @cached_property
    def named(self) -> Mapping[str, Node]:
        """The schemas under `components`, by name."""
        root = self._document.node()
        found = followed(self._document, root.find("components"))
        return dict(members(self._document, found.find("schemas") if found else None))

    @cached_property
    def bodies(self) -> Mapping[str, Node | None]:
        """The schemas of the JSON request bodies by operation; None where one has none."""
        return {
            operation.name: self._body(operation.node)
            for operation in operations_of(self._document)
        }

    def operation(self, name: str) -> str | None:
        """The name of the operation that is meant, whatever its variables are called."""
        wanted = VARIABLE.sub("{}", name)
        return next((each for each in self.bodies if VARIABLE.sub("{}", each) == wanted), None)

    def bundle(self, schema: Node) -> dict[str, Any]:
        """The schema with all that it refers to; Unusable where the document is broken."""
        return annotated(self._catalogue, Place.of(schema, Way("request")))

    def _body(self, operation: Node) -> Node | None:
        body = followed(self._document, operation.find("requestBody"))
        content = dict(members(self._document, body.find("content") if body else None))
        media = next((node for name, node in content.items() if is_json(name)), None)
        return media.find("schema") if media else None
