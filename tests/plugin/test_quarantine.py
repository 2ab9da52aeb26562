"""A quarantine excuses a test's own faults until a day, and never a fault of the API."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pytest

from redhanded.core.verdicts import Verdict
from redhanded.plugin.quarantine import OPEN, OVER, OWNER, REASON, STATE, UNTIL, quarantine_of
from redhanded.plugin.quarantined import Quarantined, cover
from redhanded.plugin.verdicts import HEADLINE, VERDICT
from tests.plugin.sky import PATIENT, Sky
from tests.plugin.suites import Ran, Serve, Suite
from tests.servers import raw

HEAD = """\
import pytest
from redhanded import expect

ill = pytest.mark.quarantine(owner="ann", until="2999-12-31", reason="login flickers")
late = pytest.mark.quarantine(owner="bob", until="2020-01-31", reason="slow runner")

def test_well(api):
    expect(api.get("/well"), 200, dict)

"""
BUG = "    raise KeyError('x')\n"
UNJUDGED = "    expect(api.get('/busy'), 200)\n"
DEFECT = "    expect(api.get('/wrong'), 200)\n"
DRIFT = "    expect(api.get('/well'), 200, list)\n"
PASS = "    expect(api.get('/well'), 200)\n"
QUICK = PATIENT.replace("requeue = { seconds = 60 }", "requeue = { seconds = 0 }")
ALONE_AND_IN_WORKERS = pytest.mark.parametrize("workers", [[], ["-n1"]], ids=["alone", "xdist"])


def api() -> raw.Script:
    """An API that is well, but for `/wrong`; who asks for `/busy` never gets to it."""
    statuses = {"/busy": 503, "/wrong": 404}
    answer = b'{"total": 1}'
    return raw.reply(lambda got: raw.message(statuses.get(got.path, 200), answer))


def quarantined(marker: str, body: str) -> str:
    """A suite of a test that is well and one that is marked."""
    return f"{HEAD}@{marker}\ndef test_it(api):\n{body}"


def test_a_fault_of_the_test_does_not_block(suite: Suite, raw_server: Serve) -> None:
    """To pytest it is an expected failure, whose reason names owner, day and cause."""
    ran = suite(quarantined("ill", BUG), "-rx", base_url=raw_server(api()).url)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(passed=1, xfailed=1)
    assert ran.verdicts == {"test_well": "pass", "test_it": "test_bug"}
    assert (
        "XFAIL test_suite.py::test_it - quarantined by ann until 2999-12-31: login flickers: "
        "TEST BUG test.exception: KeyError: 'x'"
    ) in ran.text


@ALONE_AND_IN_WORKERS
def test_the_last_words_count_it_apart(suite: Suite, raw_server: Serve, workers: list[str]) -> None:
    """What it came to is never among what held, and never without a word."""
    ran = suite(quarantined("ill", BUG), *workers, base_url=raw_server(api()).url)

    assert ran.section[:3] == [
        "Green: 1 test held. 1 quarantined test did not hold.",
        "1 quarantined: 0 held, 1 did not (test_bug); next expiry 2999-12-31 (ann)",
        "    test_suite.py::test_it: TEST BUG test.exception: KeyError: 'x'",
    ]


def test_what_the_environment_kept_from_judging_does_not_block(
    suite: Suite, raw_server: Serve
) -> None:
    """It does not cost the run its green, and is known as inconclusive."""
    ran = suite(quarantined("ill", UNJUDGED), base_url=raw_server(api()).url, toml=QUICK)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(passed=1, xfailed=1)
    assert ran.verdicts["test_it"] == "inconclusive"
    assert ran.section[1].startswith("1 quarantined: 0 held, 1 did not (inconclusive); next")


@pytest.mark.parametrize(
    "body, verdict",
    [pytest.param(DEFECT, "defect", id="defect"), pytest.param(DRIFT, "drift", id="drift")],
)
@ALONE_AND_IN_WORKERS
def test_a_fault_of_the_api_is_red_all_the_same(
    suite: Suite, raw_server: Serve, body: str, verdict: str, workers: list[str]
) -> None:
    """INVARIANT: no marker excuses the API; the report says so in a line."""
    ran = suite(quarantined("ill", body), *workers, base_url=raw_server(api()).url)

    assert ran.ret == 1, ran.text
    assert ran.verdicts["test_it"] == verdict
    ran.result.assert_outcomes(passed=1, failed=1)
    assert (
        "the test is quarantined by ann until 2999-12-31 (login flickers), which covers no fault "
        f"of the API: {verdict} is red"
    ) in ran.text
    assert f"1 quarantined: 0 held, 1 did not ({verdict}); next expiry" in "\n".join(ran.section)


def test_what_holds_stays_what_it_is(suite: Suite, raw_server: Serve) -> None:
    """A pass is a pass, and its entry is counted."""
    ran = suite(quarantined("ill", PASS), base_url=raw_server(api()).url)

    assert ran.ret == 0
    ran.result.assert_outcomes(passed=2)
    assert ran.section[:2] == [
        "Green: all 2 tests held.",
        "1 quarantined: 1 held; next expiry 2999-12-31 (ann)",
    ]


@pytest.mark.parametrize(
    "body, own",
    [
        pytest.param(PASS, "pass", id="pass"),
        pytest.param(UNJUDGED, "inconclusive", id="inconclusive"),
    ],
)
@ALONE_AND_IN_WORKERS
def test_an_entry_that_is_over_is_red_whatever_the_test_did(
    suite: Suite, raw_server: Serve, body: str, own: str, workers: list[str]
) -> None:
    """Who, since when and what to do stand in the failure."""
    source = quarantined("late", body)

    ran = suite(source, *workers, base_url=raw_server(api()).url, toml=QUICK)

    assert ran.ret == 1, ran.text
    assert ran.verdicts["test_it"] == "test_bug"
    assert ran.codes["test_it"][-1] == "test.quarantine_expired"
    for told in (
        "TEST BUG test.quarantine_expired: quarantined by bob until 2020-01-31, which is over",
        f"the test itself came to {own}: it is its entry that is red",
        "mend the test and take its marker away, or agree on another day with its owner",
    ):
        assert told in ran.text
    assert "1 quarantined: 0 held, 1 did not (test_bug); 1 over since 2020-01-31 (bob)" in ran.text


@pytest.mark.parametrize(
    "body, code",
    [
        pytest.param(BUG, "test.exception", id="test-bug"),
        pytest.param(DEFECT, "status", id="defect"),
    ],
)
def test_a_red_test_keeps_its_cause_when_its_entry_is_over(
    suite: Suite, raw_server: Serve, body: str, code: str
) -> None:
    """What is wrong comes first, and that nobody mended it beside it."""
    ran = suite(quarantined("late", body), base_url=raw_server(api()).url)

    assert ran.ret == 1
    assert ran.codes["test_it"] == [code]
    assert "the quarantine by bob ended with 2020-01-31: slow runner" in ran.text


FIXTURE = """
@pytest.fixture
def broken():
    {before}
    yield
    {after}
