"""`make.schema`: JSON values that a schema accepts, the same again from the same seed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from typing import Any

import jsonschema_rs
import pytest

from redhanded.core.errors import UsageError
from redhanded.core.generating import Charset
from redhanded.data import templates
from redhanded.data.factory import Factory
from redhanded.data.styles import Style

TODAY = date(2026, 11, 22)
Schema = dict[str, Any]


def _make(seed: int = 7, charset: Charset | None = None) -> Factory:
    style = Style(charset)
    return Factory(seed, "tests/test_a.py::test_a", "0a1b2c3d", today=TODAY, style=style)


@pytest.fixture
def make() -> Factory:
    """The factory of one test."""
    return _make()


def _valid(schema: Schema, value: object) -> bool:
    judge = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True)
    return judge.is_valid(value)


BOOKING: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "firstname": {"type": "string", "minLength": 1, "maxLength": 30},
        "email": {"type": "string", "format": "email"},
        "totalprice": {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0},
        "checkin": {"type": "string", "format": "date"},
        "needs": {"type": ["null", "string"]},
        "rooms": {
            "type": "array",
            "items": {"$ref": "#/$defs/Room"},
            "minItems": 2,
            "uniqueItems": True,
        },
        "tag": {"type": "string"},
    },
    "required": ["firstname", "checkin"],
    "additionalProperties": False,
    "$defs": {"Room": {"type": "integer", "minimum": 1, "maximum": 3}},
}
TREE: Schema = {
    "$ref": "#/$defs/Node",
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "parent": {"$ref": "#/$defs/Node"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["name"],
        }
    },
}


def test_every_field_is_drawn_but_what_the_server_gives(make: Factory) -> None:
    """Optional fields too; null only where nothing else may stand; what is read only never."""
    made = make.schema(BOOKING)

    assert _valid(BOOKING, made)
    assert made.keys() == BOOKING["properties"].keys() - {"id"}
    assert made["needs"]
    assert made["email"].endswith("@example.com")
    assert made["tag"].startswith("rh-0a1b2c3d-")
    assert TODAY.isoformat() < made["checkin"]


def test_the_same_seed_gives_the_same_value() -> None:
    """INVARIANT: and the next call, another seed and another test give others."""
    first, second = _make(), _make()
    made = [first.schema(BOOKING), first.schema(BOOKING)]

    assert made == [second.schema(BOOKING), second.schema(BOOKING)]
    assert made[0]["firstname"] != made[1]["firstname"] != _make(8).schema(BOOKING)["firstname"]
    assert _make().scoped("other").schema(BOOKING) != made[0]


CHILD = """
import json
from datetime import date
from redhanded.data.factory import Factory
schema = json.loads({schema!r})
print(json.dumps(Factory(7, "scope", "run", today=date(2024, 1, 1)).schema(schema)))
"""


def test_another_process_draws_the_same_value() -> None:
    """INVARIANT: workers and machines agree, however their interpreters order sets."""
    schema = {**BOOKING, "dependentRequired": {"email": ["b", "a"]}, "additionalProperties": True}

    def drawn(hash_seed: str) -> Any:  # noqa: ANN401  any JSON value
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": hash_seed}
        source = CHILD.format(schema=json.dumps(schema))
        done = subprocess.run(
            [sys.executable, "-c", source], env=env, capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    assert drawn("1") == drawn("2")


def _object(**properties: Schema | bool) -> Schema:
    return {"type": "object", "properties": properties, "required": [*properties]}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({}, id="anything"),
        pytest.param({"type": "null"}, id="null"),
        pytest.param({"type": "boolean"}, id="boolean"),
        pytest.param({"const": {"a": 1}}, id="constant"),
        pytest.param({"enum": [None, "a", 2]}, id="values"),
        pytest.param({"type": "string", "enum": ["a", 1, None]}, id="values-of-a-type"),
        pytest.param({"enum": [None]}, id="null-alone"),
        pytest.param({"type": "integer", "minimum": -5, "exclusiveMaximum": -3}, id="integer"),
        pytest.param({"type": "integer", "multipleOf": 7, "minimum": 100}, id="multiple"),
        pytest.param({"type": "number", "exclusiveMinimum": 0, "maximum": 0.1}, id="share"),
        pytest.param({"type": "string", "maxLength": 2}, id="short-text"),
        pytest.param({"type": "string", "minLength": 300, "maxLength": 310}, id="long-text"),
        pytest.param({"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"}, id="pattern"),
        pytest.param({"type": "string", "pattern": "^\\p{L}+$"}, id="pattern-of-ecma"),
        pytest.param({"type": "string", "pattern": "^(?<a>x)y$"}, id="named-group"),
        pytest.param({"type": "string", "pattern": "[0-9]", "minLength": 12}, id="part-pattern"),
        pytest.param({"type": "string", "pattern": "^[a-z]+$", "minLength": 40}, id="long-pattern"),
        pytest.param({"type": "string", "pattern": ".*\\S.*"}, id="not-blank"),
        pytest.param({"type": "string", "contentEncoding": "base64"}, id="encoded"),
        pytest.param({"type": "array"}, id="list"),
        pytest.param({"type": "array", "maxItems": 0}, id="empty-list"),
        pytest.param({"items": {"enum": [1, 2, 3]}, "minItems": 3, "uniqueItems": True}, id="set"),
        pytest.param(
            {"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False}, id="tuple"
        ),
        pytest.param(
            {"type": "array", "contains": {"const": 5}, "minContains": 2, "minItems": 4},
            id="contains",
        ),
        pytest.param({"type": "object"}, id="object"),
        pytest.param(
            {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 2},
            id="map",
        ),
        pytest.param(
            {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z]{3}$"},
                "additionalProperties": {"type": "boolean"},
                "minProperties": 3,
            },
            id="map-of-names",
        ),
        pytest.param(
            {
                "type": "object",
                "patternProperties": {"^x-[a-z]+$": {"type": "integer"}},
                "additionalProperties": False,
                "minProperties": 1,
            },
            id="map-of-patterns",
        ),
        pytest.param({**_object(a={}, b={}), "required": ["b"], "maxProperties": 1}, id="few"),
        pytest.param({"type": "object", "required": ["undeclared"]}, id="undeclared"),
        pytest.param(
            {"allOf": [_object(a={"maxLength": 5, "type": "string"}), _object(a={"minLength": 4})]},
            id="all-of",
        ),
        pytest.param(
            {"oneOf": [{"type": "null"}, {"type": "string", "maxLength": 3}]}, id="nullable"
        ),
        pytest.param(
            {
                **_object(a={}, b={}),
                "required": [],
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
            },
            id="one-of-two-fields",
        ),
        pytest.param(
            {
                "allOf": [
                    {"anyOf": [_object(a={"const": 1}), _object(b={"const": 2})]},
                    {"anyOf": [_object(c={"const": 3}), _object(d={"const": 4})]},
                ]
            },
            id="choices-of-both-parts",
        ),
        pytest.param(
            {**_object(a={"enum": ["x", "y"]}), "not": _object(a={"const": "x"})}, id="not"
        ),
        pytest.param(
            {**_object(a={}, b={}), "required": [], "not": {"required": ["b"]}}, id="less"
        ),
        pytest.param(
            {
                **_object(kind={"enum": ["card", "cash"]}),
                "if": _object(kind={"const": "card"}),
                "then": _object(number={"type": "string", "pattern": "^\\d{16}$"}),
                "else": _object(coins={"type": "integer"}),
            },
            id="if-then-else",
        ),
        pytest.param(
            {**_object(a={}), "dependentRequired": {"a": ["b"]}, "maxProperties": 2}, id="dependent"
        ),
        pytest.param(TREE, id="tree"),
        pytest.param(_object(inner=_object(a={"type": ["string", "null"]})), id="nested"),
        pytest.param({"properties": {"a": True, "b": False}}, id="boolean-schemas"),
        pytest.param({"type": "string", "format": "email", "maxLength": 20}, id="short-email"),
        pytest.param(
            {"type": "string", "format": "date", "pattern": "^\\d{4}-\\d\\d-\\d\\d$"},
            id="dated-pattern",
        ),
        pytest.param(
            {"type": "string", "format": "uuid", "pattern": "^[A-F]{3}$|^[^x]+$"}, id="uuid-pattern"
        ),
        pytest.param(
            {**_object(a={"$ref": "#/$defs/A"}), "required": [], "$defs": {"A": False}}, id="never"
        ),
        pytest.param(
            {
                **_object(a={"anyOf": [{"type": "integer", "maximum": 1, "minimum": 2}]}, b={}),
                "required": ["b"],
            },
            id="optional-and-impossible",
        ),
        pytest.param(
            {
                "type": "object",
                "patternProperties": {"^a": {"type": "integer"}, "^\\p{Lu}": False},
                "required": ["abc", "xyz"],
                "additionalProperties": {"type": "boolean"},
            },
            id="undeclared-by-pattern",
        ),
    ],
)
def test_what_a_schema_says_holds(schema: Schema) -> None:
    """INVARIANT: each value is valid, whatever its keywords, seed after seed."""
    for seed in range(12):
        made = _make(seed).schema(schema)

        assert _valid(schema, made), made


FORMATS = (
    *("date", "date-time", "time", "duration", "uuid", "email", "idn-email", "hostname"),
    *("idn-hostname", "ipv4", "ipv6", "uri", "iri", "uri-reference", "iri-reference"),
    *("uri-template", "json-pointer", "relative-json-pointer", "regex", "unheard-of"),
)


@pytest.mark.parametrize("name", [pytest.param(each, id=each) for each in FORMATS])
@pytest.mark.parametrize("charset", [pytest.param(None, id="plain"), "utf-8-hostile"])
def test_formats_hold_in_each_profile(name: str, charset: Charset | None) -> None:
    """A format is judged by the validator, and no host or address is somebody's."""
    schema = {"type": "string", "format": name}
    for seed in range(5):
        made = _make(seed, charset).schema(schema)

        assert _valid(schema, made), made
        assert name == "unheard-of" or made.isascii()


