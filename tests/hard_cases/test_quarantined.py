"""Quarantined tests on the demo API: weather does not block them, a defect does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from redhanded.cli import group
from tests.hard_cases.stage import PATIENT, Stage
from tests.hard_cases.test_intermittent import STORM, TOTALS, met, red
from tests.plugin.suites import Suite

MARK = '@pytest.mark.quarantine(owner="ann", until="2999-12-31", reason="the gateway flickers")\n'
ILL = TOTALS.replace("@pytest.mark.parametrize", f"{MARK}    @pytest.mark.parametrize")
HASTY = PATIENT.replace("seconds = 4", "seconds = 0")
OUT = {"fault": "E28", "every": 1, "params": {"seconds": 0}}
MIXED = f"""
    import pytest
    from redhanded import expect

    def test_list(api):
        expect(api.get("/booking"), 200, list)

    {MARK}    @pytest.mark.stable_id("total-of-a-booking")
    def test_total(api):
        expect(api.get("/booking/1"), 200, where={{"$.totalprice": 111}})
"""


def remembered() -> dict[str, dict[str, Any]]:
    """What history knows of each test, by what it knows the test by."""
    told = CliRunner(catch_exceptions=False).invoke(group, ["flakes", "--all", "--json"])
    return {each["test"]: each for each in json.loads(told.stdout)["tests"]}


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_quarantine_hides_no_defect(suite: Suite, stage: Stage, workers: list[str]) -> None:
    """INVARIANT: every quarantined test that was told a wrong total is red, once; no other is."""
    stage.spoil("D84", seed=1)
    stage.blow(*STORM)

    ran = suite(ILL, *workers, base_url=stage.url, toml=PATIENT)

    assert ran.ret == 1, ran.text
    assert red(ran) == met(ran, stage) != set()
    assert ran.result.parseoutcomes()["failed"] == len(red(ran))
    assert ran.text.count("which covers no fault of the API: defect is red") == len(red(ran))


def test_weather_does_not_block_a_quarantined_test(suite: Suite, stage: Stage) -> None:
    """The run is green, says what did not hold, and history holds it against the environment."""
    stage.blow(OUT | {"route": "/booking/1"}, OUT | {"route": "/health"})

    runs = [suite(MIXED, base_url=stage.url, toml=HASTY) for _ in range(3)]

    for ran in runs:
        assert ran.ret == 0, ran.text
        ran.result.assert_outcomes(passed=1, xfailed=1)
        assert ran.section[0] == "Green: 1 test held. 1 quarantined test did not hold."
    assert stage.faults
    known = remembered()
    total = known["total-of-a-booking"]
    assert total["quarantine"] == {"owner": "ann", "until": "2999-12-31", "expired": False}
    assert [each["verdict"] for each in total["recent"]] == ["inconclusive"] * 3
    assert (total["channel"], total["scores"]["environment"]["events"]) == ("environment", 3)
    assert known["test_suite.py::test_list"]["quarantine"] is None


def test_a_quarantined_test_in_an_outage_is_run_again(suite: Suite, stage: Stage) -> None:
    """It recovers like any other, and history holds that against the environment."""
    spell = {"fault": "E28", "burst": {"first": 1, "count": 5}, "params": {"seconds": 0}}
    stage.blow(spell | {"route": "/booking/1"}, spell | {"route": "/health"})

    ran = suite(MIXED, base_url=stage.url, toml=PATIENT)

    assert ran.ret == 0, ran.text
    assert ran.verdicts["test_total"] == "recovered"
    assert "1 quarantined: 1 held; next expiry 2999-12-31 (ann)" in ran.section
    (outcome,) = remembered()["total-of-a-booking"]["recent"]
    assert outcome["verdict"] == "recovered"
