"""Objectives on the demo API: slow is told from slow weather, over calls and over runs."""

from __future__ import annotations

import pytest

from tests.hard_cases.stage import PATIENT, Rule, Stage
from tests.hard_cases.test_disguises import TRADER
from tests.plugin.suites import Ran, Suite

INSTRUMENT = "GET /trading/instruments/{symbol}"
PAYMENTS = "GET /trading/payments"
PROMISED = """
[tool.redhanded.objectives]
"GET /trading/instruments/{symbol}" = { p95 = 0.3, errors = 0.01 }
"GET /trading/payments" = { p95 = 0.3 }
"""
INSTRUMENTS = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(6))
    def test_instrument(api, number):
        expect(api.get("/trading/instruments/TEAL"), 200, dict)
"""
PAID = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(8))
    def test_payments(api, number):
        expect(api.get("/trading/payments"), 200, dict)
"""
POLLING = """
    from redhanded import expect

    def test_polling(api):
        for _ in range(9):
            expect(api.get("/trading/instruments/TEAL"), 200, dict)
"""
MOST_RUNS = 14  # of 8 samples each: 112 in all


def run_of(suite: Suite, stage: Stage, source: str, *arguments: str) -> Ran:
    """A run against the stage, whose tests are all green by themselves."""
    ran = suite(source, *arguments, base_url=stage.url, toml=PATIENT + TRADER + PROMISED)
    assert set(ran.verdicts.values()) == {"pass"}, ran.text
    return ran


def bad(ran: Ran) -> list[bool]:
    """Which of the samples of the latency in the folder are bad."""
    return [one["is_bad"] for one in ran.of("sampled") if one["measure"] == "p95"]


def test_an_operation_that_is_slow_is_red(suite: Suite, stage: Stage) -> None:
    """INVARIANT: the run says so, on which build, and in which tests; no test is red."""
    stage.spoil("D82:calls=0,seconds=0.6")

    ran = run_of(suite, stage, INSTRUMENTS)

    assert len(stage.served) == 6
    assert ran.ret == 1
    ran.result.assert_outcomes(passed=6, failed=1)
    ran.result.stdout.fnmatch_lines(
        [
            f"SLOW objective.latency: {INSTRUMENT}: p95 is above 300 ms: 6 of 6 took longer*",
            f"  *this run alone shows it: 6 of 6 samples, on build {stage.lab.build}",
            "Red: 1 finding on the run as a whole; all 6 tests held.",
        ]
    )


def test_an_operation_that_is_quick_is_green(suite: Suite, stage: Stage) -> None:
    """Whatever else the API is."""
    stage.spoil("D78:seconds=0.6")

    ran = run_of(suite, stage, INSTRUMENTS)

    assert ran.ret == 0, ran.text
    assert len(bad(ran)) == 6


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"every": 1}, id="all-the-time"),
        pytest.param({"burst": {"first": 1, "count": 6}}, id="a-spell"),
    ],
)
def test_slow_weather_is_never_held_against_the_api(suite: Suite, stage: Stage, rule: Rule) -> None:
    """INVARIANT: where the canary is slow as well, no slow answer counts."""
    stage.blow({"fault": "E21", "params": {"seconds": 0.6}} | rule)

    ran = run_of(suite, stage, INSTRUMENTS)

    assert ran.ret == 0, ran.text
    assert len(stage.faults) >= 6
    assert sum(bad(ran)) <= 1  # the last of a spell


def test_a_test_that_polls_through_slow_weather_is_no_proof(suite: Suite, stage: Stage) -> None:
    """INVARIANT: a spell that is over when the canary is asked is one slow answer, not five."""
    stage.blow({"fault": "E21", "params": {"seconds": 0.6}, "burst": {"first": 2, "count": 5}})

    ran = run_of(suite, stage, POLLING)

    assert ran.ret == 0, ran.text
    assert len(stage.faults) == 5
    assert bad(ran).count(True) == 1


def test_slow_weather_does_not_hide_what_is_slow(suite: Suite, stage: Stage) -> None:
    """Once the spell is over."""
    stage.spoil("D82:calls=0,seconds=0.6")
    stage.blow({"fault": "E21", "params": {"seconds": 0.6}, "burst": {"first": 1, "count": 4}})

    ran = run_of(suite, stage, INSTRUMENTS)

    assert ran.ret == 1, ran.text
    assert "this run alone shows it" in ran.text


def test_one_in_five_is_red_in_the_end(suite: Suite, stage: Stage) -> None:
    """INVARIANT: no run shows it alone; the evidence of some runs does, within 110 samples."""
    stage.spoil("D81:seconds=0.6")

    runs, ran = 1, run_of(suite, stage, PAID)
    while ran.ret == 0 and runs < MOST_RUNS:
        runs, ran = runs + 1, run_of(suite, stage, PAID)

    assert runs > 2
    assert ran.ret == 1, ran.text
    assert len(bad(ran)) == 8 * runs <= 110
    ran.result.stdout.fnmatch_lines(
        [
            f"SLOW objective.latency: {PAYMENTS}: *of {8 * runs} took longer in {runs} runs*",
            f"*carried over from {runs - 1} earlier runs of it: *of {8 * (runs - 1)} samples",
        ]
    )
