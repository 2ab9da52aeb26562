"""Each worker of xdist runs its own unjudged tests again; what dies with a worker is unjudged."""

from __future__ import annotations

import pytest

from tests.plugin.sky import PATIENT, Sky
from tests.plugin.suites import Serve, Suite

pytestmark = pytest.mark.usefixtures("measured")

MANY = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range(8))
    def test_it(api, number):
        expect(api.get(f"/{number}"), 200)
"""
HASTY = PATIENT.replace("seconds = 60", "seconds = 1")


@pytest.mark.parametrize("arguments", [["-x"], ["--dist=worksteal"]], ids=str)
def test_workers_run_their_parked_tests_again(
    suite: Suite, raw_server: Serve, sky: Sky, arguments: list[str]
) -> None:
    """The controller counts each test once, with its last verdict."""
    ran = suite(MANY, "-n2", *arguments, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0, ran.text
    assert set(ran.verdicts.values()) <= {"recovered", "pass"}
    assert "recovered" in ran.verdicts.values()
    assert "Green: all 8 tests held" in ran.section[0]
    assert "waiting up to" not in ran.text


def test_what_workers_could_not_judge_is_counted_once(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """In pytest's figures, in the sentence and in the exit code."""
    sky.patient = False

    ran = suite(MANY, "-n2", base_url=raw_server(sky.script()).url, toml=HASTY)

    assert ran.ret == 75, ran.text
    ran.result.assert_outcomes(errors=8)
    assert ran.section[0].startswith("Not judged: 8 of 8 tests")


@pytest.mark.parametrize(
    "death",
    [
        pytest.param("os._exit(1)", id="exit"),
        pytest.param("os.kill(os.getpid(), signal.SIGKILL)", id="killed"),
    ],
)
def test_a_worker_that_dies_in_a_round_leaves_its_tests_unjudged(
    suite: Suite, raw_server: Serve, sky: Sky, death: str
) -> None:
    """Nobody knows how they would have ended; that they were parked is known."""
    source = f"""
        import os
        import signal
        from redhanded import expect

        def test_deadly(api):
            if api.get("/x").status_code == 200:
                {death}
            expect(api.get("/x"), 200)

        def test_other(api):
            expect(api.get("/y"), 200)
    """

    ran = suite(source, "-n1", base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 75, ran.text
    ran.result.assert_outcomes(errors=2)
    assert ran.section[0].startswith("Not judged: 2 of 2 tests")
    assert not ran.shows_our_frames


def test_a_test_that_kills_its_worker_is_no_verdict_on_the_others(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """A new worker runs what was left."""
    sky.waits.append(0.0)
    source = """
        import os
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(4))
        def test_it(api, number):
            expect(api.get(f"/{number}"), 200)
            if number == 1:
                os._exit(1)
    """

    ran = suite(source, "-n1", base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 75, ran.text
    assert ran.codes["test_it[1]"] == ["run.worker_crashed"]
    assert [ran.verdicts[f"test_it[{number}]"] for number in (0, 2, 3)] == ["pass"] * 3
