"""What a real run leaves for those that come after it, and what it costs its API."""

from __future__ import annotations

import time

import pytest

from redhanded.history.records import State
from tests.plugin.histories import LONG, remembered, waiting
from tests.plugin.suites import Serve, Suite
from tests.servers import raw
from tests.servers.raw.answers import JSON
from tests.servers.raw.wire import Received

ONE = """
    from redhanded import expect

    def test_it(api):
        expect(api.get("/x"), 200)
"""
MANY = """
    import pytest
    from redhanded import expect

    @pytest.mark.parametrize("number", range({count}))
    def test_it(api, number):
        expect(api.get(f"/item/{{number}}"), 200)
"""


def _half_broken(request: Received) -> bytes:
    """An answer of the API's own: an error where that is asked for."""
    headers = (JSON, ("X-Build", "7"))
    return raw.message(500 if "bad" in request.target else 200, headers=headers)


def test_a_short_run_is_remembered_without_a_database(suite: Suite, raw_server: Serve) -> None:
    """One test in the loop of its author opens no store; whoever looks finds it there."""
    ran = suite(ONE, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 0, ran.text
    (record,) = waiting(ran)
    assert not list(ran.folder.glob(".redhanded/history/*.sqlite"))
    assert (record.run.state, record.run.exit_code) == (State.FINISHED, 0)
    assert [one.test for one in record.outcomes] == ["test_suite.py::test_it"]
    assert remembered(ran.folder) == [record]


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_a_run_is_kept_as_its_terminal_told_it(
    suite: Suite, raw_server: Serve, workers: list[str]
) -> None:
    """INVARIANT: counts and verdicts are those that everybody was told."""
    source = """
        import pytest
        from redhanded import expect

        def test_good(api):
            expect(api.get("/x"), 200)

        def test_bad(api):
            expect(api.get("/x"), 404)

        def test_mine(api):
            api.get("/x")
            1 / 0

        @pytest.mark.skip(reason="later")
        def test_later(api):
            pass

        @pytest.mark.xfail(reason="known")
        def test_known(api):
            expect(api.get("/x"), 404)

        def test_plain():
            pass
    """

    ran = suite(source, *workers, base_url=raw_server(raw.answer(200)).url, toml=LONG)

    assert ran.ret == 1, ran.text
    assert ran.section[0] == "Red: 1 defect and 1 test bug; 2 of 4 tests held."
    (record,) = remembered(ran.folder)
    assert record.run.counts == {"defect": 1, "test_bug": 1, "pass": 2, "skipped": 2}
    assert {one.test.rpartition("::")[2]: one.verdict for one in record.outcomes} == {
        "test_good": "pass",
        "test_bad": "defect",
        "test_mine": "test_bug",
        "test_later": "skipped",
        "test_known": "skipped",
        "test_plain": "pass",
    }
    count = "2 workers" if workers else "1 worker"
    assert record.run.environment.endswith(f", {count}")


def test_a_requeued_test_is_kept_as_it_ended(suite: Suite, raw_server: Serve) -> None:
    """In two rounds, by the weather that struck the first."""
    server = raw_server(*[raw.answer(503)] * 4, raw.answer(200))
    toml = "requeue = { seconds = 20 }\nrecovered = { statuses_5xx = false, limit = 1 }\n"

    ran = suite(ONE, base_url=server.url, toml=toml)

    assert ran.verdicts == {"test_it": "recovered"}, ran.text
    (record,) = waiting(ran)
    (outcome,) = record.outcomes
    assert (outcome.verdict, outcome.rounds) == ("recovered", 2)
    assert record.run.counts == {"recovered": 1}


def test_a_run_of_tests_that_call_nobody_is_not_remembered(suite: Suite, raw_server: Serve) -> None:
    """They are about something else."""
    ran = suite("def test_it():\n    assert True\n", base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 0, ran.text
    assert not (ran.folder / ".redhanded" / "history").exists()
    assert ran.files("", "alive.lock") == []


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--markers"])
def test_whoever_only_looks_leaves_nothing(suite: Suite, raw_server: Serve, option: str) -> None:
    """Not even a folder."""
    ran = suite(ONE, option, base_url=raw_server(raw.answer(200)).url)

    assert not (ran.folder / ".redhanded").exists()


def test_history_may_be_switched_off(suite: Suite, raw_server: Serve) -> None:
    """Nothing is kept, nothing is asked."""
    server = raw_server(raw.answer(200))

    ran = suite(MANY.format(count=120), base_url=server.url, toml="history = { enabled = false }\n")

    assert ran.ret == 0, ran.text
    assert len(server.requests) == 120
    assert not (ran.folder / ".redhanded" / "history").exists()


def test_a_calm_run_asks_one_canary_in_a_hundred(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: at most one percent more requests; the record has their measure."""
    server = raw_server(raw.answer(200))

    ran = suite(MANY.format(count=250), base_url=server.url)

    assert ran.ret == 0, ran.text
    assert len(server.requests) == 252
    (record,) = waiting(ran)
    assert record.run.canaries == 2
    assert record.run.canary is not None


def test_a_run_that_was_stopped_is_kept_as_interrupted(suite: Suite, raw_server: Serve) -> None:
    """Ctrl-C: with the tests until then, and the one that was under way."""
    source = (
        f"{ONE}\n    def test_stop(api):\n        api.get('/x')\n        raise KeyboardInterrupt\n"
    )

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, apart=True)

    assert ran.ret == 2, ran.text
    (record,) = waiting(ran)
    assert (record.run.state, record.run.exit_code) == (State.INTERRUPTED, 2)
    assert [one.verdict for one in record.outcomes] == ["pass", "inconclusive"]


def test_evidence_against_an_objective_is_carried_over_runs(
    suite: Suite, raw_server: Serve
) -> None:
    """One bad answer in each run is chance at first; in the fifth run it no longer is."""
    source = """
        from redhanded import expect

        def test_good(api):
            expect(api.get("/x"), 200)

        def test_bad(api):
            expect(api.get("/x?bad"), 500)
    """
    server = raw_server(raw.reply(_half_broken))
    toml = 'objectives = { "GET /x" = { errors = 0.02 } }\n'
    codes = []

    for _ in range(12):
        ran = suite(source, base_url=server.url, toml=toml)
        codes.append(ran.ret)

    assert codes[0] == 0
    assert codes[-1] == 1
    assert codes == sorted(codes)
    assert "runs of it" in ran.text


def test_history_is_written_after_all_tests(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: no test sees a database, whatever store there is."""
    source = """
        import sys
        from pathlib import Path
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)
            assert "sqlalchemy" not in sys.modules
            assert not Path(".redhanded/history").exists()
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, toml=LONG, apart=True)

    assert ran.ret == 0, ran.text
    assert len(remembered(ran.folder)) == 1


def test_a_run_says_when_it_was(suite: Suite, raw_server: Serve) -> None:
    """By the wall, in seconds since 1970."""
    before = time.time()

    (record,) = waiting(suite(ONE, base_url=raw_server(raw.answer(200)).url))

    ended = record.run.ended_at
    assert ended is not None
    assert before <= record.run.started_at <= ended <= time.time()
