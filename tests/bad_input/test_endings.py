"""Tests and runs that end in every way but the planned one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from redhanded.reports.spool import read_spool
from tests.plugin.suites import LEAN, Serve, Suite
from tests.servers import raw

THING = '[tool.redhanded.resources.thing]\ndelete = "DELETE /thing/{id}"\n'
HEAD = """
import pytest
from redhanded import expect

def test_before(api):
    expect(api.get("/before"), 200)

"""


@pytest.mark.parametrize(
    "ending, code",
    [
        pytest.param("raise KeyboardInterrupt", 2, id="interrupt"),
        pytest.param("pytest.exit('enough')", 2, id="exit"),
        pytest.param("pytest.exit('enough', returncode=7)", 7, id="exit-with-code"),
    ],
)
def test_a_run_that_is_stopped_cleans_up_and_closes_its_books(
    suite: Suite, raw_server: Serve, ending: str, code: int
) -> None:
    """The test in hand has no verdict on the API; what it made is removed, the spool is whole."""
    source = f"{HEAD}def test_it(api, cleanup):\n    cleanup('thing', 7)\n    {ending}\n"
    server = raw_server(raw.answer(200))

    ran = suite(source, base_url=server.url, toml=THING, apart=True)

    assert ran.ret == code, ran.text
    assert [request.path for request in server.requests] == ["/before", "/thing/7"]
    assert ran.verdicts == {"test_before": "pass", "test_it": "inconclusive"}
    assert ran.codes["test_it"] == ["run.interrupted"]
    assert [event["exit_code"] for event in ran.of("run_ended")] == [code]
    assert not ran.shows_our_frames
    if code == 2:
        assert ran.section[0] == "Not green: the run was stopped before its end."


def test_an_interrupted_call_is_in_the_evidence(suite: Suite, raw_server: Serve) -> None:
    """Ctrl-C while a request is out: the attempt is written down as cancelled."""
    source = """
        import _thread

        def test_it(api, monkeypatch):
            api.get("/before")
            _thread.interrupt_main()
            api.get("/x")
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url, apart=True)

    assert ran.ret == 2, ran.text
    assert ran.verdicts == {"test_it": "inconclusive"}
    assert ran.paths[0] == "/before"
    assert not ran.shows_our_frames


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms here")
def test_a_time_limit_of_the_runner_is_no_verdict_on_the_api(
    suite: Suite, raw_server: Serve
) -> None:
    """pytest-timeout cuts a test in the middle of a call: nobody knows its answer."""
    pytest.importorskip("pytest_timeout")
    source = f"{HEAD}@pytest.mark.timeout(0.2)\ndef test_it(api):\n    api.get('/x')\n"
    server = raw_server(raw.answer(200), raw.silent())

    ran = suite(source, "-o", "timeout_method=signal", base_url=server.url, apart=True)

    assert ran.ret == 75, ran.text
    assert ran.codes["test_it"] == ["run.interrupted"]
    assert "INCONCLUSIVE run.interrupted: stopped before its verdict: Timeout" in ran.text
    assert "redhanded/client/" not in ran.text  # of threads, the runner shows them all


