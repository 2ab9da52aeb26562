"""Faults that are neither the API's nor the weather's: the test's own, and the runner's."""

from __future__ import annotations

import pytest

from tests.hard_cases.stage import PATIENT, Stage
from tests.plugin.suites import Suite

ELSEWHERE = """
    import pytest
    from redhanded import expect

    {first}

    @pytest.mark.parametrize("number", range(1, 5))
    def test_right(api, number):
        expect(api.get(f"/booking/{{number}}"), 200, dict)

    {last}
"""
WRONG = """
    def test_wrong(api):
        expect(api.get("http://127.0.0.1:{port}/booking/1"), 200, dict)
"""


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_wrong_address_in_one_test_is_that_tests_bug(
    suite: Suite, stage: Stage, closed_port: int, place: str
) -> None:
    """INVARIANT: nothing listens there, and the API is well; no other test suffers."""
    parts = {"first": "", "last": ""} | {place: WRONG.format(port=closed_port)}

    ran = suite(ELSEWHERE.format(**parts), base_url=stage.url, toml=PATIENT)

    assert ran.ret == 1, ran.text
    verdicts = ran.verdicts
    assert (verdicts.pop("test_wrong"), ran.codes["test_wrong"]) == ("test_bug", ["test.address"])
    assert set(verdicts.values()) == {"pass"}
    assert len(ran.of("test_ended")) == 5


TEAPOT = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(77))
    def test_it(api, number):
        expect(api.get(f"/cups/{number}"), 200)
"""


def test_one_status_seen_77_times_is_one_sentence(suite: Suite, stage: Stage) -> None:
    """INVARIANT: equal findings are told once, with the number of tests, whatever the input."""
    ran = suite(TEAPOT, "--tb=no", base_url=stage.url, toml=PATIENT)

    assert ran.ret == 1
    told = [line for line in ran.section if "DEFECT" in line]
    assert len(told) == 1, ran.section
    assert "77 tests on GET /cups/{}" in told[0]
