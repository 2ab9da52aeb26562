"""Which store a process has, and two workers of a run who share what they know of an API."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from redhanded.core.errors import UsageError
from redhanded.core.settings import Settings
from redhanded.core.verdicts import Verdict
from redhanded.fleet.file import FileStore
from redhanded.fleet.memory import MemoryStore
from redhanded.pipeline.breaker import State
from redhanded.pipeline.load import GUARD
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.fleet import Part, sharing_of, store_of
from redhanded.session.session import Session
from tests.pipeline.driving import FakeClock
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.projects import Project

NOWHERE = "redis://127.0.0.1:1/0"


def part(workers: int = 0) -> Part:
    """A process of a run with so many workers."""
    return Part(run_id="run1", worker="gw0", workers=workers)


def nobody() -> int:
    """Nobody else was heard of."""
    return 1


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the store of a process, by its settings and the number of workers."""
    stores = []

    def open_(workers: int, **settings: object) -> Any:  # noqa: ANN401  whichever it is
        loaded = Settings.model_validate(settings)
        store = store_of(
            loaded, part(workers), tmp_path, surroundings=Surroundings(), tell=lambda _: None
        )
        stores.append(store)
        return store

    yield open_
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    "workers, settings, kind",
    [
        pytest.param(0, {}, "MemoryStore", id="one process"),
        pytest.param(1, {}, "FileStore", id="a worker and its controller"),
        pytest.param(4, {}, "FileStore", id="workers"),
        pytest.param(0, {"redis_url": NOWHERE}, "RedisStore", id="Redis"),
        pytest.param(4, {"redis_url": NOWHERE}, "RedisStore", id="Redis for workers"),
        pytest.param(4, {"fleet": {"enabled": False}}, "MemoryStore", id="none for workers"),
        pytest.param(
            4, {"fleet": {"enabled": False}, "redis_url": NOWHERE}, "MemoryStore", id="none at all"
        ),
    ],
)
def test_the_store_is_what_the_processes_can_share(
    opened: Callable[..., Any], workers: int, settings: dict[str, object], kind: str
) -> None:
    """Redis where it is named, files where a machine has workers, and else nothing."""
    assert type(opened(workers, **settings)).__name__ == kind


@pytest.mark.parametrize(
    "workers, settings, is_shared",
    [
        pytest.param(0, {}, False, id="one process"),
        pytest.param(1, {}, False, id="one worker"),
        pytest.param(2, {}, True, id="two workers"),
        pytest.param(0, {"redis_url": NOWHERE}, True, id="Redis"),
        pytest.param(2, {"fleet": {"enabled": False}}, False, id="switched off"),
    ],
)
def test_an_api_is_shared_where_others_may_call_it(
    workers: int, settings: dict[str, object], *, is_shared: bool
) -> None:
    """INVARIANT: a run of one process asks nobody before its requests."""
    loaded, store = Settings.model_validate(settings), MemoryStore

    sharing = sharing_of(loaded, part(workers), store(*_limits()), nobody)

    assert (sharing is not None) is is_shared


def _limits() -> tuple[Any, Any]:
    store = store_of(Settings(), part(), Path(), surroundings=Surroundings(), tell=lambda _: None)
    assert isinstance(store, MemoryStore)
    return store.limits, store.member


@pytest.mark.parametrize(
    "workers, live, together", [(4, 1, 4), (4, 12, 12), (2, 3, 3)], ids=["here", "more", "some"]
)
def test_alone_a_process_counts_whoever_it_knows_of(workers: int, live: int, together: int) -> None:
    """The workers of this machine at least, and all of the run that were heard of."""
    sharing = sharing_of(Settings(), part(workers), MemoryStore(*_limits()), lambda: live)

    assert sharing is not None
    assert sharing.workers() == together


def test_settings_reach_the_store(opened: Callable[..., Any]) -> None:
    """When circuits open, how many machines must say so, and the rate of all together."""
    store = opened(0, breaker={"open": 2.0}, fleet={"quorum": 3}, limit={"rate": 8.0, "burst": 4})

    assert (store.limits.breaker.open, store.limits.quorum) == (2.0, 3)
    limits = store.limits.at("https://api.example.com")
    assert (limits.rate, limits.burst) == (8.0, 4)


@pytest.mark.parametrize(
    "origin, rate",
    [
        pytest.param("https://api.example.com", GUARD.rate, id="another machine"),
        pytest.param("http://127.0.0.1:8000", None, id="this machine"),
    ],
)
def test_the_shared_pace_is_guarded_for_other_machines_alone(
    opened: Callable[..., Any], origin: str, rate: float | None
) -> None:
    """All workers together keep the pace of the load guard, and none where the API is local."""
    assert opened(0).limits.at(origin).rate == rate


