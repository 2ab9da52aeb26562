"""The shape of a document: what has another one is told, taken out, and hurts nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read

OPERATION = {"responses": {"200": {"description": "fine"}}}


def document(paths: dict[str, Any], **members: object) -> Document:
    """A document with these paths, and more members."""
    content = json.dumps({"openapi": "3.1.0", "paths": paths, **members})
    return read(content.encode(), "api.json")


def told(found: Document) -> list[str]:
    """What is wrong with the document, without its name."""
    return [str(flaw).removeprefix("api.json#") for flaw in found.flaws]


def with_operation(**members: object) -> dict[str, Any]:
    """Paths of one operation with these members."""
    return {"/x": {"get": {**OPERATION, **members}}}


@pytest.mark.parametrize(
    "paths, message, left",
    [
        pytest.param(
            {"/x": "y"},
            "/paths/~1x: is text where an object belongs, and is passed over",
            {},
            id="a path",
        ),
        pytest.param(
            {"/x": {"get": None}},
            "/paths/~1x/get: is nothing where an object belongs, and is passed over",
            {"/x": {}},
            id="an operation",
        ),
        pytest.param(
            {"/x": {"parameters": {"a": 1}}},
            "/paths/~1x/parameters: is an object where a list belongs, and is passed over",
            {"/x": {}},
            id="parameters",
        ),
        pytest.param(
            with_operation(deprecated="no"),
            "/paths/~1x/get/deprecated: is text where true or false belongs, and is passed over",
            with_operation(),
            id="a flag",
        ),
        pytest.param(
            with_operation(operationId=7),
            "/paths/~1x/get/operationId: is a number where text belongs, and is passed over",
            with_operation(),
            id="a name",
        ),
        pytest.param(
            with_operation(requestBody={"content": {"application/json": {"schema": []}}}),
            "/paths/~1x/get/requestBody/content/application~1json/schema: is a list where an"
            " object or true or false belongs, and is passed over",
            with_operation(requestBody={"content": {"application/json": {}}}),
            id="a schema",
        ),
        pytest.param(
            with_operation(callbacks={"done": {"{$request.body#/url}": {"post": 1}}}),
            "/paths/~1x/get/callbacks/done/{$request.body#~1url}/post: is a number where an object"
            " belongs, and is passed over",
            with_operation(callbacks={"done": {"{$request.body#/url}": {}}}),
            id="an operation of a callback",
        ),
        pytest.param(
            with_operation(responses={"200": {"headers": {"x-build": 1.5, "X-B": {}}}}),
            "/paths/~1x/get/responses/200/headers/x-build: is a number where an object belongs,"
            " and is passed over",
            with_operation(responses={"200": {"headers": {"X-B": {}}}}),
            id="a header",
        ),
    ],
)
def test_what_has_another_shape_is_told_and_taken_out(
    paths: dict[str, Any], message: str, left: dict[str, Any]
) -> None:
    """Whoever reads the document later meets what the specification promises, or nothing."""
    found = document(paths)

    assert told(found) == [message]
    assert found.root["paths"] == left


def test_in_a_list_an_empty_object_takes_the_place() -> None:
    """So that the places of the items behind it stay what they are."""
    limit = {"name": "limit", "in": "query"}
    found = document(with_operation(parameters=["limit", limit]))

    assert told(found) == [
        "/paths/~1x/get/parameters/0: is text where an object belongs, and is passed over"
    ]
    assert found.node("/paths/~1x/get/parameters/1").value == limit


def test_what_a_reference_leads_to_is_looked_at_where_it_stands() -> None:
    """Also outside of the components, and once for all references."""
    found = document(
        {"/x": {"get": {"$ref": "#/x-shared/op", **OPERATION}}, "/y": {"$ref": "#/x-shared"}},
        **{"x-shared": {"op": {"parameters": 7}, "get": {"deprecated": 1}}},
    )

    assert sorted(told(found)) == [
        "/x-shared/get/deprecated: is a number where true or false belongs, and is passed over",
        "/x-shared/op/parameters: is a number where a list belongs, and is passed over",
    ]


def test_a_reference_to_what_is_no_object_is_left_to_who_follows_it() -> None:
    """It is no flaw of the list or text that it leads to."""
    assert told(document({"/x": {"$ref": "#/info"}}, info={"title": "x"})) == []
    assert told(document({"/x": {"$ref": "#/x-list"}}, **{"x-list": [1]})) == []


def test_extensions_may_have_any_shape() -> None:
    """Beside paths, responses and callbacks, and in every object."""
    found = document(
        {
            "x-note": "y",
            "/x": {
                "x-y": 1,
                "get": {
                    "x-z": [],
                    "responses": {"x-r": 1, "200": {"description": ""}},
                    "callbacks": {"c": {"x-c": 1}},
                },
            },
        },
        **{"x-top": None},
    )

    assert told(found) == []


SCHEMA_B = (
    "/components/schemas/B: is a number where an object or true or false belongs, and is passed"
    " over"
)


def test_components_are_looked_at_where_nobody_refers_to_them() -> None:
    """Each section is a map of its own kind."""
    found = document(
        {},
        components={
            "schemas": {"A": True, "B": 1},
            "parameters": {"P": {"name": "p", "in": "query", "explode": "yes"}},
            "responses": ["R"],
        },
    )

    assert sorted(told(found)) == [
        "/components/parameters/P/explode: is text where true or false belongs, and is passed over",
        "/components/responses: is a list where an object belongs, and is passed over",
        SCHEMA_B,
    ]
