"""Small documents, to be compared in pairs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from redhanded.contracts.changes import Change, changes
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read

TODAY = date(2030, 1, 1)
SCHEMAS: dict[str, Any] = {
    "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
    "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}},
    "C": {"type": "array", "items": {"type": "integer"}},
}


def parsed(root: dict[str, Any]) -> Document:
    """The document with this content; whatever it lacks of a whole one is added."""
    whole = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}, **root}
    return read(json.dumps(whole).encode(), "api.json")


def of_operation(operation: dict[str, Any], *, version: str = "3.1.0", **more: object) -> Document:
    """A document of one operation, `POST /things/{id}`."""
    whole = {"responses": {"204": {"description": "done"}}, **operation}
    return parsed({"openapi": version, "paths": {"/things/{id}": {"post": whole}}, **more})


def of_body(schema: object, *, version: str = "3.1.0", media: str = "application/json") -> Document:
    """A document whose one operation takes a body of this schema."""
    body = {"content": {media: {"schema": schema}}}
    return of_operation({"requestBody": body}, version=version, components={"schemas": SCHEMAS})


def of_answer(
    schema: object, *, version: str = "3.1.0", media: str = "application/json"
) -> Document:
    """A document whose one operation answers with a body of this schema."""
    answers = {"200": {"description": "done", "content": {media: {"schema": schema}}}}
    return of_operation({"responses": answers}, version=version, components={"schemas": SCHEMAS})


def compared(old: Document, new: Document) -> list[Change]:
    """What changed, as of a fixed day."""
    return changes(old, new, today=TODAY)


def told(old: Document, new: Document) -> dict[str, str]:
    """The level of each rule that something changed under; the gravest where it did twice."""
    found = compared(old, new)
    return {change.id: change.level for change in sorted(found, key=lambda one: one.order[2])[::-1]}


def everywhere(schema: object) -> Document:
    """A document that has the schema wherever one can stand, each in an operation of its own."""
    below = {"type": "object", "properties": {"p": schema}}
    answer = {"description": "done"}
    paths = {
        "/request-body": _taking(schema),
        "/request-property": _taking(below),
        "/request-parameter": _asking(schema),
        "/request-parameter-property": _asking(below),
        "/response-body": _giving(schema),
        "/response-property": _giving(below),
        "/response-header": {
            "responses": {"200": {**answer, "headers": {"X-Thing": {"schema": schema}}}}
        },
    }
    return parsed(
        {
            "paths": {path: {"post": operation} for path, operation in paths.items()},
            "components": {"schemas": SCHEMAS},
        }
    )


def _taking(schema: object) -> dict[str, Any]:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def _asking(schema: object) -> dict[str, Any]:
    return {"parameters": [{"name": "q", "in": "query", "schema": schema}]}


def _giving(schema: object) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "done", "content": content}}}
