"""Sightings: what of a document exchanges have met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.examination import Examination, Parts
from redhanded.contracts.openapi.marks import Direction
from redhanded.contracts.openapi.nodes import Node
from redhanded.contracts.openapi.schemas import Schemas
from redhanded.contracts.openapi.sightings import Sightings
from redhanded.contracts.openapi.universe import universe_of
from redhanded.contracts.openapi.unseen import DEPTH, ITEMS, STEPS
from tests.contracts.openapi.shops import Oracle, answered, met, of_schemas, operation, shop

ROOT = "response /components/schemas/Root"


def _sightings(document: Document) -> Sightings:
    return Sightings(document, Oracle(document))


def _seen(document: Document, *values: object) -> set[str]:
    """What answers with these values show of the schema `Root`, without its place."""
    sightings = _sightings(document)
    found = [
        mark
        for value in values
        for mark in sightings.see(answered(document, value), is_checked=False)
    ]
    assert len(found) == len(set(found)), "a mark is new once"
    told = {mark.replace("\t", " ").replace(ROOT, "") for mark in found}
    return {mark for mark in told if mark.split()[0] in ("property", "value", "branch")}


def test_an_exchange_shows_its_operation_status_and_media_types() -> None:
    """The document's own keys are what was seen, not what stood on the wire."""
    document = shop()
    found = _sightings(document).see(
        met(
            document,
            "GET /orders",
            request=Parts(parameters={("query", "limit"): 5}),
            response=Parts("4XX"),
        ),
        is_checked=False,
    )

    assert found == [
        "called\tGET /orders",
        "status\tGET /orders\t4XX",
        "parameter\tGET /orders\tquery\tlimit",
    ]


def test_a_call_is_checked_once_its_answer_was_held_against_something() -> None:
    """Called and checked are two things; the second may come later."""
    document = shop()
    sightings = _sightings(document)
    exchange = met(document, "GET /orders", response=Parts("200"))

    sightings.see(exchange, is_checked=False)

    assert sightings.see(exchange, is_checked=True) == ["checked\tGET /orders"]


def test_an_operation_that_the_document_lacks_shows_nothing() -> None:
    """Where the document has no operation, none of its marks can be seen."""
    assert _sightings(shop()).see(Examination(None), is_checked=True) == []


def test_a_sent_body_is_seen_as_a_request() -> None:
    """What a request holds counts for requests, and answers have marks of their own."""
    document = shop()
    node = operation(document, "POST /orders").node
    schema = node.find("requestBody", "content", "application/json", "schema")
    sent = Parts(media_type="application/json", schema=schema, value={"state": "paid"})

    found = _sightings(document).see(
        met(document, "POST /orders", request=sent, response=Parts("201")), is_checked=False
    )

    assert found[3:] == [
        "property\trequest\t/components/schemas/Order/properties/state",
        'value\trequest\t/components/schemas/Order/properties/state\t"paid"',
    ]
    assert found[2] == "media\tPOST /orders\trequest\tapplication/json"


def test_values_of_parameters_are_seen() -> None:
    """A parameter with an enum shows which value was sent; the operation's own schema holds."""
    document = shop()
    sent = Parts(parameters={("query", "limit"): 2, ("query", "sort"): "sideways"})

    found = _sightings(document).see(met(document, "POST /orders", request=sent), is_checked=False)

    assert "value\trequest\t/paths/~1orders/post/parameters/0/schema\t2" in found
    assert not [mark for mark in found if "sideways" in mark]


def test_items_of_a_stream_are_seen_by_the_schema_of_an_item() -> None:
    """Of a stream each item is described, and no value stands for the whole."""
    item: dict[str, Any] = {"properties": {"at": {}}}
    content = {"application/jsonl": {"itemSchema": item}}
    answers = {"200": {"description": "", "content": content}}
    document = shop("3.2.0", paths={"/x": {"get": {"responses": answers}}})
    node = operation(document, "GET /x").node
    schema = node.find("responses", "200", "content", "application/jsonl", "itemSchema")
    parts = Parts("200", "application/jsonl", item_schema=schema, value=[{}, {"at": 1}])

    found = _sightings(document).see(met(document, "GET /x", response=parts), is_checked=False)

    assert [mark for mark in found if mark.startswith("property")]
    assert set(found) <= universe_of(document).marks_of(["GET /x"]) | {"called\tGET /x"}


_A: dict[str, Any] = {"properties": {"a": {}}}
_SEEN = "properties/a"