@pytest.mark.parametrize(
    "body, verdict, code, ret",
    [
        pytest.param(
            "def test_it(api):\n    api.get('/x')\n    pytest.skip('later')",
            None,
            [],
            0,
            id="skip-after-a-request",
        ),
        pytest.param(
            "@pytest.fixture\ndef made(api):\n    expect(api.get('/x'), 404)\n\n"
            "def test_it(made):\n    pass",
            "defect",
            ["status"],
            1,
            id="check-in-a-fixture",
        ),
        pytest.param(
            "@pytest.fixture\ndef made(api):\n    api.get('/x')\n    1 / 0\n\n"
            "def test_it(made):\n    pass",
            "test_bug",
            ["test.fixture"],
            1,
            id="error-in-a-fixture",
        ),
        pytest.param(
            "@pytest.fixture\ndef made(api):\n    yield\n    1 / 0\n\n"
            "def test_it(api, made):\n    expect(api.get('/x'), 200)",
            "test_bug",
            ["test.fixture"],
            1,
            id="error-in-teardown",
        ),
        pytest.param(
            "@pytest.fixture\ndef made(api):\n    yield\n    expect(api.get('/y'), 404)\n\n"
            "def test_it(api, made):\n    expect(api.get('/x'), 404)",
            "defect",
            ["status", "status"],
            1,
            id="defect-in-test-and-teardown",
        ),
        pytest.param(
            "def test_it(apii):\n    pass", "test_bug", ["test.usage"], 1, id="unknown-fixture"
        ),
        pytest.param(
            "def test_it(api):\n    expect(api.get('/x'), 200)\n    raise ExceptionGroup('both', ["
            "AssertionError('one'), ExceptionGroup('in', [ValueError('two')])])",
            "defect",
            ["assert", "test.exception"],
            1,
            id="exception-group",
        ),
        pytest.param(
            "def test_it(api):\n    api.get('/x')\n    api.close()\n    api.get('/y')",
            "test_bug",
            ["test.exception"],
            1,
            id="used-after-closing",
        ),
        pytest.param(
            "def test_it(api):\n    with api:\n        expect(api.get('/x'), 200)",
            "pass",
            [],
            0,
            id="closes-its-client",
        ),
        pytest.param(
            "def test_it(api):\n    with api.stream('GET', '/x') as answer:\n"
            "        assert answer.status_code == 200",
            "pass",
            [],
            0,
            id="stream-left-unread",
        ),
        pytest.param(
            "def test_it(api):\n    request = api.build_request('GET', '/x')\n"
            "    assert api.send(request, stream=True).status_code == 200",
            "pass",
            [],
            0,
            id="stream-left-open",
        ),
        pytest.param(
            "class Odd(Exception):\n    def __str__(self):\n        raise ValueError('no text')\n\n"
            "def test_it(api):\n    api.get('/x')\n    raise Odd",
            "test_bug",
            None,
            1,
            id="exception-without-a-text",
        ),
        pytest.param(
            "def test_it(api):\n    api.get('/x')\n    raise AssertionError('x' * 1_000_000)",
            "defect",
            ["assert"],
            1,
            id="a-megabyte-of-message",
        ),
        pytest.param(
            "def test_it(api):\n    expect(api.get('/x'), 200)\n    assert 1 == 2, '\\x1b[31m\\0'",
            "defect",
            ["assert"],
            1,
            id="control-characters",
        ),
    ],
)
@pytest.mark.parametrize("style", ["long", "native"])
def test_a_test_may_end_in_any_way(  # noqa: PLR0917  asked for by name
    suite: Suite,
    raw_server: Serve,
    body: str,
    verdict: str | None,
    code: list[str] | None,
    ret: int,
    style: str,
) -> None:
    """One verdict for each, nothing of ours in a traceback, and the test before it untouched."""
    url = raw_server(raw.answer(200, b"{}")).url

    ran = suite(f"{HEAD}{body}\n", f"--tb={style}", base_url=url)

    assert ran.ret == ret, ran.text
    assert ran.verdicts == {"test_before": "pass", "test_it": verdict}
    assert code is None or ran.codes["test_it"] == code
    assert not ran.shows_our_frames, ran.text
    assert ran.paths[0] == "/before"
    assert len(ran.of("run_ended")) == 1


def test_a_fixture_of_a_wrong_scope_is_a_wrong_use(suite: Suite, raw_server: Serve) -> None:
    """What pytest itself refuses is no assertion that failed."""
    source = """
        import pytest

        @pytest.fixture(scope="session")
        def made(api):
            return api

        def test_it(made):
            pass
    """

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1
    assert ran.codes == {"test_it": ["test.usage"]}
    assert "TEST BUG test.usage: ScopeMismatch: You tried to access the function scoped" in ran.text


