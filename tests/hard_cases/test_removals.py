"""Removals over the demo API: its own faults are told, and weather is held against nobody."""

from __future__ import annotations

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Suite

LOGIN = """
auth = { kind = "login", path = "/auth", body = { username = "admin", password = "env:PASSWORD" } }
"""
TOML = f"""{LOGIN}{PATIENT}
[tool.redhanded.resources.booking]
create = "POST /booking"
delete = "DELETE /booking/{{id}}"
id = "$.bookingid"
tag = "$.tag"
"""
SOURCE = """
    from redhanded import expect, resource
    from tests.hard_cases.stage import BOOKING

    booking = resource("booking")

    def test_it(api, booking):
        made = booking(BOOKING)
        expect(api.delete(f"/booking/{made['bookingid']}"), 204)
"""


def test_a_second_removal_that_fails_is_a_defect_of_no_test(suite: Suite, stage: Stage) -> None:
    """INVARIANT: the test removed its booking, which held; asking once more is what breaks."""
    stage.spoil("D51")

    ran = suite(SOURCE, base_url=stage.url, toml=TOML)

    assert (ran.ret, ran.verdicts) == (1, {"test_it": "pass"}), ran.text
    sentence, finding, *_ = ran.section
    assert sentence == "Red: 1 finding on the run as a whole; 1 test held."
    assert finding.startswith(
        "  D DEFECT cleanup.failed: DELETE /booking/{id}: answered 500, so a b"
    )


def test_the_same_beside_a_lost_answer_is_told_alone(suite: Suite, stage: Stage) -> None:
    """INVARIANT: where the first answer was lost, the fault of the second one convicts nobody."""
    stage.spoil("D51")
    stage.blow({"fault": "E12", "route": "DELETE /booking/*", "nth": 2})

    ran = suite(SOURCE, base_url=stage.url, toml=TOML)

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "pass"}), ran.text
    assert ran.of("removal_failed") == []
    assert any("left behind by" in line for line in ran.section)


def test_a_lost_answer_to_a_removal_leaves_nothing(suite: Suite, stage: Stage) -> None:
    """The second attempt meets the work of the first: what is gone is gone."""
    stage.blow({"fault": "E12", "route": "DELETE /booking/*", "nth": 1})
    source = SOURCE.replace(
        "expect(api.delete(f\"/booking/{made['bookingid']}\"), 204)", "assert made"
    )

    ran = suite(source, base_url=stage.url, toml=TOML)

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "pass"}), ran.text
    assert len(stage.arrived("DELETE", "/booking/")) == 2
    assert not any("left behind" in line for line in ran.section)
