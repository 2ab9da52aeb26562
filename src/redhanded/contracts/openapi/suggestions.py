"""Suggestions: what would have to stand in a document for it to allow what was seen."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from redhanded.contracts.openapi import media
from redhanded.contracts.openapi.operations import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redhanded.contracts.openapi.nodes import Node
    from redhanded.contracts.openapi.terms import Terms

_ID = re.compile(
    r"\d+|[0-9a-fA-F]{8,}|(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?=[^\d]*\d)[A-Za-z0-9._~%=+-]{16,}|[^/]{48,}|[^/]*[@:,;%][^/]*"
)
_MOST_SEGMENTS = 12


def template_of(path: str) -> str:
    """A path as a template: what looks like the name of one thing among many is a variable.

    So a hundred books are one cause, and nothing that may be a secret is quoted.
    """
    segments = path.split("/")[1 : _MOST_SEGMENTS + 1]
    shown: list[str] = []
    for segment in segments:
        if not _ID.fullmatch(segment):
            shown.append(segment)
            continue
        number = sum(one.startswith("{") for one in shown)
        shown.append(f"{{id{number + 1 if number else ''}}}")
    return "/" + "/".join(shown)


def response(content_type: str, status: int, *, has_body: bool) -> dict[str, Any]:
    """A response object for an answer of that status."""
    try:
        description = HTTPStatus(status).phrase
    except ValueError:
        description = f"Status {status}"
    return {"description": description, **content(content_type if has_body else "")}


def content(content_type: str) -> dict[str, Any]:
    """The `content` of a message with that Content-Type; nothing without one."""
    name = media.parse(content_type).name
    return {"content": {name: {}}} if name else {}


def parameter(name: str) -> dict[str, Any]:
    """A parameter object for something in a query."""
    return {"name": name, "in": "query", "schema": {}}


def operation(
    template: str,
    *,
    status: str,
    answer: dict[str, Any],
    queries: Iterable[str],
    request_type: str,
) -> dict[str, Any]:
    """An operation object for a request that the document lacks."""
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {}}
        for name in VARIABLE.findall(template)
    ]
    parameters = [*in_path, *map(parameter, dict.fromkeys(queries))]
    body = content(request_type)
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": body} if body else {}),
        "responses": {status: answer},
    }


def in_list(terms: Terms, owner: Node, key: str, value: Any) -> str:  # noqa: ANN401
    """The patch that puts one more value at the end of a list, which is made where missing."""
    found = owner.find(key)
    if found is None or not isinstance(found.value, list):
        return terms.addition(owner, key, [value])
    return terms.addition(found, "-", value)


def in_map(terms: Terms, owner: Node, keys: Sequence[str], value: Any) -> str:  # noqa: ANN401
    """The patch that puts a value below an object, with all objects on the way that are missing."""
    *on_the_way, last = keys
    for index, key in enumerate(on_the_way):
        found = owner.find(key)
        if found is None or not isinstance(found.value, dict):
            for missing in reversed(keys[index + 1 :]):
                value = {missing: value}
            return terms.addition(owner, key, value)
        owner = found
    return terms.addition(owner, last, value)
