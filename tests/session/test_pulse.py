"""The pulse: a canary for every hundred attempts of tests, while nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from redhanded.reports.spool import read_spool
from redhanded.session.pulse import EVERY, Pulse
from redhanded.session.session import Session
from tests.core.attempts import attempt
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project

Opened = Callable[..., Session]


@pytest.fixture
def opened(project: Project) -> Iterator[Opened]:
    """Opens a session on an API; more lines go into its table of settings."""
    made: list[Session] = []

    def open_(url: str, more: str = "") -> Session:
        loaded = project.table(f'base_url = "{url}"\n{more}').load()
        made.append(Session(loaded, run_id="run1", seed=7))
        return made[-1]

    yield open_
    for session in made:
        session.close(0)


def pulse_of(session: Session) -> Pulse:
    """The pulse of that session."""
    return Pulse(session.settings, session.clients, session.examiner)


def called(session: Session, times: int) -> None:
    """Tests of the session have sent so many requests more."""
    for _ in range(times):
        session.examiner.almanac.note("a", attempt())


@pytest.mark.parametrize("sent, asked", [(99, 0), (100, 1), (1_000, 1)])
def test_a_hundred_attempts_are_worth_a_canary(
    opened: Opened, raw_server: StartRaw, sent: int, asked: int
) -> None:
    """However many a single test makes: one at a time."""
    server = raw_server(raw.answer(200))
    session = opened(server.url)
    pulse = pulse_of(session)

    called(session, sent)
    pulse.beat()
    pulse.beat()

    assert [request.path for request in server.requests] == ["/health"] * asked


def test_no_more_than_one_in_a_hundred_is_asked(opened: Opened, raw_server: StartRaw) -> None:
    """INVARIANT: at most one percent more load, over the whole run."""
    server = raw_server(raw.answer(200))
    session = opened(server.url)
    pulse = pulse_of(session)

    for _ in range(500):
        called(session, 1)
        pulse.beat()

    assert len(server.requests) == 500 // EVERY


def test_a_canary_of_the_pulse_is_in_the_spool_and_in_no_budget(
    opened: Opened, raw_server: StartRaw
) -> None:
    """It belongs to no test: what a diagnosis may ask stays the same."""
    session = opened(raw_server(raw.answer(200)).url)
    called(session, EVERY)

    pulse_of(session).beat()

    assert session.examiner.almanac.asked == 0
    events = read_spool(session.folder / "spool" / "main.ndjson")
    (asked,) = [event for event in events if event["event"] == "attempt_ended"]
    assert (asked["test_id"], asked["exchange"]["purpose"]) == ("", "canary")


@pytest.mark.parametrize("status", [500, 503], ids=["error", "unavailable"])
def test_a_canary_that_is_not_well_is_asked_less_often(
    opened: Opened, raw_server: StartRaw, status: int
) -> None:
    """An API without a health endpoint is left alone, sooner or later."""
    server = raw_server(raw.answer(status))
    session = opened(server.url, "breaker = { consecutive = 50, minimum = 50 }\n")
    pulse = pulse_of(session)

    asked = []
    for sent in range(1, 1_501):
        called(session, 1)
        before = len(server.requests)
        pulse.beat()
        asked += [sent] * (len(server.requests) - before)

    assert asked == [100, 300, 700, 1_500]


def test_an_api_that_is_down_is_left_to_its_circuit(opened: Opened, raw_server: StartRaw) -> None:
    """Whoever waits for it to be well asks it."""
    server = raw_server(raw.answer(503))
    session = opened(server.url, "breaker = { consecutive = 1 }\n")
    session.examiner.look()
    assert session.outage()
    asked = len(server.requests)

    called(session, EVERY)
    pulse_of(session).beat()

    assert len(server.requests) == asked


@pytest.mark.parametrize(
    "more",
    ["history = { enabled = false }\n", "diagnosis = { enabled = false }\n"],
    ids=["history", "diagnosis"],
)
def test_whoever_wants_no_more_requests_gets_none(
    opened: Opened, raw_server: StartRaw, more: str
) -> None:
    """Either switch is enough."""
    server = raw_server(raw.answer(200))
    session = opened(server.url, more)
    called(session, EVERY)

    pulse_of(session).beat()

    assert not server.requests


def test_without_an_api_there_is_no_pulse(project: Project) -> None:
    """A suite without a base URL calls nobody."""
    session = Session(project.load(), run_id="run1", seed=7)
    called(session, EVERY)

    pulse_of(session).beat()

    assert session.examiner.almanac.sent == EVERY
    session.close(0)
