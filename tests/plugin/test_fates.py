"""What becomes of what tests made, as events: made, removed, gone, failed or left."""

from __future__ import annotations

import pytest

from tests.plugin.hotel import Hotel
from tests.plugin.suites import Ran, Serve, Suite

TOML = """
cleanup = { sweep = false }

[tool.redhanded.resources.room]
create = "POST /rooms"
delete = "DELETE /rooms/{id}"
"""
BY_HAND = """
def test_it(api, cleanup):
    assert api.post("/rooms", json={}).status_code == 201
    cleanup("room", 1)
"""
MADE = """
from redhanded import resource

room = resource("room")

def test_it(room):
    assert room(floor=1)["floor"] == 1
"""


def ledger(ran: Ran) -> list[tuple[str, str, str]]:
    """Kind, id and state of each thing, in the order in which they were told."""
    return [(told["kind"], told["id"], told["state"]) for told in ran.of("tracked")]


def attempt_of(ran: Ran, state: str) -> str:
    """The method and the path of the attempt that goes with a state."""
    (told,) = [one for one in ran.of("tracked") if one["state"] == state]
    made = {one["exchange"]["id"]: one["exchange"] for one in ran.of("attempt_ended")}
    exchange = made.get(told["attempt_id"])
    return f"{exchange['method']} /{exchange['url'].split('/', 3)[-1]}" if exchange else ""


def test_an_object_is_told_when_it_is_made_and_removed(
    suite: Suite, hotel: Hotel, raw_server: Serve
) -> None:
    """INVARIANT: a maker's object is told with the attempts that made and removed it."""
    ran = suite(MADE, base_url=raw_server(hotel.script()).url, toml=TOML)

    assert ledger(ran) == [("room", "1", "made"), ("room", "1", "removed")], ran.text
    assert attempt_of(ran, "made") == "POST /rooms"
    assert attempt_of(ran, "removed") == "DELETE /rooms/1"
    assert {told["test_id"] for told in ran.of("tracked")} == {"test_suite.py::test_it"}


@pytest.mark.parametrize(
    "planned, state",
    [
        pytest.param([404], "gone", id="gone"),
        pytest.param([500, 500], "failed", id="failed"),
        pytest.param([422], "failed", id="refused"),
        pytest.param([503, 503], "left", id="weather"),
    ],
)
def test_what_the_api_answers_to_a_removal_is_told(
    suite: Suite, hotel: Hotel, raw_server: Serve, planned: list[int], state: str
) -> None:
    """What weather kept is left to the next sweep; what the API itself refused has failed."""
    hotel.planned["DELETE /rooms/1"] = planned
    ran = suite(BY_HAND, base_url=raw_server(hotel.script()).url, toml=TOML)

    assert ledger(ran) == [("room", "1", "made"), ("room", "1", state)], ran.text
    assert attempt_of(ran, state) == "DELETE /rooms/1"


def test_what_the_test_removed_itself_is_told_as_removed(
    suite: Suite, hotel: Hotel, raw_server: Serve
) -> None:
    """Nothing was sent for it by us, so there is no attempt to show."""
    source = """
    def test_it(api, cleanup):
        assert api.post("/rooms", json={}).status_code == 201
        cleanup("room", 1)
        assert api.delete("/rooms/1").status_code == 204
        cleanup.forget("room", 1)
    """
    ran = suite(source, base_url=raw_server(hotel.script()).url, toml=TOML)

    assert ledger(ran) == [("room", "1", "made"), ("room", "1", "removed")]
    assert attempt_of(ran, "removed") == ""


def test_functions_are_told_by_their_names(suite: Suite, hotel: Hotel, raw_server: Serve) -> None:
    """A function removes what only it knows; whether it held is told all the same."""
    source = """
    def undo(which):
        if which == "bad":
            raise OSError("no")

    def test_it(api, cleanup):
        assert api.get("/").status_code == 200
        cleanup(undo, "good")
        cleanup(undo, "bad")
        cleanup(undo, object())
    """
    ran = suite(source, base_url=raw_server(hotel.script()).url, toml=TOML)

    assert ledger(ran) == [
        ("undo", "good", "removed"),
        ("undo", "bad", "failed"),
        ("undo", "", "removed"),
    ]


def test_an_object_that_was_refused_once_is_told_once(
    suite: Suite, hotel: Hotel, raw_server: Serve
) -> None:
    """A conflict is tried again after the rest: what counts is how it ended."""
    hotel.planned["DELETE /rooms/2"] = [409]
    source = """
    def test_it(api, cleanup):
        for which in (1, 2):
            assert api.post("/rooms", json={}).status_code == 201
            cleanup("room", which)
    """
    ran = suite(source, base_url=raw_server(hotel.script()).url, toml=TOML)

    assert [one for one in ledger(ran) if one[2] != "made"] == [
        ("room", "1", "removed"),
        ("room", "2", "removed"),
    ]


def test_the_id_of_an_object_is_masked(
    suite: Suite, hotel: Hotel, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: an id may be what nobody must see; it passes the gate."""
    monkeypatch.setenv("SHOP_TOKEN", "tok-7f3c1e2d9a8b")
    source = """
    def test_it(api, cleanup):
        assert api.get("/").status_code == 200
        cleanup("room", "tok-7f3c1e2d9a8b")
    """
    toml = 'auth = { kind = "bearer", token = "env:SHOP_TOKEN" }\n' + TOML
    ran = suite(source, base_url=raw_server(hotel.script()).url, toml=toml)

    assert [state for _, _, state in ledger(ran)] == ["made", "removed"]
    assert "tok-7f3c1e2d9a8b" not in str(ran.of("tracked"))