"""


@pytest.mark.parametrize(
    "before, after, outcomes",
    [
        pytest.param("1 / 0", "", {"passed": 1, "xfailed": 1}, id="set-up"),
        pytest.param("", "1 / 0", {"passed": 2, "xfailed": 1}, id="tear-down"),
    ],
)
def test_a_broken_fixture_is_the_tests_own_fault(
    suite: Suite, raw_server: Serve, before: str, after: str, outcomes: dict[str, int]
) -> None:
    """A test that held and then broke in its tear-down counts as one that did not hold."""
    fixture = FIXTURE.format(before=before, after=after)
    source = f"{HEAD}{fixture}\n@ill\ndef test_it(api, broken):\n{PASS}"

    ran = suite(source, base_url=raw_server(api()).url)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(**outcomes)
    assert ran.section[:2] == [
        "Green: 1 test held. 1 quarantined test did not hold.",
        "1 quarantined: 0 held, 1 did not (test_bug); next expiry 2999-12-31 (ann)",
    ]


def test_a_defect_in_one_phase_outweighs_what_is_covered_in_another(
    suite: Suite, raw_server: Serve
) -> None:
    """The worst phase speaks for the test."""
    fixture = FIXTURE.format(before="", after="1 / 0")
    source = f"{HEAD}{fixture}\n@ill\ndef test_it(api, broken):\n{DEFECT}"

    ran = suite(source, base_url=raw_server(api()).url)

    assert ran.ret == 1
    ran.result.assert_outcomes(passed=1, failed=1, xfailed=1)
    assert ran.section[0] == "Red: 1 defect; 1 of 2 tests held."


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"@ill\nclass TestIt:\n    def test_it(self):\n    {BUG}", id="class"),
        pytest.param(f"pytestmark = ill\n\ndef test_it():\n{BUG}", id="module"),
        pytest.param(
            f"pytestmark = late\n\n@ill\ndef test_it():\n{BUG}\n"
            "test_well = pytest.mark.skip('elsewhere')(test_well)\n\n"
            "def test_odd(api):\n    pytest.skip('not here')\n",
            id="closest",
        ),
        pytest.param(
            f"@pytest.mark.parametrize('n', [pytest.param(1, marks=ill)])\ndef test_it(n):\n{BUG}",
            id="parameter",
        ),
    ],
)
def test_an_entry_holds_wherever_it_stands(suite: Suite, raw_server: Serve, source: str) -> None:
    """The closest entry counts; what is skipped has none that could be over."""
    ran = suite(HEAD + source, "-rx", base_url=raw_server(api()).url)

    assert ran.result.parseoutcomes()["xfailed"] == 1
    assert ran.ret == (5 if "test_odd" in source else 0), ran.text
    assert " - quarantined by ann until 2999-12-31: login flickers: TEST BUG" in ran.text


def test_an_entry_holds_without_pytests_own_plugin(suite: Suite, raw_server: Serve) -> None:
    """No part of pytest is needed for it, whatever the reader wants to see."""
    source, url = quarantined("ill", BUG), raw_server(api()).url

    ran = suite(source, "-p", "no:skipping", "-ra", base_url=url, head="", apart=True)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(passed=1, xfailed=1)
    assert not ran.shows_our_frames


def test_a_run_of_nothing_else_is_not_green(suite: Suite, raw_server: Serve) -> None:
    """Where all that was run is excused, nothing was checked."""
    source = quarantined("ill", BUG)

    ran = suite(source, "-k", "test_it", base_url=raw_server(api()).url)

    assert ran.ret == 5, ran.text
    assert ran.section[0] == (
        "Not green: every test that was run is quarantined, and none of them held, so nothing was "
        "checked."
    )


def test_an_expected_failure_stays_one(suite: Suite, raw_server: Serve) -> None:
    """`xfail` has the first word as long as the entry is open."""
    source = quarantined("ill\n@pytest.mark.xfail(reason='known')", BUG)

    ran = suite(source, "-rx", base_url=raw_server(api()).url)

    assert ran.ret == 0
    ran.result.assert_outcomes(passed=1, xfailed=1)
    assert "XFAIL test_suite.py::test_it - known" in ran.text
    assert "quarantined" not in ran.text


@pytest.mark.parametrize(
    "body, outcome",
    [pytest.param(BUG, "test.exception", id="xfail"), pytest.param(PASS, "expired", id="xpass")],
)
def test_an_expectation_does_not_outlive_the_entry(
    suite: Suite, raw_server: Serve, body: str, outcome: str
) -> None:
    """Another marker cannot make a test green whose entry is over."""
    source = quarantined("late\n@pytest.mark.xfail(strict=False)", body)

    ran = suite(source, base_url=raw_server(api()).url)

    assert ran.ret == 1, ran.text
    assert ran.verdicts["test_it"] == "test_bug"
    assert outcome in ran.codes["test_it"][-1]


SUBTESTS = """
@ill
def test_it(api, subtests):
    with subtests.test("one"):
        {one}
    with subtests.test("two"):
        expect(api.get("/well"), 200)
