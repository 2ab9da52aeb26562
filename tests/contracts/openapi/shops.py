"""A small document that declares everything that coverage counts, and exchanges with its API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.examination import Examination, Parts
from redhanded.contracts.openapi.loading import read
from redhanded.contracts.openapi.marks import Direction
from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.operations import Operation, operations_of

SCHEMAS: dict[str, Any] = {
    "Order": {
        "type": "object",
        "properties": {
            "id": {"type": "integer", "readOnly": True},
            "state": {"enum": ["open", "paid", None]},
            "secret": {"type": "string", "writeOnly": True},
            "payment": {
                "oneOf": [
                    {"$ref": "#/components/schemas/Card"},
                    {"type": "null"},
                ]
            },
            "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
        },
    },
    "Card": {"type": "object", "required": ["number"], "properties": {"number": {}, "name": {}}},
    "Line": {
        "properties": {"sku": {"type": "string"}, "parts": {"$ref": "#/components/schemas/Lines"}}
    },
    "Lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
    "Unused": {"properties": {"never": {"enum": [1]}}},
}
PATHS: dict[str, Any] = {
    "/orders": {
        "parameters": [
            {"name": "sort", "in": "query", "schema": {"enum": ["asc", "desc"]}},
            {"name": "limit", "in": "query", "schema": {"type": "integer"}},
            {"name": "Accept", "in": "header", "schema": {"type": "string"}},
        ],
        "get": {
            "responses": {
                "200": {
                    "description": "a page",
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "array",
                                "items": {"$ref": "#/components/schemas/Order"},
                            }
                        }
                    },
                },
                "4XX": {"description": "refused"},
            }
        },
        "post": {
            "deprecated": True,
            "parameters": [{"name": "limit", "in": "query", "schema": {"enum": [1, 2]}}],
            "requestBody": {
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}
            },
            "responses": {"201": {"description": "made"}},
        },
    }
}


def shop(version: str = "3.1.0", **changes: Any) -> Document:  # noqa: ANN401  any JSON
    """The document, with other parts of its root where they are given."""
    root = {
        "openapi": version,
        "info": {"title": "shop", "version": "1"},
        "paths": PATHS,
        "components": {"schemas": SCHEMAS},
    }
    return read(json.dumps({**root, **changes}).encode(), "shop.json")


def of_schemas(version: str = "3.1.0", **schemas: Any) -> Document:  # noqa: ANN401  any JSON
    """A document with one operation, which answers with the schema `Root`."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Root"}}}
    answers = {"200": {"description": "", "content": content}}
    return shop(
        version,
        paths={"/x": {"get": {"responses": answers}}},
        components={"schemas": schemas},
    )


def operation(document: Document, name: str) -> Operation:
    """The operation of that name."""
    return next(one for one in operations_of(document) if one.name == name)


def met(document: Document, name: str, **parts: Parts) -> Examination:
    """An exchange of that operation, with these parts of the `request` and the `response`."""
    return Examination(operation(document, name), **parts)  # type: ignore[arg-type]


def answered(document: Document, value: object, name: str = "GET /x") -> Examination:
    """An exchange that was answered with 200 and this JSON value."""
    node = operation(document, name).node
    schema = node.find("responses", "200", "content", "application/json", "schema")
    parts = Parts("200", "application/json", schema, value=value)
    return met(document, name, response=parts)


class Oracle:
    """Says whether a value is valid, by another library; counts how often it is asked."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.asked: int = 0

    def __call__(self, schema: Node, direction: Direction) -> Callable[[object], bool]:
        """Whether a value is valid by the schema."""
        del direction
        whole = {"components": self._document.root["components"], "allOf": [schema.value]}
        validator = jsonschema.Draft202012Validator(whole)

        def accepts(value: object) -> bool:
            self.asked += 1
            return bool(validator.is_valid(value))

        return accepts
