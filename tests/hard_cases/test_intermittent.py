"""Defects that come and go, in any weather: whoever met one is red, and nobody else is."""

from __future__ import annotations

import pytest

from tests.hard_cases.stage import PATIENT, Stage
from tests.hard_cases.test_disguises import TRADER
from tests.plugin.suites import Ran, Suite

TOTALS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(15))
    def test_total(api, number):
        expect(api.get("/booking/1"), 200, where={"$.totalprice": 111})
"""
STORM = (
    {"fault": "E35", "burst": {"first": 4, "count": 6}, "route": "/booking/*"},
    {"fault": "E35", "every": 3, "route": "/booking/*"},
)


def met(ran: Ran, stage: Stage) -> set[str]:
    """The tests whose own calls met the defect, by the trace that both know."""
    traces = {line["trace_id"] for line in stage.served}
    return {
        event["test_id"].rpartition("::")[2]
        for event in ran.of("test_started")
        if event["trace_id"] in traces
    }


def red(ran: Ran) -> set[str]:
    """The tests that are red."""
    return {name for name, verdict in ran.verdicts.items() if verdict == "defect"}


@pytest.mark.parametrize("seed", range(4), ids=lambda seed: f"seed-{seed}")
def test_one_wrong_total_in_five_is_red_in_the_middle_of_a_storm(
    suite: Suite, stage: Stage, seed: int
) -> None:
    """INVARIANT: every test that was told a wrong total is red, once; no other test is."""
    stage.spoil("D84", seed=seed)
    stage.blow(*STORM)

    ran = suite(TOTALS, base_url=stage.url, toml=PATIENT)

    assert ran.ret == 1, ran.text
    assert len(stage.faults) > 6
    assert red(ran) == met(ran, stage) != set()
    assert ran.result.parseoutcomes()["failed"] == len(red(ran))
    assert set(ran.verdicts.values()) <= {"pass", "recovered", "defect"}


ACCOUNTS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(10))
    def test_accounts(api, number):
        expect(api.get("/trading/accounts"), 200)
"""


@pytest.mark.parametrize("seed", range(3), ids=lambda seed: f"seed-{seed}")
def test_a_valid_token_that_is_refused_now_and_then_is_never_green(
    suite: Suite, stage: Stage, seed: int
) -> None:
    """INVARIANT: a fresh token opens the door, and so does the one that was refused."""
    stage.spoil("D88", seed=seed)

    ran = suite(ACCOUNTS, base_url=stage.url, toml=PATIENT + TRADER)

    assert ran.ret == 1, ran.text
    assert red(ran) >= met(ran, stage) != set()
    assert {code for name in red(ran) for code in ran.codes[name]} >= {"auth.rejected_valid"}