"""


@pytest.mark.parametrize(
    "one, code",
    [
        pytest.param("raise KeyError", 0, id="covered"),
        pytest.param("expect(api.get('/wrong'), 200)", 1, id="defect"),
    ],
)
def test_parts_of_a_test_are_covered_alike(
    suite: Suite, raw_server: Serve, one: str, code: int
) -> None:
    """A part's fault is the test's, and a defect in a part is red."""
    ran = suite(HEAD + SUBTESTS.format(one=one), base_url=raw_server(api()).url)

    assert ran.ret == code, ran.text
    found = ran.result.parseoutcomes()
    assert (found.get("xfailed", 0) > 0, found.get("failed", 0) > 0) == (code == 0, code == 1)


def patient(suite: Suite, raw_server: Serve, sky: Sky, *arguments: str) -> Ran:
    """A run whose quarantined test meets weather that goes away when it is waited for."""
    source = HEAD.replace(", dict", "") + "@ill\ndef test_it(api):\n    expect(api.get('/x'), 200)"
    return suite(source, *arguments, base_url=raw_server(sky.script()).url, toml=PATIENT)


def test_an_unjudged_test_is_run_again_first(suite: Suite, raw_server: Serve, sky: Sky) -> None:
    """Being quarantined does not take a test's second chance."""
    ran = patient(suite, raw_server, sky)

    assert ran.ret == 0, ran.text
    assert ran.verdicts == {"test_well": "recovered", "test_it": "recovered"}
    assert "1 quarantined: 1 held; next expiry 2999-12-31 (ann)" in ran.section


