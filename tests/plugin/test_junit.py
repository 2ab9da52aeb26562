"""`--rh-junit`: a JUnit file of our own, with verdicts and attempts, whatever became of the run."""

from __future__ import annotations

import pytest

from tests.plugin.suites import Ran, Serve, Suite
from tests.reports.junit_file import JunitFile
from tests.servers import raw

ANY_WEATHER = "[tool.redhanded.recovered]\nlimit = 1.0\nstatuses_5xx = false\n"
OPTION = "--rh-junit=out/junit.xml"
EVERY_END = """
    import unittest

    import pytest
    from redhanded import expect

    class TestIt:
        def test_pass(self, api, record_property):
            record_property("owner", "the <team>")
            expect(api.get("/x"), 200)

    def test_defect(api):
        expect(api.get("/x"), 404)

    def test_drift(api):
        expect(api.get("/x"), 200, list)

    def test_bug():
        1 / 0

    def test_plain():
        assert True

    def test_skip():
        pytest.skip("not <here>")

    @pytest.mark.xfail(reason="known")
    def test_xfail():
        assert False

    @pytest.mark.xfail(reason="known", strict=False)
    def test_xpass():
        assert True

    @pytest.mark.xfail(reason="known", strict=True)
    def test_strict():
        assert True

    @pytest.fixture
    def broken():
        yield
        raise ValueError("torn")

    def test_teardown(api, broken):
        expect(api.get("/x"), 200)

    def test_twice(api, broken):
        expect(api.get("/x"), 404)

    class TestOld(unittest.TestCase):
        def test_old(self):
            self.assertEqual(1, 1)

    def test_parts(subtests):
        with subtests.test("one"):
            assert 1 == 2
        with subtests.test("two"):
            pytest.skip("part")
"""


def file_of(ran: Ran) -> JunitFile:
    """The file that the run wrote, which is valid."""
    return JunitFile.parse((ran.folder / "out" / "junit.xml").read_text("utf-8"))


def test_every_end_of_a_test_has_its_element(suite: Suite, raw_server: Serve) -> None:
    """Failures are the API's, errors are the test's or nobody's; the verdict is the type."""
    ran = suite(EVERY_END, OPTION, base_url=raw_server(raw.answer_json({"id": 1})).url)

    file = file_of(ran)
    told = {name.partition("::")[2]: file.told(name)[:1] for name in file.cases}
    assert {name: [found[:2] for found in told[name]] for name in told} == {
        "test_pass": [],
        "test_defect": [("failure", "defect")],
        "test_drift": [("failure", "drift")],
        "test_bug": [("error", "test_bug")],
        "test_plain": [],
        "test_skip": [("skipped", "pytest.skip")],
        "test_xfail": [("skipped", "pytest.xfail")],
        "test_xpass": [],
        "test_strict": [("error", "test_bug")],
        "test_teardown": [("error", "test_bug")],
        "test_twice": [("failure", "defect")],
        "test_old": [],
        "test_parts": [("error", "test_bug")],
    }
    messages = [told[name][0][2] for name in ("test_defect", "test_skip", "test_xfail")]
    assert messages == ["DEFECT status: 200, want 404", "not <here>", "known"]
    twice = file.cases["test_suite::test_twice"].findtext("failure") or ""
    assert "want 404" in twice
    assert "ValueError: torn" in twice
    assert "JUnit file: out" in ran.text


def test_a_failure_tells_the_whole_story_and_its_attempts(suite: Suite, raw_server: Serve) -> None:
    """Pytest's own words, the evidence, and each attempt on a line; records of the test's own."""
    ran = suite(EVERY_END, OPTION, base_url=raw_server(raw.answer_json({"id": 1})).url)

    file = file_of(ran)
    story = file.cases["test_suite::test_defect"].findtext("failure") or ""
    for part in ('expect(api.get("/x"), 404)', "why red", "redhanded explain status"):
        assert part in story
    trace, attempt, owner = file.output("test_suite.TestIt::test_pass")
    assert trace.startswith("trace ")
    assert "GET /x -> 200 in " in attempt
    assert owner == "owner: the <team>"
    assert file.output("test_suite::test_plain") == []


