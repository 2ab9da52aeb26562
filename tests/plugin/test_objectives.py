"""Objectives in a run: a finding of its own, that everybody sees and no test answers for."""

from __future__ import annotations

from itertools import count
from xml.etree import ElementTree as ET

import pytest

from redhanded.reports.spool import read_spool
from redhanded.session import archive
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

NAME = "objectives::GET /orders/{id} errors"
FINDING = "SLOW objective.errors: GET /orders/{id}: errors are above 1 %: 6 of 12"
OBJECTIVES = 'objectives = { "GET /orders/{id}" = { errors = 0.01 } }\n'
LENIENT = """
    import pytest

    @pytest.mark.parametrize("number", range(12))
    def test_order(api, number):
        assert api.get(f"/orders/{number}").status_code in (200, 500)
"""
MARKED = """
    import pytest

    class TestOrders:
        pytestmark = pytest.mark.slo(ceiling=20, errors=0.2)

        @pytest.mark.slo(errors=0.01)
        @pytest.mark.parametrize("number", range(12))
        def test_order(self, api, number):
            assert api.get(f"/orders/{number}").status_code in (200, 500)
"""


TWO = """
    import pytest

    class Orders:
        @pytest.mark.parametrize("number", range(6))
        def test_order(self, api, number):
            assert api.get(f"/orders/{number}").status_code == 500

    class TestSome(Orders):
        pass

    class TestOthers(Orders):
        pass
"""


def every(turns: int) -> raw.Script:
    """An API of which every so manyth answer on an order is an error of its own."""
    numbers = count(1)

    def answer(received: raw.Received) -> bytes:
        is_hit = received.path.startswith("/orders") and next(numbers) % turns == 0
        return raw.message(500 if is_hit else 200)

    return raw.reply(answer)


@pytest.fixture
def broken(raw_server: Serve) -> str:
    """The URL of an API that fails every second time."""
    return raw_server(every(2)).url


def test_a_missed_objective_is_red_and_no_test_is(suite: Suite, broken: str) -> None:
    """INVARIANT: the run fails, with a report of its own; all tests keep their verdicts."""
    ran = suite(LENIENT, base_url=broken, toml=OBJECTIVES)

    assert ran.ret == 1
    assert set(ran.verdicts.values()) == {"pass"}
    ran.result.assert_outcomes(passed=12, failed=1)
    assert not ran.shows_our_frames
    assert ran.section[:3] == [
        "Red: 1 finding on the run as a whole; all 12 tests held.",
        f"  S {FINDING}",
        f"    {NAME}",
    ]
    ran.result.stdout.fnmatch_lines(
        [
            "the run as a whole S",
            "  why red   promised: at most 1 of 100 answers may be server errors",
            "            this run alone shows it: 6 of 12 samples, *",
            "  explain   redhanded explain objective.errors",
            "FAILED objectives::GET /orders/{id} errors - SLOW objective.errors: *",
        ]
    )


def test_an_objective_that_holds_says_nothing(suite: Suite, raw_server: Serve) -> None:
    """Its samples are kept in the evidence."""
    ran = suite(LENIENT, base_url=raw_server(raw.answer()).url, toml=OBJECTIVES)

    assert ran.ret == 0
    assert "as a whole" not in ran.text
    assert [one["is_bad"] for one in ran.of("sampled")] == [False] * 12


def test_without_objectives_nothing_is_sampled(suite: Suite, broken: str) -> None:
    """Nobody promised anything."""
    ran = suite(LENIENT, base_url=broken)

    assert ran.ret == 0
    assert ran.of("sampled") == []


def test_a_marker_stands_in_place_of_the_settings(suite: Suite, broken: str) -> None:
    """Of each name what is closest to the test: here the class's ceiling, the function's errors."""
    ran = suite(MARKED, base_url=broken, toml='objectives = { "*" = { errors = 0.2 } }\n')

    assert ran.ret == 1
    assert f"  S {FINDING.replace('{id}', '{}')}" in ran.section
    assert {one["limit"] for one in ran.of("sampled")} == {0.01}


def test_workers_count_together(suite: Suite, raw_server: Serve) -> None:
    """INVARIANT: what each of two saw, six errors, is too little; all of it shows the fault."""
    api = raw_server(every(1))
    toml = OBJECTIVES.replace("0.01", "0.2")

    ran = suite(TWO, "-n", "2", "--dist", "loadscope", base_url=api.url, toml=toml)

    spools = [
        sum(event["event"] == "sampled" for event in read_spool(path))
        for path in ran.files("spool", "gw*.ndjson")
    ]
    assert spools == [6, 6]
    assert ran.ret == 1, ran.text
    ran.result.assert_outcomes(passed=12, failed=1)
    assert "Red: 1 finding on the run as a whole; all 12 tests held." in ran.text


def cases(ran: Ran, name: str) -> dict[tuple[str | None, str | None], list[str]]:
    """The testcases of a JUnit file by class and name, with what they say of their end."""
    found = ET.parse(ran.folder / name).getroot().iter("testcase")  # noqa: S314  our own file
    return {
        (case.get("classname"), case.get("name")): [
            part.tag for part in case if part.tag in ("failure", "error", "skipped")
        ]
        for case in found
    }


