"""Writes whose answer is lost: never sent twice, never red, and judged in the end."""

from __future__ import annotations

import pytest

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Suite

LOGIN = """
auth = { kind = "login", path = "/auth", body = { username = "admin", password = "env:PASSWORD" } }
"""
LOOKUP = """
[tool.redhanded.lookups]
"POST /booking" = { find = "GET /booking?tag={$.tag}", seconds = 0.5 }
"""
CREATE = """
    from pydantic import BaseModel
    from redhanded import expect
    from tests.hard_cases.stage import BOOKING

    class Label(BaseModel):
        tag: str

    def test_create(api, make):
        new = BOOKING | make(Label).model_dump()
        made = expect(api.post("/booking", json=new), 201).json()
        assert made["booking"]["tag"] == new["tag"]
"""
LOST = {"fault": "E12", "route": "POST /booking"}


@pytest.mark.parametrize(
    "lookup, code",
    [
        pytest.param("", "net.reset", id="no-lookup"),
        pytest.param(LOOKUP, "write.applied", id="lookup"),
    ],
)
def test_a_post_whose_answer_is_lost_is_judged_by_another(
    suite: Suite, stage: Stage, lookup: str, code: str
) -> None:
    """INVARIANT: the server has each booking once; the test holds when it is run again."""
    stage.blow(LOST | {"nth": 1})

    ran = suite(CREATE, base_url=stage.url, toml=PATIENT + lookup)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_create": "recovered"}
    assert ran.of("test_ended")[0]["findings"][0]["code"] == code
    assert (len(stage.arrived("POST", "/booking")), stage.sent_twice()) == (2, [])


def test_a_post_that_was_not_applied_is_sent_once_more(suite: Suite, stage: Stage) -> None:
    """The look-up tells that it did not arrive, so that the second one is the only one."""
    stage.blow(LOST | {"nth": 1, "params": {"forwarded": False}})

    ran = suite(CREATE, base_url=stage.url, toml=PATIENT + LOOKUP)

    assert (ran.ret, ran.verdicts) == (0, {"test_create": "recovered"}), ran.text
    assert len(ran.of("test_ended")) == 1
    assert (len(stage.arrived("POST", "/booking")), stage.sent_twice()) == (1, [])


@pytest.mark.parametrize(
    "lookup, code",
    [
        pytest.param("", "net.reset", id="no-lookup"),
        pytest.param(LOOKUP, "write.applied", id="lookup"),
    ],
)
def test_a_post_whose_every_answer_is_lost_stays_unjudged(
    suite: Suite, stage: Stage, lookup: str, code: str
) -> None:
    """INVARIANT: neither red nor green; each round makes one booking of its own."""
    stage.blow(LOST | {"shape": "always"})
    toml = PATIENT.replace("seconds = 4", "seconds = 1, rounds = 2")

    ran = suite(CREATE, base_url=stage.url, toml=toml + lookup)

    assert ran.ret == 75, ran.text
    assert (ran.verdicts, ran.codes) == ({"test_create": "inconclusive"}, {"test_create": [code]})
    assert (len(stage.arrived("POST", "/booking")), stage.sent_twice()) == (3, [])


DELETE = """
    from redhanded import expect
    from tests.hard_cases.stage import BOOKING

    def test_delete(api):
        made = expect(api.post("/booking", json=BOOKING), 201).json()
        {delete}
        expect(api.get(f"/booking/{{made['bookingid']}}"), 404)
"""


@pytest.mark.parametrize(
    "delete",
    [
        pytest.param("expect(api.delete(f\"/booking/{made['bookingid']}\"), 204)", id="expect"),
        pytest.param(
            "assert api.delete(f\"/booking/{made['bookingid']}\").status_code == 204", id="assert"
        ),
    ],
)
def test_a_delete_that_met_its_own_work_is_no_defect(
    suite: Suite, stage: Stage, delete: str
) -> None:
    """INVARIANT: the 404 is owed to the attempt before it; another booking shows that all holds."""
    stage.blow({"fault": "E12", "route": "DELETE /booking/*", "nth": 1})

    ran = suite(DELETE.format(delete=delete), base_url=stage.url, toml=PATIENT + LOGIN)

    assert ran.ret == 0, ran.text
    assert [event["verdict"] for event in ran.of("test_ended")] == ["inconclusive", "recovered"]
    assert ran.codes == {"test_delete": ["write.retried"]}
    assert "then held when it was run again: DELETE /booking/{}" in ran.section[1]
    assert len(stage.arrived("DELETE", "/booking/")) == 3


def test_a_delete_that_does_not_delete_is_a_defect_in_any_weather(
    suite: Suite, stage: Stage
) -> None:
    """INVARIANT: what is found afterwards was answered by the API itself."""
    stage.spoil("D27")
    stage.blow({"fault": "E12", "route": "DELETE /booking/*", "nth": 1})
    delete = "expect(api.delete(f\"/booking/{made['bookingid']}\"), 204)"

    ran = suite(DELETE.format(delete=delete), base_url=stage.url, toml=PATIENT + LOGIN)

    assert (ran.ret, ran.verdicts) == (1, {"test_delete": "defect"}), ran.text


def test_an_outage_among_writes_doubles_none(suite: Suite, stage: Stage) -> None:
    """INVARIANT: what was under way is in doubt and never sent again; two workers, all hold."""
    stage.blow(
        {"fault": "E39", "nth": 8, "params": {"seconds": 1}},
        LOST | {"every": 7},
    )
    create = CREATE.replace(
        "def test_create(api, make):",
        "@pytest.mark.parametrize('number', range(24))\n    def test_create(api, make, number):",
    ).replace("from pydantic", "import pytest\n    from pydantic")

    ran = suite(create, "-n", "2", base_url=stage.url, toml=PATIENT.replace("= 4", "= 8"))

    assert ran.ret == 0, ran.text
    assert len(ran.verdicts) == 24
    assert set(ran.verdicts.values()) == {"pass", "recovered"}
    assert stage.sent_twice() == []