def test_the_run_is_told_in_properties(suite: Suite, raw_server: Serve) -> None:
    """Whoever holds the file finds the run, its seed, its target and how it ended."""
    server = raw_server(raw.answer(200))

    ran = suite(EVERY_END, OPTION, "--rh-seed=17", base_url=server.url)

    properties = file_of(ran).properties
    (started,) = ran.of("run_started")
    assert properties["redhanded.run_id"] == started["run_id"]
    assert properties["redhanded.seed"] == "17"
    assert properties["redhanded.target"] == server.url
    assert properties["redhanded.exit_code"] == "1"
    assert properties["redhanded.verdict"] == ran.section[0]
    assert properties["version.pytest"] == pytest.__version__


def test_a_green_file_of_a_run_that_is_not_says_why(suite: Suite, raw_server: Serve) -> None:
    """Where no test is red, the property alone tells why the job failed."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)
    """
    server = raw_server(raw.reset_after_request(), raw.answer(200))

    ran = suite(source, OPTION, base_url=server.url)

    assert ran.ret == 1
    assert file_of(ran).count("failure") == file_of(ran).count("error") == 0
    assert file_of(ran).properties["redhanded.verdict"].startswith("Not green: 1 of 1 tests rec")


def test_a_recovered_test_passed_and_names_what_it_lost(suite: Suite, raw_server: Serve) -> None:
    """One `flakyError` for each lost attempt, of the cause's type."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)
    """
    server = raw_server(raw.reset_after_request(), raw.answer(200))

    ran = suite(source, OPTION, base_url=server.url, toml=ANY_WEATHER)

    file = file_of(ran)
    ((tag, kind, message),) = file.told("test_suite::test_it")
    assert (tag, kind) == ("flakyError", "net.reset")
    assert message.startswith("closed before headers, fresh connection: GET /x -> no answer")
    assert len(file.output("test_suite::test_it")) == 3
    assert ran.ret == 0


def test_a_recovered_test_without_evidence_still_names_its_cause(
    suite: Suite, raw_server: Serve
) -> None:
    """Where the spool is gone the report alone tells what happened."""
    source = """
        import pathlib
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)

        def test_loss():
            for spool in pathlib.Path(".redhanded/runs").glob("*/spool/*"):
                spool.write_bytes(b"")
    """
    server = raw_server(raw.reset_after_request(), raw.answer(200))

    ran = suite(source, OPTION, base_url=server.url, toml=ANY_WEATHER)

    ((tag, kind, message),) = file_of(ran).told("test_suite::test_it")
    assert (tag, kind) == ("flakyError", "net.reset")
    assert message.startswith("RECOVERED net.reset: GET /x")


def test_an_unjudged_test_is_an_error_of_its_own_type(suite: Suite, closed_port: int) -> None:
    """Readers see that it is not green, and that nothing is wrong with the API."""
    source = "def test_it(api):\n    assert api.get('/x')\n"

    ran = suite(source, OPTION, base_url=f"http://127.0.0.1:{closed_port}")

    ((tag, kind, message),) = file_of(ran).told("test_suite::test_it")
    assert (tag, kind) == ("error", "inconclusive")
    assert message.startswith("INCONCLUSIVE net.refused: GET /x")
    assert file_of(ran).properties["redhanded.exit_code"] == "75"


def test_workers_write_one_file(suite: Suite, raw_server: Serve) -> None:
    """The controller alone writes, with the attempts from the spools of all."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(6))
        def test_it(api, number):
            expect(api.get(f"/{number}"), 200 if number else 404)
    """

    ran = suite(source, OPTION, "-n2", base_url=raw_server(raw.answer(200)).url)

    file = file_of(ran)
    assert len(file.cases) == 6
    assert file.count("failure") == 1
    for number in range(6):
        attempts = [
            line
            for line in file.output(f"test_suite::test_it[{number}]")
            if " /health " not in line
        ]
        attempts = [line for line in attempts if "GET" in line]
        assert [line.split()[2] for line in attempts] == [f"/{number}"]


