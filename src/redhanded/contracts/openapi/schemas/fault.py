"""A fault: what a value breaks of a schema, at one place, said in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from redhanded.core.jsonpath import Place

Kind: TypeAlias = Literal["schema", "undeclared", "read_only", "write_only"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One breach of a schema by a value.

    `expected` reads on after "want". `rule` is the keyword of the schema, or a short word where
    none stands there. `source` is the document's name and the JSON Pointer of what is broken;
    `suggestion` a JSON Patch operation on it as JSON text (RFC 6902), or empty.
    """

    place: Place
    rule: str
    actual: str
    expected: str
    source: str
    kind: Kind = "schema"
    suggestion: str = ""
