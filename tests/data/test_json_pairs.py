"""Fields that belong together: an end lies behind its beginning."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

import pytest

from redhanded.data.factory import Factory
from redhanded.data.json_pairs import pairs, put_in_order


@pytest.mark.parametrize(
    "first, last",
    [
        pytest.param("checkin", "checkout", id="one-word"),
        pytest.param("check_in", "check_out", id="two-words"),
        pytest.param("startDate", "endDate", id="camel-case"),
        pytest.param("valid_from", "valid_until", id="snake-case"),
        pytest.param("min-price", "max-price", id="numbers"),
        pytest.param("from", "to", id="short"),
    ],
)
def test_a_pair_is_known_by_its_words(first: str, last: str) -> None:
    """However the names are written, and in whichever order they are declared."""
    assert [*pairs([last, "name", first])] == [(first, last)]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["startDate", "end_time"], id="of-other-things"),
        pytest.param(["checkin"], id="alone"),
        pytest.param(["a", "b"], id="none"),
        pytest.param(["from"], id="a-beginning"),
    ],
)
def test_other_names_are_no_pair(names: list[str]) -> None:
    """Two words alone make none."""
    assert [*pairs(names)] == []


DAY = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
STAY: dict[str, Any] = {
    "type": "object",
    "properties": {
        "checkout": DAY,
        "checkin": DAY,
        "startsAt": MOMENT,
        "endsAt": MOMENT,
        "minPrice": {"type": "integer"},
        "maxPrice": {"type": "integer"},
    },
}


def test_days_and_numbers_of_a_pair_are_in_order() -> None:
    """INVARIANT: no test is red because an API refuses a stay that ends before it begins."""
    make = Factory(7, "test", "0a1b2c3d", today=date(2026, 11, 22))

    for _ in range(100):
        made = make.schema(STAY)
        stay = date.fromisoformat(made["checkout"]) - date.fromisoformat(made["checkin"])
        assert 1 <= stay.days <= 28
        assert made["startsAt"] < made["endsAt"]
        assert made["minPrice"] <= made["maxPrice"]


def test_what_is_given_stays_where_it_is() -> None:
    """The other one is drawn beside it; two that are given are the author's own matter."""
    make = Factory(7, "test", "0a1b2c3d", today=date(2026, 11, 22))

    late = make.schema(STAY, checkout="2020-03-01")
    early = make.schema(STAY, checkin="2020-02-01", minPrice=2000)
    odd = make.schema(STAY, checkin="2020-02-02", checkout="2020-02-01")

    assert late["checkin"] < late["checkout"] == "2020-03-01"
    assert early["checkout"] > "2020-02-01" == early["checkin"]
    assert early["minPrice"] == 2000
    assert (odd["checkin"], odd["checkout"]) == ("2020-02-02", "2020-02-01")


def test_what_the_schema_lists_stays_what_it_is() -> None:
    """An end that may be of one day only is no other day."""
    make = Factory(7, "test", "0a1b2c3d", today=date(2026, 11, 22))
    properties = {"from": {"type": "string"}, "to": {"const": "2020-01-01"}}

    made = make.schema({"type": "object", "properties": properties}, **{"from": "2030-01-01"})

    assert made == {"from": "2030-01-01", "to": "2020-01-01"}


@pytest.mark.parametrize(
    "made",
    [
        pytest.param({"from": "Bern", "to": "Rome"}, id="places"),
        pytest.param({"from": "2020-01-01", "to": "2020-01-01T10:00:00Z"}, id="of-two-kinds"),
        pytest.param({"from": "9999-12-31", "to": "2020-01-01"}, id="the-end-of-time"),
        pytest.param({"from": True, "to": False}, id="booleans"),
        pytest.param({"from": "2020-99-99", "to": "2020-01-01"}, id="no-day"),
    ],
)
def test_what_cannot_be_ordered_stays_as_it_is(made: dict[str, Any]) -> None:
    """Only days, moments and numbers have an order that means something here."""
    before = dict(made)

    put_in_order(made, (), Random(1))

    assert made == before
