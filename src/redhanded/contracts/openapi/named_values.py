"""Values that a document names itself, as examples or as all that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from redhanded.contracts.openapi.operations import followed
from redhanded.contracts.openapi.universe import parameters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation


def are_named(document: Document, operation: Operation, path: Mapping[str, str]) -> bool:
    """Whether the document itself names the value of each variable in a path; also without any.

    Then what stands there must be found, unless the document speaks of another environment.
    """
    parameters = parameters_of(document, operation) if path else {}
    return all(
        unquote(value) in _named(document, parameters.get(("path", name)))
        for name, value in path.items()
    )


def _named(document: Document, parameter: Node | None) -> set[str]:
    schema = followed(document, parameter.find("schema")) if parameter else None
    owners = [owner for owner in (parameter, schema) if owner is not None]
    return {str(value) for owner in owners for value in _values(owner.value)}


def _values(owner: Mapping[str, object]) -> Iterator[object]:
    """What an object of a parameter or a schema names; OAS 3.1.1, section 4.8.12.2.1."""
    yield from (owner[key] for key in ("example", "default", "const") if key in owner)
    for key in ("enum", "examples"):
        listed = owner.get(key)
        if isinstance(listed, list):
            yield from listed
        elif isinstance(listed, dict):
            yield from (each["value"] for each in listed.values() if "value" in each)