def test_a_crashed_worker_leaves_its_test_and_the_attempts_until_then(
    suite: Suite, raw_server: Serve
) -> None:
    """The test is no pass and no failure of the API; what it had sent is told."""
    source = """
        import os

        def test_it(api):
            assert api.get("/last")
            os._exit(1)
    """

    ran = suite(
        source, OPTION, "-n1", "--max-worker-restart=0", base_url=raw_server(raw.answer(200)).url
    )

    file = file_of(ran)
    ((tag, _, message),) = file.told("test_suite::test_it")
    assert tag == "error"
    assert "worker" in message
    assert any("GET /last -> 200" in line for line in file.output("test_suite::test_it"))


def test_an_interrupted_run_has_a_file(suite: Suite, raw_server: Serve) -> None:
    """What was judged stands, what was under way is inconclusive, what never began is left out."""
    source = """
        from redhanded import expect

        def test_before(api):
            expect(api.get("/x"), 404)

        def test_under_way(api):
            api.get("/under-way")
            raise KeyboardInterrupt

        def test_never():
            pass
    """

    ran = suite(source, OPTION, base_url=raw_server(raw.answer(200)).url, apart=True)

    file = file_of(ran)
    assert [*file.cases] == ["test_suite::test_before", "test_suite::test_under_way"]
    assert file.told("test_suite::test_before")[0][:2] == ("failure", "defect")
    assert file.told("test_suite::test_under_way") == [
        ("error", "inconclusive", "INCONCLUSIVE run.interrupted: stopped before its verdict")
    ]
    assert any("/under-way" in line for line in file.output("test_suite::test_under_way"))
    assert file.properties["redhanded.exit_code"] == "2"


def test_a_test_stopped_before_any_report_is_not_lost(suite: Suite) -> None:
    """A set-up that is interrupted leaves nothing but its name."""
    source = """
        import pytest

        @pytest.fixture
        def stopped():
            raise KeyboardInterrupt

        def test_it(stopped):
            pass
    """

    file = file_of(suite(source, OPTION, apart=True))

    assert file.told("test_suite::test_it") == [
        ("error", "inconclusive", "INCONCLUSIVE run.interrupted: stopped before its verdict")
    ]


