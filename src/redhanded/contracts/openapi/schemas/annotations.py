"""Annotations: what a schema says beside what refuses values, for those who make some.

A bundle with them is read as the bundle alone by who validates, for JSON Schema passes over
keywords that it does not know (2020-12, core, section 4.3.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.schemas.dialects import LISTS, MAPS, SINGLE

if TYPE_CHECKING:
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.schemas.catalogue import Catalogue
    from redhanded.contracts.openapi.schemas.fragments import Path
    from redhanded.contracts.openapi.schemas.places import Place

NAME: Final = "x-name"
"""The keyword that says what the document calls a schema."""

_KEPT: Final = ("default", "discriminator", "example", "examples", "readOnly")
_DEFINITIONS = "$defs"


def annotated(catalogue: Catalogue, place: Place) -> dict[str, Any]:
    """The bundle of a schema with names, examples, discriminators and what is read only.

    What values of the direction should not hold is `false`. Unusable where it is broken.
    """
    writer, bundle = _Writer(catalogue, place), catalogue.bundle(place)
    return {key: writer.part(key, value, (key,)) for key, value in bundle.items()}


class _Writer:
    def __init__(self, catalogue: Catalogue, place: Place) -> None:
        self._catalogue = catalogue
        self._direction = place.way.direction

    def written(self, schema: Any, path: Path) -> Any:  # noqa: ANN401  any part of a schema
        """A copy of the schema at a path of the bundle, with its annotations."""
        if not isinstance(schema, dict):
            return schema
        result = {key: self.part(key, value, (*path, key)) for key, value in schema.items()}
        return {**self._notes(path), **result}

    def part(self, keyword: str, value: Any, path: Path) -> Any:  # noqa: ANN401
        """What a keyword holds, with its annotations."""
        if keyword == "properties" and isinstance(value, dict):
            return {name: self._field(schema, (*path, name)) for name, schema in value.items()}
        if keyword in (*MAPS, _DEFINITIONS) and isinstance(value, dict):
            return {name: self.written(schema, (*path, name)) for name, schema in value.items()}
        if keyword in LISTS and isinstance(value, list):
            return [self.written(each, (*path, str(at))) for at, each in enumerate(value)]
        return self.written(value, path) if keyword in SINGLE else value

    def _field(self, schema: Any, path: Path) -> Any:  # noqa: ANN401
        node = self._origin(path)
        if node is not None and self._catalogue.declared.hides(node, self._direction):
            return False
        return self.written(schema, path)

    def _notes(self, path: Path) -> dict[str, Any]:
        """What the document says where the schema at a path comes from."""
        node = self._origin(path)
        if node is None or not isinstance(node.value, dict):
            return {}
        notes = {key: node.value[key] for key in _KEPT if key in node.value}
        is_whole = len(path) > 1 and path[-2] == _DEFINITIONS
        return {NAME: node.pointer.rpartition("/")[2], **notes} if is_whole else notes

    def _origin(self, path: Path) -> Node | None:
        """Where in the document a path of the bundle comes from; None for what was put in."""
        located = self._catalogue.located(path)
        if located is None:
            return None
        fragment, rest = located
        try:
            return self._catalogue.document.node(fragment.pointer_of(rest), fragment.origin.uri)
        except Unresolvable:
            return None
