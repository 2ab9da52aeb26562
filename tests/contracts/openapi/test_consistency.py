"""What parts of a document say of each other: contradictions are told, each with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from redhanded.contracts.openapi.loading import read

FINE = {"200": {"description": "fine"}}
ID = {"name": "id", "in": "path", "required": True}


def told(paths: dict[str, Any], **members: object) -> list[str]:
    """What is wrong with a document of these paths, without its name."""
    content = json.dumps({"openapi": "3.2.0", "paths": paths, **members})
    return [
        str(flaw).removeprefix("api.json#") for flaw in read(content.encode(), "api.json").flaws
    ]


@pytest.mark.parametrize(
    "paths, message",
    [
        pytest.param(
            {"/a/{id}": {"get": {"responses": FINE}}},
            "/paths/~1a~1{id}/get: has {id} in its path, which no parameter declares",
            id="a variable that nobody declares",
        ),
        pytest.param(
            {"/a": {"parameters": [ID], "get": {"responses": FINE}}},
            "/paths/~1a/get: declares the path parameter 'id', which its path lacks",
            id="a parameter without a variable",
        ),
        pytest.param(
            {"/a/{x}": {"parameters": [ID | {"name": "x"}]}, "/a/{y}": {}},
            "/paths/~1a~1{y}: is the same path as /a/{x}: write both as one",
            id="the same path twice",
        ),
        pytest.param(
            {"a": {}}, "/paths/a: is no path: it begins with no `/`", id="a path without a slash"
        ),
        pytest.param(
            {"/a": {"get": {"operationId": "x"}}, "/b": {"put": {"operationId": "x"}}},
            "/paths/~1b/put/operationId: is 'x', as api.json#/paths/~1a/get/operationId is:"
            " each operation has a name of its own",
            id="a name of two operations",
        ),
        pytest.param(
            {"/a": {"get": {"responses": {"2xx": {"description": ""}}}}},
            "/paths/~1a/get/responses/2xx: is no status: write such as 200, 4XX or default",
            id="a status that is none",
        ),
        pytest.param(
            {"/a": {"get": {"parameters": [{"name": "a"}]}}},
            "/paths/~1a/get/parameters/0: says with no `in` where it is sent: path, query, header"
            " or cookie",
            id="a parameter that is sent nowhere",
        ),
        pytest.param(
            {"/a": {"parameters": [{"in": "query"}]}},
            "/paths/~1a/parameters/0: is a parameter without a name",
            id="a parameter without a name",
        ),
        pytest.param(
            {"/a/{b}": {"additionalOperations": {"COPY": {"responses": FINE}}}},
            "/paths/~1a~1{b}/additionalOperations/COPY: has {b} in its path, which no parameter"
            " declares",
            id="an operation of another method",
        ),
    ],
)
def test_a_contradiction_is_told_once(paths: dict[str, Any], message: str) -> None:
    """With the place at which somebody would mend it."""
    assert told(paths) == [message]


@pytest.mark.parametrize(
    "paths",
    [
        pytest.param({"/a/{id}": {"parameters": [ID], "get": {}}}, id="declared by the path"),
        pytest.param({"/a/{id}": {"get": {"parameters": [ID]}}}, id="declared by the operation"),
        pytest.param(
            {"/a/{id}": {"get": {"parameters": [{"$ref": "#/components/parameters/id"}]}}},
            id="declared by a reference",
        ),
        pytest.param({"/a/{id}": {}}, id="a path without operations"),
        pytest.param({"/a/{x}/b": {}, "/a/{x}/c": {}, "/a/b": {}}, id="paths that differ"),
        pytest.param({"x-a": {"parameters": "none"}}, id="an extension"),
        pytest.param(
            {"/a": {"get": {"responses": {"default": {}, "4XX": {}, "204": {}, "x-y": 1}}}},
            id="statuses",
        ),
    ],
)
def test_what_is_consistent_is_no_flaw(paths: dict[str, Any]) -> None:
    """INVARIANT: nothing is found wrong with what is right."""
    assert told(paths, components={"parameters": {"id": ID}}) == []


def test_a_parameter_that_many_share_is_told_once() -> None:
    """However many operations refer to it."""
    shared = {"parameters": [{"$ref": "#/components/parameters/a"}]}
    paths = {"/a": {"get": shared, "put": shared}, "/b": {"get": shared}}

    [flaw] = told(paths, components={"parameters": {"a": {"name": "a", "in": "body"}}})
    assert flaw.startswith("/components/parameters/a: says with no `in` where it is sent: ")


def test_a_path_that_cannot_be_followed_is_told_once() -> None:
    """As a reference that leads nowhere."""
    assert told({"/a/{id}": {"$ref": "#/no"}}) == [
        "/paths/~1a~1{id}: leads nowhere: there is no #/no"
    ]


def test_a_parameter_that_cannot_be_followed_declares_nothing() -> None:
    """What lacks then is told beside it."""
    assert told({"/a/{id}": {"get": {"parameters": [{"$ref": "#/no"}]}}}) == [
        "/paths/~1a~1{id}/get/parameters/0: leads nowhere: there is no #/no",
        "/paths/~1a~1{id}/get: has {id} in its path, which no parameter declares",
    ]
