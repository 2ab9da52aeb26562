"""Which runs are under way, as a machine that is in none of them can know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import pytest

from redhanded.core.settings import Fleet, Settings
from redhanded.fleet.heart import Heart
from redhanded.fleet.presence import Owner, Presence
from redhanded.fleet.registry import Registry
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.fleet import Part, store_of
from redhanded.session.liveness import Liveness
from tests.servers.processes import Patience
from tests.servers.redis import RedisServer

HERE = "11111111"
THERE = "22222222"


@dataclass
class Clock:
    """A clock that goes on by itself, faster than any other."""

    now: float = 0.0
    told: list[str] = field(default_factory=list)

    def monotonic(self) -> float:
        self.now += 0.5
        return self.now

    def wall(self) -> float:
        return self.monotonic()

    def liveness(self, settings: Settings, *here: str) -> Liveness:
        """What is known of runs, by these settings."""
        around = Surroundings(clock=self, sleep=lambda _: None)
        return Liveness(settings, here, surroundings=around, tell=self.told.append)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param(Settings(), id="no-redis"),
        pytest.param(
            Settings(redis_url="redis://127.0.0.1:1/0", fleet=Fleet(enabled=False)), id="not-shared"
        ),
    ],
)
def test_without_a_redis_only_runs_of_this_machine_are_known(settings: Settings) -> None:
    """Of all others the age alone must tell."""
    clock = Clock()

    with closing(clock.liveness(settings, HERE)) as is_alive:
        assert [is_alive(HERE), is_alive(THERE)] == [True, False]
    assert clock.told == []


def test_where_the_redis_is_away_no_run_counts_as_dead(closed_port: int) -> None:
    """INVARIANT: who does not know removes nothing; it is told once."""
    clock = Clock()
    settings = Settings(redis_url=f"redis://127.0.0.1:{closed_port}/0")

    with closing(clock.liveness(settings)) as is_alive:
        assert [is_alive(THERE), is_alive(HERE)] == [True, True]
    (told,) = clock.told
    assert told.startswith("the fleet's Redis is away, and nobody else knows which runs ")


@contextmanager
def under_way(settings: Settings, run: str) -> Iterator[None]:
    """A run of another machine that lives."""
    part = Part(run_id=run, worker="main")
    around = Surroundings()
    store = store_of(settings, part, settings.folder, surroundings=around, tell=print)
    presence = Presence(settings.folder, Owner("main", "elsewhere", run, "t"))
    registry = Registry(store=store, presence=presence, heart=Heart(), run=run)

    def is_heard() -> bool:
        registry.beat()
        with closing(Liveness(settings, (), surroundings=around, tell=print)) as is_alive:
            return is_alive(run)

    try:
        assert Patience(seconds=10).until(is_heard)
        yield
    finally:
        registry.leave()
        store.close()


def test_a_redis_knows_the_runs_of_all_machines(redis_server: RedisServer) -> None:
    """One that was heard of in the last minute is under way."""
    settings = Settings(redis_url=redis_server.url)

    with (
        under_way(settings, THERE),
        closing(Liveness(settings, (), surroundings=Surroundings(), tell=pytest.fail)) as is_alive,
    ):
        assert [is_alive(THERE), is_alive("33333333")] == [True, False]
