"""What a route sends back, and how the OpenAPI document speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic_core import to_json

from redhanded.lab.problems import MEDIA_TYPE, Kind, ProblemError

Declared = dict[int | str, dict[str, Any]]

BODY = (400, 413, 415, 422)  # what any operation that reads a JSON body can refuse

_HEADERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Location": ("The new resource.", {"type": "string", "format": "uri-reference"}),
    "ETag": ("The version of the resource.", {"type": "string", "pattern": '^"[^"]+"$'}),
    "X-Total-Count": ("How many there are on all pages.", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": ("How to authenticate.", {"type": "string"}),
    "Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 0}),
}
# Not on every answer of the status, so the document cannot promise it.
_OPTIONAL_HEADERS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "Idempotent-Replayed": (
        "Present when this is the stored answer to an earlier request with the same key.",
        {"type": "string", "const": "true"},
    ),
}


def answer(
    body: object, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with the body as JSON."""
    return Response(to_json(body, by_alias=True), status, headers, "application/json")


def nothing() -> Response:
    """A 204 response."""
    return Response(status_code=204)


def refusals(*statuses: int, model: str = "Problem") -> Declared:
    """The declaration of problem answers with these statuses."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{model}"}}}
    return {status: _declaration(status, content) for status in statuses}


def _declaration(status: int, content: dict[str, Any]) -> dict[str, Any]:
    declared = {"description": HTTPStatus(status).phrase, "content": content}
    return {**declared, **with_headers("WWW-Authenticate")} if status == 401 else declared


def keyed_refusals() -> Declared:
    """The declaration of what an operation with an idempotency key adds to its refusals."""
    declared = refusals(409, 422)
    declared[409] |= with_headers("Retry-After")
    declared[422] |= with_headers(optional=("Idempotent-Replayed",))
    return declared


def with_headers(*names: str, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """The declaration of the headers an answer always has, and of those it may have."""
    always = {name: _header(*_HEADERS[name], required=True) for name in names}
    at_times = {name: _header(*_OPTIONAL_HEADERS[name], required=False) for name in optional}
    return {"headers": always | at_times}


def _header(description: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"description": description, "required": required, "schema": schema}


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether the caller already holds this version (RFC 9110, 13.1.2: weak comparison)."""
    if if_none_match is None:
        return False
    held = {name.removeprefix("W/") for name in _names(if_none_match)}
    return bool(held & {"*", etag})


def require_match(if_match: str | None, etag: str) -> None:
    """Refuses with 412 when the caller means another version (RFC 9110, 13.1.1: strong)."""
    if if_match is not None and not _names(if_match) & {"*", etag}:
        raise ProblemError(
            Kind.PRECONDITION_FAILED, f"The version is now {etag}; read it and try again."
        )


def _names(condition: str) -> set[str]:
    return {name.strip() for name in condition.split(",")}
