"""The shape that an OpenAPI document has, as far as anything of it is used here.

What has another shape is a flaw, and is taken out of the document: nobody who reads it later meets
text where the specification has an object. In a list, an empty object takes its place, so that the
places of others stay what they are. Schemas have rules of their own and are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from redhanded.contracts.openapi.document import Unresolvable
from redhanded.contracts.openapi.nodes import Flaw, Node, escaped
from redhanded.contracts.openapi.operations import METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from redhanded.contracts.openapi.document import Document


class _Field(NamedTuple):
    """What stands at a key: one thing, a map or a list of things; of which kind."""

    many: str
    kind: str


def _one(kind: str) -> _Field:
    return _Field("", kind)


def _map(kind: str) -> _Field:
    return _Field("map", kind)


def _list(kind: str) -> _Field:
    return _Field("list", kind)


_TEXT, _FLAG, _SCHEMA = _one("text"), _one("flag"), _one("schema")

_SERIALISED: Final = {
    "required": _FLAG,
    "deprecated": _FLAG,
    "style": _TEXT,
    "explode": _FLAG,
    "schema": _SCHEMA,
    "content": _map("media"),
}
_SHAPES: Final[Mapping[str, Mapping[str, _Field]]] = {
    "document": {
        "info": _one("object"),
        "servers": _list("server"),
        "paths": _map("path"),
        "webhooks": _map("path"),
        "components": _one("components"),
        "security": _list("object"),
        "tags": _list("object"),
    },
    "components": {
        "schemas": _map("schema"),
        "responses": _map("response"),
        "parameters": _map("parameter"),
        "requestBodies": _map("body"),
        "headers": _map("header"),
        "securitySchemes": _map("object"),
        "links": _map("object"),
        "callbacks": _map("callback"),
        "pathItems": _map("path"),
        "mediaTypes": _map("media"),
    },
    "path": {
        **dict.fromkeys(METHODS, _one("operation")),
        "additionalOperations": _map("operation"),
        "parameters": _list("parameter"),
        "servers": _list("server"),
    },
    "operation": {
        "operationId": _TEXT,
        "deprecated": _FLAG,
        "parameters": _list("parameter"),
        "requestBody": _one("body"),
        "responses": _map("response"),
        "callbacks": _map("callback"),
        "security": _list("object"),
        "servers": _list("server"),
    },
    "parameter": {
        **_SERIALISED,
        "name": _TEXT,
        "in": _TEXT,
        "allowReserved": _FLAG,
        "allowEmptyValue": _FLAG,
    },
    "header": _SERIALISED,
    "body": {"required": _FLAG, "content": _map("media")},
    "response": {"headers": _map("header"), "content": _map("media"), "links": _map("object")},
    "media": {
        "schema": _SCHEMA,
        "itemSchema": _SCHEMA,
        "encoding": _map("encoding"),
        "prefixEncoding": _list("encoding"),
        "itemEncoding": _one("encoding"),
    },
    "encoding": {
        "contentType": _TEXT,
        "headers": _map("header"),
        "style": _TEXT,
        "explode": _FLAG,
        "allowReserved": _FLAG,
    },
    "server": {"url": _TEXT, "variables": _map("object")},
    "object": {},
}
_PLAIN: Final[Mapping[str, tuple[type, ...]]] = {
    "text": (str,),
    "flag": (bool,),
    "map": (dict,),
    "list": (list,),
    "schema": (dict, bool),
}
_EXTENDED: Final = frozenset({"path", "response"})
"""Maps of these may have extensions beside them: paths, callbacks and the responses."""

_WORDS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "nothing",
}


def mend(document: Document) -> Iterator[Flaw]:
    """Each thing of another shape than the specification has it; taken out once it is told."""
    todo = [("document", document.node())]
    seen: set[tuple[str, int]] = set()
    while todo:
        kind, node = todo.pop()
        if kind == "schema" or (kind, id(node.value)) in seen:
            continue
        seen.add((kind, id(node.value)))
        if node.reference is not None:
            todo += _target(document, kind, node)
        if kind == "callback" and node.reference is None:
            yield from _mend_members(document, node, "path", todo)
        for key, expected in _SHAPES.get(kind, {}).items():
            if key in node.value:
                yield from _mend_member(document, node, key, expected, todo)


def _target(document: Document, kind: str, node: Node) -> list[tuple[str, Node]]:
    """What a reference leads to, which must be an object of the same kind."""
    try:
        target = document.follow(node)
    except Unresolvable:
        return []
    return [(kind, target)] if isinstance(target.value, dict) else []


def _mend_member(
    document: Document, node: Node, key: str, expected: _Field, todo: list[tuple[str, Node]]
) -> Iterator[Flaw]:
    member = _below(node, key)
    wanted = expected.many or expected.kind
    if not isinstance(member.value, _PLAIN.get(wanted, (dict,))):
        yield _flaw(document, member, wanted)
        del node.value[key]
    elif expected.many:
        yield from _mend_members(document, member, expected.kind, todo)
    elif expected.kind in _SHAPES:
        todo.append((expected.kind, member))


def _mend_members(
    document: Document, node: Node, kind: str, todo: list[tuple[str, Node]]
) -> Iterator[Flaw]:
    """The members of a map, or the items of a list, each of which is to be of that kind."""
    for key in _keys(node.value, kind):
        member = _below(node, key)
        if isinstance(member.value, _PLAIN.get(kind, (dict,))):
            todo.append((kind, member))
        else:
            yield _flaw(document, member, kind)
            if isinstance(node.value, list):
                node.value[key] = {}
            else:
                del node.value[key]


def _keys(value: Any, kind: str) -> list[Any]:  # noqa: ANN401
    if isinstance(value, list):
        return list(range(len(value)))
    return [name for name in value if not (kind in _EXTENDED and name.startswith("x-"))]


def _below(node: Node, key: str | int) -> Node:
    return Node(node.value[key], node.uri, f"{node.pointer}/{escaped(key)}")


def _flaw(document: Document, node: Node, wanted: str) -> Flaw:
    types: tuple[Any, ...] = _PLAIN.get(wanted, (dict,))
    expected = " or ".join(_WORDS[each] for each in types)
    message = f"is {_WORDS[type(node.value)]} where {expected} belongs, and is passed over"
    return Flaw(document.place(node), message)
