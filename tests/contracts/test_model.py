"""The contract of a shape: strict, closed, and fair to models that decided otherwise."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator
from typing_extensions import TypedDict

from redhanded.contracts.model import Extra, ModelContract
from redhanded.core.violation import Contract, Violation
from tests.contracts.models import Box, Cat, Dog, Everything, Item, Order, Owner, Size
from tests.core.attempts import attempt

ORDER = {"id": 1, "total": 2.5, "items": [{"sku": "A", "quantity": 1}]}
EVERYTHING = {
    "day": "2026-02-28",
    "at": "2026-02-28T12:00:00Z",
    "key": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "price": "19.90",
    "size": "S",
    "pair": [1, "a"],
    "lasted": "PT1H",
    "tags": ["x"],
    "home": "https://example.org/",
    "share": 1,
}


def told(
    shape: object, document: object, *, extra: Extra = "forbid"
) -> list[tuple[str, str, str, str]]:
    """Where, what stands there, what should, and the broken rule."""
    found = ModelContract(shape, extra=extra).parse(json.dumps(document).encode()).violations
    return [(each.where, each.actual, each.expected, each.rule) for each in found]


def test_the_value_is_the_model() -> None:
    """A body that holds is handed on parsed."""
    read = ModelContract(Order).parse(json.dumps(ORDER).encode(), "application/json")

    assert read.violations == []
    assert read.value == Order(id=1, total=2.5, items=[Item(sku="A", quantity=1)])


def test_what_json_can_only_say_as_text_is_no_breach_of_strictness() -> None:
    """Dates, UUIDs, decimals, enumerations, tuples and sets arrive as text or arrays, and may."""
    value = ModelContract(Everything).parse(json.dumps(EVERYTHING).encode()).value

    assert value.day == date(2026, 2, 28)
    assert value.key == UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    assert value.price == Decimal("19.90")
    assert value.size is Size.SMALL
    assert value.pair == (1, "a")


def test_everything_wrong_is_said_at_once_in_the_order_of_the_document() -> None:
    """Each violation has its path, what stands there and what should, in the words of JSON."""
    items = [{"sku": "A", "quantity": 1}] * 12
    items[10] = {"sku": 7, "quantity": "1"}
    items[2] = {"quantity": None, "extra": [1]}

    assert told(Order, {"id": True, "items": items, "total": "90.00"}) == [
        ("$.id", "true", "integer", "int_type"),
        ("$.items[2].extra", "[1]", "no undeclared field", "extra_forbidden"),
        ("$.items[2].quantity", "null", "integer", "int_type"),
        ("$.items[2].sku", "missing", "required", "missing"),
        ("$.items[10].quantity", '"1"', "integer", "int_type"),
        ("$.items[10].sku", "7", "string", "string_type"),
        ("$.total", '"90.00"', "number", "float_type"),
    ]


def test_a_violation_names_its_source_and_never_shows_the_whole_body() -> None:
    """The model's name stands with it, and a long value shows only its ends."""
    body = json.dumps({**ORDER, "id": "x" * 10_000}).encode()

    [found] = ModelContract(list[Order]).parse(b"[" + body + b"]").violations

    assert (found.code, found.where, found.source) == ("body.schema", "$[0].id", "list[Order]")
    assert len(found.actual) == 60


@pytest.mark.parametrize(
    "field, wrong, wanted",
    [
        pytest.param("day", "2026-02-30", "date", id="a day that does not exist"),
        pytest.param("at", 1767225600, "date and time", id="seconds for a time"),
        pytest.param("key", "x", "UUID", id="no UUID"),
        pytest.param("price", "a lot", "decimal number", id="no number"),
        pytest.param("size", "M", "'S' or 'L'", id="not in the list"),
        pytest.param("size", "s", "'S' or 'L'", id="the other case"),
        pytest.param("pair", "1a", "array", id="no array"),
        pytest.param("lasted", "long", "duration", id="no duration"),
        pytest.param("tags", {}, "array", id="object for array"),
        pytest.param("home", "::", "URL", id="no URL"),
        pytest.param("share", "1", "number", id="text for number"),
        pytest.param("share", None, "number", id="null"),
    ],
)
def test_what_should_stand_there_is_said_in_the_words_of_json(
    field: str, wrong: object, wanted: str
) -> None:
    """Nobody has to know pydantic to read a failure."""
    [(where, _, expected, _)] = told(Everything, {**EVERYTHING, field: wrong})

    assert (where, expected) == (f"$.{field}", wanted)


