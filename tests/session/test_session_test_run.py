"""The part of one test: its clients, its verdict, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx2
import pytest

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.core.errors import UsageError
from redhanded.core.events import Event, TestEnded
from redhanded.core.verdicts import Finding, Verdict
from redhanded.core.violation import Violation
from redhanded.pipeline.call import Call
from redhanded.session.scenes import story
from redhanded.session.session import Session
from redhanded.session.test_run import TestRun
from redhanded.verdict.triage import triage
from tests.session.projects import Project

TRIAGE = "redhanded.session.test_run.triage"
SECRET = "tok-7f3c1e2d9a8b4c5d"
HOME = "http://shop.test/api"
GET = Attempt(
    id="5" * 16,
    trace_id="a" * 32,
    call_id="c",
    number=1,
    purpose="test",
    method="GET",
    url=f"{HOME}/x?q=1",
    raw_request_headers=((b"Authorization", f"Bearer {SECRET}".encode()),),
    request_body=None,
    started_at=1.0,
    elapsed=0.012,
    marks=(),
    reused=False,
    status=200,
    raw_response_headers=((b"X-Build", b"7f3c"), (b"Content-Type", b"text/plain")),
    response_body=SECRET.encode(),
)
CANCELLED = GET._replace(
    status=None,
    row="cancelled",
    failure=Failure("cancelled", Phase.WAIT, "KeyboardInterrupt", ""),
)
LEAK = Finding(
    Verdict.DEFECT,
    "value",
    f"it is {SECRET}",
    GET.id,
    (Violation("value", f"$.{SECRET}", SECRET, f"not {SECRET}", suggestion=f'"{SECRET}"'),),
    (f"seen {SECRET}",),
)


@pytest.fixture
def session(project: Project) -> Iterator[Session]:
    """A session with a secret, which keeps what it emits in a list."""
    project.set(SHOP_TOKEN=SECRET).table(
        f'base_url = "{HOME}"\nauth = {{kind = "bearer", token = "env:SHOP_TOKEN"}}\n'
        'evidence = "all"\ntrace_url = "https://traces.test/{trace_id}"'
    )
    made = Session(project.load(), run_id="run1", seed=7)
    yield made
    made.close(0)


@pytest.fixture
def run(session: Session) -> TestRun:
    """The part of a test in that session."""
    return session.begin("tests/test_shop.py::test_it")


@pytest.fixture
def ended(session: Session, monkeypatch: pytest.MonkeyPatch) -> list[TestEnded]:
    """The ends of tests that the session tells its reporters of."""
    told: list[TestEnded] = []

    def emit(event: Event) -> None:
        if isinstance(event, TestEnded):
            told.append(event)

    monkeypatch.setattr(session, "emit", emit)
    return told


def called(run: TestRun, session: Session, *attempts: Attempt) -> Call:
    """A call with these attempts in the test's ledger."""
    origin = session.clients.origins.of(httpx2.URL(HOME))
    call = Call(run.scope.shared, origin, origin, attempts=list(attempts))
    run.scope.calls.append(call)
    return call


def test_an_identity_has_one_client(run: TestRun) -> None:
    """The same each time, so that its cookies are the test's."""
    assert run.client() is run.client()
    assert run.async_client() is run.async_client()
    assert run.asked_for_client


def test_without_a_base_url_a_client_says_where_to_write_one(project: Project) -> None:
    """All three places are named."""
    session = Session(project.load(), run_id="run1", seed=7)
    run = session.begin("test_it")

    with pytest.raises(UsageError, match=r"\[tool.redhanded\].*REDHANDED_BASE_URL.*--rh-base-url"):
        run.client()

    session.interrupt()
    session.close(0)