def test_redis_without_its_extra_is_told(
    opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence says what to install."""
    for name in [name for name in sys.modules if name.startswith("redhanded.fleet.redis_")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)

    with pytest.raises(UsageError, match=r"needs an extra: pip install 'redhanded\[redis\]'"):
        opened(0, redis_url=NOWHERE)


TABLE = """
    base_url = "{url}"
    retry = {{ capacity = 0 }}
    diagnosis = {{ enabled = false }}
"""
Opened = Callable[..., Session]


class TestTwoWorkers:
    """Two processes of one run, in the time of one clock."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        """A clock that only pauses move."""
        return FakeClock()

    @pytest.fixture
    def worker(self, project: Project, clock: FakeClock) -> Iterator[Opened]:
        """Opens the session of a worker on an API."""
        made: list[Session] = []

        def open_(name: str, url: str, more: str = "") -> Session:
            loaded = project.table(TABLE.format(url=url) + more).load()
            around = Surroundings(clock=clock, sleep=clock.advance, random=lambda: 0.5)
            session = Session(
                loaded, run_id="run1", seed=7, worker=name, workers=2, surroundings=around
            )
            made.append(session)
            return session

        yield open_
        for session in made:
            session.close(0)

    def verdict(self, session: Session, method: str = "GET") -> tuple[Verdict, str]:
        """The verdict on a test that makes one call."""
        run, error = session.begin("test_it"), None
        try:
            run.client().request(method, "/booking/7")
        except httpx2.HTTPError as failure:
            error = failure
        judgement = run.judge("call", error)
        session.end(run)
        code = judgement.findings[0].code if judgement.findings else ""
        return judgement.verdict, code

    def test_what_one_has_seen_the_other_does_not_try(
        self, worker: Opened, raw_server: StartRaw
    ) -> None:
        """INVARIANT: three failures here hold back a process that has sent nothing yet."""
        server = raw_server(raw.reset_after_request())
        long = "timeouts = { total = 10 }\nbreaker = { open = 20, longest = 40 }\n"
        first, second = (worker(name, server.url, long) for name in ("gw0", "gw1"))

        for _ in range(3):
            self.verdict(first)
        sent = len(server.requests)

        assert self.verdict(second, "POST") == (Verdict.INCONCLUSIVE, "call.blocked")
        assert sent == len(server.requests)
        assert "as seen by other workers" in second.outage()
        assert second.clients.origins.of(httpx2.URL(server.url)).breaker.state is State.CLOSED

    def test_what_is_back_for_one_is_back_for_the_other(
        self, worker: Opened, raw_server: StartRaw, clock: FakeClock
    ) -> None:
        """Its canary closes the circuit for both."""
        down = raw.reset_after_request()
        server = raw_server(*[down] * 3, raw.answer())
        first, second = (worker(name, server.url) for name in ("gw0", "gw1"))
        for _ in range(3):
            self.verdict(first)
        self.verdict(second)

        clock.advance(2.0)

        assert first.await_calm(1.0)
        assert second.outage() == ""
        assert self.verdict(second) == (Verdict.PASS, "")

    def test_without_sharing_each_sees_for_itself(
        self, worker: Opened, raw_server: StartRaw
    ) -> None:
        """As it was before there was anything to share."""
        server = raw_server(*[raw.reset_after_request()] * 3, raw.answer())
        off = "[tool.redhanded.fleet]\nenabled = false\n"
        first, second = (worker(name, server.url, off) for name in ("gw0", "gw1"))

        for _ in range(3):
            self.verdict(first)

        assert self.verdict(second) == (Verdict.PASS, "")

    def test_the_rate_is_that_of_both(
        self, worker: Opened, raw_server: StartRaw, clock: FakeClock
    ) -> None:
        """INVARIANT: two workers together are no faster than one was."""
        server = raw_server(raw.answer())
        limit = "[tool.redhanded.limit]\nrate = 4\nburst = 1\n"
        first, second = (worker(name, server.url, limit) for name in ("gw0", "gw1"))
        began = clock.monotonic()

        for session in (first, second) * 4:
            self.verdict(session)

        assert clock.monotonic() - began == pytest.approx(7 / 4)

    def test_a_folder_that_is_lost_is_told_and_changes_no_verdict(
        self, worker: Opened, raw_server: StartRaw
    ) -> None:
        """INVARIANT: each goes alone, at its part of the pace; the run says so once."""
        server = raw_server(raw.answer())
        session = worker("gw0", server.url, "[tool.redhanded.limit]\nrate = 1000\n")
        folder = session.folder / "fleet"
        assert isinstance(session.fleet, FileStore)
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("in the way", "utf-8")

        verdicts = [self.verdict(session) for _ in range(3)]

        assert verdicts == [(Verdict.PASS, "")] * 3
        (note,) = session.account().notes
        assert note.startswith("the workers could not share for a while (")
