"""The universe: all that a document lets tests see."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from redhanded.contracts.openapi import marks
from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.universe import Universe, universe_of
from tests.contracts.openapi.shops import of_schemas, shop


def _of(document: Document, kind: str) -> set[str]:
    """What the whole document has of one kind of mark, without the kind."""
    every = universe_of(document).marks_of(universe_of(document).operations)
    return {mark.partition("\t")[2].replace("\t", " ") for mark in every if mark.startswith(kind)}


def test_operations_statuses_and_media_types_are_told_as_documented() -> None:
    """A key is a key: a range of statuses is one, as is a media type of a request."""
    document = shop()

    assert _of(document, "checked") == {"GET /orders", "POST /orders"}
    assert _of(document, "status") == {"GET /orders 200", "GET /orders 4XX", "POST /orders 201"}
    assert _of(document, "media") == {
        "GET /orders 200 application/json",
        "POST /orders request application/json",
    }


def test_a_parameter_of_the_path_belongs_to_each_of_its_operations() -> None:
    """An operation's own parameter takes the place of the path's, and some headers are ignored."""
    assert _of(shop(), "parameter") == {
        "GET /orders query sort",
        "GET /orders query limit",
        "POST /orders query sort",
        "POST /orders query limit",
    }
    assert "request /paths/~1orders/post/parameters/0/schema 1" in _of(shop(), "value")


def test_a_property_counts_once_for_each_direction_at_its_own_place() -> None:
    """Two operations share a schema; what only requests or only answers may hold counts there."""
    found = _of(shop(), "property")
    place = "/components/schemas/Order/properties"

    assert {f"request {place}/state", f"response {place}/state"} <= found
    assert f"response {place}/id" in found
    assert f"request {place}/id" not in found
    assert f"request {place}/secret" in found
    assert f"response {place}/secret" not in found


def test_what_no_operation_reaches_does_not_count() -> None:
    """A component that nothing refers to is nothing that a test could see."""
    every = universe_of(shop()).marks_of(["GET /orders", "POST /orders"])

    assert not [mark for mark in every if "Unused" in mark]


def test_a_recursive_schema_counts_once() -> None:
    """Schemas that refer to each other have an end."""
    found = _of(shop(), "property")

    assert "response /components/schemas/Line/properties/parts" in found
    assert len([mark for mark in found if "schemas/Line/" in mark]) == 4


def test_branches_are_told_apart_by_their_places() -> None:
    """Each alternative counts, and of a condition each outcome that is declared."""
    document = of_schemas(
        Root={
            "oneOf": [{"type": "string"}, {"type": "integer"}],
            "anyOf": [{"minimum": 1}],
            "if": {"type": "string"},
            "else": {"maximum": 9},
        }
    )
    root = "response /components/schemas/Root"

    assert _of(document, "branch") == {
        f"{root}/oneOf/0",
        f"{root}/oneOf/1",
        f"{root}/anyOf/0",
        f"{root}/else",
    }


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"allOf": [{"properties": {"seen": {}}}]}, id="allOf"),
        pytest.param({"items": {"properties": {"seen": {}}}}, id="items"),
        pytest.param({"prefixItems": [{"properties": {"seen": {}}}]}, id="prefixItems"),
        pytest.param({"additionalProperties": {"properties": {"seen": {}}}}, id="additional"),
        pytest.param({"patternProperties": {"^a": {"properties": {"seen": {}}}}}, id="pattern"),
        pytest.param({"dependentSchemas": {"a": {"properties": {"seen": {}}}}}, id="dependent"),
        pytest.param({"oneOf": [{"properties": {"seen": {}}}]}, id="oneOf"),
        pytest.param({"if": {}, "then": {"properties": {"seen": {}}}}, id="then"),
        pytest.param({"$ref": "#/components/schemas/Other", "title": "x"}, id="beside-a-reference"),
    ],
)
def test_schemas_are_found_below_every_keyword(schema: dict[str, Any]) -> None:
    """Wherever a schema may stand, what it declares counts."""
    document = of_schemas(Root=schema, Other={"properties": {"seen": {}}})

    assert [mark for mark in _of(document, "property") if mark.endswith("/properties/seen")]


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "#other"}, id="anchor"),
        pytest.param({"$ref": "urn:other"}, id="id"),
        pytest.param({"$dynamicRef": "#other"}, id="dynamic"),
    ],
)
def test_references_lead_by_other_ways_than_pointers(schema: dict[str, Any]) -> None:
    """JSON Schema 2020-12, core, sections 8.2.1 to 8.2.3: anchors and identifiers."""
    other: dict[str, Any] = {"properties": {"seen": {}}}
    named = {"$id": "urn:other"} if schema.get("$ref") == "urn:other" else {}
    anchor = {} if named else {"$anchor": "other"}
    document = of_schemas(Root=schema, Other={**other, **named, **anchor})

    assert _of(document, "property") == {"response /components/schemas/Other/properties/seen"}


def test_beside_a_reference_nothing_counts_in_openapi_3_0() -> None:
    """OpenAPI 3.0.4, section 4.7.23.1: a reference is all that counts of its object."""
    schema = {"$ref": "#/components/schemas/Other", "properties": {"lost": {}}}
    found = _of(of_schemas("3.0.3", Root=schema, Other={"properties": {"a": {}}}), "property")

    assert found == {"response /components/schemas/Other/properties/a"}


def test_one_operation_reaches_what_its_own_schemas_lead_to() -> None:
    """The marks of some operations are those of the schemas that these reach, and no others."""
    universe = universe_of(shop())

    found = universe.marks_of(["POST /orders"])

    assert marks.schema_property("request", "/components/schemas/Card/properties/name") in found
    assert not [mark for mark in found if "\tresponse\t" in mark]


def test_webhooks_count_for_nothing() -> None:
    """What the API asks of others is nothing that a client can call."""
    hook = {"post": {"responses": {"200": {"description": "taken"}}}}

    assert _of(shop(webhooks={"paid": hook}), "checked") == {"GET /orders", "POST /orders"}


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"$ref": "#/components/schemas/Nowhere"}, id="nowhere"),
        pytest.param({"$ref": "#/components/schemas/Root"}, id="circle"),
        pytest.param({"properties": ["a"], "enum": "b", "oneOf": {"a": 1}}, id="wrong-types"),
        pytest.param({"oneOf": ["a"], "items": True, "properties": {"a": True}}, id="booleans"),
    ],
)
def test_a_broken_schema_counts_for_what_it_says(schema: dict[str, Any]) -> None:
    """What cannot be read of a document does not keep the rest from being counted."""
    assert _of(of_schemas(Root=schema), "status") == {"GET /x 200"}


def test_what_stands_in_another_file_has_the_same_name_on_every_machine(tmp_path: Path) -> None:
    """A place in a file beside the document is told by the way from there."""
    uri = (tmp_path / "shop.json").as_uri()
    root = of_schemas(Root={"$ref": "common/money.json#/Money"}).root
    other = (tmp_path / "common/money.json").as_uri()
    document = Document(
        name="shop.json",
        version=(3, 1),
        root=root,
        uri=uri,
        others={other: {"Money": {"properties": {"at": {}}}}},
    )

    assert _of(document, "property") == {"response common/money.json#/Money/properties/at"}


def test_a_universe_comes_back_from_its_record() -> None:
    """A report can be made without the document, of what was kept as JSON."""
    universe = universe_of(shop())

    kept = json.loads(json.dumps(universe.record()))

    assert Universe.of_record(kept) == universe


def test_a_record_of_another_version_is_refused() -> None:
    """What a newer redhanded kept is not taken for what it is not."""
    with pytest.raises(ValueError, match="9"):
        Universe.of_record({**universe_of(shop()).record(), "v": 9})
