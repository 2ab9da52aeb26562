"""A page of orders, as real answers look: right, wrong in one place, and very long."""

from __future__ import annotations

from typing import Any

import pytest

from redhanded.contracts.openapi.document import Document
from redhanded.contracts.openapi.schemas.portions import LARGEST, weight
from tests.contracts.openapi.schemas.cases import check_of, document, ref, told
from tests.contracts.openapi.schemas.orders import COMPONENTS, page, silent

BY_THE_LETTER = document(COMPONENTS, "3.0.3")
SILENT = document(silent(COMPONENTS), "3.0.3")
ORDERS = 400  # so many that they are looked through in portions


@pytest.mark.parametrize(
    "closed", [pytest.param(True, id="closed"), pytest.param(False, id="open")]
)
@pytest.mark.parametrize(
    "found", [pytest.param(BY_THE_LETTER, id="explicit"), pytest.param(SILENT, id="silent")]
)
def test_a_right_page_is_right(found: Document, closed: bool) -> None:
    """Nothing is told of an answer that says what the document says."""
    assert check_of(found, closed=closed).faults(page(7)) == []


@pytest.mark.parametrize(
    "path, value, faults",
    [
        pytest.param(("items", 2, "state"), "lost", "$.items[2].state enum", id="enum"),
        pytest.param(("items", 2, "note"), None, "", id="null"),
        pytest.param(("items", 2, "extra"), 1, "$.items[2].extra undeclared", id="undeclared"),
        pytest.param(
            ("items", 1, "payment", "last4"), 5, "$.items[1].payment.last4 type", id="in a branch"
        ),
        pytest.param(
            ("items", 1, "payment", "due"), "x", "$.items[1].payment.due undeclared", id="alien"
        ),
        pytest.param(
            ("items", 0, "lines", 1, "sku"), "a", "$.items[0].lines[1].sku pattern", id="deep"
        ),
        pytest.param(("items", 0, "lines"), [], "$.items[0].lines minItems", id="empty"),
    ],
)
def test_one_wrong_thing_is_told_alone(
    path: tuple[str | int, ...], value: object, faults: str
) -> None:
    """Neither its parents nor its neighbours are drawn into it."""
    answer = changed(page(3), path, value)
    assert told(check_of(SILENT, closed=True).faults(answer)) == faults


@pytest.mark.parametrize(
    "path, value, faults",
    [
        pytest.param((390, "lines", 0, "price"), "x", "[390].lines[0].price type", id="type"),
        pytest.param((200, "note"), 5, "[200].note type", id="nullable"),
        pytest.param((399, "extra"), 5, "[399].extra undeclared", id="undeclared"),
    ],
)
def test_a_fault_in_a_long_page_is_found_at_its_place(
    path: tuple[str | int, ...], value: object, faults: str
) -> None:
    """A portion counts its items from its own start; what is told counts from the page's."""
    answer = changed(page(ORDERS), ("items", *path), value)
    assert weight(answer) > LARGEST
    assert told(check_of(SILENT, closed=True).faults(answer)) == f"$.items{faults}"


def test_very_many_faults_are_told_as_the_first_hundred() -> None:
    """Nobody reads the rest, and telling it would take gigabytes."""
    answer = page(ORDERS)
    for order in answer["items"]:
        order["note"] = 5
    faults = check_of(SILENT, closed=True).faults(answer)
    assert [fault.place for fault in faults] == [("items", i, "note") for i in range(100)]


def test_what_is_wrong_about_a_long_list_as_a_whole_is_told() -> None:
    """A portion is shorter than the list, so that only the whole tells how long it is."""
    check = check_of(document({"A": {"items": {"type": "integer"}, "maxItems": 10}}))
    assert told(check.faults([1] * (LARGEST + 1))) == "$ maxItems"
    short = check_of(document({"A": {"items": {"type": "integer"}, "minItems": LARGEST * 2}}))
    answer = [*range(LARGEST), "x"]
    assert told(short.faults(answer)) == f"$ minItems; $[{LARGEST}] type"


def test_a_large_map_is_looked_through_by_its_names() -> None:
    """A portion of an object lacks names that the whole has: that is no fault."""
    schema = {"required": ["n4999"], "additionalProperties": {"type": "integer"}}
    answer: dict[str, Any] = {f"n{number}": number for number in range(LARGEST + 1)}
    check = check_of(document({"A": schema}))
    assert check.faults(answer) == []
    assert told(check.faults({**answer, "n3000": "x"})) == "$.n3000 type"


def test_depth_is_no_hindrance() -> None:
    """What is undeclared hundreds of levels down is told at its place."""
    schema = {"properties": {"kid": {"$ref": "#/components/schemas/A"}}}
    answer: dict[str, Any] = {"x": 1}
    for _ in range(600):
        answer = {"kid": answer}
    (fault,) = check_of(document({"A": schema}), closed=True).faults(answer)
    assert fault.place == (*["kid"] * 600, "x")
    assert check_of(document({"A": schema})).faults(answer) == []


def test_a_wrong_value_too_deep_to_be_shown_is_one_fault() -> None:
    """The library has no words for hundreds of levels; the answer is wrong all the same."""
    answer: list[Any] = []
    for _ in range(600):
        answer = [answer]
    (fault,) = check_of(document({"A": {"type": "object"}}), closed=True).faults(answer)
    assert (fault.place, fault.rule, fault.expected) == ((), "depth", "fewer levels")


def test_unions_in_unions_are_decided_one_by_one() -> None:
    """Twelve kinds of blocks in one another, six deep: each wrong one is told, and in time."""
    kinds = [f"k{number}" for number in range(12)]
    blocks: dict[str, Any] = {
        kind: {
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"const": kind},
                "kids": {"type": "array", "items": ref("A")},
            },
        }
        for kind in kinds
    }
    found = document({"A": {"oneOf": [ref(kind) for kind in kinds]}, **blocks})
    answer = block(6)
    assert check_of(found, closed=True).faults(answer) == []
    answer["kids"][0]["kids"][1]["kind"] = "k99"
    answer["kids"][1]["extra"] = 1
    faults = check_of(found, closed=True).faults(answer)
    assert told(faults) == "$.kids[0].kids[1].kind oneOf; $.kids[1].extra undeclared"


def block(levels: int) -> dict[str, Any]:
    """A block with blocks in it."""
    kids = [block(levels - 1) for _ in range(2)] if levels else []
    return {"kind": f"k{levels}", "kids": kids}


def changed(answer: Any, path: tuple[str | int, ...], value: object) -> Any:  # noqa: ANN401
    """The answer with another value at a place."""
    inner = answer
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return answer