@ALONE_AND_IN_WORKERS
def test_a_test_that_was_never_judged_is_covered_in_the_end(
    suite: Suite, raw_server: Serve, sky: Sky, workers: list[str]
) -> None:
    """What is handed on after a wait in vain is excused like any other."""
    sky.patient = False

    ran = patient(suite, raw_server, sky, *workers, "--rh-set=requeue.seconds=1")

    assert ran.ret == 75, ran.text
    ran.result.assert_outcomes(errors=1, xfailed=1)
    assert ran.section[0].startswith("Not judged: 1 of 1 test")
    assert "1 quarantined test did not hold." in ran.section[0]


def test_the_first_failure_does_not_stop_a_run_that_it_does_not_fail(
    suite: Suite, raw_server: Serve
) -> None:
    """`-x` and `--lf` know it as no failure."""
    source = quarantined("ill", BUG) + "\ndef test_after(api):\n    expect(api.get('/well'), 200)\n"
    url = raw_server(api()).url

    first = suite(source, "-x", "--cache-clear", base_url=url)
    again = suite(source, "--lf", base_url=url)

    first.result.assert_outcomes(passed=2, xfailed=1)
    assert "no previously failed tests" in again.text


def test_another_plugin_may_run_it_again(suite: Suite, raw_server: Serve) -> None:
    """What fails to the last is covered; how often it ran is the other plugin's."""
    ran = suite(quarantined("ill", BUG), "--reruns=1", base_url=raw_server(api()).url)

    assert ran.ret == 0, ran.text
    ran.result.assert_outcomes(passed=1, xfailed=1)


def test_junit_files_tell_it_as_skipped(suite: Suite, raw_server: Serve) -> None:
    """With the entry and the cause as message, in ours with the whole story."""
    files = "--junitxml=plain.xml", "--rh-junit=ours.xml"

    ran = suite(quarantined("ill", BUG), *files, base_url=raw_server(api()).url)

    plain, ours = ((ran.folder / name).read_text("utf-8") for name in ("plain.xml", "ours.xml"))
    message = 'message="quarantined by ann until 2999-12-31: login flickers: TEST BUG test.exceptio'
    assert f'<skipped type="pytest.xfail" {message}' in plain
    assert f'<skipped type="redhanded.quarantine" {message}' in ours
    assert "raise KeyError" in ours.partition("<skipped")[2].partition("</skipped>")[0]
    assert 'failures="0" errors="0" skipped="1"' in ours


