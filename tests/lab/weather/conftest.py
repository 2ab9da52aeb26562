"""A proxy in this process, on an event loop of its own."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from redhanded.lab.weather.link import Address
from redhanded.lab.weather.log import Log
from redhanded.lab.weather.plan import Plan
from redhanded.lab.weather.proxy import Proxy
from redhanded.lab.weather.trust import Trust
from tests.servers import raw

Result = TypeVar("Result")
Event = dict[str, Any]
SECONDS = 10.0


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns when the condition has come true; fails where it does not in time."""
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@dataclass
class FakeClock:
    """Seconds that pass when told to."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Naps:
    """Pauses that last until the test says that they are over."""

    taken: list[float] = field(default_factory=list)
    _over: list[asyncio.Event] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        over = asyncio.Event()
        self.taken.append(seconds)
        self._over.append(over)
        await over.wait()

    async def end(self) -> None:
        """Ends the pause that began last, and lets who waited go on."""
        self._over[-1].set()
        for _ in range(10):
            await asyncio.sleep(0)


@dataclass
class Loop:
    """An event loop in a thread."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    complaints: list[str] = field(default_factory=list)

    def run(self, course: Coroutine[Any, Any, Result]) -> Result:
        """What the coroutine gives."""
        return asyncio.run_coroutine_threadsafe(course, self.loop).result(SECONDS)

    def complain(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context['message']}: {context.get('exception')!r}")


@dataclass
class Weather:
    """A proxy that a test made."""

    proxy: Proxy
    log: Path
    loop: Loop
    naps: Naps

    @property
    def url(self) -> str:
        return self.proxy.url

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def events(self) -> list[Event]:
        """Every line of the log so far."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    @property
    def faults(self) -> list[Event]:
        """The lines about faults."""
        return [event for event in self.events if event["event"] == "fault"]

    @property
    def arrivals(self) -> list[Event]:
        """The lines about requests that reached the upstream."""
        return [event for event in self.events if event["event"] == "upstream"]

    def end_nap(self) -> None:
        """Ends the pause that began last."""
        self.loop.run(self.naps.end())

    def client(self, **more: Any) -> httpx2.Client:  # noqa: ANN401  the client's
        """A client of its own, with its own connections."""
        return httpx2.Client(base_url=self.url, trust_env=False, **more)

    def get(self, path: str = "/x", **more: Any) -> httpx2.Response:  # noqa: ANN401  the client's
        """The answer to a lone GET on a connection of its own."""
        with self.client() as client:
            return client.get(path, **more)


Blow = Callable[..., Weather]


@pytest.fixture(scope="session")
def loop() -> Iterator[Loop]:
    """The event loop of all proxies."""
    made = Loop()
    made.loop.set_exception_handler(made.complain)
    thread = threading.Thread(target=made.loop.run_forever, daemon=True)
    thread.start()
    yield made
    made.loop.call_soon_threadsafe(made.loop.stop)
    thread.join(SECONDS)
    made.loop.close()


@pytest.fixture(scope="session")
def trust() -> Trust:
    """An authority, made once because keys take a while."""
    return Trust.make()


@pytest.fixture
def trusting(trust: Trust, tmp_path: Path) -> ssl.SSLContext:
    """The client's side of TLS, which knows the authority."""
    return ssl.create_default_context(cafile=trust.write(tmp_path))


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


@pytest.fixture
def upstream() -> Iterator[raw.RawServer]:
    """An upstream that is always well."""
    with raw.serve(raw.answer()) as server:
        yield server


@pytest.fixture
def blow(loop: Loop, upstream: raw.RawServer, clock: FakeClock, tmp_path: Path) -> Iterator[Blow]:
    """Makes proxies, which end with the test; none of their connections may have failed."""
    loop.complaints.clear()
    with ExitStack() as stack:

        def make(*rules: object, url: str = upstream.url, seed: int = 0, **more: Any) -> Weather:  # noqa: ANN401  the client's
            log = tmp_path / f"weather-{len(list(tmp_path.iterdir()))}.ndjson"
            plan = Plan.of(list(rules)).model_copy(update={"seed": seed})
            naps = Naps()
            proxy = loop.run(
                Proxy.start(Address.parse(url), plan, log=Log(log), clock=clock, sleep=naps, **more)
            )
            stack.callback(lambda: loop.run(proxy.close()))
            return Weather(proxy, log, loop, naps)

        yield make
    assert loop.complaints == []
