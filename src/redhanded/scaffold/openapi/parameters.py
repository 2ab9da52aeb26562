"""The parameters of operations, as arguments of methods."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from redhanded.contracts.openapi.operations import VARIABLE
from redhanded.contracts.openapi.universe import contents_of, parameters_of
from redhanded.scaffold.openapi import names

if TYPE_CHECKING:
    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.scaffold.openapi.shapes import Shape, Shapes

Place: TypeAlias = Literal["path", "query", "header", "cookie"]
Manner: TypeAlias = Literal[
    "plain", "repeated", "comma", "space", "pipe", "deep", "members", "json"
]

_NAMES = {"header": re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")}
_NAMES["cookie"] = _NAMES["header"]
_BETWEEN: dict[object, Manner] = {"spaceDelimited": "space", "pipeDelimited": "pipe"}
_ORDER: dict[str, int] = {"path": 0, "query": 1, "header": 2, "cookie": 3}
_PLACES: dict[str, Place] = {"query": "query", "header": "header", "cookie": "cookie"}
_RESERVED = frozenset({"self", "body", "response", "quote", "expect", "given", "answer", "json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter: what the wire and what Python call it, and how its value is sent."""

    name: str
    argument: str
    place: Place
    is_required: bool
    shape: Shape
    manner: Manner
    known: object = None
    """A value that the document gives itself, where it must be given."""


def parameters(document: Document, operation: Operation, shapes: Shapes) -> list[Parameter]:
    """What a method for this operation takes besides a body, those of the path first."""
    taken = names.Taken(_RESERVED)
    declared = parameters_of(document, operation)
    variables = list(dict.fromkeys(VARIABLE.findall(operation.template)))
    found = []
    for variable in variables:
        node = declared.get(("path", variable))
        shape = _shape(document, node, shapes) if node else {"type": "string"}
        argument = taken.give(names.snake(variable, "value"))
        found.append(
            Parameter(
                name=variable,
                argument=argument,
                place="path",
                is_required=True,
                shape=shape if shape.get("type") == "integer" else {"type": "string"},
                manner="plain",
            )
        )
    for (place, name), node in sorted(declared.items(), key=lambda it: _ORDER.get(it[0][0], 9)):
        if place not in _ORDER or place == "path" or not _is_sendable(place, name):
            continue
        shape = _sent(_shape(document, node, shapes))
        found.append(
            Parameter(
                name=name,
                argument=taken.give(names.snake(name, "value")),
                place=_PLACES[place],
                is_required=node.value.get("required") is True,
                shape=shape,
                manner=_manner(place, node, shape),
                known=_known(node, shape),
            )
        )
    return found


def _shape(document: Document, node: Node, shapes: Shapes) -> Shape:
    contents = contents_of(document, node)
    owner = next(iter(contents.values()), node)
    schema = owner.find("schema")
    return shapes.of(schema, "request", "value") if schema is not None else {"type": "string"}


def _sent(shape: Shape) -> Shape:
    """The shape of what the caller gives: dates and ids are given as text."""
    if "$ref" in shape:
        return {"type": "object"}
    kept = {name: value for name, value in shape.items() if name != "format"}
    for keyword in ("items", "additionalProperties"):
        if keyword in kept:
            kept[keyword] = _sent(kept[keyword])
    if "anyOf" in kept:
        kept["anyOf"] = [_sent(each) for each in kept["anyOf"] if each != {"type": "null"}]
        return kept["anyOf"][0] if len(kept["anyOf"]) == 1 else kept
    return kept


def _is_sendable(place: str, name: str) -> bool:
    rule = _NAMES.get(place)
    return bool(name) and (rule is None or rule.fullmatch(name) is not None)


def _manner(place: str, node: Node, shape: Shape) -> Manner:
    """How a value is written (OAS 3.1.1, section 4.8.12.2.2)."""
    if "content" in node.value:
        return "json"
    style = node.value.get("style", "form" if place in {"query", "cookie"} else "simple")
    kind = shape.get("type")
    if kind == "array":
        explodes = node.value.get("explode", style == "form") is True
        return "repeated" if explodes and place == "query" else _BETWEEN.get(style, "comma")
    if kind == "object":
        return "deep" if style == "deepObject" else "members" if place == "query" else "json"
    return "plain"


def _known(node: Node, shape: Shape) -> object:
    """The document's own value: its default, or the first that it lists."""
    schema = node.find("schema")
    default = schema.value.get("default") if schema and isinstance(schema.value, dict) else None
    listed = [value for value in shape.get("enum", []) if value is not None]
    found = listed[0] if listed and default not in listed else default
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