def test_the_evidence_names_owner_and_day(
    suite: Suite, raw_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that history knows who mends what; a secret in it is masked like everywhere."""
    monkeypatch.setenv("TOKEN", "s3cr3t-w0rd-of-nobody")
    source = quarantined("ill", BUG).replace('owner="ann"', 'owner="s3cr3t-w0rd-of-nobody"')
    toml = 'identities.default = { kind = "bearer", token = "env:TOKEN" }\n'

    ran = suite(source, "-rx", base_url=raw_server(api()).url, toml=toml)

    ended = {event["test_id"].rpartition("::")[2]: event for event in ran.of("test_ended")}
    assert ended["test_it"]["until"] == "2999-12-31"
    assert ended["test_it"]["owner"]
    assert (ended["test_well"]["owner"], ended["test_well"]["until"]) == ("", "")
    assert "s3cr3t" not in ran.text + str(ran.events)


@pytest.mark.parametrize(
    "arguments, problem",
    [
        pytest.param("", "lacks owner", id="bare"),
        pytest.param("owner='a', reason='r'", "lacks until", id="no-end"),
        pytest.param("owner='a', until='2999-12-31'", "lacks reason", id="no-reason"),
        pytest.param("'a', '2999-12-31', 'r'", "takes everything by name", id="positions"),
        pytest.param("owner='a', till='2999-12-31', reason='r'", "knows no 'till'", id="name"),
        pytest.param(
            "owner='a', until='31.12.2999', reason='r'",
            "cannot end with '31.12.2999', which is no day",
            id="not-iso",
        ),
        pytest.param(
            "owner='a', until='29991231', reason='r'", "cannot end with '29991231'", id="basic-iso"
        ),
        pytest.param(
            "owner='a', until='2999-02-30', reason='r'", "cannot end with '2999-02-30'", id="no-day"
        ),
        pytest.param(
            "owner='a', until=20991231, reason='r'",
            "needs a line of text as its until, not 20991231",
            id="number",
        ),
        pytest.param(
            "owner=' ', until='2999-12-31', reason='r'",
            "needs a line of text as its owner, not ' '",
            id="blank",
        ),
        pytest.param(
            "owner='a', until='2999-12-31', reason='...'",
            "needs a line of text as its reason, not '...'",
            id="example",
        ),
        pytest.param(
            "owner='a', until='2999-12-31', reason='r' * 400",
            "needs a line of text as its reason, not 'rrr",
            id="too-long",
        ),
        pytest.param(
            "owner='a\\nb', until='2999-12-31', reason='r'",
            "needs a line of text as its owner, not 'a\\nb'",
            id="two-lines",
        ),
    ],
)
def test_an_entry_that_cannot_be_meant_stops_the_run(
    suite: Suite, arguments: str, problem: str
) -> None:
    """Before any test runs, with file, line and what to write."""
    source = f"{HEAD}@pytest.mark.quarantine({arguments})\ndef test_it():\n    pass\n"

    ran = suite(source, base_url="http://127.0.0.1:9")

    assert ran.ret == 4
    line = HEAD.count("\n") + 1
    told = f"test_suite.py:{line}: the marker quarantine {problem}"
    assert told in ran.text
    assert (
        'write @pytest.mark.quarantine(owner="ann", until="2026-12-31", reason="...")' in ran.text
    )
    assert ran.of("test_started") == []
    assert not ran.shows_our_frames


def test_what_only_workers_see_stops_the_run_alike(suite: Suite) -> None:
    """The controller collects nothing itself; it says what its workers refused, once."""
    source = f"{HEAD}@pytest.mark.quarantine\ndef test_it():\n    pass\n"

    ran = suite(source, "-n2", base_url="http://127.0.0.1:9")

    assert ran.ret == 4
    assert ran.text.count("the marker quarantine lacks owner: write") == 1
    assert ran.of("test_started") == []
    assert not ran.shows_our_frames


class Marked:
    """An item with one marker."""

    def __init__(self, until: str) -> None:
        kwargs = {"owner": " ann ", "until": until, "reason": "x"}
        self._mark = pytest.mark.quarantine(**kwargs).mark

    def get_closest_marker(self, _: str) -> pytest.Mark:
        return self._mark


@pytest.mark.parametrize(
    "now, is_over",
    [
        pytest.param("2026-12-31T00:00:00+00:00", False, id="last-day-begins"),
        pytest.param("2026-12-31T23:59:59.999+00:00", False, id="last-moment"),
        pytest.param("2027-01-01T00:00:00+00:00", True, id="day-after"),
        pytest.param("2027-01-01T01:30:00+02:00", False, id="day-after-elsewhere"),
    ],
)
def test_an_entry_lasts_until_the_end_of_its_day(now: str, *, is_over: bool) -> None:
    """The day is one of UTC, wherever the run takes place."""
    item = cast("pytest.Item", Marked("2026-12-31"))

    entry = quarantine_of(item, datetime.fromisoformat(now).timestamp())

    assert entry is not None
    assert (entry.owner, entry.is_over) == ("ann", is_over)


def report(name: str, verdict: Verdict, until: str, owner: str, state: str) -> pytest.TestReport:
    """How a quarantined test ended."""
    told = {VERDICT: str(verdict), HEADLINE: f"{verdict}!", STATE: state, UNTIL: until}
    return pytest.TestReport(
        nodeid=name,
        location=("", None, ""),
        keywords={},
        outcome="failed" if verdict is not Verdict.PASS else "passed",
        longrepr=None,
        when="call",
        user_properties=[*told.items(), (OWNER, owner), (REASON, "r")],
    )


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
@pytest.mark.parametrize("state", [OPEN, OVER])
def test_what_an_entry_covers(verdict: Verdict, state: str) -> None:
    """INVARIANT: while it lasts, the test's own faults and what nobody could judge; else nothing.

    Of all that it does not cover, and that did not hold, it says why.
    """
    day, now = "2026-12-31", {OPEN: 0.0, OVER: 4e9}[state]
    entry = quarantine_of(cast("pytest.Item", Marked(day)), now)
    ended = report("test_it", verdict, day, "ann", state)

    cover(ended)

    is_covered = state == OPEN and verdict in {Verdict.TEST_BUG, Verdict.INCONCLUSIVE}
    assert entry is not None
    assert hasattr(ended, "wasxfail") is is_covered
    assert (ended.outcome == "skipped") is is_covered
    assert (entry.remark(verdict) == "") is is_covered


def test_the_summary_adds_up_all_entries() -> None:
    """Kinds of failure are counted, the next expiry is the earliest, and few tests are named."""
    quarantined, ends = Quarantined(), ["2026-03-01", "2026-02-01", "2026-04-01", "2026-05-01"]
    for number, until in enumerate(ends):
        quarantined.note(report(f"t{number}", Verdict.TEST_BUG, until, f"o{number}", "open"))
    quarantined.note(report("d", Verdict.DEFECT, "2026-12-01", "d", "open"))
    quarantined.note(report("p", Verdict.PASS, "2026-12-01", "p", "open"))
    quarantined.note(report("x", Verdict.TEST_BUG, "2025-01-01", "bob", "over"))

    head, *named = quarantined.lines(str.upper)
    every = [*quarantined.lines(str, are_all_named=True)]

    assert head == (
        "7 quarantined: 1 held, 6 did not (1 defect, 5 test_bug); 1 over since 2025-01-01 (bob); "
        "next expiry 2026-02-01 (o1)"
    )
    assert named == ["    T0: test_bug!", "    T1: test_bug!", "    T2: test_bug!", "    + 1 more"]
    assert every[-1] == "    t3: test_bug!"


def test_nothing_is_said_where_nothing_is_quarantined() -> None:
    """Nobody has to read of what there is not."""
    assert [*Quarantined().lines(str)] == []