def test_texts_have_the_profile_of_the_factory() -> None:
    """As the texts of models have it; lengths count code points."""
    made = _make(charset="utf-8").schema(BOOKING)

    assert max(made["firstname"]) > "\uffff"
    assert len(made["firstname"]) <= 30
    assert made["email"].isascii()


def test_a_tree_ends(make: Factory) -> None:
    """A schema that refers to itself is entered a few times, and no more."""
    made, depth = make.schema(TREE), 0
    while made := made.get("parent"):
        depth += 1

    assert 1 <= depth <= 3


def test_given_fields_are_kept(make: Factory) -> None:
    """Only what is not given is drawn, also of an object that is given in part."""
    schema = _object(guest=_object(name={"type": "string"}, age={"type": "integer"}), room={})

    made = make.schema(schema, guest={"name": "Ann"}, room=7)

    assert made["room"] == 7
    assert made["guest"].keys() == {"name", "age"}
    assert made["guest"]["name"] == "Ann"


def test_a_value_of_the_wrong_look_is_shown_where_nothing_is_found() -> None:
    """What the document shows serves where a pattern is beyond what can be drawn."""
    beyond = {
        "type": "string",
        "pattern": "^(?=.*a)(?=.*b)(?=.{9})[c-f]*ab$",
        "example": "ccdeffcab",
    }

    assert _make().schema(_object(code=beyond)) == {"code": "ccdeffcab"}