class Bounded(BaseModel):
    """Every bound that a model can have."""

    some: list[int] = Field([], min_length=2)
    name: str = Field("abc", min_length=3, max_length=4, pattern="^[a-z]+$")
    number: int = Field(1, gt=0, le=10, multiple_of=1)
    even: int = 2

    @field_validator("even")
    @classmethod
    def _is_even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("an even number")
        assert value < 100, "below 100"
        return value


@pytest.mark.parametrize(
    "document, wanted",
    [
        pytest.param({"some": [1]}, "at least 2 items", id="too few"),
        pytest.param({"name": "ab"}, "at least 3 characters", id="too short"),
        pytest.param({"name": "abcde"}, "at most 4 characters", id="too long"),
        pytest.param({"name": "ABC"}, "pattern '^[a-z]+$'", id="pattern"),
        pytest.param({"number": 0}, "greater than 0", id="too small"),
        pytest.param({"number": 11}, "less than or equal to 10", id="too large"),
        pytest.param({"number": 1.5}, "integer", id="a fraction"),
        pytest.param({"even": 3}, "an even number", id="the model's own rule"),
        pytest.param({"even": 200}, "below 100", id="the model's own assertion"),
    ],
)
def test_bounds_are_said_without_ceremony(document: object, wanted: str) -> None:
    """What pydantic says about its input is shortened to what is wanted."""
    [(_, _, expected, _)] = told(Bounded, document)

    assert expected == wanted


class TestUnions:
    """Of a union only the member is reported that the value comes closest to."""

    @pytest.mark.parametrize(
        "document, told_of",
        [
            pytest.param(
                {"pet": {"kind": "cat", "lives": "9"}},
                [("$.pet.lives", '"9"', "integer", "int_type")],
                id="the member whose tag fits",
            ),
            pytest.param(
                {"pet": {"kind": "cow", "lives": 9}},
                [("$.pet.kind", '"cow"', "'cat' or 'dog'", "union")],
                id="no tag fits",
            ),
            pytest.param(
                {"pet": 3}, [("$.pet", "3", "object", "model_type")], id="another kind of value"
            ),
            pytest.param(
                {"code": 1.5}, [("$.code", "1.5", "integer or string", "union")], id="no member"
            ),
            pytest.param(
                {"tagged": {"kind": "dog"}},
                [("$.tagged.bark", "missing", "required", "missing")],
                id="a declared tag",
            ),
            pytest.param(
                {"pets": [{"kind": "cat", "lives": 1}, [{"kind": "dog"}]]},
                [("$.pets[1][0].bark", "missing", "required", "missing")],
                id="a union in a union",
            ),
        ],
    )
    def test_the_likeliest_member_speaks(
        self, document: object, told_of: list[tuple[str, str, str, str]]
    ) -> None:
        """The others' complaints would only be noise, and their names are no part of the path."""
        assert told(Owner, document) == told_of

    def test_a_field_called_like_a_member_is_told_apart(self) -> None:
        """The value in the error decides which of the two a name in its location means."""

        class Cats(BaseModel):
            Cat: Cat | Dog

        found = told(dict[str, Cats | int], {"Cat": {"Cat": {"kind": "cat", "lives": "x"}}})

        assert found == [("$.Cat.Cat.lives", '"x"', "integer", "int_type")]

    def test_a_wrong_key_is_told_at_its_entry(self) -> None:
        """Keys are checked like values; the mark that pydantic adds is no part of the path."""
        [(where, _, expected, _)] = told(dict[int, str], {"a": "b"})

        assert (where, expected) == ("$.a", "a key that is: integer")


class Plain(TypedDict):
    id: int


