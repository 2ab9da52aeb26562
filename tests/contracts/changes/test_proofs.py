"""Proofs: they take back alarms of what is written otherwise, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.contracts.changes.proof import Proofs
from tests.contracts.changes.documents import SCHEMAS, compared, of_body, parsed, told

_STRING = {"type": "string"}
_A, _B = ({"$ref": f"#/components/schemas/{name}"} for name in "AB")
_PLAIN = {"type": "object", "required": ["a"], "properties": {"a": _STRING}}


def is_safe(old: object, new: object, *, version: str = "3.1.0", **schemas: object) -> bool:
    """Whether all that the old schema allows is proven to be allowed by the new."""
    both = [
        parsed(
            {
                "openapi": version,
                "components": {"schemas": {**SCHEMAS, **schemas, "Asked": schema}},
            }
        )
        for schema in (old, new)
    ]
    before, after = (document.node("/components/schemas/Asked") for document in both)
    return Proofs(*both).is_safe((before,), (after,), sent=True)


@pytest.mark.parametrize(
    "old, new",
    [
        pytest.param(_PLAIN, {"oneOf": [{"type": "null"}, _A]}, id="a choice with null"),
        pytest.param(_PLAIN, {"anyOf": [_A, _B]}, id="one more alternative"),
        pytest.param(
            {"oneOf": [_A, {"type": "null"}]}, {"anyOf": [_A, _STRING, {"type": "null"}]}, id="any"
        ),
        pytest.param(
            {"type": "integer", "format": "int32"},
            {"oneOf": [{"type": "integer", "format": "int64"}, _STRING]},
            id="a wider integer among others",
        ),
        pytest.param(
            {"type": "string", "format": "odd"},
            {"anyOf": [{"type": "string", "format": "odd"}, _A]},
            id="the same unknown format",
        ),
    ],
)
def test_what_is_only_written_otherwise_is_proven(old: object, new: object) -> None:
    """A schema that allows all that the other does is seen to, over references too."""
    assert is_safe(old, new)


@pytest.mark.parametrize(
    "old, new, schemas",
    [
        pytest.param(_A, {"oneOf": [_B, {"type": "null"}]}, {}, id="another schema"),
        pytest.param(
            {"type": "string", "format": "odd"},
            {"anyOf": [_STRING, _A]},
            {},
            id="an unknown format",
        ),
        pytest.param(
            {"type": "integer", "format": "int64"},
            {"anyOf": [{"type": "integer", "format": "int32"}, _A]},
            {},
            id="a narrower integer",
        ),
        pytest.param(
            {"$dynamicRef": "#node"}, {"$dynamicRef": "#node"}, {}, id="a reference that moves"
        ),
        pytest.param(
            {"$ref": "#/components/schemas/Nowhere"}, _STRING, {}, id="a reference to nothing"
        ),
        pytest.param({"type": "odd"}, {"type": "odd"}, {}, id="a schema that is none"),
        pytest.param(
            {"$ref": "#/components/schemas/S0"},
            {"anyOf": [{"$ref": "#/components/schemas/S0"}, _STRING]},
            {
                f"S{n}": {"properties": {"next": {"$ref": f"#/components/schemas/S{n + 1}"}}}
                for n in range(50)
            },
            id="a schema of too many",
        ),
    ],
)
def test_what_cannot_be_seen_is_not_proven(
    old: object, new: object, schemas: dict[str, Any]
) -> None:
    """Where the algebra does not know, or the schema is not to be carried over, the alarm stays."""
    assert not is_safe(old, new, **schemas)


@pytest.mark.parametrize(
    "old, new, safe",
    [
        pytest.param(
            {"type": "string", "nullable": True},
            {"anyOf": [{"type": "string", "nullable": True}, _A]},
            True,
            id="null stays",
        ),
        pytest.param(
            {"type": "string", "nullable": True}, {"anyOf": [_STRING, _A]}, False, id="null goes"
        ),
        pytest.param(
            {"type": "string", "nullable": True, "enum": ["a"]},
            {"anyOf": [{"type": "string", "enum": ["a"], "nullable": True}, _A]},
            True,
            id="null among values",
        ),
        pytest.param(
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            {"anyOf": [{"type": "integer", "minimum": 1, "exclusiveMinimum": True}, _A]},
            True,
            id="a bound that excludes its number",
        ),
        pytest.param(
            {"type": "integer", "minimum": 1, "exclusiveMinimum": False},
            {"anyOf": [{"type": "integer", "minimum": 1, "exclusiveMinimum": True}, _A]},
            False,
            id="a bound that excludes its number now",
        ),
        pytest.param({**_A, "maxLength": 0}, {"anyOf": [_A, _B]}, True, id="beside a reference"),
    ],
)
def test_documents_of_3_0_are_proven_as_they_mean_it(
    old: object, new: object, *, safe: bool
) -> None:
    """`nullable` and flags of bounds are written as JSON Schema writes them."""
    assert is_safe(old, new, version="3.0.3") is safe


def test_a_format_is_never_proven_away() -> None:
    """A type that only changed its format is told as it is: the algebra knows few formats."""
    old = of_body({"type": "number", "format": "double"})
    new = of_body({"type": "number", "format": "float"})

    assert told(old, new) == {"request-body-type-changed": "error"}


def test_what_no_value_shows_is_not_proven_away() -> None:
    """A default and an encoding do not decide what is allowed, so that a proof says nothing."""
    text = {**_STRING, "contentEncoding": "base64"}
    old = of_body({"oneOf": [text, _A], "contentEncoding": "base64"})
    new = of_body({"oneOf": [text, _A, {"type": "integer"}], "contentEncoding": "base32"})

    assert told(old, new) == {
        "request-body-one-of-added": "info",
        "request-body-content-encoding-changed": "error",
    }


def test_what_lies_below_a_proof_is_harmless_too() -> None:
    """A schema that allows all it did has nothing below it that could break, whatever changed."""
    inner = {"type": "object", "properties": {"a": {**_STRING, "maxLength": 5}}}
    tight = {"type": "object", "properties": {"a": {**_STRING, "maxLength": 4}}}
    old = of_body({"anyOf": [inner, _B], "title": "T"})
    new = of_body({"anyOf": [tight, _B, {"type": "object"}], "title": "T"})

    assert {change.level for change in compared(old, new)} == {"info"}
