"""Under xdist a run stays one run: one seed, one id, one outcome, a spool a worker."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Serve, Suite
from tests.servers import raw

pytestmark = pytest.mark.usefixtures("measured")

SIX = """
    import pytest
    from redhanded import expect, once

    @pytest.mark.parametrize("number", range(6))
    def test_it(api, number, settings):
        once("first", lambda: api.get("/once").status_code)
        expect(api.get("/x"), 200 if number != 3 else 404)
"""


def test_workers_share_the_run_and_keep_their_own_spools(suite: Suite, raw_server: Serve) -> None:
    """Every event of both workers carries the controller's run; `once` runs in one of them."""
    server = raw_server(raw.answer_json({}))

    ran = suite(SIX, "-n2", base_url=server.url)

    assert ran.ret == 1, ran.text
    assert sorted(map(str, ran.verdicts.values())) == ["defect", *["pass"] * 5]
    assert len({(e["run_id"], e["seed"]) for e in ran.of("run_started")}) == 1
    assert {e["worker"] for e in ran.of("run_ended")} == {"main", "gw0", "gw1"}
    assert [r.path for r in server.requests].count("/once") == 1
    assert len(server.requests) == len(ran.paths)
    assert len([path for path in ran.paths if path != "/health"]) == 7  # the rest are canaries
    assert ran.section[0] == "Red: 1 defect; 5 of 6 tests held."


def test_the_exit_code_is_the_same_with_and_without_workers(suite: Suite, closed_port: int) -> None:
    """75 travels through xdist, and so does what the workers noted."""
    source = """
        def test_it(api, cleanup):
            cleanup(api.delete, "/x")
            assert api.get("/x")
    """

    ran = suite(source, "-n2", base_url=f"http://127.0.0.1:{closed_port}")

    assert ran.ret == 75, ran.text
    assert any(
        line.startswith("note: left behind by test_suite.py::test_it") for line in ran.section
    )


@pytest.mark.parametrize(
    "death", ["os._exit(1)", "os.kill(os.getpid(), 9)"], ids=["exit", "killed"]
)
def test_a_crashed_worker_loses_nothing_that_it_had_written(
    suite: Suite, raw_server: Serve, death: str
) -> None:
    """The spool is flushed at each attempt; nobody knows how the test would have ended."""
    source = f"""
        import os
        from redhanded import expect

        def test_before(api):
            expect(api.get("/before"), 200)

        def test_it(api):
            expect(api.get("/in"), 200)
            {death}
    """

    ran = suite(source, "-n1", "--max-worker-restart=0", base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 75, ran.text
    assert ran.paths == ["/before", "/in"]
    assert ran.verdicts == {"test_before": "pass", "test_it": "inconclusive"}
    assert ran.codes["test_it"] == ["run.worker_crashed"]
    assert ran.section[1:3] == [
        "  I INCONCLUSIVE run.worker_crashed: the worker died before the test came to its end",
        "    test_suite.py::test_it",
    ]
    assert not ran.shows_our_frames


@pytest.mark.parametrize(
    "option",
    [
        "-x",
        "--maxfail=1",
        "--lf",
        "--ff",
        "-rA",
        "--tb=no",
        "--tb=line",
        "--tb=short",
        "-p no:randomly",
    ],
)
def test_pytests_own_options_keep_working(suite: Suite, raw_server: Serve, option: str) -> None:
    """A defect is a failure to pytest, whatever else is asked of it."""
    source = "from redhanded import expect\n\ndef test_it(api):\n    expect(api.get('/x'), 200)\n"

    ran = suite(source, *option.split(), base_url=raw_server(raw.answer(500)).url)

    assert ran.ret == 1
    ran.result.assert_outcomes(failed=1)
    assert ran.section[0] == "Red: 1 defect; 0 of 1 test held."
    assert not ran.shows_our_frames


@pytest.mark.parametrize(
    "plugins",
    [
        pytest.param(["terminal"], id="terminal"),
        pytest.param(["capture", "logging"], id="capture-logging"),
        pytest.param(["assertion", "warnings"], id="assertion-warnings"),
        pytest.param(
            ["cacheprovider", "skipping", "unraisableexception", "faulthandler", "subtests"],
            id="others",
        ),
    ],
)
def test_no_part_of_pytest_is_needed(suite: Suite, raw_server: Serve, plugins: list[str]) -> None:
    """A run without some of pytest's own plugins ends as it does with them."""
    source = "from redhanded import expect\n\ndef test_it(api):\n    expect(api.get('/x'), 200)\n"
    without = [word for name in plugins for word in ("-p", f"no:{name}")]
    url = raw_server(raw.answer(500)).url

    ran = suite(source, *without, base_url=url, head="", apart=True)

    assert ran.ret == 1, ran.text
    assert ran.verdicts == {"test_it": "defect"}, ran.text
    assert not ran.shows_our_frames, ran.text


def test_options_and_markers_are_documented(suite: Suite) -> None:
    """-h and --markers name what is ours."""
    help_text = suite("", "-h").text
    markers = suite("", "--markers").text

    for option in (
        "base-url=URL",
        "env=NAME",
        "seed=N",
        "folder=PATH",
        "junit=PATH",
        "set=KEY=VALUE",
    ):
        assert f"--rh-{option}" in help_text
    assert "--inconclusive={error,allow}" in help_text
    slo = "slo(ceiling, p95, p99, errors)"
    for marker in (slo, "contract", "integration", "smoke", "norequeue"):
        assert f"@pytest.mark.{marker}: " in markers


def test_the_fixtures_are_documented(suite: Suite) -> None:
    """--fixtures tells what each of ours gives."""
    text = suite("", "--fixtures").text

    for name in ("api", "async_api", "api_as", "make", "cleanup", "settings [session scope]"):
        assert f"{name} -- " in text