@pytest.mark.parametrize(
    "schema, value, seen",
    [
        pytest.param(_A, {"a": None, "b": 1}, {f"property /{_SEEN}"}, id="property"),
        pytest.param({"allOf": [_A]}, {"a": 1}, {f"property /allOf/0/{_SEEN}"}, id="allOf"),
        pytest.param({"items": _A}, [{}, {"a": 1}], {f"property /items/{_SEEN}"}, id="items"),
        pytest.param(
            {"prefixItems": [{}, _A]},
            [1, {"a": 1}],
            {f"property /prefixItems/1/{_SEEN}"},
            id="prefix",
        ),
        pytest.param(
            {"additionalProperties": {"enum": [1]}},
            {"x": 1},
            {"value /additionalProperties 1"},
            id="additional",
        ),
        pytest.param({"enum": [1, "1", True]}, 1.0, {"value  1"}, id="number"),
        pytest.param({"enum": [{"a": 1}]}, {"a": 1}, {'value  {"a":1}'}, id="object"),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"type": "null"}]}, None, {"branch /oneOf/1"}, id="null"
        ),
        pytest.param(
            {"anyOf": [{"minimum": 1}, {"maximum": 9}]},
            5,
            {"branch /anyOf/0", "branch /anyOf/1"},
            id="both",
        ),
        pytest.param(
            {"if": {"minimum": 5}, "then": {}, "else": {}}, 5, {"branch /then"}, id="then"
        ),
        pytest.param(
            {"if": {"minimum": 5}, "then": {}, "else": {}}, 1, {"branch /else"}, id="else"
        ),
        pytest.param(_A, [{"a": 1}], set(), id="other-type"),
        pytest.param({"items": {"enum": [1]}}, {"0": 1}, set(), id="other-shape"),
        pytest.param({"enum": ["a"]}, "b", set(), id="other-value"),
        pytest.param(
            {"oneOf": [{"type": "string", "enum": ["a"]}, {}]}, 5, {"branch /oneOf/1"}, id="branch"
        ),
    ],
)
def test_a_value_shows_what_it_holds(schema: dict[str, Any], value: object, seen: set[str]) -> None:
    """Properties that are there, listed values that stand there, branches that validate."""
    assert _seen(of_schemas(Root=schema), value) == seen


@pytest.mark.parametrize(
    "version, mapping",
    [
        pytest.param("3.0.3", {"mapping": {"dog": "#/components/schemas/Dog"}}, id="mapping"),
        pytest.param("3.1.0", {}, id="by-name"),
    ],
)
def test_schemas_that_a_discriminator_names_are_seen(
    version: str, mapping: dict[str, object]
) -> None:
    """OpenAPI 3.0.4, section 4.7.25: a schema may be extended by others without naming them."""
    root = {"$ref": "#/components/schemas/Root"}
    document = of_schemas(
        version,
        Root={
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "discriminator": {"propertyName": "kind", **mapping},
        },
        Dog={"allOf": [root, {"properties": {"barks": {}, "owner": root}}]},
        Cat={"allOf": [root, {"properties": {"lives": {}}}]},
    )
    tag = "dog" if mapping else "Dog"
    sightings = _sightings(document)

    found = sightings.see(
        answered(document, {"kind": tag, "barks": 1, "lives": 9}), is_checked=True
    )

    every = universe_of(document).marks_of(["GET /x"])
    assert set(found) - every == {"called\tGET /x"}
    assert [mark for mark in found if "barks" in mark]
    assert [mark for mark in found if mark.endswith("/discriminator/Dog")]
    assert not [mark for mark in found if "lives" in mark]
    assert [mark for mark in every if "lives" in mark]
    assert len([mark for mark in every if mark.startswith("branch")]) == 2


def test_what_is_seen_is_always_part_of_the_universe() -> None:
    """INVARIANT: no mark can be seen that the document does not have."""
    document = shop()
    orders = [
        {"id": 1, "state": None, "payment": {"number": 1, "extra": 2}, "lines": []},
        {"payment": None, "lines": [{"sku": "a", "parts": [{"sku": "b", "parts": []}]}], "x": 1},
    ]
    exchange = answered(document, orders, "GET /orders")

    found = _sightings(document).see(exchange, is_checked=True)

    every = universe_of(document).marks_of(["GET /orders"])
    assert set(found) - every == {"called\tGET /orders"}
    assert {mark for mark in every - set(found) if "properties" in mark} == {
        "property\tresponse\t/components/schemas/Card/properties/name",
        'value\tresponse\t/components/schemas/Order/properties/state\t"open"',
        'value\tresponse\t/components/schemas/Order/properties/state\t"paid"',
    }


def test_what_came_later_is_seen_as_well() -> None:
    """A value that was seen is not looked for again, and others still are."""
    document = of_schemas(Root={"properties": {"a": {"enum": [1, 2]}, "b": {"enum": [3]}}})

    seen = _seen(document, {"a": 1}, {"a": 1}, {"b": 3}, {"a": 2, "b": 3})

    assert len([mark for mark in seen if mark.startswith("value")]) == 3