def test_a_schema_too_deep_for_us_is_told() -> None:
    """Nobody writes one by hand, and a document may hold it all the same."""
    deep: Schema = {"type": "integer"}
    for _ in range(400):
        deep = {"type": "array", "items": deep, "minItems": 1}

    with pytest.raises(UsageError, match=r"^make\.schema\(\.\.\.\)"):
        _make().schema(deep)


PETS: Schema = {
    "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
    "discriminator": {"propertyName": "kind", "mapping": {"a dog": "#/components/schemas/Dog"}},
    "$defs": {
        "Cat": {"x-name": "Cat", **_object(kind={"type": "string"}, purrs={"type": "boolean"})},
        "Dog": {"x-name": "Dog", **_object(kind={"type": "string"}, barks={"type": "boolean"})},
    },
}


def test_a_discriminator_says_which_branch_it_is() -> None:
    """By the mapping, else by the schema's name: JSON Schema alone would take any text."""
    made = [_make(seed).schema(PETS) for seed in range(20)]

    told = {(each["kind"], "barks" in each) for each in made}
    assert told == {("Cat", False), ("a dog", True)}


def test_a_discriminator_of_a_base_names_who_extends_it(make: Factory) -> None:
    """As OpenAPI has it where a schema takes its base by `allOf`."""
    base = {**_object(kind={"type": "string"}), "discriminator": {"propertyName": "kind"}}
    schema = {
        "$ref": "#/$defs/s0",
        "$defs": {"s0": {"x-name": "Cat", "allOf": [{"$ref": "#/$defs/s1"}]}, "s1": base},
    }

    assert make.schema(schema) == {"kind": "Cat"}