def test_both_kinds_of_junit_have_one_failure(suite: Suite, broken: str) -> None:
    """A testcase like any other, in pytest's own file as well."""
    ran = suite(
        LENIENT, "--rh-junit=ours.xml", "--junitxml=theirs.xml", base_url=broken, toml=OBJECTIVES
    )

    for name in ("ours.xml", "theirs.xml"):
        found = cases(ran, name)
        assert len(found) == 13
        assert found["objectives", "GET /orders/{id} errors"] == ["failure"]
        assert sum(map(len, found.values())) == 1
    assert FINDING in (ran.folder / "ours.xml").read_text("utf-8")


@pytest.mark.parametrize("option", ["--lf", "--sw"])
def test_no_other_run_is_told_to_look_for_it(suite: Suite, broken: str, option: str) -> None:
    """What remembers failed tests would look for this one for ever: there is no such test."""
    suite(LENIENT, option, base_url=broken, toml=OBJECTIVES)
    again = suite(LENIENT, option, base_url=broken, toml=OBJECTIVES)

    again.result.assert_outcomes(passed=12, failed=1)
    assert NAME not in "".join(
        path.read_text("utf-8") for path in (again.folder / ".pytest_cache").rglob("v/cache/*")
    )


@pytest.mark.parametrize(
    "arguments, line",
    [
        pytest.param(["-q"], "the run as a whole S", id="quiet"),
        pytest.param(["-v"], f"{NAME} SLOW *[[]100%[]]", id="verbose"),
        pytest.param(["-p", "no:cacheprovider"], "the run as a whole S", id="nothing-remembered"),
    ],
)
def test_the_terminal_shows_it_on_a_line_of_its_own(
    suite: Suite, broken: str, arguments: list[str], line: str
) -> None:
    """However much it shows."""
    ran = suite(LENIENT, *arguments, base_url=broken, toml=OBJECTIVES)

    ran.result.stdout.fnmatch_lines([line])


def test_a_run_without_a_terminal_is_red_all_the_same(suite: Suite, broken: str) -> None:
    """Nobody need see it."""
    ran = suite(LENIENT, "-p", "no:terminal", base_url=broken, toml=OBJECTIVES)

    assert ran.ret == 1
    assert not ran.shows_our_frames


def test_a_red_test_and_a_finding_on_the_run_are_told_apart(suite: Suite, broken: str) -> None:
    """Each is counted as what it is."""
    wrong = "\n    def test_wrong(api):\n        assert api.get('/x').status_code == 404\n"

    ran = suite(LENIENT + wrong, base_url=broken, toml=OBJECTIVES)

    assert ran.ret == 1
    assert ran.section[0] == (
        "Red: 1 defect and 1 finding on the run as a whole; 12 of 13 tests held."
    )


def test_it_is_red_beside_what_the_environment_kept_from_judging(suite: Suite, broken: str) -> None:
    """Red wins over inconclusive: 1, not 75."""
    away = "\n    def test_away(api):\n        api.get('http://127.0.0.1:9/x')\n"

    ran = suite(LENIENT + away, base_url=broken, toml=OBJECTIVES)

    assert ran.verdicts["test_away"] != "pass"
    assert ran.ret == 1


def test_a_run_that_was_stopped_concludes_nothing(suite: Suite, broken: str) -> None:
    """Whoever stops a run has not seen all of it."""
    stopped = "\n    def test_stopped(api):\n        raise KeyboardInterrupt\n"

    ran = suite(LENIENT + stopped, base_url=broken, toml=OBJECTIVES, apart=True)

    assert ran.ret == 2
    assert len(ran.of("sampled")) == 12
    assert "as a whole" not in ran.text


def test_nothing_wrong_with_history_hides_a_finding(
    suite: Suite, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: what a run shows by itself is red, whatever cannot be remembered."""

    def damaged(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(archive, "digest", damaged)

    ran = suite(LENIENT, base_url=broken, toml=OBJECTIVES)

    assert ran.ret == 1
    assert f"  S {FINDING}" in ran.section
    assert "fault of redhanded (ZeroDivisionError: oops)" in ran.text


def test_without_history_each_run_is_judged_alone(suite: Suite, broken: str) -> None:
    """What one run shows needs no other."""
    ran = suite(LENIENT, base_url=broken, toml=OBJECTIVES + "history = { enabled = false }\n")

    assert ran.ret == 1
    assert f"  S {FINDING}" in ran.section


def test_its_name_begins_nowhere(suite: Suite, broken: str, pytester: pytest.Pytester) -> None:
    """A test's id is told from where pytest was started; this is no file's."""
    below = pytester.mkdir("below")
    pytester.makepyfile(test_suite=LENIENT)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(below)
        ran = suite(
            LENIENT, "..", "--rootdir=..", "-c../pyproject.toml", base_url=broken, toml=OBJECTIVES
        )

    assert f"    {NAME}" in ran.text.splitlines()