@pytest.mark.parametrize(
    "source, told",
    [
        pytest.param(
            "import nowhere_to_be_found",
            ("error", "unjudged", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
            id="broken",
        ),
        pytest.param(
            "import pytest\npytest.skip('not here', allow_module_level=True)",
            ("skipped", "pytest.skip", "not here"),
            id="skipped",
        ),
    ],
)
def test_a_module_without_tests_is_told(
    suite: Suite, source: str, told: tuple[str, str, str]
) -> None:
    """What could not be collected is missing from no file."""
    assert file_of(suite(source, OPTION)).told("::test_suite.py") == [told]


def test_a_test_that_is_named_twice_keeps_its_failure(suite: Suite) -> None:
    """INVARIANT: a later success of the same test does not wash it green."""
    source = """
        SEEN = []

        def test_it():
            SEEN.append(1)
            assert len(SEEN) > 1
    """

    ran = suite(source, OPTION, "--keep-duplicates", "test_suite.py", "test_suite.py")

    first, *_ = file_of(ran).told("test_suite::test_it")
    assert first[0] == "error"


def test_nothing_secret_is_in_the_file(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: the file passes the same gate as all that is stored, the names of tests too."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("token", ["correct-horse-battery"])
        def test_it(api, token, record_property):
            record_property("token", token)
            expect(api.get("/x", params={"q": token}), 404), token
    """
    toml = '[tool.redhanded.identities.me]\nkind = "bearer"\ntoken = "env:SECRET_TOKEN"\n'

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_TOKEN", "correct-horse-battery")
        ran = suite(source, OPTION, base_url=raw_server(raw.answer(200)).url, toml=toml)

    text = (ran.folder / "out" / "junit.xml").read_text("utf-8")
    assert 'tests="1" failures="1"' in text
    assert "correct-horse-battery" not in text


@pytest.mark.parametrize("arguments", [[], ["-q"]], ids=["loud", "quiet"])
def test_a_file_that_cannot_be_written_is_a_sentence(suite: Suite, arguments: list[str]) -> None:
    """The run's exit code is that of its tests; nobody overlooks that the file is missing."""
    source = "def test_it():\n    assert True\n"

    ran = suite(source, "--rh-junit=test_suite.py/junit.xml", *arguments)

    assert ran.ret == 0
    (line,) = [line for line in ran.result.stdout.lines if "JUnit" in line]
    assert line.startswith("no JUnit file: ")
    assert line.endswith("; give --rh-junit another path")
    assert not ran.shows_our_frames


@pytest.mark.parametrize("value", ["", ".", "  "], ids=["nothing", "folder", "blank"])
def test_a_path_that_is_no_files_stops_the_run(suite: Suite, value: str) -> None:
    """Better at once than after an hour of tests."""
    ran = suite("def test_it():\n    assert True\n", f"--rh-junit={value}")

    assert ran.ret == 4
    assert f"--rh-junit={value} names no file: write such as --rh-junit=junit.xml" in ran.text


def test_quiet_runs_say_nothing_of_a_file_that_is_there(suite: Suite) -> None:
    """`-q` leaves the sentence alone."""
    ran = suite("def test_it():\n    assert True\n", OPTION, "-q")

    assert "JUnit" not in ran.text
    assert [*file_of(ran).cases] == ["test_suite::test_it"]


def test_a_foreign_rerun_is_one_testcase(suite: Suite, raw_server: Serve) -> None:
    """Pytest's own file has two identical passes there; ours has one that says what was lost."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)
    """
    server = raw_server(raw.answer(500), raw.answer(200))

    ran = suite(source, OPTION, "--reruns=1", base_url=server.url)

    file = file_of(ran)
    assert [*file.cases] == ["test_suite::test_it"]
    assert len([line for line in file.output("test_suite::test_it") if "GET /x" in line]) == 2


@pytest.mark.parametrize(
    "arguments, is_hinted",
    [
        pytest.param(["--reruns=1", "--junitxml=x.xml"], True, id="beside-a-rerunner"),
        pytest.param(["--reruns=1", "--junitxml=x.xml", OPTION], False, id="ours-as-well"),
        pytest.param(["--reruns=1"], False, id="no-file"),
        pytest.param(["--junitxml=x.xml"], False, id="no-rerunner"),
    ],
)
def test_pytests_own_file_beside_a_rerunner_is_warned_of(
    suite: Suite, raw_server: Serve, arguments: list[str], *, is_hinted: bool
) -> None:
    """One line says what is wrong with it, and what to write instead."""
    source = "def test_it(api):\n    assert api.get('/x')\n"

    ran = suite(source, *arguments, base_url=raw_server(raw.answer(200)).url)

    notes = [line for line in ran.section if "--rh-junit=PATH" in line]
    assert len(notes) == is_hinted


def test_a_requeued_test_is_one_testcase_that_names_its_parked_round(
    suite: Suite, raw_server: Serve
) -> None:
    """INVARIANT: it passed, and the round that was lost to weather is not forgotten."""
    source = """
        from redhanded import expect

        def test_it(api):
            expect(api.get("/x"), 200)

        def test_after():
            assert True
    """
    toml = ANY_WEATHER + "[tool.redhanded.retry]\ncapacity = 0\n"
    toml += "[tool.redhanded.requeue]\nseconds = 60\n"
    server = raw_server(raw.reset_after_request(), raw.answer(200))

    ran = suite(source, OPTION, base_url=server.url, toml=toml)

    file = file_of(ran)
    assert [*file.cases] == ["test_suite::test_it", "test_suite::test_after"]
    assert file.count("failure") == file.count("error") == file.count("skipped") == 0
    assert ("flakyError", "net.reset") in [told[:2] for told in file.told("test_suite::test_it")]
