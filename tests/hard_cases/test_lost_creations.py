"""Creations of declared resources whose answer is lost: found by their mark, and left nowhere."""

from __future__ import annotations

import httpx2

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Suite

LOGIN = """
auth = { kind = "login", path = "/auth", body = { username = "admin", password = "env:PASSWORD" } }
"""
SOURCE = """
    from pydantic import BaseModel
    from redhanded import resource
    from tests.hard_cases.stage import BOOKING

    booking = resource(
        "booking",
        create="POST /booking",
        delete="DELETE /booking/{id}",
        id="$.bookingid",
        tag="$.tag",
        list_by_tag="GET /booking?tag={tag}",
    )

    def test_it(booking):
        assert booking(BOOKING)["booking"]["tag"].startswith("rh-")
"""


def bookings(stage: Stage) -> int:
    """How many bookings the API has, asked past the proxy."""
    answer = httpx2.get(f"{stage.lab.url}/booking", trust_env=False)
    return int(answer.headers["X-Total-Count"])


def test_a_lost_creation_is_looked_up_by_its_mark_and_stays_nowhere(
    suite: Suite, stage: Stage
) -> None:
    """INVARIANT: what was applied unanswered is neither sent again on a guess nor left behind."""
    stage.blow({"fault": "E12", "route": "POST /booking", "nth": 1})
    before = bookings(stage)

    ran = suite(SOURCE, base_url=stage.url, toml=PATIENT + LOGIN)

    assert ran.ret == 0, ran.text
    first, second = ran.of("test_ended")
    assert [found["code"] for found in first["findings"]] == ["write.applied"]
    assert second["verdict"] == "recovered"
    assert (len(stage.arrived("POST", "/booking")), stage.sent_twice()) == (2, [])
    assert bookings(stage) == before
