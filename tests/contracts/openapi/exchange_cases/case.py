"""A case: one rule with its section, an exchange, what is told of it; and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redhanded.core.attempt import Attempt
from tests.contracts.openapi.exchanges import OK, attempt

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
INTEGER = {"type": "integer"}
STRING = {"type": "string"}
INTEGERS = {"type": "array", "items": INTEGER}
COLOUR = {"type": "object", "properties": {"R": INTEGER, "G": INTEGER}, "required": ["R", "G"]}


@dataclass(frozen=True)
class Case:
    """One rule: where it is written, the operations, the exchange and what is told of it."""

    name: str
    section: str
    paths: Mapping[str, Any]
    exchange: Attempt
    told: tuple[str, ...] = ()
    version: str = "3.1.1"
    parts: Mapping[str, Any] = field(default_factory=dict)


def get(*parameters: object, responses: object = OK, **operation: object) -> dict[str, Any]:
    """The path item of a GET."""
    return {"get": {"parameters": list(parameters), "responses": responses, **operation}}


def post(content: object, *, responses: object = OK, **body: object) -> dict[str, Any]:
    """The path item of a POST whose body has this content."""
    return {"post": {"requestBody": {"content": content, **body}, "responses": responses}}


def parameter(place: str, name: str, schema: object, **others: object) -> dict[str, Any]:
    """A parameter object."""
    needed = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema, **needed, **others}


def answers(content: object = None, **others: object) -> dict[str, Any]:
    """The path item of a GET that answers 200 with this content."""
    described = {"description": "OK", **({"content": content} if content else {}), **others}
    return get(responses={"200": described})


def headed(name: str, schema: object, **others: object) -> dict[str, Any]:
    """The path item of a GET whose answer has this header."""
    return answers(headers={name: {"schema": schema, **others}})


def part(name: str, content: str, content_type: str = "", filename: str = "") -> str:
    """One part of a multipart form."""
    file = f'; filename="{filename}"' if filename else ""
    kind = f"\r\nContent-Type: {content_type}" if content_type else ""
    disposition = f'Content-Disposition: form-data; name="{name}"{file}'
    return f"--b\r\n{disposition}{kind}\r\n\r\n{content}\r\n"


def form(*parts: str) -> Attempt:
    """A POST of a multipart form."""
    sent = ("".join(parts) + "--b--\r\n").encode()
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    return attempt("POST /things", sent=sent, sent_headers=kind)


def posted(sent: object, content_type: str = JSON, status: int = 200) -> Attempt:
    """A POST of a body."""
    return attempt("POST /things", status, sent=sent, sent_headers={"Content-Type": content_type})


def query(name: str, schema: object, **others: object) -> dict[str, Any]:
    """The paths of one GET with one parameter in its query."""
    return {"/things": get(parameter("query", name, schema, **others))}


def path(template: str, schema: object, **others: object) -> dict[str, Any]:
    """The paths of one GET with one parameter `id` in its path."""
    return {template: get(parameter("path", "id", schema, **others))}


ONE = {"/things": answers({JSON: {"schema": INTEGER}})}
ANSWERED = ONE["/things"]["get"]["responses"]
BAD_ID = ("error parameter_schema path id type",)
