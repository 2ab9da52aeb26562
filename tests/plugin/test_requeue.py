"""A test that the environment kept from judging is run again once the API is well."""

from __future__ import annotations

import json
import threading

import pytest

from tests.plugin.sky import PATIENT, Sky
from tests.plugin.suites import Serve, Suite

TWO = """
    from redhanded import expect

    def test_one(api):
        expect(api.get("/one"), 200)

    def test_two(api):
        expect(api.get("/two"), 200)
"""
ONE = "from redhanded import expect\n\ndef test_one(api):\n    expect(api.get('/one'), 200)\n"


def test_a_parked_test_that_holds_later_is_recovered(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """Nobody counts the round that told nothing; what it met is in the evidence and the words."""
    ran = suite(TWO, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0, ran.text
    assert ran.paths == ["/one", "/two", "/one", "/two"]
    assert [(e["round"], e["verdict"]) for e in ran.of("test_ended")] == [
        (0, "inconclusive"),
        (0, "inconclusive"),
        (1, "recovered"),
        (1, "recovered"),
    ]
    assert ran.codes == {"test_one": ["http.unavailable"], "test_two": ["http.unavailable"]}
    assert "answered 503; then held when it was run again: 2 tests" in ran.section[1]
    ran.result.stdout.fnmatch_lines(
        ["test_suite.py PP*", "*", "test_suite.py RR*", "*2 recovered*"]
    )


def test_the_terminal_says_when_waiting_begins_and_how_it_ends(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """Two lines a wait, and at -q none."""
    url = raw_server(sky.script()).url

    told = suite(TWO, base_url=url, toml=PATIENT)
    sky.waits.clear()
    quiet = suite(TWO, "-q", base_url=url, toml=PATIENT)

    told.result.stdout.fnmatch_lines(
        [
            "redhanded: 2 tests parked: waiting up to 60 s until the API is well",
            "redhanded: the API is well, running 2 tests again (round 1 of 3)",
        ]
    )
    assert quiet.ret == 0
    assert "parked" not in quiet.text


def test_what_is_wrong_when_it_is_run_again_is_red(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """Weather before a defect excuses nothing, and is told beside it."""
    source = ONE.replace("/one", "/wrong")

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 1
    assert ran.verdicts == {"test_one": "defect"}
    ran.result.assert_outcomes(failed=1)
    assert "round 1: INCONCLUSIVE http.unavailable: " in ran.text


@pytest.mark.parametrize("rounds", [1, 2, 3])
def test_a_test_is_run_again_as_often_as_the_settings_say(
    suite: Suite, raw_server: Serve, sky: Sky, rounds: int
) -> None:
    """What is still unjudged then is inconclusive, and counted once."""
    sky.until = 100
    toml = PATIENT.replace("seconds = 60", f"seconds = 60, rounds = {rounds}")

    ran = suite(ONE, base_url=raw_server(sky.script()).url, toml=toml)

    assert ran.ret == 75
    assert len(sky.waits) == rounds
    assert ran.paths == ["/one"] * (rounds + 1)
    ran.result.assert_outcomes(errors=1)
    assert ran.section[0].startswith("Not judged: 1 of 1 test kept")
    assert f"round {rounds}: INCONCLUSIVE" in ran.text


def test_where_the_api_stays_out_the_first_failure_is_handed_on(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """One wait, nothing is sent again, and each test is counted once."""
    sky.patient = False

    ran = suite(TWO, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 75
    assert (len(sky.waits), ran.paths) == (1, ["/one", "/two"])
    ran.result.assert_outcomes(errors=2)
    assert "redhanded: the API is still out, 2 tests unjudged" in ran.text
    assert [e["verdict"] for e in ran.of("test_ended")] == ["inconclusive"] * 2


@pytest.mark.parametrize(
    "requeue, arguments",
    [
        pytest.param("seconds = 0", [], id="no-seconds"),
        pytest.param("rounds = 0", [], id="no-rounds"),
        pytest.param("seconds = 60", ["-p", "no:terminal"], id="no-terminal"),
    ],
)
def test_without_a_budget_nothing_is_parked(
    suite: Suite, raw_server: Serve, sky: Sky, requeue: str, arguments: list[str]
) -> None:
    """A budget of 0 switches the requeue off."""
    toml = PATIENT.replace("seconds = 60", requeue)

    ran = suite(ONE, *arguments, base_url=raw_server(sky.script()).url, toml=toml)

    is_on = "60" in requeue
    assert (ran.ret, len(sky.waits)) == ((0, 1) if is_on else (75, 0))
    assert "PARKED" not in ran.text


def test_who_debugs_a_failure_sees_it_at_once(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """Under --pdb nothing is parked: the debugger stands where the test failed."""
    url = raw_server(sky.script()).url

    ran = suite(ONE, "--pdb", base_url=url, toml=PATIENT, apart=True)

    assert "entering PDB" in ran.text
    assert ran.paths == ["/one"]
    assert "parked" not in ran.text


COUNTING = """
    import pytest
    from redhanded import expect

    @pytest.fixture(scope="session")
    def whole():
        print("\\n<session>")
        yield
        print("\\n</session>")

    @pytest.fixture(scope="module")
    def part(whole):
        print("\\n<module>")
        yield
        print("\\n</module>")

    @pytest.fixture
    def own(part):
        print("\\n<test>")
        yield
        print("\\n</test>")

    @pytest.mark.parametrize("number", range(3))
    def test_it(api, own, number):
        expect(api.get(f"/{number}"), 200)
"""


@pytest.mark.parametrize("is_back", [True, False], ids=["back", "out"])
def test_fixtures_of_the_session_outlive_the_wait(
    suite: Suite, raw_server: Serve, sky: Sky, *, is_back: bool
) -> None:
    """One set-up and one tear-down a session; the module's anew for the tests that run again."""
    sky.patient = is_back

    ran = suite(COUNTING, "-s", base_url=raw_server(sky.script()).url, toml=PATIENT)

    shown = [line for line in ran.result.outlines if line.startswith("<")]
    tests = ["<test>", "</test>"] * 3
    first, again = ["<module>", *tests, "</module>"], ["<module>", *tests, "</module>"]
    assert shown == ["<session>", *first, *(again if is_back else []), "</session>"]


def test_a_session_that_cannot_be_torn_down_is_told_after_a_wait_in_vain(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """Its error stands with the last of the tests that were not judged."""
    sky.patient = False
    source = COUNTING.replace('print("\\n</session>")', "1 / 0")

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 1
    ran.result.assert_outcomes(errors=4)
    assert "TEST BUG test.fixture: ZeroDivisionError" in ran.text
    assert "INTERNALERROR" not in ran.text


@pytest.mark.parametrize("scope", ["session", "package", "module", "class", "function"])
def test_a_fixture_that_failed_in_bad_weather_is_set_up_anew(
    suite: Suite, raw_server: Serve, sky: Sky, scope: str
) -> None:
    """Or pytest would repeat the failure of a wide fixture for as long as its scope is up."""
    source = f"""
        import httpx2
        import pytest
        from redhanded import expect

        @pytest.fixture(scope="{scope}")
        def token(settings):
            with httpx2.Client(base_url=settings.base_url) as client:
                answer = client.get("/login")
                if answer.status_code == 503:
                    raise httpx2.ConnectError("no login today", request=answer.request)
                return answer.text

        @pytest.mark.parametrize("number", range(2))
        def test_it(token, api, number):
            expect(api.get(f"/{{number}}"), 200)
    """

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0, ran.text
    assert set(ran.verdicts.values()) == {"recovered"}
    assert ran.paths == ["/0", "/1"]


@pytest.mark.parametrize(
    "marks, outcomes, verdict",
    [
        pytest.param("pytest.mark.norequeue", {"errors": 1}, "inconclusive", id="norequeue"),
        pytest.param("pytest.mark.xfail(strict=False)", {"xfailed": 1}, None, id="xfail"),
    ],
)
def test_a_test_may_be_kept_from_running_again(  # noqa: PLR0917  asked for by name
    suite: Suite,
    raw_server: Serve,
    sky: Sky,
    marks: str,
    outcomes: dict[str, int],
    verdict: str | None,
) -> None:
    """By its marker; and an expected failure is none."""
    source = ONE.replace("def test_one", f"import pytest\n\n@{marks}\ndef test_one")

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (sky.waits, ran.paths) == ([], ["/one"])
    assert ran.verdicts == {"test_one": verdict}
    ran.result.assert_outcomes(**outcomes)


@pytest.mark.parametrize(
    "test",
    [
        pytest.param(
            "def test_it(api, subtests):\n    with subtests.test('a'):\n"
            "        expect(api.get('/a'), 200)\n    expect(api.get('/b'), 200)\n",
            id="subtests",
        ),
        pytest.param(
            "import pytest, httpx2\n\n@pytest.fixture\ndef thing(api):\n    yield\n"
            "    expect(api.get('/x'), 200)\n\ndef test_it(thing):\n    assert thing is None\n",
            id="teardown",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_not_parked(
    suite: Suite, raw_server: Serve, sky: Sky, test: str
) -> None:
    """The reports of subtests are out by then, and a tear-down alone cannot be run again."""
    head = "from redhanded import expect\n\n"

    ran = suite(head + test, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert sky.waits == []
    assert ran.ret in (1, 75)


def test_a_bug_in_a_tear_down_is_told_with_the_weather_before_it(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """Such a test is not run again: it is red already."""
    head = "import pytest\n\n@pytest.fixture(autouse=True)\ndef thing():\n    yield\n    1 / 0\n\n"
    source = head + ONE

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, sky.waits, ran.paths) == (1, [], ["/one"])
    ran.result.assert_outcomes(errors=2)
    assert ran.verdicts == {"test_one": "test_bug"}


def test_a_parked_test_does_not_stop_a_run(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """-x stops at the first that is red, and what was parked by then is not judged."""
    source = f"{ONE}\ndef test_two():\n    1 / 0\n\ndef test_three():\n    1 / 0\n"

    ran = suite(source, "-x", base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, sky.waits) == (1, [])
    assert ran.verdicts == {"test_one": "inconclusive", "test_two": "test_bug"}
    ran.result.assert_outcomes(failed=0, errors=2)
    assert ran.section[0] == "Red: 1 test bug, 1 kept from judging; 0 of 2 tests held."


def test_a_red_test_among_those_run_again_stops_them(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """-x holds for the rounds as well."""
    source = TWO.replace("/one", "/wrong")

    ran = suite(source, "-x", base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 1
    assert ran.paths == ["/wrong", "/two", "/wrong"]
    assert ran.verdicts == {"test_one": "defect", "test_two": "inconclusive"}
    assert "stopping after" in ran.text


def test_pytests_own_reports_have_one_result_a_test(
    suite: Suite, raw_server: Serve, sky: Sky, pytester: pytest.Pytester
) -> None:
    """JUnit holds a testcase each without a failure, and --lf has nothing to run again."""
    url = raw_server(sky.script()).url

    ran = suite(TWO, "--junitxml=junit.xml", base_url=url, toml=PATIENT)

    assert ran.ret == 0
    xml = (pytester.path / "junit.xml").read_text("utf-8")
    assert (xml.count("<testcase"), xml.count("<failure"), xml.count("<skipped")) == (2, 0, 0)
    assert 'tests="2"' in xml
    assert not (pytester.path / ".pytest_cache/v/cache/lastfailed").exists()


def test_what_was_never_judged_is_what_lf_runs(
    suite: Suite, raw_server: Serve, sky: Sky, pytester: pytest.Pytester
) -> None:
    """The next run with --lf takes up those tests alone."""
    sky.patient = False
    source = f"{ONE}\ndef test_two():\n    pass\n"
    url = raw_server(sky.script()).url

    suite(source, "--junitxml=junit.xml", base_url=url, toml=PATIENT)

    failed = json.loads((pytester.path / ".pytest_cache/v/cache/lastfailed").read_text("utf-8"))
    assert failed == {"test_suite.py::test_one": True}
    assert (pytester.path / "junit.xml").read_text("utf-8").count("<testcase") == 2


OUTAGE = """
    import pytest
    from redhanded import expect

    @pytest.fixture
    def order(api):
        return api.post("/orders")

    @pytest.mark.parametrize("number", range(200))
    def test_it(order, api, number):
        expect(api.get(f"/{number}"), 200)
"""


def test_no_test_is_begun_in_an_outage_that_is_known(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """200 tests wait, send nothing, and have their own verdict when the API is back."""
    sky.outage = "the API is known to be down"

    ran = suite(OUTAGE, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, len(sky.waits)) == (0, 1), ran.text
    assert set(ran.verdicts.values()) == {"pass"}
    assert len(ran.paths) == 400
    assert {e["round"] for e in ran.of("test_ended")} == {0}
    assert ran.section[0] == "Green: all 200 tests held."


def test_an_outage_of_200_tests_is_one_finding(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """One line tells what kept them from judging, and how many."""
    sky.outage, sky.patient = "the API is known to be down", False

    ran = suite(OUTAGE, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, ran.paths) == (75, [])
    assert ran.section[:6] == [
        "Not judged: 200 of 200 tests kept from judging by the environment; 0 of 200 tests held.",
        "  I INCONCLUSIVE call.blocked: the API is known to be down: 200 tests",
        "    test_suite.py::test_it[0]",
        "    test_suite.py::test_it[1]",
        "    test_suite.py::test_it[2]",
        "    + 197 more",
    ]
    assert "note: 200 of 200 kept from judging by the environment: call.blocked (200)" in ran.text


@pytest.mark.parametrize(
    "source, verdicts",
    [
        pytest.param("def test_it():\n    pass\n", {"test_it": "pass"}, id="calls-nothing"),
        pytest.param(
            "import pytest\n\n@pytest.mark.skip\ndef test_it(api):\n    pass\n",
            {"test_it": None},
            id="skipped",
        ),
    ],
)
def test_an_outage_holds_up_no_test_that_it_does_not_concern(
    suite: Suite, raw_server: Serve, sky: Sky, source: str, verdicts: dict[str, str | None]
) -> None:
    """A test without a client runs, and a test that is skipped is skipped."""
    sky.outage = "the API is known to be down"

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.verdicts == verdicts
    assert sky.waits == []


def test_a_test_that_was_not_begun_may_be_run_once_whatever_its_marker(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """`norequeue` forbids a second run, not the first."""
    sky.outage = "the API is known to be down"
    source = ONE.replace("def test_one", "import pytest\n\n@pytest.mark.norequeue\ndef test_one")

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, ran.verdicts) == (0, {"test_one": "pass"})


def test_no_time_limit_of_the_last_test_outlives_it(
    suite: Suite, raw_server: Serve, sky: Sky
) -> None:
    """It would end the process while the run waits; a round has time limits of its own."""
    url = raw_server(sky.script()).url

    ran = suite(TWO, "--timeout=1000", "--timeout-method=thread", base_url=url, toml=PATIENT)

    assert (ran.ret, set(ran.verdicts.values())) == (0, {"recovered"})
    timers = [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]
    assert [timer.name for timer in timers if "test_suite" in timer.name] == []


@pytest.mark.parametrize(
    "stop, verdicts",
    [
        pytest.param(
            "def test_two():\n    raise KeyboardInterrupt\n",
            {"test_one": "inconclusive", "test_two": "inconclusive"},
            id="before",
        ),
        pytest.param(
            "def test_two(api, rounds=[]):\n    rounds.append(1)\n    if len(rounds) == 2:\n"
            "        raise KeyboardInterrupt\n    expect(api.get('/two'), 200)\n",
            {"test_one": "recovered", "test_two": "inconclusive"},
            id="in-a-round",
        ),
    ],
)
def test_ctrl_c_leaves_parked_tests_unjudged(
    suite: Suite, raw_server: Serve, sky: Sky, stop: str, verdicts: dict[str, str]
) -> None:
    """The run ends with 2; the evidence of what was parked is kept."""
    url = raw_server(sky.script()).url

    ran = suite(f"{ONE}\n{stop}", base_url=url, toml=PATIENT, apart=True)

    assert ran.ret == 2, ran.text
    assert ran.verdicts == verdicts
    assert "1 of " in ran.section[0]
    assert "Not green: the run was stopped before its end." in ran.section[0]


def test_parked_tests_keep_their_order(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """Also where the suite's own order is another one."""
    source = "\n\n".join(
        f"def test_{number}(api):\n    expect(api.get('/{number}'), 200)" for number in range(4)
    )
    head = (
        "import pytest\nfrom redhanded import expect\n\n"
        "@pytest.fixture(scope='module', params=['a', 'b'], autouse=True)\n"
        "def kind(request):\n    return request.param\n\n"
    )

    ran = suite(head + source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0
    assert ran.paths[:8] == ran.paths[8:] == [*("/0", "/1", "/2", "/3") * 2]


def test_a_random_order_is_kept_as_well(
    suite: Suite, raw_server: Serve, sky: Sky, pytester: pytest.Pytester
) -> None:
    """A round runs the tests in the order in which they were parked."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.parametrize("number", range(9))
        def test_it(api, number):
            expect(api.get(f"/{number}"), 200)
    """
    shuffle = """
        import random

        def pytest_collection_modifyitems(items):
            random.Random(7).shuffle(items)
    """
    pytester.makeconftest(shuffle)

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0
    assert ran.paths[:9] == ran.paths[9:] != sorted(ran.paths[:9])


def test_an_async_test_is_run_again(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """In a loop of its own."""
    source = """
        import pytest
        from redhanded import expect

        @pytest.mark.asyncio
        async def test_it(async_api):
            expect(await async_api.get("/x"), 200)
    """

    ran = suite(source, base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert (ran.ret, ran.verdicts) == (0, {"test_it": "recovered"})


def test_a_recovered_server_error_counts_as_one(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """It makes no difference whether the second attempt came at once or in a later round."""
    toml = PATIENT.replace(", statuses_5xx = false", "")

    ran = suite(ONE, base_url=raw_server(sky.script()).url, toml=toml)

    assert ran.ret == 1
    assert "1 of them from a server error" in ran.section[0]


def test_data_of_a_later_round_is_other_data(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """What a write may have left behind does not meet the same write again."""
    source = """
        from pydantic import BaseModel
        from redhanded import expect

        class New(BaseModel):
            name: str

        def test_it(api, make):
            expect(api.get(f"/{make(New).name}"), 200)
    """

    ran = suite(source, "--rh-seed=1", base_url=raw_server(sky.script()).url, toml=PATIENT)

    assert ran.ret == 0
    assert len(set(ran.paths)) == 2
