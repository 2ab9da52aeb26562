"""Answers that are not the API's own: a portal's, and another build's."""

from __future__ import annotations

import pytest

from tests.hard_cases.conftest import Meanwhile
from tests.hard_cases.stage import PATIENT, Rule, Stage
from tests.plugin.suites import Suite

READING = """
    import pytest
    from redhanded import expect
    from tests.hard_cases.stage import BOOKING

    {known}

    def test_status(api):
        assert api.get("/booking/1").status_code == 200

    def test_expected_status(api):
        expect(api.get("/booking/1"), 200)

    def test_shape(api):
        expect(api.get("/booking/1"), 200, dict)

    def test_value(api):
        assert api.get("/booking/1").json()["totalprice"] == 111

    def test_write(api):
        expect(api.post("/booking", json=BOOKING), 201)
"""
KNOWN = """
    @pytest.mark.parametrize("number", range(1, 5))
    def test_known(api, number):
        expect(api.get(f"/booking/{number}"), 200, dict)
"""
JUDGES = ("test_status", "test_expected_status", "test_shape", "test_value", "test_write")


@pytest.mark.parametrize(
    "known, first", [pytest.param(KNOWN, 5, id="midway"), pytest.param("", 1, id="from-the-start")]
)
@pytest.mark.parametrize("is_over", [True, False], ids=["over", "stays"])
def test_a_portal_is_never_green(
    suite: Suite, stage: Stage, meanwhile: Meanwhile, known: str, first: int, *, is_over: bool
) -> None:
    """INVARIANT: its 200 satisfies no test, however little the test asks; when it is gone, all."""
    stage.blow({"fault": "E30", "burst": {"first": first, "count": 10_000}})
    if is_over:
        meanwhile(stage.blow)
    toml = PATIENT.replace("seconds = 4", "seconds = 1, rounds = 1")

    ran = suite(READING.format(known=known), base_url=stage.url, toml=toml)

    assert ran.ret == (0 if is_over else 75), ran.text
    assert {ran.verdicts[name] for name in JUDGES} == {"recovered" if is_over else "inconclusive"}
    assert {e["findings"][0]["code"] for e in ran.of("test_ended")[-5:]} <= {
        "provenance.foreign",
        "body.html",
    }


def test_a_portal_is_waited_for(suite: Suite, stage: Stage) -> None:
    """INVARIANT: its page on the health path is no sign that the API is back."""
    stage.blow({"fault": "E30", "burst": {"first": 5, "count": 8}})  # five judges, three canaries
    toml = PATIENT.replace("seconds = 4", "seconds = 4, rounds = 1")

    ran = suite(READING.format(known=KNOWN), base_url=stage.url, toml=toml)

    assert ran.ret == 0, ran.text
    assert {ran.verdicts[name] for name in JUDGES} == {"recovered"}


BUILDS = """
    from redhanded import expect

    def test_known(api):
        expect(api.get("/health"), 200)
        expect(api.get("/health"), 200)

    def test_total(api):
        for _ in range(2):
            expect(api.get("/booking/1"), 200, where={"$.totalprice": 111})
"""
NEW_BUILD = {"fault": "E36", "params": {"build": "2", "field": "totalprice", "value": 112}}


@pytest.mark.parametrize(
    "after, code, verdict",
    [
        pytest.param((), 0, "recovered", id="the-old-one-stays"),
        pytest.param(
            (NEW_BUILD | {"shape": "always", "params": {"build": "2"}},),
            0,
            "recovered",
            id="the-new-one-is-right",
        ),
        pytest.param((NEW_BUILD | {"shape": "always"},), 1, "defect", id="the-new-one-is-wrong"),
    ],
)
def test_two_builds_in_turn_judge_nothing_until_one_is_left(  # noqa: PLR0917  asked for by name
    suite: Suite,
    stage: Stage,
    meanwhile: Meanwhile,
    after: tuple[Rule, ...],
    code: int,
    verdict: str,
) -> None:
    """INVARIANT: nobody knows whose answer it was; then the build that is left is judged."""
    stage.blow(NEW_BUILD | {"every": 2})
    meanwhile(lambda: stage.blow(*after))

    ran = suite(BUILDS, base_url=stage.url, toml=PATIENT)

    assert (ran.ret, ran.verdicts["test_total"]) == (code, verdict), ran.text
    first = next(e for e in ran.of("test_ended") if e["test_id"].endswith("total"))
    assert (first["verdict"], first["findings"][0]["code"]) == ("inconclusive", "provenance.deploy")


def test_a_deployment_that_does_not_end_is_not_judged(suite: Suite, stage: Stage) -> None:
    """INVARIANT: neither red nor green, and the fact names both builds."""
    stage.blow(NEW_BUILD | {"every": 2})
    toml = PATIENT.replace("seconds = 4", "seconds = 1")

    ran = suite(BUILDS, base_url=stage.url, toml=toml)

    assert (ran.ret, ran.codes["test_total"]) == (75, ["provenance.deploy"]), ran.text
    assert "builds 1 and 2 answer in turn" in ran.text
