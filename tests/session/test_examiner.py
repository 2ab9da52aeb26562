"""The examiner: what a session asks of the API when a verdict needs it, and when it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest

from redhanded.core.verdicts import Verdict
from redhanded.pipeline.breaker import State
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.session import Session
from redhanded.session.test_run import TestRun
from tests.pipeline.driving import FakeClock
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.servers.raw.answers import HTML, JSON
from tests.session.projects import Project
from tests.verdict.answers import lost

TABLE = 'base_url = "{url}"\nhealth = "/health"\n'
Opened = Callable[..., Session]


@pytest.fixture
def clock() -> FakeClock:
    """A clock that only pauses move."""
    return FakeClock()


@pytest.fixture
def opened(project: Project, clock: FakeClock) -> Iterator[Opened]:
    """Opens a session on an API; more lines go into its table of settings."""
    made: list[Session] = []

    def open_(url: str, more: str = "") -> Session:
        loaded = project.table(TABLE.format(url=url) + more).load()
        around = Surroundings(clock=clock, sleep=clock.advance, random=lambda: 0.0)
        session = Session(loaded, run_id="run1", seed=7, surroundings=around)
        made.append(session)
        return session

    yield open_
    for session in made:
        session.close(0)


def judged(run: TestRun, *paths: str, method: str = "GET") -> tuple[Verdict, str]:
    """The verdict on a test that makes these calls and expects nothing."""
    error: Exception | None = None
    try:
        for path in paths:
            run.client().request(method, path)
    except httpx2.HTTPError as failure:
        error = failure
    judgement = run.judge("call", error)
    return judgement.verdict, judgement.findings[0].code if judgement.findings else ""


def by_path(answers: dict[str, raw.Script]) -> raw.Script:
    """A server that does with each path what its script says; a 200 for all others."""

    class Choose:
        def play(self, line: Any) -> None:  # noqa: ANN401  a step's own
            target = line.read_request().target
            for step in answers.get(target, (raw.Send(raw.message()),)):
                step.play(line)

    return (Choose(),)


CUT = (raw.Send(raw.message()[:-3]), raw.Close())


def test_one_input_that_always_breaks_is_a_defect(opened: Opened, raw_server: StartRaw) -> None:
    """INVARIANT: cut at the same byte each time, other inputs and the canary well: red."""
    server = raw_server(by_path({"/booking/7": CUT}))
    session = opened(server.url)
    judged(session.begin("test_good"), "/booking/8")

    verdict, code = judged(session.begin("test_bad"), "/booking/7")

    assert (verdict, code) == (Verdict.DEFECT, "http.truncated")


def test_control_requests_are_recorded_and_are_not_the_tests_own(
    opened: Opened, raw_server: StartRaw
) -> None:
    """INVARIANT: diagnosis leaves its trail, on fresh connections, and counts apart."""
    server = raw_server(by_path({"/booking/7": CUT}))
    session = opened(server.url)

    judged(session.begin("test_bad"), "/booking/7")

    seen = list(session.examiner.almanac.latest(lambda _: True))
    assert {attempt.purpose for attempt in seen} == {"test", "canary", "probe"}
    assert not any(attempt.reused for attempt in seen if attempt.purpose != "test")
    assert session.account().attempts == 2


def test_a_replay_is_the_same_request_in_a_trace_of_its_own(
    opened: Opened, raw_server: StartRaw
) -> None:
    """Method, path and headers; the credential too, and no second login."""
    server = raw_server(by_path({"/booking/7?a=b": CUT}))
    session = opened(server.url, 'auth = {kind = "api_key", name = "X-Key", value = "env:KEY"}\n')

    judged(session.begin("test_bad"), "/booking/7?a=b")

    sent = [one for one in server.requests if one.target == "/booking/7?a=b"]
    headers = [{name.lower(): value for name, value in one.headers} for one in sent]
    assert len(sent) == 3  # two attempts of the call, one replay
    assert {one["x-key"] for one in headers} == {"key-1234567"}
    assert len({one["traceparent"] for one in headers}) == 3
    canaries = [one for one in server.requests if one.target == "/health"]
    assert all("x-key" not in {name.lower() for name, _ in one.headers} for one in canaries)


@pytest.fixture(autouse=True)
def key(project: Project) -> None:
    """The secret of the identity."""
    project.set(KEY="key-1234567")


def test_a_breach_that_was_seen_once_lingers(project: Project, raw_server: StartRaw) -> None:
    """INVARIANT: a later success does not erase an earlier failure that nothing else explains."""
    server = raw_server(raw.late_answer(seconds=0.3), raw.answer())
    ceilings = '[tool.redhanded.ceilings]\n"GET /x" = 0.1\n'
    loaded = project.table(TABLE.format(url=server.url) + ceilings).load()
    session = Session(loaded, run_id="run1", seed=7)

    first = judged(session.begin("test_it"), "/x")
    again = judged(session.begin("test_it", round_=1), "/x")
    other = judged(session.begin("test_other"), "/x")

    assert first == again == (Verdict.INCONCLUSIVE, "latency.once")
    assert other == (Verdict.PASS, "")
    session.close(0)


def test_a_budget_bounds_what_is_asked(opened: Opened, raw_server: StartRaw) -> None:
    """INVARIANT: beyond floor and share nothing is asked, and nobody is convicted."""
    server = raw_server(by_path({"/booking/7": CUT}))
    session = opened(server.url, "[tool.redhanded.diagnosis]\nfloor = 3\nshare = 0.0\n")
    judged(session.begin("test_good"), "/booking/8")

    verdict, _ = judged(session.begin("test_bad"), "/booking/7")

    assert verdict is Verdict.INCONCLUSIVE
    assert session.examiner.almanac.asked == 3


def test_without_diagnosis_the_table_alone_decides(opened: Opened, raw_server: StartRaw) -> None:
    """Nothing is asked."""
    server = raw_server(by_path({"/booking/7": CUT}))
    session = opened(server.url, "[tool.redhanded.diagnosis]\nenabled = false\n")
    judged(session.begin("test_good"), "/booking/8")

    verdict, _ = judged(session.begin("test_bad"), "/booking/7")

    assert verdict is Verdict.INCONCLUSIVE
    assert session.examiner.almanac.asked == 0


def test_a_green_run_asks_nothing(opened: Opened, raw_server: StartRaw) -> None:
    """INVARIANT: in calm the diagnosis costs no request."""
    session = opened(raw_server(raw.answer()).url)

    assert judged(session.begin("test_good"), "/a", "/b") == (Verdict.PASS, "")
    assert session.examiner.almanac.asked == 0


def asked(session: Session) -> int:
    """How many canaries the session has sent."""
    return sum(1 for _ in session.examiner.almanac.latest(lambda one: one.purpose == "canary"))


class TestOutages:
    """Whether a test need begin."""

    def fallen(self, session: Session) -> None:
        """The circuit of the API opens."""
        breaker = session.clients.origins.of(httpx2.URL(session.settings.base_url or "")).breaker
        for _ in range(3):
            breaker.record(breaker.permit, "fail")
        assert breaker.state is State.OPEN

    def test_all_is_well(self, opened: Opened, closed_port: int) -> None:
        """INVARIANT: a closed circuit is asked nothing."""
        assert opened(f"http://127.0.0.1:{closed_port}").outage() == ""

    def test_without_a_base_url_nothing_is_known(self, project: Project) -> None:
        """Tests that name whole URLs are not held back."""
        session = Session(project.load(), run_id="run1", seed=7)

        assert session.outage() == ""
        assert session.await_calm(0.0)
        session.close(0)

    def test_an_api_that_is_known_to_be_down_is_not_asked_before_its_time(
        self, opened: Opened, closed_port: int
    ) -> None:
        """INVARIANT: no test burns its time in an outage that is known."""
        session = opened(f"http://127.0.0.1:{closed_port}")
        self.fallen(session)

        assert "is known to be down, and is asked again in 1.0 s" in session.outage()
        assert asked(session) == 0

    def test_an_api_that_is_still_down_is_asked_once(
        self, opened: Opened, closed_port: int, clock: FakeClock
    ) -> None:
        """And left alone for twice as long."""
        session = opened(f"http://127.0.0.1:{closed_port}")
        self.fallen(session)
        clock.advance(1.0)

        assert "was not well when asked again" in session.outage()
        assert "asked again in 2.0 s" in session.outage()
        assert asked(session) == 1

    def test_an_api_that_is_back_closes_its_circuit(
        self, opened: Opened, raw_server: StartRaw, clock: FakeClock
    ) -> None:
        """Three canaries on its ramp, and the test may begin."""
        session = opened(raw_server(raw.answer()).url)
        self.fallen(session)
        clock.advance(1.0)

        assert session.outage() == ""
        assert asked(session) == 3

    def test_calm_is_waited_for(self, opened: Opened, raw_server: StartRaw) -> None:
        """INVARIANT: until the canary is well; this is no part of any test's budget."""
        session = opened(raw_server(*[raw.answer(503)] * 2, raw.answer()).url)

        assert session.await_calm(60.0)
        assert asked(session) == 3
        assert session.examiner.almanac.asked == 0

    @pytest.mark.parametrize(
        "server, looks", [pytest.param("portal", 3, id="portal"), pytest.param("api", 1, id="own")]
    )
    def test_a_portal_is_no_calm(
        self, opened: Opened, raw_server: StartRaw, server: str, looks: int
    ) -> None:
        """INVARIANT: a page of another server than the API's; its own health may be a page."""
        page = raw.answer(200, b"<p>", headers=[HTML, ("Server", server)])
        document = raw.answer(headers=[JSON, ("Server", "api")])
        session = opened(raw_server(*[document] * 3, *[page] * 2, document).url)
        judged(session.begin("test_first"), "/1", "/2", "/3")

        assert session.await_calm(60.0)
        assert asked(session) == looks

    @pytest.mark.parametrize(
        "server, looks",
        [pytest.param("elsewhere", 3, id="a stranger's"), pytest.param("api", 1, id="its own")],
    )
    def test_an_address_that_leads_elsewhere_is_no_calm(
        self, opened: Opened, raw_server: StartRaw, server: str, looks: int
    ) -> None:
        """INVARIANT: a 404 without the stamp is waited out; the API may have no health endpoint."""
        stamped = raw.answer(headers=[JSON, ("Server", "api"), ("X-Build", "7f3c")])
        missing = raw.answer(404, headers=[JSON, ("Server", server)])
        session = opened(raw_server(*[stamped] * 3, *[missing] * 2, stamped).url)
        judged(session.begin("test_first"), "/1", "/2", "/3")

        assert session.await_calm(60.0)
        assert asked(session) == looks

    def test_waiting_has_an_end(
        self, opened: Opened, raw_server: StartRaw, clock: FakeClock
    ) -> None:
        """INVARIANT: not longer than it was told."""
        session = opened(raw_server(raw.answer(503)).url)
        began = clock.monotonic()

        assert not session.await_calm(5.0)
        assert clock.monotonic() - began == pytest.approx(5.0)

    def test_later_rounds_wait_a_little(
        self, opened: Opened, raw_server: StartRaw, clock: FakeClock
    ) -> None:
        """Rounds that follow at once meet the same weather."""
        session = opened(raw_server(raw.answer()).url)
        began = clock.monotonic()

        waited = []
        for _ in range(3):
            assert session.await_round(120.0)
            waited.append(clock.monotonic() - began)

        assert waited == [0.0, 6.0, 18.0]

    @pytest.mark.parametrize(
        "rounds, waited", [(3, 72.0), (2, 18.0)], ids=["still failing", "over"]
    )
    def test_the_last_round_waits_for_what_only_time_can_tell(
        self,
        opened: Opened,
        raw_server: StartRaw,
        clock: FakeClock,
        rounds: int,
        waited: float,
    ) -> None:
        """A write whose route nobody else has called since it began to fail, in every round."""
        session = opened(raw_server(raw.answer()).url)
        write = lost("gateway", method="POST", started_at=clock.wall())
        suspicion = session.examiner.almanac.suspect("test_it", rounds - 1, [write])
        suspicion.needs_time = True
        began = clock.monotonic()

        for _ in range(3):
            assert session.await_round(120.0)

        assert clock.monotonic() - began == pytest.approx(waited)
