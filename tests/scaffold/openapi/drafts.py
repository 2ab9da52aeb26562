"""Documents in few words, and what init would write for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from redhanded.scaffold.answers import Answers
from redhanded.scaffold.openapi.draft import Draft
from redhanded.scaffold.openapi.sources import source_of
from redhanded.scaffold.starter import planned

Document = dict[str, Any]
JSON = "application/json"
ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
THING = {"$ref": "#/components/schemas/Thing"}
NEW_THING = {"$ref": "#/components/schemas/NewThing"}


def document(
    paths: Mapping[str, Any],
    schemas: Mapping[str, Any] | None = None,
    **more: Any,  # noqa: ANN401
) -> Document:
    """A document with these paths and schemas."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas or {}, **more.pop("components", {})},
        **more,
    }


def answer(schema: Mapping[str, Any] | None, status: str = "200", *others: str) -> Document:
    """The responses of an operation: one with this JSON, and others without."""
    content = {} if schema is None else {"content": {JSON: {"schema": schema}}}
    return {
        status: {"description": "well", **content},
        **{other: {"description": "not well"} for other in others},
    }


def body(schema: Mapping[str, Any]) -> Document:
    """A required body of this JSON."""
    return {"required": True, "content": {JSON: {"schema": schema}}}


def things(**more: Any) -> Document:  # noqa: ANN401
    """An API of things that can be made, listed, read and removed."""
    paths = {
        "/things": {
            "get": {"operationId": "listThings", "responses": answer(_listed(THING))},
            "post": {
                "operationId": "makeThing",
                "requestBody": body(NEW_THING),
                "responses": answer(THING, "201", "422"),
            },
        },
        "/things/{id}": {
            "parameters": [ID],
            "get": {"operationId": "getThing", "responses": answer(THING, "200", "404")},
            "delete": {"operationId": "deleteThing", "responses": answer(None, "204", "404")},
        },
        "/health": {"get": {"operationId": "health", "responses": answer({"type": "object"})}},
    }
    new = {
        "type": "object",
        "properties": {"name": {"type": "string", "minLength": 1}, "note": {"type": "string"}},
        "required": ["name"],
    }
    own = {"properties": {"id": {"type": "integer"}}, "required": ["id"]}
    schemas = {"NewThing": new, "Thing": {"allOf": [NEW_THING, own]}}
    return document(paths, schemas, **more)


def drafted(folder: Path, told: Document) -> tuple[Draft, Answers]:
    """What comes of a document, and the answers that it gives itself."""
    file = folder / "openapi.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    draft = Draft(source_of(str(file)))
    return draft, draft.answers(Answers(name="shop", package="shop"))


def files_of(folder: Path, told: Document) -> dict[str, str]:
    """The text of each file that is written for a document, by its path."""
    draft, answers = drafted(folder, told)
    return {file.path: file.text for file in planned(answers, draft=draft)}


def _listed(schema: Mapping[str, Any]) -> Document:
    return {"type": "array", "items": schema}
