"""What one row of the suite of schemas says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.marks import Direction
from redhanded.contracts.openapi.schemas import Fault, SchemaCheck, Schemas
from redhanded.core import jsonpath


def document(
    components: Mapping[str, Any],
    version: str = "3.1.1",
    *,
    others: Mapping[str, object] | None = None,
    **root: object,
) -> Document:
    """A document with these schemas."""
    content = {"openapi": version, "components": {"schemas": dict(components)}, **root}
    major, minor, *_ = map(int, version.split("."))
    return Document("api.yaml", (major, minor), content, "file:///api/api.yaml", others or {})


def check_of(
    found: Document,
    name: str = "A",
    *,
    direction: Direction = "response",
    closed: bool = False,
) -> SchemaCheck:
    """The check of a schema by its name."""
    schema = found.node("/components/schemas/" + name)
    return Schemas(found).check(schema, direction, closed=closed)


def told(faults: list[Fault]) -> str:
    """The places and rules of faults on one line."""
    return "; ".join(f"{jsonpath.write(fault.place)} {fault.rule}" for fault in faults)


@dataclass(frozen=True)
class Case:
    """A schema, values that it lets pass, and others with the faults that are told of them.

    `section` is that of the OpenAPI Specification or of JSON Schema 2020-12 which decides.
    """

    name: str
    section: str
    schema: object
    passes: tuple[Any, ...] = ()
    breaks: tuple[tuple[Any, str], ...] = ()
    version: str = "3.1.1"
    direction: Direction = "response"
    closed: bool = False
    components: Mapping[str, Any] = field(default_factory=dict)
    root: Mapping[str, Any] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)

    @property
    def check(self) -> SchemaCheck:
        """The check of the schema."""
        found = document(
            {**self.components, "A": self.schema},
            self.version,
            others={f"file:///api/{name}": content for name, content in self.others.items()},
            **self.root,
        )
        return check_of(found, direction=self.direction, closed=self.closed)


def ref(name: str) -> dict[str, str]:
    """A reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}