class TestExtra:
    """Undeclared fields are drift, also for models that never asked."""

    @pytest.mark.parametrize(
        "shape, document, where",
        [
            pytest.param(Item, {"sku": "A", "quantity": 1, "x": 1}, "$.x", id="model"),
            pytest.param(
                Order,
                {**ORDER, "items": [{"sku": "A", "quantity": 1, "x": 1}]},
                "$.items[0].x",
                id="nested model",
            ),
            pytest.param(Plain, {"id": 1, "x": 1}, "$.x", id="typed dictionary"),
            pytest.param(
                TypeAdapter(list[Plain]), [{"id": 1, "x": 1}], "$[0].x", id="inside an adapter"
            ),
        ],
    )
    def test_an_undeclared_field_is_found_everywhere(
        self, shape: object, document: object, where: str
    ) -> None:
        """Nested ones too, and nobody's class is touched."""
        assert [each[0] for each in told(shape, document)] == [where]
        assert told(shape, document, extra="ignore") == []

    def test_the_authors_class_stays_as_it_is(self) -> None:
        """Outside of a contract the model reads as its author declared."""
        told(Item, {"sku": "A", "quantity": "1", "x": 1})

        assert Item.model_validate({"sku": "A", "quantity": "1", "x": 1}).quantity == 1

    @pytest.mark.parametrize(
        "extra, kept",
        [pytest.param("ignore", None, id="ignored"), pytest.param("allow", {"x": 1}, id="kept")],
    )
    def test_extra_fields_can_be_let_in(self, extra: Extra, kept: object) -> None:
        """Per call or per project."""
        contract = ModelContract(Item, extra=extra)

        assert contract.parse(b'{"sku":"A","quantity":1,"x":1}').value.model_extra == kept


class TestLatitude:
    """A model that decided for itself is taken at its word."""

    @pytest.mark.parametrize(
        "document",
        [
            pytest.param({"opened": [{"id": 1, "x": 1}]}, id="allowed in a list"),
            pytest.param({"opened": {"k": {"id": 1, "x": 1}}}, id="allowed in a union"),
            pytest.param({"opened": [{"id": 1, "next": {"id": 2, "x": 1}}]}, id="in itself"),
            pytest.param(
                {"pair": [{"id": 1, "x": 1}, {"sku": "A", "quantity": 1}]}, id="in a tuple"
            ),
            pytest.param({"lax": {"id": "1"}}, id="converted"),
            pytest.param({"loose": "1"}, id="one field converted"),
        ],
    )
    def test_what_a_model_permits_is_no_breach(self, document: object) -> None:
        """`extra="allow"` and `strict=False` in a model weigh more than the project's default."""
        read = ModelContract(Box).parse(json.dumps(document).encode())

        assert read.violations == []
        assert isinstance(read.value, Box)

    @pytest.mark.parametrize(
        "document, where",
        [
            pytest.param({"x": 1}, ["$.x"], id="the silent model around it"),
            pytest.param(
                {"opened": [{"id": 1, "item": {"sku": "A", "quantity": 1, "x": 1}}]},
                ["$.opened[0].item.x"],
                id="a silent model inside it",
            ),
            pytest.param(
                {"lax": {"id": "1", "item": {"sku": "A", "quantity": "1"}}},
                ["$.lax.item.quantity"],
                id="conversion in a silent model inside it",
            ),
            pytest.param(
                {"pair": [{"id": 1}, {"sku": "A", "quantity": 1, "x": 1}]},
                ["$.pair[1].x"],
                id="its neighbour",
            ),
            pytest.param({"lax": {"id": "one"}}, ["$.lax.id"], id="what no conversion helps"),
            pytest.param({"lax": {"id": 1, "x": 1}}, ["$.lax.x"], id="conversion is not openness"),
            pytest.param({"opened": [{"id": "1"}]}, ["$.opened[0].id"], id="nor the reverse"),
        ],
    )
    def test_its_word_holds_for_itself_alone(self, document: object, where: list[str]) -> None:
        """INVARIANT: a decision in one model opens no other one."""
        assert [each[0] for each in told(Box, document)] == where

    def test_aliases_and_tags_lead_to_the_model_as_well(self) -> None:
        """An entry may be called differently in the document than in the class."""

        class Entry(BaseModel):
            model_config = ConfigDict(extra="ignore")
            kind: str = Field(alias="@kind")

        class Page(BaseModel):
            entry: Entry = Field(alias="the-entry")

        read = ModelContract(Page).parse(b'{"the-entry": {"@kind": "a", "more": 1}}')

        assert read.violations == []
        assert read.value.entry.kind == "a"