def test_an_assertion_of_a_module_beside_the_test_is_shown_where_it_stands(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """The helper's own frame is the author's; ours between the two is not shown."""
    pytester.makepyfile(
        shop="""
        from redhanded import eventually

        def sold(api):
            for look in eventually(within=0.01, every=0.01):
                with look:
                    assert api.get("/x").status_code == 404
        """
    )
    source = "from shop import sold\n\ndef test_it(api):\n    sold(api)\n"

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.verdicts == {"test_it": "defect"}
    ran.result.stdout.fnmatch_lines(["shop.py:*: AssertionError"])
    assert not ran.shows_our_frames, ran.text


@pytest.mark.parametrize("option", ["--maxfail=2", "-x"])
def test_a_run_that_stops_early_is_told_as_far_as_it_came(
    suite: Suite, raw_server: Serve, option: str
) -> None:
    """The verdicts until then stand; the exit code is pytest's for red tests."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(5))
        def test_it(api, number):
            expect(api.get(f"/{number}"), 404)
    """
    limit = 2 if "2" in option else 1

    ran = suite(source, option, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1
    assert len(ran.verdicts) == limit
    assert ran.section[0].startswith(f"Red: {limit} defect")


def test_a_test_may_be_run_again_by_another_plugin(
    suite: Suite, pytester: pytest.Pytester, raw_server: Serve
) -> None:
    """Each run of an item is a test of its own: the second has clients that are not closed."""
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(2):
                runtestprotocol(item, nextitem=nextitem)
            return True
        """
    )
    source = "from redhanded import expect\n\ndef test_it(api):\n    expect(api.get('/x'), 200)\n"

    ran = suite(source, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 0, ran.text
    assert [event["verdict"] for event in ran.of("test_ended")] == ["pass", "pass"]


@pytest.mark.parametrize(
    "test_id",
    [
        pytest.param("x" * 3_000, id="long"),
        pytest.param("../../etc/passwd", id="path"),
        pytest.param("a b'c\"d$e`f", id="quotes"),
        pytest.param("schön\\nneu", id="escapes"),
    ],
)
@pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])
def test_an_id_may_hold_anything(
    suite: Suite, raw_server: Serve, test_id: str, workers: list[str]
) -> None:
    """Evidence and log are written all the same, inside of the run's folder."""
    source = f"""
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("value", [1], ids=[{test_id!r}])
        def test_it(api, make, value):
            expect(api.get("/x"), 404)
    """

    ran = suite(source, *workers, base_url=raw_server(raw.answer(200)).url)

    assert ran.ret == 1, ran.text
    assert list(ran.verdicts.values()) == ["defect"]
    (kept,) = ran.files("logs/tests", "*.jsonl")
    assert len(kept.name) < 120
    assert not ran.shows_our_frames


@pytest.mark.skipif(
    sys.platform != "linux" or os.fsencode("\udcff") != b"\xff",
    reason="names of files are Unicode here",
)
def test_a_name_may_be_no_unicode(suite: Suite, raw_server: Serve) -> None:
    """A file's name may hold bytes that no character stands for."""
    folder = suite("", "--collect-only", base_url=raw_server(raw.answer(200)).url).folder
    source = f"{HEAD}def test_it(api, make):\n    api.get('/x')\n    1 / 0\n"
    (folder / "test_\udcff.py").write_text(source)
    # pytest's own cache cannot keep such a name.
    options = [*LEAN, "-p", "no:cacheprovider", "test_\udcff.py"]
    command = [sys.executable, "-m", "pytest", *options]

    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)

    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    assert done.returncode == 1, text
    assert "Red: 1 test bug; 1 of 2 tests held." in text
    assert "INTERNALERROR" not in text
    (spool,) = folder.glob(".redhanded/runs/*/spool/main.ndjson")
    ended = [event for event in read_spool(spool) if event["event"] == "test_ended"]
    assert [event["verdict"] for event in ended] == ["pass", "test_bug"]
