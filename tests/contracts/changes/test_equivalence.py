"""What means the same is no change: neither an error nor a warning, and mostly nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.loading import read
from tests.contracts.changes.documents import (
    SCHEMAS,
    compared,
    everywhere,
    of_answer,
    of_body,
    of_operation,
    parsed,
    told,
)

_STRING = {"type": "string"}
_A = {"$ref": "#/components/schemas/A"}
_AS_A = {"type": "object", "required": ["a"], "properties": {"a": _STRING}}
_JSON = "application/json"
_NAMED: dict[str, object] = {"next": {"$ref": "#/components/schemas/Node"}, "name": _STRING}
_NODE = {
    "type": "object",
    "properties": _NAMED,
}


@pytest.mark.parametrize(
    "old, new",
    [
        pytest.param(_A, _AS_A, id="a schema behind a reference"),
        pytest.param(_A, {"allOf": [_A]}, id="a reference within allOf"),
        pytest.param(_A, {**_A, "description": "d"}, id="words beside a reference"),
        pytest.param(
            {"type": "object", "properties": {"a": _STRING, "b": _STRING}},
            {
                "type": "object",
                "properties": {"a": _STRING},
                "allOf": [{"properties": {"b": _STRING}}],
            },
            id="a property that moved into allOf",
        ),
        pytest.param(
            {"type": ["string", "null"]},
            {"anyOf": [_STRING, {"type": "null"}]},
            id="null as a type and as a choice",
        ),
        pytest.param(
            {"oneOf": [_A, {"type": "null"}]},
            {"type": ["object", "null"], "anyOf": [_A, {"type": "null"}]},
            id="null beside a reference",
        ),
        pytest.param({"const": "a"}, {"enum": ["a"]}, id="a list of one value"),
        pytest.param(
            {"type": "object", "description": "a", "title": "b", "example": {}},
            {"type": "object", "description": "c"},
            id="words",
        ),
        pytest.param({"type": "array", "items": {}}, {"type": "array"}, id="any items"),
        pytest.param({"type": "string", "minLength": 0}, _STRING, id="a length of nothing"),
        pytest.param({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, id="the order of values"),
        pytest.param(
            {"type": "boolean", "enum": [True, False]}, {"type": "boolean"}, id="both booleans"
        ),
        pytest.param(
            {"oneOf": [_A, _STRING]}, {"oneOf": [_STRING, _A]}, id="the order of alternatives"
        ),
        pytest.param(
            {"oneOf": [_A, _STRING]},
            {"oneOf": [{"allOf": [_A]}, {"allOf": [_STRING], "title": "T"}]},
            id="alternatives within allOf",
        ),
        pytest.param({"oneOf": [_A, _STRING]}, {"anyOf": [_STRING, _A]}, id="one of or any of"),
        pytest.param(
            {"type": "array", "required": ["a"]}, {"type": "array"}, id="a property of no object"
        ),
        pytest.param(
            {"additionalProperties": True, "unevaluatedProperties": False},
            {"additionalProperties": True},
            id="nothing left that no schema speaks of",
        ),
    ],
)
def test_schemas_that_mean_the_same_have_no_change(old: object, new: object) -> None:
    """It makes no difference how a schema says a thing; at most that it does is told."""
    for one, other in ((old, new), (new, old)):
        assert {change.level for change in compared(everywhere(one), everywhere(other))} <= {"info"}


@pytest.mark.parametrize(
    "joined, plain",
    [
        pytest.param(
            [{"maxLength": 5, "minLength": 1}, {"maxLength": 3, "minLength": 2}],
            {"maxLength": 3, "minLength": 2},
            id="bounds",
        ),
        pytest.param([{"enum": ["a", "b"]}, {"enum": ["b", "c"]}], {"enum": ["b"]}, id="values"),
        pytest.param(
            [{"type": ["string", "number"]}, {"type": ["integer", "null"]}],
            {"type": "integer"},
            id="types",
        ),
        pytest.param(
            [{"required": ["a"]}, {"required": ["b"]}], {"required": ["a", "b"]}, id="names"
        ),
        pytest.param(
            [{"deprecated": True}, {"deprecated": False}], {"deprecated": True}, id="marks"
        ),
        pytest.param(
            [
                {"properties": {"a": {"maxLength": 5}}, "items": {"maxLength": 5}},
                {"properties": {"a": {"maxLength": 3}}, "items": {"maxLength": 3}},
            ],
            {"properties": {"a": {"maxLength": 3}}, "items": {"maxLength": 3}},
            id="schemas below",
        ),
        pytest.param([{"title": "a"}, True], {}, id="nothing"),
        pytest.param([{"maxLength": 3}, False], False, id="nothing that could be"),
    ],
)
def test_what_all_of_joins_holds_at_once(joined: list[Any], plain: object) -> None:
    """Of what several schemas say of one thing, the tightest counts."""
    old, new = everywhere({"allOf": joined}), everywhere(plain)

    found = compared(old, new) + compared(new, old)

    assert {change.id.partition("-all-of-")[1] for change in found} <= {"-all-of-"}


@pytest.mark.parametrize(
    "one, other",
    [
        pytest.param({"not": {"required": ["a"]}}, {"not": {"required": ["b"]}}, id="not"),
        pytest.param({"pattern": "^a"}, {"pattern": "z$"}, id="patterns"),
        pytest.param({"multipleOf": 4}, {"multipleOf": 6}, id="multiples"),
    ],
)
def test_what_cannot_be_laid_together_is_told_as_a_schema(one: object, other: object) -> None:
    """Where two schemas say what no single one could, it is told that the second came."""
    old, new = of_body({"allOf": [one]}), of_body({"allOf": [one, other]})

    assert told(old, new) == {"request-body-all-of-added": "error"}
    assert told(new, old) == {"request-body-all-of-removed": "info"}


def test_another_name_of_the_same_alternative_is_harmless() -> None:
    """The name may be sent by a discriminator, so that it is told; what holds is the same."""
    schema = {"type": "string", "pattern": "^(a+)+$"}
    old, new = (
        of_operation(
            {
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {
                            _JSON: {
                                "schema": {
                                    "oneOf": [
                                        {"type": "integer"},
                                        {"$ref": f"#/components/schemas/{name}"},
                                    ]
                                }
                            }
                        },
                    }
                }
            },
            components={"schemas": {"Old": schema, "New": schema}},
        )
        for name in ("Old", "New")
    )

    assert told(old, new) == {
        "response-body-one-of-added": "info",
        "response-body-one-of-removed": "info",
    }


def test_what_cannot_be_laid_together_is_compared_one_by_one() -> None:
    """Of two patterns that must both match, a change of the second is told as well."""
    old, new = (
        of_operation(
            {
                "requestBody": {
                    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Both"}}}
                }
            },
            components={
                "schemas": {
                    "Both": {
                        "allOf": [
                            {"$ref": "#/components/schemas/One"},
                            {"$ref": "#/components/schemas/Two"},
                        ]
                    },
                    "One": {"pattern": "^a"},
                    "Two": {"pattern": second},
                }
            },
        )
        for second in ("z$", "y$")
    )

    (change,) = compared(old, new)

    assert (change.id, change.where) == (
        "request-body-pattern-changed",
        "/components/schemas/Two/pattern",
    )


@pytest.mark.parametrize(
    "old, new",
    [
        pytest.param(
            {"type": "string", "nullable": True}, {"type": ["string", "null"]}, id="nullable"
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a", None]},
            {"type": ["string", "null"], "enum": ["a", None]},
            id="nullable values",
        ),
        pytest.param(
            {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            {"type": "integer", "exclusiveMinimum": 0},
            id="a bound that excludes its number",
        ),
        pytest.param(
            {"type": "integer", "maximum": 9, "exclusiveMaximum": False},
            {"type": "integer", "maximum": 9},
            id="a bound that includes its number",
        ),
        pytest.param(
            {"type": "string", "format": "binary"},
            {"type": "string", "contentMediaType": "application/octet-stream"},
            id="bytes",
        ),
        pytest.param(
            {"type": "string", "format": "byte"},
            {"type": "string", "contentEncoding": "base64"},
            id="bytes as text",
        ),
        pytest.param(
            {"allOf": [{"oneOf": [_A, {"$ref": "#/components/schemas/B"}]}], "nullable": True},
            {"oneOf": [_A, {"$ref": "#/components/schemas/B"}, {"type": "null"}]},
            id="alternatives or null",
        ),
        pytest.param(
            {"allOf": [_A], "nullable": True, "type": "object"},
            {"anyOf": [_A, {"type": "null"}]},
            id="a reference or null",
        ),
    ],
)
def test_an_upgrade_of_the_version_is_no_change(old: object, new: object) -> None:
    """What OpenAPI 3.0 says in its own words and 3.1 in those of JSON Schema is the same."""
    for version in ("3.1.0", "3.2.0"):
        for of in (of_body, of_answer):
            before, after = of(old, version="3.0.3"), of(new, version=version)
            found = compared(before, after) + compared(after, before)
            assert [change for change in found if change.level != "info"] == []


def _shared(**more: object) -> dict[str, Any]:
    return {"responses": {"204": {"description": "done"}}, **more}


@pytest.mark.parametrize(
    "old, new",
    [
        pytest.param(
            parsed({"paths": {"/a/{id}": {"get": _shared()}}}),
            parsed({"paths": {"/a/{key}": {"get": _shared()}}}),
            id="the name of a variable",
        ),
        pytest.param(
            of_operation({"parameters": [{"name": "X-A", "in": "header", "schema": _STRING}]}),
            of_operation({"parameters": [{"name": "x-a", "in": "header", "schema": _STRING}]}),
            id="the case of a header",
        ),
        pytest.param(
            of_operation({"parameters": [{"name": "q", "in": "query", "style": "form"}]}),
            of_operation({"parameters": [{"name": "q", "in": "query", "explode": True}]}),
            id="the usual style",
        ),
        pytest.param(
            of_operation({"parameters": [{"name": "Accept", "in": "header", "required": True}]}),
            of_operation({}),
            id="a header that is told elsewhere",
        ),
        pytest.param(
            of_operation(
                {"responses": {"200": {"description": "d", "headers": {"Content-Type": {}}}}}
            ),
            of_operation({"responses": {"200": {"description": "d"}}}),
            id="a header that media types tell",
        ),
        pytest.param(
            of_body(_STRING),
            of_body(_STRING, media="Application/JSON; charset=utf-8"),
            id="how a media type is written",
        ),
        pytest.param(of_body(_STRING), of_body(_STRING, media="*/*"), id="a wider media type"),
        pytest.param(
            of_operation({"responses": {"200": {"description": "d"}}}),
            of_operation({"responses": {"2XX": {"description": "d"}}}),
            id="a range of statuses",
        ),
        pytest.param(
            of_operation({"responses": {"2xx": {"description": "d"}}}),
            of_operation({"responses": {"200": {"description": "d"}}}),
            id="a status of a range",
        ),
        pytest.param(
            of_operation({"responses": {"200": {"description": "d"}}}),
            of_operation({"responses": {"default": {"description": "d"}}}),
            id="the same answer by default",
        ),
        pytest.param(
            of_answer(_STRING, media="application/xml"),
            of_answer({"type": "integer"}, media="application/xml"),
            id="a type that was text",
        ),
        pytest.param(
            of_body({"type": "integer"}, media="text/plain"),
            of_body(_STRING, media="text/plain"),
            id="a type that is any text",
        ),
    ],
)
def test_operations_that_mean_the_same_have_no_change(old: Document, new: Document) -> None:
    """What a client sends and gets is the same, so that nothing may break."""
    assert [change for change in compared(old, new) if change.level != "info"] == []


def test_a_status_that_only_a_worse_answer_covers_was_removed() -> None:
    """An answer for all else stands for a status only where nobody could tell the difference."""
    old = of_answer(_AS_A)
    worse = {"description": "d", "content": {_JSON: {"schema": {**_AS_A, "required": []}}}}
    new = of_operation({"responses": {"default": worse}}, components={"schemas": SCHEMAS})

    assert told(old, new) == {
        "response-success-status-removed": "error",
        "response-non-success-status-added": "info",
    }


def test_schemas_that_refer_to_themselves_are_compared_once() -> None:
    """A schema without end is told where it is met first, and its circle ends there."""
    changed = {**_NODE, "properties": {**_NAMED, "name": {"type": "integer"}}}
    old, new = (
        of_operation(
            {
                "requestBody": {
                    "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Node"}}}
                }
            },
            components={"schemas": {"Node": node}},
        )
        for node in (_NODE, changed)
    )

    (change,) = compared(old, new)

    assert change.id == "request-property-type-changed"
    assert change.text == "body $.name: type went from string to integer"
    assert change.where == "/components/schemas/Node/properties/name/type"


def test_a_chain_of_references_is_followed_to_its_end() -> None:
    """However many schemas lie between a body and what it is, its change is told."""
    old, new = (
        of_operation(
            {"requestBody": {"content": {_JSON: {"schema": {"$ref": "#/components/schemas/S0"}}}}},
            components={
                "schemas": {
                    **{
                        f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}]}
                        for n in range(2000)
                    },
                    "S2000": {"type": kind},
                }
            },
        )
        for kind in ("string", "integer")
    )

    assert told(old, new) == {"request-body-type-changed": "error"}


def test_a_reference_to_nothing_says_nothing() -> None:
    """What leads nowhere is a flaw of the document, and no change."""
    schema = {"oneOf": [{"$ref": "#/components/schemas/Gone"}, _STRING]}

    assert compared(of_body(schema), of_body({**schema, "title": "T"})) == []


def test_a_change_that_many_answers_share_is_told_once_an_operation() -> None:
    """What stands at one place of the document is one change, however often it is referred to."""
    old, new = (
        of_operation(
            {"responses": {status: {"$ref": "#/components/responses/E"} for status in statuses}},
            components={
                "responses": {
                    "E": {"description": "d", "content": {_JSON: {"schema": {"type": kind}}}}
                }
            },
        )
        for kind, statuses in (
            ("string", ("400", "404", "409")),
            ("integer", ("400", "404", "409")),
        )
    )

    (change,) = compared(old, new)

    assert change.text == "400: type went from string to integer"


def test_what_webhooks_and_callbacks_carry_is_compared() -> None:
    """A webhook goes by its name, a callback by its operation and expression."""
    inner = {"{$request.body#/url}": {"post": _shared(requestBody={"content": {}})}}
    outer = {"{$request.body#/url}": {"post": _shared()}}
    old = parsed(
        {
            "webhooks": {"w": {"post": _shared()}},
            "paths": {"/a": {"post": _shared(callbacks={"done": outer})}},
        }
    )
    new = parsed(
        {
            "webhooks": {"w": {"post": _shared(requestBody={"content": {}, "required": True})}},
            "paths": {"/a": {"post": _shared(callbacks={"done": inner})}},
        }
    )

    found = {(change.id, change.path, change.section) for change in compared(old, new)}

    assert found == {
        ("request-body-added-required", "webhook:w", "webhooks"),
        ("request-body-added-optional", "/a callback:{$request.body#/url}", "paths"),
    }


def test_other_files_are_compared_as_if_they_stood_in_the_document() -> None:
    """A schema that moved into another file is no change; a change of it is told of that file."""
    page = b"""{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"post":
    {"requestBody": {"content": {"application/json": {"schema": {"$ref": "b.json#/B"}}}}}}}}"""

    def with_file(schema: bytes) -> Document:
        return read(page, "a.json", uri="file:///api/a.json", fetch=lambda _: b'{"B": %s}' % schema)

    string, integer = with_file(b'{"type": "string"}'), with_file(b'{"type": "integer"}')

    assert compared(string, string) == []
    (change,) = compared(string, integer)
    assert (change.uri, change.where) == ("file:///api/b.json", "/B/type")


@pytest.mark.parametrize(
    "old, new, rule",
    [
        pytest.param(
            {"type": "integer", "minimum": 5},
            {"type": "integer", "exclusiveMinimum": 5},
            "request-body-exclusive-min-increased",
            id="no longer its number",
        ),
        pytest.param(
            {"type": "integer", "exclusiveMaximum": 5},
            {"type": "integer", "maximum": 5},
            "request-body-max-increased",
            id="its number too",
        ),
        pytest.param(
            {"type": "integer", "exclusiveMinimum": 5},
            {"type": "integer", "minimum": 2},
            "request-body-min-decreased",
            id="less than its number",
        ),
    ],
)
def test_a_bound_that_takes_its_number_in_or_out_went_up_or_down(
    old: object, new: object, rule: str
) -> None:
    """The bounds with and without their number are one bound."""
    assert [change.id for change in compared(of_body(old), of_body(new))] == [rule]


@pytest.mark.parametrize(
    "required, text",
    [
        pytest.param(["id"], "body $.id: was added, and is required", id="required"),
        pytest.param([], "body $.id: was added", id="optional"),
    ],
)
def test_what_must_be_there_is_told_with_what_was_added(required: list[str], text: str) -> None:
    """That something more may be sent breaks nobody; that it must be sent does."""
    new = {"type": "object", "properties": {"id": {"type": "string"}}, "required": required}

    (change,) = compared(of_body({"type": "object"}), of_body(new))

    assert change.text == text
