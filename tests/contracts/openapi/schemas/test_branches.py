"""Unions: of several schemas, the faults of the one that was meant."""

from __future__ import annotations

import pytest

from tests.contracts.openapi.schemas.cases import check_of, document, ref, told

CARD = {
    "type": "object",
    "required": ["kind", "digits"],
    "properties": {"kind": {"const": "card"}, "digits": {"type": "string"}},
}
BILL = {
    "type": "object",
    "required": ["kind", "due"],
    "properties": {"kind": {"const": "bill"}, "due": {"type": "string"}},
}


@pytest.mark.parametrize(
    "union, value, faults",
    [
        pytest.param([CARD, BILL], {"kind": "bill"}, "$.due required", id="tag"),
        pytest.param([CARD, {"type": "null"}], {"kind": "card"}, "$.digits required", id="null"),
        pytest.param([CARD, BILL], {"kind": "cash"}, "$.kind oneOf", id="no tag fits"),
        pytest.param([CARD, {"type": "string"}], 7, "$ oneOf", id="of another kind"),
        pytest.param(
            [{"type": "array", "items": CARD}, {"type": "string"}],
            [{"kind": "card"}],
            "$[0].digits required",
            id="nested",
        ),
        pytest.param(
            [{"anyOf": [CARD, BILL]}, {"type": "string"}],
            {"kind": "card"},
            "$.digits required",
            id="union in a union",
        ),
    ],
)
def test_a_union_is_told_by_its_likeliest_branch(
    union: list[object], value: object, faults: str
) -> None:
    """Nobody wants to read what the other branches would have liked."""
    assert told(check_of(document({"A": {"oneOf": union}})).faults(value)) == faults


@pytest.mark.parametrize(
    "union, value, expected",
    [
        pytest.param([CARD, {"type": "string"}], 7, "object or string", id="kinds"),
        pytest.param([CARD, BILL], {"kind": "cash"}, '"card" or "bill"', id="tags"),
        pytest.param([{"enum": ["a"]}, {"format": "date"}], "b", '"a" or date', id="texts"),
        pytest.param([{"type": "string"}, {"type": "string"}], 7, "string", id="the same twice"),
    ],
)
def test_where_no_branch_is_near_all_are_named(
    union: list[object], value: object, expected: str
) -> None:
    """One fault says everything that would do."""
    (fault,) = check_of(document({"A": {"anyOf": union}})).faults(value)
    assert fault.expected == expected


def test_an_unknown_value_of_a_discriminator_names_the_known_ones() -> None:
    """Mapped values come first; a schema's own name counts where no value is mapped to it."""
    schema = {
        "oneOf": [ref("Card"), ref("Bill")],
        "discriminator": {"propertyName": "kind", "mapping": {"plastic": "Card"}},
    }
    found = document({"A": schema, "Card": CARD, "Bill": BILL})
    (fault,) = check_of(found).faults({"kind": "cash"})
    assert (fault.actual, fault.expected) == ('"cash"', '"plastic" or "Bill"')
    assert fault.place == ("kind",)


@pytest.mark.parametrize(
    "discriminator",
    [
        pytest.param("kind", id="text"),
        pytest.param({"propertyName": 5}, id="name"),
        pytest.param({"propertyName": "kind", "mapping": []}, id="mapping"),
        pytest.param({"propertyName": "kind", "mapping": {"card": "#/no", "x": 5}}, id="targets"),
    ],
)
def test_a_broken_discriminator_does_no_harm(discriminator: object) -> None:
    """It only picks whose faults are told; without it, the nearest branch is."""
    schema = {"oneOf": [ref("Card"), ref("Bill")], "discriminator": discriminator}
    found = document({"A": schema, "Card": CARD, "Bill": BILL})
    faults = check_of(found).faults({"kind": "bill"})
    assert faults
    assert check_of(found).faults({"kind": "bill", "due": "today"}) == []