def test_a_schema_of_which_all_was_seen_is_not_entered_again() -> None:
    """Repeated answers cost next to nothing: no branch is asked about any more."""
    document = of_schemas(
        Root={
            "properties": {
                "pay": {"oneOf": [{"properties": {"a": {}}, "required": ["a"]}, {"type": "null"}]},
                "below": {"items": {"$ref": "#/components/schemas/Root"}},
            }
        }
    )
    oracle = Oracle(document)
    sightings = Sightings(document, oracle)
    exchange = answered(document, {"pay": None, "below": [{"pay": {"a": 1}, "below": []}]})
    sightings.see(exchange, is_checked=False)
    asked = oracle.asked

    found = sightings.see(exchange, is_checked=False)

    assert (found, oracle.asked) == ([], asked)


def test_one_unseen_value_alone_is_looked_for() -> None:
    """Branches of which all was seen are not asked about, whatever else is missing."""
    document = of_schemas(
        Root={
            "properties": {
                "pay": {"oneOf": [{"type": "string"}, {"type": "null"}]},
                "state": {"enum": ["open", "rare"]},
            }
        }
    )
    oracle = Oracle(document)
    sightings = Sightings(document, oracle)
    for pay in ("x", None):
        sightings.see(answered(document, {"pay": pay, "state": "open"}), is_checked=False)
    asked = oracle.asked

    found = sightings.see(answered(document, {"pay": None, "state": "rare"}), is_checked=False)

    assert [mark.rpartition("\t")[2] for mark in found] == ['"rare"']
    assert oracle.asked == asked


def test_of_a_long_list_some_items_are_looked_at_and_always_the_same() -> None:
    """The sample is spread over the list, and no chance is in it."""
    schema = {"items": {"enum": [*range(10_000)]}}

    one = _seen(of_schemas(Root=schema), [*range(10_000)])

    assert len(one) == ITEMS
    assert one == _seen(of_schemas(Root=schema), [*range(10_000)])
    assert "value /items 9950" in one


def test_an_exchange_costs_a_bounded_number_of_steps() -> None:
    """Lists in lists cannot hold a test up."""
    deep: list[Any] = [1]
    for _ in range(3):
        deep = [deep] * ITEMS
    schema = {"items": {"items": {"items": {"items": {"enum": [1, 2]}}}}}
    oracle_free = of_schemas(Root={"allOf": [schema, {"items": {"items": {}}}]})

    assert len(_seen(oracle_free, deep)) == 1
    assert STEPS < ITEMS**3


def test_a_value_that_is_nested_deeply_ends_the_walk() -> None:
    """Depth is bounded far below what Python's own stack bears."""
    deep: dict[str, Any] = {}
    for _ in range(900):
        deep = {"a": deep}
    schema = {"properties": {"a": {"$ref": "#/components/schemas/Root"}, "b": {}}}

    assert len(_seen(of_schemas(Root=schema), deep)) == 1
    assert DEPTH < 900


@pytest.mark.parametrize("value", [{"a": 1}, None, [1]], ids=["object", "null", "list"])
def test_a_schema_that_is_a_part_of_itself_ends_the_walk(value: object) -> None:
    """Such a schema says nothing, and is entered once for each value."""
    loop = {"allOf": [{"$ref": "#/components/schemas/Root"}] * 3, "properties": {"a": {}}}

    assert len(_seen(of_schemas(Root=loop), value)) == (value == {"a": 1})


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"pay": {"number": "1"}, "if": 1}, id="object"),
        pytest.param({"pay": None, "if": 9}, id="null"),
        pytest.param({"pay": "\ud800"}, id="half-a-character"),
        pytest.param({"pay": 5, "broken": 1}, id="no-branch"),
    ],
)
def test_branches_are_those_that_the_contracts_own_schemas_accept(value: object) -> None:
    """As another library says; a schema that cannot be used accepts nothing."""
    card = {"type": "object", "required": ["number"]}
    document = of_schemas(
        Root={
            "properties": {
                "pay": {"oneOf": [card, {"type": "null"}, {"type": "string"}]},
                "if": {"if": {"minimum": 5}, "then": {}, "else": {}},
                "broken": {"anyOf": [{"pattern": "("}]},
            }
        }
    )
    schemas = Schemas(document)

    def accepting(schema: Node, direction: Direction) -> Callable[[object], bool]:
        return schemas.check(schema, direction, closed=False).accepts

    found = Sightings(document, accepting).see(answered(document, value), is_checked=False)

    known = _seen(document, {"pay": 5} if "broken" in str(value) else value)
    branches = {mark for mark in known if mark.startswith("branch")}
    assert {
        mark.replace("\t", " ").replace(ROOT, "") for mark in found if "branch" in mark
    } == branches
