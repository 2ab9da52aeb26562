"""Under xdist a run stays one run: one seed, one id, one outcome, a spool a worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugin.conftest import Ran, Serve
from tests.servers import raw

Suite = Callable[..., Ran]

SIX = """
    import pytest
    from redhanded import expect, once

    @pytest.mark.parametrize("number", range(6))
    def test_it(api, number, settings):
        once("first", lambda: api.get("/once").status_code)
        expect(api.get("/x"), 200 if number != 3 else 404)
"""


def test_workers_share_the_run_and_keep_their_own_spools(suite: Suite, raw_server: Serve) -> None:
    """Every event of both workers carries the controller's run, and nothing is lost."""
    server = raw_server(raw.answer_json({}))

    ran = suite(SIX, "-n2", base_url=server.url)

    assert ran.result.ret == 1, ran.text
    assert sorted(ran.verdicts.values()) == ["defect", *["pass"] * 5]
    runs = {(e["run_id"], e["seed"]) for e in ran.events if e["event"] == "run_started"}
    assert len(runs) == 1
    assert {e["worker"] for e in ran.events if e["event"] == "run_ended"} == {"main", "gw0", "gw1"}


def test_once_calls_its_function_in_one_worker_only(suite: Suite, raw_server: Serve) -> None:
    """A login or seed step runs once for the whole run."""
    server = raw_server(raw.answer_json({}))

    suite(SIX, "-n2", base_url=server.url)

    assert [r.path for r in server.requests].count("/once") == 1


def test_the_exit_code_is_the_same_with_and_without_workers(suite: Suite, closed_port: int) -> None:
    """75 travels through xdist."""
    source = "def test_it(api):\n    assert api.get('/x')\n"

    ran = suite(source, "-n2", base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.result.ret == 75, ran.text


def test_a_crashed_worker_loses_nothing_that_it_had_written(
    suite: Suite, raw_server: Serve
) -> None:
    """The spool is flushed at each attempt."""
    source = """
        import os

        def test_it(api):
            api.get("/before")
            os._exit(1)
    """

    ran = suite(source, "-n1", "--max-worker-restart=0", base_url=raw_server(raw.answer(200)).url)

    assert ran.result.ret != 0
    urls = [e["exchange"]["url"] for e in ran.events if e["event"] == "attempt_ended"]  # type: ignore[index]
    assert [str(url).rpartition("/")[2] for url in urls] == ["before"]


@pytest.mark.parametrize("option", ["-x", "--maxfail=1", "--lf", "-v", "-q", "-rA", "--tb=no"])
def test_pytests_own_options_keep_working(suite: Suite, raw_server: Serve, option: str) -> None:
    """A defect is a failure to pytest, whatever else is asked of it."""
    source = "from redhanded import expect\n\ndef test_it(api):\n    expect(api.get('/x'), 200)\n"

    ran = suite(source, option, base_url=raw_server(raw.answer(500)).url)

    assert ran.result.ret == 1
    ran.result.assert_outcomes(failed=1)