@pytest.mark.parametrize(
    "shape, content, content_type, value",
    [
        pytest.param(str, b"Created", "text/plain", "Created", id="any text"),
        pytest.param(str, b'"Created"', "application/json", "Created", id="text in JSON"),
        pytest.param("Created", b"Created", "text/plain", "Created", id="this text"),
        pytest.param("Created", b'"Created"', "application/json", "Created", id="this JSON text"),
        pytest.param(bytes, b"\0\1", "application/json", b"\0\1", id="any bytes"),
        pytest.param(b"\0\1", b"\0\1", "image/png", b"\0\1", id="these bytes"),
        pytest.param(None, b"null", "application/json", None, id="null"),
        pytest.param({"a": 1}, b'{"a":1}', "application/json", {"a": 1}, id="this object"),
        pytest.param(
            Item(sku="A", quantity=1),
            b'{"sku":"A","quantity":1}',
            "application/json",
            {"sku": "A", "quantity": 1},
            id="what an instance would be",
        ),
        pytest.param(list[int], b"[1,2]", "application/json", [1, 2], id="a list"),
    ],
)
def test_texts_bytes_and_values_are_shapes_too(
    shape: object, content: bytes, content_type: str, value: object
) -> None:
    """What is read is handed on, whatever the shape."""
    read = ModelContract(shape).parse(content, content_type)

    assert (read.value, read.violations) == (value, [])


@pytest.mark.parametrize(
    "shape, content, content_type, violation",
    [
        pytest.param(
            "Created",
            b"Deleted",
            "text/plain",
            Violation("value", "$", '"Deleted"', '"Created"', rule="equal"),
            id="another text",
        ),
        pytest.param(
            Item(sku="A", quantity=1),
            b'{"sku":"B","quantity":1}',
            "application/json",
            Violation("value", "$.sku", '"B"', '"A"', rule="equal"),
            id="another instance",
        ),
        pytest.param(
            str,
            b"\xff",
            "text/plain",
            Violation("body.charset", "body", "not UTF-8 from byte 0 on", "UTF-8"),
            id="no text",
        ),
        pytest.param(
            Item,
            b"",
            "application/json",
            Violation("body.empty", "body", "empty", "JSON"),
            id="nothing",
        ),
    ],
)
def test_a_breach_of_a_value_has_its_place_as_well(
    shape: object, content: bytes, content_type: str, violation: Violation
) -> None:
    """Values break as `value`, which is a defect, and bodies that cannot be read as `body`."""
    assert ModelContract(shape).parse(content, content_type).violations == [violation]


def test_json_that_only_pydantic_refuses_is_no_valid_json() -> None:
    """Two readers read each body; the stricter one decides."""
    deep = b"[" * 250 + b"]" * 250

    [found] = ModelContract(Any).parse(deep).violations

    assert found.code == "body.json"


def test_an_attempt_can_be_checked_at_any_time() -> None:
    """A shape is a contract like any other: pure, and asked with an attempt."""
    contract: Contract = ModelContract(Item)
    made = attempt(
        raw_response_headers=((b"Content-Type", b"application/json"),),
        response_body=b'{"sku": "A"}',
    )

    assert [each.where for each in contract.check(made)] == ["$.quantity"]
    assert contract.check(made) == contract.check(made)


def test_an_attempt_without_a_body_is_a_breach() -> None:
    """No answer at all does not hold a shape."""
    assert [each.code for each in ModelContract(Item).check(attempt(response_body=None))] == [
        "body.empty"
    ]


def test_what_a_violation_shows_is_masked() -> None:
    """The contract takes the run's mask, because only it sees values before they are cut."""
    contract = ModelContract(Item, mask=lambda text: text.replace("s3cret", "masked"))

    [found] = contract.parse(b'{"sku": "A", "quantity": "s3cret"}').violations

    assert found.actual == '"masked"'


@given(
    st.builds(
        Order,
        id=st.integers(-(2**63), 2**63),
        total=st.floats(allow_nan=False, allow_infinity=False),
    )
)
def test_what_a_model_writes_it_reads(order: Order) -> None:
    """INVARIANT: no valid document is ever drift."""
    read = ModelContract(Order).parse(order.model_dump_json().encode(), "application/json")

    assert (read.value, read.violations) == (order, [])


@given(st.sampled_from(["id", "total", "items"]), st.sampled_from(["gone", "wrapped", "null"]))
def test_no_damage_goes_unnoticed(name: str, damage: str) -> None:
    """INVARIANT: a field that was dropped, wrapped or nulled is found at its own place."""
    document: dict[str, Any] = dict(ORDER)
    if damage == "gone":
        del document[name]
    else:
        document[name] = {"wrapped": {"value": document[name]}, "null": None}[damage]

    assert [each[0] for each in told(Order, document)] == [f"$.{name}"]
