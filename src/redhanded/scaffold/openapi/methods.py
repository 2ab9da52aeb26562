"""Operations as methods of a client: their names, arguments, bodies and what they give back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import followed, operations_of
from redhanded.contracts.openapi.universe import contents_of
from redhanded.scaffold.openapi import answered, names
from redhanded.scaffold.openapi.identities import Identities, Need
from redhanded.scaffold.openapi.parameters import Parameter, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.scaffold.openapi.answered import Answer
    from redhanded.scaffold.openapi.shapes import Shape, Shapes

_TOKEN = re.compile(r"[A-Z]+(-[A-Z]+)*")
_WITHOUT_BODY = frozenset({"GET", "HEAD", "TRACE"})
_NO_TAG = "operations"


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent as a body: `shape` is that of JSON, and None where it is anything else."""

    media_type: str
    shape: Shape | None
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One operation as a method."""

    operation: Operation
    name: str
    tag: str
    parameters: Sequence[Parameter]
    body: Body | None
    answers: Sequence[Answer]
    need: Need
    documented: Sequence[str]
    number: int | None = None
    """The second one of a name carries this number."""

    @property
    def is_safe(self) -> bool:
        """Whether to ask changes nothing (RFC 9110, section 9.2.1)."""
        return self.operation.method in {"GET", "HEAD"}

    @property
    def required(self) -> list[Parameter]:
        """The parameters that must be given, and that the document has no value for."""
        return [one for one in self.parameters if one.is_required and one.known is None]

    @property
    def demanded(self) -> list[Parameter]:
        """The parameters that must be given besides those of the path."""
        return [one for one in self.parameters if one.is_required and one.place != "path"]


def methods_of(document: Document, shapes: Shapes) -> tuple[list[Method], Identities]:
    """Every operation that a client can ask for, in the document's order, and who may ask."""
    operations = [one for one in operations_of(document) if _TOKEN.fullmatch(one.method)]
    identities = Identities(document, operations)
    taken = names.Taken(_OF_CLIENTS)
    found = [_method(document, each, shapes, identities, taken) for each in operations]
    return found, identities


def numbered(methods: Sequence[Method]) -> Iterator[str]:
    """Which operations had to be numbered, for two of them would have one name."""
    for method in methods:
        if method.number is not None:
            yield f"{method.operation.name} is {method.name}()"


def _method(
    document: Document,
    operation: Operation,
    shapes: Shapes,
    identities: Identities,
    taken: names.Taken,
) -> Method:
    wanted = _wanted(operation)
    name = taken.give(wanted)
    return Method(
        operation=operation,
        name=name,
        tag=_tag(operation),
        parameters=parameters(document, operation, shapes),
        body=_body(document, operation, shapes, f"{name} body"),
        answers=answered.successes(document, operation, shapes, f"{name} answer"),
        need=identities.of(operation),
        documented=answered.documented(document, operation),
        number=None if name == wanted else int(name.rpartition("_")[2]),
    )


def _wanted(operation: Operation) -> str:
    """The name from the `operationId`, else from method and path: `get_booking_by_bookingid`."""
    own = operation.node.value.get("operationId")
    if isinstance(own, str) and names.words(own):
        return names.snake(own, operation.method.lower())
    steps = [_spoken(step) for step in operation.template.split("/") if step]
    return names.snake(" ".join([operation.method.lower(), *steps]), "call")


def _spoken(step: str) -> str:
    return f"by {step}" if step.startswith("{") else step


def _tag(operation: Operation) -> str:
    tags = operation.node.value.get("tags")
    first = tags[0] if isinstance(tags, list) and tags else None
    return first if isinstance(first, str) and names.words(first) else _NO_TAG


def _body(document: Document, operation: Operation, shapes: Shapes, wish: str) -> Body | None:
    node = followed(document, operation.node.find("requestBody"))
    if node is None or operation.method in _WITHOUT_BODY:
        return None
    contents = contents_of(document, node)
    is_required = node.value.get("required") is True
    found = answered.json_of(contents)
    if found is None:
        media_type = next(iter(contents), "application/octet-stream")
        return Body(media_type, None, is_required)
    schema = found[1].find("schema")
    if schema is None:
        return Body(found[0], {}, is_required)
    return Body(found[0], shapes.of(schema, "request", answered.wished(schema, wish)), is_required)


_OF_CLIENTS = ("api",)
