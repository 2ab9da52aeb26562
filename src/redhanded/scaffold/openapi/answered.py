"""What an operation answers where all is well: statuses, and the shape of the body of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.contracts.openapi.operations import followed, members
from redhanded.contracts.openapi.universe import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.document import Document
    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.operations import Operation
    from redhanded.scaffold.openapi.shapes import Shape, Shapes

_CODE = re.compile(r"[1-5]\d\d|[1-5][Xx][Xx]")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json|text/json|\*/\*|application/\*", re.ASCII)
_ENDLESS = ("text/event-stream", "application/x-ndjson", "multipart/x-mixed-replace")
_SHARED = re.compile(r"/components/(?:responses|requestBodies)/([^/]+)/content/")


@dataclass(frozen=True, slots=True)
class Answer:
    """One documented answer; `shape` is None where its body is no JSON, or there is none."""

    status: int | str
    shape: Shape | None
    has_body: bool
    is_endless: bool = False


def successes(document: Document, operation: Operation, shapes: Shapes, wish: str) -> list[Answer]:
    """The answers of an operation that went well, in the document's order; JSON first."""
    found = []
    for code, node in _responses(document, operation):
        if code[0] == "2":
            contents = contents_of(document, node)
            status: int | str = int(code) if code.isdecimal() else code.lower()
            found.append(_answer(status, contents, shapes, wish))
    return sorted(found, key=lambda answer: answer.shape is None)


def documented(document: Document, operation: Operation) -> list[str]:
    """The status codes that are documented, ranges as `4xx`; `default` where it stands."""
    found = [code.lower() for code, _ in _responses(document, operation)]
    responses = followed(document, operation.node.find("responses"))
    has_default = responses is not None and responses.find("default") is not None
    return [*found, *(["default"] if has_default else [])]


def json_of(contents: Mapping[str, Node]) -> tuple[str, Node] | None:
    """The media type of JSON among these, and what stands there; the plainest first."""
    found = [(name, node) for name, node in contents.items() if is_json(name)]
    return min(found, key=lambda it: it[0] != "application/json") if found else None


def is_json(media_type: str) -> bool:
    """Whether a body of this media type is JSON."""
    return _JSON.fullmatch(media_type.partition(";")[0].strip().lower()) is not None


def wished(node: Node, wish: str) -> str:
    """What the model of a body could be called: as the shared body that it stands in, if any."""
    found = _SHARED.match(node.pointer)
    return found[1] if found else wish


def _responses(document: Document, operation: Operation) -> Iterator[tuple[str, Node]]:
    responses = followed(document, operation.node.find("responses"))
    for code, node in members(document, responses):
        if _CODE.fullmatch(str(code)):
            yield str(code), node


def _answer(status: int | str, contents: Mapping[str, Node], shapes: Shapes, wish: str) -> Answer:
    is_endless = any(name.lower().startswith(_ENDLESS) for name in contents)
    found = json_of(contents)
    if found is None or status == 204:
        return Answer(status, None, bool(contents), is_endless)
    schema = found[1].find("schema")
    if schema is None or is_endless:
        return Answer(status, {}, has_body=True, is_endless=is_endless)
    return Answer(status, shapes.of(schema, "response", wished(schema, wish)), has_body=True)