@pytest.mark.parametrize(
    "schema, fixed, told",
    [
        pytest.param(
            _object(a={"type": "string", "pattern": "^(?=b)a$"}),
            {},
            "make.schema(...) found no valid value in 30 tries: $.a: `pattern` (^(?=b)a$) is met by"
            " no text; pass what is accepted, such as make.schema(..., name=...).",
            id="pattern",
        ),
        pytest.param(
            {"type": "integer", "minimum": 3, "maximum": 2},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `minimum` leaves no number; pass"
            " what is accepted, such as make.schema(..., name=...).",
            id="bounds",
        ),
        pytest.param(
            _object(a=False),
            {},
            "make.schema(...) found no valid value in 30 tries: $.a: `false` lets no value pass;"
            " pass what is accepted, such as make.schema(..., name=...).",
            id="nothing",
        ),
        pytest.param(
            {"items": {"enum": [1, 2]}, "minItems": 3, "uniqueItems": True},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `uniqueItems` asks for more"
            " values than there are; pass what is accepted, such as make.schema(..., name=...).",
            id="too-few-values",
        ),
        pytest.param(
            {"$ref": "#/$defs/A", "$defs": {"A": _object(a={"$ref": "#/$defs/A"})}},
            {},
            "make.schema(...) found no valid value in 30 tries: $.a.a: `$ref` leads into itself"
            " without an end; pass what is accepted, such as make.schema(..., name=...).",
            id="endless",
        ),
        pytest.param(
            {"type": "string", "minLength": 5, "maxLength": 3},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `maxLength` (3) is met by no"
            " text;",
            id="lengths",
        ),
        pytest.param(
            {"type": "string", "format": "uuid", "maxLength": 3},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `format` (uuid) is met by no"
            " text;",
            id="format",
        ),
        pytest.param(
            {"anyOf": [{"type": "integer", "minimum": 2, "maximum": 1}, {"enum": []}]},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `",
            id="no-branch",
        ),
        pytest.param(
            {"allOf": [{"type": "integer"}, {"type": "string"}]},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `type` lets no value pass;",
            id="two-types",
        ),
        pytest.param(
            {"type": "string", "enum": [1]},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `enum` has no value of its"
            " type;",
            id="enum-of-another-type",
        ),
        pytest.param(
            {"minItems": 4000, "items": {"type": "integer"}},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `minItems` asks for more than"
            " 3000 values;",
            id="too-many-of-one-list",
        ),
        pytest.param(
            {"minItems": 60, "items": {"minItems": 60, "items": {"type": "integer"}}},
            {},
            "make.schema(...) found no valid value in 30 tries: $[49][9]: `minItems` or a reference"
            " leads to more than 3000 values;",
            id="too-many",
        ),
        pytest.param(
            {"type": "integer", "not": {"type": "integer"}},
            {},
            "make.schema(...) found no valid value in 30 tries: $: `not` refuses",
            id="refused",
        ),
        pytest.param(
            BOOKING,
            {"fristname": "Ann"},
            'make.schema(..., fristname=...): it has no field "fristname"; did you mean'
            ' "firstname"?',
            id="unknown-field",
        ),
        pytest.param(
            {**_object(a={}), "additionalProperties": False},
            {"xyz": 1},
            'make.schema(..., xyz=...): it has no field "xyz"; it has a.',
            id="no-such-field",
        ),
        pytest.param(
            BOOKING,
            {"firstname": ""},
            "make.schema(...) makes valid values only, and what is given is refused: $.firstname:"
            " `minLength` refuses ''; to send a wrong one on purpose, change what it made.",
            id="given-and-wrong",
        ),
        pytest.param(
            {"$ref": "#/$defs/gone"},
            {},
            "The schema refers to #/$defs/gone, and nothing stands there.",
            id="no-target",
        ),
        pytest.param(
            {"type": "strange"},
            {},
            "make.schema(...): this is no JSON Schema (2020-12):",
            id="type",
        ),
        pytest.param(
            7,
            {},
            "make.schema() takes a JSON Schema as a mapping, the name of a schema or an operation"
            ' such as "POST /booking", and not 7.',
            id="no-schema",
        ),
        pytest.param(
            "Booking",
            {},
            'make.schema("Booking") is looked up in the API\'s document, and there is none: set'
            " openapi in [tool.redhanded], or pass the schema itself.",
            id="no-document",
        ),
    ],
)
def test_what_cannot_be_made_is_told_in_a_sentence(
    make: Factory,
    schema: Any,  # noqa: ANN401
    fixed: dict[str, Any],
    told: str,
) -> None:
    """With the place, the keyword, and what to write."""
    with pytest.raises(UsageError) as caught:
        make.schema(schema, **fixed)

    assert str(caught.value).startswith(told)


def test_without_the_extra_one_line_says_what_to_install(
    make: Factory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No value is made that nobody has validated."""
    monkeypatch.setattr(templates, "find_spec", lambda _: None)

    with pytest.raises(UsageError, match=r"pip install redhanded\[openapi\]"):
        make.schema(BOOKING)
