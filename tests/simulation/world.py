"""A small world of its own seed: settings, origins, a network, and tests that call at once."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import httpx2

from redhanded.core.settings import Settings
from redhanded.pipeline.assembly import Surroundings, assemble_shared, of_scope, origins_of
from redhanded.pipeline.call import Scope
from redhanded.pipeline.flow import Proceed
from redhanded.pipeline.origin import Origins
from tests.simulation.faults import LIMIT
from tests.simulation.fellows import Fellows
from tests.simulation.inquest import Ended, hold_all
from tests.simulation.network import Network
from tests.simulation.rules import Breach, hold
from tests.simulation.schedule import Schedule, Task
from tests.simulation.servers import Server
from tests.simulation.traffic import HOSTS, Caller, Told
from tests.simulation.watch import WatchedBreaker

CALLS = 200
"""The calls of one world; call n of a seed belongs to world n // CALLS."""

_MOST_STEPS = 1_000_000


@dataclass(slots=True)
class Tally:
    """What a run has seen; the mark is the same wherever the same calls went the same way."""

    calls: int = 0
    attempts: int = 0
    mark: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: Tally) -> None:
        """Count in what another has counted."""
        self.calls += other.calls
        self.attempts += other.attempts
        self.mark = (self.mark + other.mark) % 2**32
        self.rows.update(other.rows)
        self.ends.update(other.ends)
        self.seconds += other.seconds


def _settings(random: Random) -> Settings:
    """Settings as different projects may have them, and the routes that the servers honour."""
    draw = random.choice
    total = draw((2.0, 5.0, 15.0, 30.0, 60.0))
    rate = draw((None, None, None, 5.0, 20.0, 100.0))
    limit: dict[str, Any] = {"guard": False, "in_flight": draw((None, None, 1, 2, 5))}
    limit |= {"rate": rate, "burst": draw((None, 1, 4))} if rate else {}
    return Settings.model_validate(
        {
            "base_url": f"{HOSTS[0]}/v1",
            "body_limit": LIMIT,
            "timeouts": {
                "connect": min(total, draw((0.5, 2.0))),
                "read": draw((2.0, 5.0, 10.0)),
                "write": draw((1.0, 10.0)),
                "pool": draw((0.5, 10.0)),
                "total": total,
            },
            "retry": {
                "capacity": draw((100, 100, 25, 0)),
                "keys": ["POST /payments"],
                "unsafe_503": ["POST /jobs"],
                "throttled": ["POST /jobs"],
                "timeout408": ["POST /jobs"],
            },
            "breaker": {"open": draw((0.2, 1.0, 5.0)), "consecutive": draw((2, 3, 6))},
            "limit": limit,
            "ceilings": draw(({}, {"*": 0.02})),
            "correlation_alias": draw((None, "X-Trace")),
        }
    )


class World:
    """One world: `run` lets its calls happen, and tells those of `only` by `told`."""

    def __init__(
        self, seed: int, index: int, *, only: int | None = None, told: Told = print
    ) -> None:
        # A text seeds alike on every platform, and neighbours in number have nothing in common.
        self.random = Random(f"{seed}/{index}")
        self.only, self.told = only, told
        self.next = index * CALLS
        self.tally = Tally()
        self.schedule = Schedule(self.random)
        self.settings = _settings(self.random)
        self.fellows = (
            Fellows(self.settings, self.schedule, self.random)
            if self.random.random() < 0.3
            else None
        )
        sharing = self.fellows.sharing if self.fellows else None
        self.origins = origins_of(self.settings, self._surroundings(), sharing)
        self.network = Network(self.schedule, self.random, self._servers())

    def _surroundings(self) -> Surroundings:
        random = self.random
        return Surroundings(clock=self.schedule, random=random.random, entropy=random.randbytes)

    def _servers(self) -> dict[str, Server]:
        storm = self.random.choice((0.0, 0.02, 0.05, 0.1, 0.3, 0.8))
        servers = {}
        for host in HOSTS:
            url = httpx2.URL(host)
            limiter = self.origins.of(url).limiter
            servers[url.host] = Server(
                breaker=_watched(self.origins, url),
                is_secure=url.scheme == "https",
                storm=storm,
                rate=limiter.rate,
                burst=limiter.burst,
                places=self.settings.limit.in_flight,
            )
        return servers

    def run(self) -> Tally:
        """What came of all calls of this world; raises Breach."""
        shared = assemble_shared(self.settings, self.origins, self._surroundings())
        callers = self.random.choice((1, 2, 4, 8, 16))
        for index in range(callers):
            self._start(shared, CALLS // callers + (index < CALLS % callers))
        try:
            self.schedule.run(_MOST_STEPS)
            self._hold_at_the_end()
        except Breach as breach:
            breach.call = self.next - 1 if breach.call < 0 else breach.call
            raise
        finally:
            self.schedule.close()
        self.tally.seconds = self.schedule.elapsed
        return self.tally

    def _start(self, shared: Proceed, calls: int) -> None:
        task = Task()
        caller = Caller(
            network=self.network,
            random=self.random,
            proceed=of_scope(Scope("7" * 32), self.origins, shared),
            task=task,
            total=self.settings.timeouts.total,
            number=self._number,
            ended=self._ended,
            tell=lambda number: self.told if number == self.only else None,
        )
        task.flow = caller.run(calls)
        self.schedule.start(task)

    def _number(self) -> int:
        number, self.next = self.next, self.next + 1
        return number

    def _ended(self, ended: Ended) -> None:
        hold_all(ended, self.settings.retry.capacity)
        tally, sent = self.tally, ended.sent
        rows = [one.row for one in sent]
        end = "answer" if ended.response is not None else type(ended.error).__name__
        tally.calls += 1
        tally.attempts += len(sent)
        tally.rows.update(rows)
        tally.ends[end] += 1
        facts = f"{ended.number} {end} {rows} {ended.ended_at!r}"
        tally.mark = (tally.mark + zlib.crc32(facts.encode("ascii"))) % 2**32
        for made in (*ended.call.probes, ended.call):
            self.network.seen.pop(id(made), None)

    def _hold_at_the_end(self) -> None:
        """Everybody has come to an end, and nobody has kept a lease."""
        hold(self.schedule.is_over, 2, f"calls go on after {_MOST_STEPS} steps")
        for server in self.network.servers.values():
            left = len(server.breaker.out)
            hold(not left, 7, f"{left} leases were never given back")
        for origin in self.origins.known:
            places = origin.places
            hold(places is None or places.is_calm, 13, "a place was never given back")
        owed = self.fellows.owed if self.fellows else 0
        hold(not owed, 12, f"{owed} leaves were never given back")


def _watched(origins: Origins, url: httpx2.URL) -> WatchedBreaker:
    """A circuit that is watched, in the place of the origin's own."""
    origin = origins.of(url)
    breaker = WatchedBreaker(origin.breaker.limits, origins.now)
    origins._known[origin.address] = replace(origin, breaker=breaker)  # noqa: SLF001  there is no other way in
    return breaker
