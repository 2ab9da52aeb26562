"""Workers of one run that wait for an API: one of them asks, the others believe that it is out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.session import Session
from tests.pipeline.driving import FakeClock
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project

Start = Callable[[str, int], Session]


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the machine."""
    return FakeClock()


@pytest.fixture
def start(project: Project, clock: FakeClock) -> Iterator[Start]:
    """Starts the worker of that number."""
    made: list[Session] = []

    def started(url: str, number: int) -> Session:
        loaded = project.table(f'base_url = "{url}"\nfolder = "{project.root}"').load()
        around = Surroundings(clock=clock, sleep=clock.advance)
        session = Session(
            loaded, run_id="run1", seed=7, worker=f"gw{number}", workers=3, surroundings=around
        )
        made.append(session)
        return session

    yield started
    for session in made:
        session.close(0)


def test_an_api_that_is_out_is_asked_by_one_worker_at_a_time(
    start: Start, raw_server: StartRaw, clock: FakeClock
) -> None:
    """INVARIANT: workers that wait do not make a crowd at the door."""
    server = raw_server(raw.answer(503))
    workers = [start(server.url, number) for number in range(3)]

    at_once = [worker.await_calm(0) for worker in workers]
    asked_at_once = len(server.requests)
    clock.advance(1)
    later = [worker.await_calm(0) for worker in workers]

    assert (at_once, later) == ([False] * 3, [False] * 3)
    assert (asked_at_once, len(server.requests)) == (1, 2)


def test_an_api_that_is_well_is_seen_by_each_worker(start: Start, raw_server: StartRaw) -> None:
    """INVARIANT: nobody runs its tests again on another one's word."""
    server = raw_server(raw.answer_json({}))
    workers = [start(server.url, number) for number in range(3)]

    assert [worker.await_calm(0) for worker in workers] == [True] * 3
    assert len(server.requests) == 3