def test_a_fault_while_judging_costs_one_verdict(
    run: TestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is ours, told with a plea to report it, and the run goes on."""

    def broken(
        error: BaseException | None, calls: list[Call], *, phase: str, **_seam: object
    ) -> object:
        if calls or error is None:
            raise LookupError("no such row")
        return triage(error, calls, phase=phase)

    monkeypatch.setattr(TRIAGE, broken)

    verdict, (finding,) = run.judge("call", None)

    assert (verdict, finding.code) == (Verdict.TEST_BUG, "internal")
    sentence = "could not judge this test (LookupError: no such row): please report it"
    assert sentence in finding.message


def test_a_test_that_was_cut_in_a_call_is_not_judged_by_it(run: TestRun, session: Session) -> None:
    """A time limit fails the test by an assertion, and nobody knows the answer."""
    called(run, session, GET, CANCELLED)

    verdict, (finding,) = run.judge("call", AssertionError("Timeout (>1.0s)"))

    assert (verdict, finding.code) == (Verdict.INCONCLUSIVE, "run.interrupted")
    assert finding.message == "stopped before its verdict: Timeout (>1.0s)"


def test_a_failed_check_after_a_whole_answer_is_judged(run: TestRun, session: Session) -> None:
    """The same assertion where the call had ended is a defect."""
    called(run, session, GET)

    assert run.judge("call", AssertionError("no")).verdict is Verdict.DEFECT


@pytest.mark.parametrize("is_judged, verdict", [(True, Verdict.PASS), (False, None)])
def test_a_skipped_test_has_no_verdict(
    run: TestRun,
    session: Session,
    ended: list[TestEnded],
    verdict: Verdict | None,
    *,
    is_judged: bool,
) -> None:
    """A pass is a statement about the API, and a skip is none."""
    called(run, session, GET)
    run.judge("call", None)
    if not is_judged:
        run.skip(was_run=False)

    session.end(run)

    assert [event.verdict for event in ended] == [verdict]


def test_a_skip_does_not_hide_what_broke_before(run: TestRun, session: Session) -> None:
    """A teardown that fails after a skip is a bug of the test."""
    run.skip(was_run=False)
    run.judge("teardown", ValueError("no"))

    assert run.verdict is Verdict.TEST_BUG


def test_what_is_told_of_a_test_is_masked(
    run: TestRun, session: Session, ended: list[TestEnded], monkeypatch: pytest.MonkeyPatch
) -> None:
    """INVARIANT: neither findings nor bodies nor the story carry a secret to a reporter."""
    called(run, session, GET)
    monkeypatch.setattr(TRIAGE, lambda *_, **__: (Verdict.DEFECT, (LEAK,)))
    judgement = run.judge("call", AssertionError())

    text = story(judgement.findings, run, session)
    session.end(run)

    assert SECRET not in text
    assert SECRET not in repr(ended)
    assert ended[0].bodies[GET.id]["response"]["size"] == len(SECRET)


def test_a_story_tells_the_calls_between_the_headline_and_the_facts(
    run: TestRun, session: Session
) -> None:
    """Every attempt is a line, where there is more than one."""
    called(run, session, GET._replace(id="1" * 16), GET)
    finding = Finding(Verdict.DEFECT, "status", "404, want 200", GET.id, evidence=("it came",))

    lines = story([finding], run, session).splitlines()

    assert lines[:4] == [
        "DEFECT status: 404, want 200",
        "",
        "  calls     GET /api/x?q=1 -> 200 in 12 ms",
        "            GET /api/x?q=1 -> 200 in 12 ms",
    ]
    assert "build 7f3c" in lines[4]
    assert any(line.startswith("  why red   it came") for line in lines)
    assert any("https://traces.test/" in line for line in lines)


def test_a_story_beside_a_traceback_leaves_out_what_that_tells(
    run: TestRun, session: Session
) -> None:
    """The build, which the traceback lacks, goes to the evidence."""
    called(run, session, GET)
    finding = Finding(Verdict.DEFECT, "status", "404, want 200", GET.id, evidence=("it came",))

    text = story([finding], run, session, told="E   DEFECT status: 404, want 200")

    assert text.startswith("  why red   it came\n")
    assert "  evidence  build 7f3c  https://traces.test/" in text


def test_each_finding_is_told(run: TestRun, session: Session) -> None:
    """A test may break in more than one way; without any call there is nothing to replay."""
    findings = [
        Finding(Verdict.DEFECT, "assert", "one"),
        Finding(Verdict.TEST_BUG, "test.exception", "two"),
    ]

    text = story(findings, run, session)

    assert text.split("\n\n")[::2] == ["DEFECT assert: one", "TEST BUG test.exception: two"]
    assert "replay" not in text


class Broken:
    """A hearing of a contract that fails itself."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def hearing(self, _run: TestRun) -> Broken:
        """Itself."""
        return self

    def findings(self) -> list[Finding]:
        """Fail."""
        raise self.error

    def beside(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """The test's own findings, as they are."""
        return findings

    def excuse(self, reviewed: Sequence[Finding]) -> None:
        """Take nothing in."""

    def close(self) -> None:
        """Fail."""
        raise self.error


def test_a_contract_that_fails_itself_hides_no_defect(session: Session) -> None:
    """INVARIANT: what the test found stands beside it, and weighs more."""
    session.contracts = Broken(UsageError("The contract pact failed itself."))  # type: ignore[assignment]
    run = session.begin("tests/test_shop.py::test_it")
    called(run, session, GET)

    verdict, findings = run.judge("call", AssertionError("one"))

    assert verdict is Verdict.DEFECT
    assert [(found.verdict, found.code) for found in findings] == [
        (Verdict.DEFECT, "assert"),
        (Verdict.TEST_BUG, "test.usage"),
    ]
    session.end(run)


@pytest.mark.parametrize(
    "error, note",
    [
        pytest.param(UsageError("The contract pact failed itself."), "contract pact", id="theirs"),
        pytest.param(LookupError("no row"), "(LookupError: no row): please report it", id="ours"),
    ],
)
def test_a_contract_that_cannot_be_summed_up_costs_a_note(
    session: Session, ended: list[TestEnded], error: Exception, note: str
) -> None:
    """INVARIANT: whatever goes wrong when a test is over, its verdict is told."""
    session.contracts = Broken(error)  # type: ignore[assignment]
    run = session.begin("tests/test_shop.py::test_it")

    session.end(run)

    assert [event.verdict for event in ended] == [Verdict.PASS]
    assert note in session.notes[-1]
