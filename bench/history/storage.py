"""What the store costs: a large run written, and a long history read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.figures import Figure
from bench.history import long_history
from redhanded.history.records import Latency, Operation, Outcome, Record, Run, State
from redhanded.history.sql import SqlStore
from tests.servers import postgresql
from tests.servers.processes import ServerNotInstalled

TESTS, RUNS = 1000, 1000
LARGE = 10_000
CLASSES = ("connect_refused", "gateway_502", "ok")


class Place(NamedTuple):
    """A database, and what asks it for its size in bytes."""

    name: str
    url: str
    password: str | None
    size: Callable[[], int]

    def open(self) -> SqlStore:
        """A store there."""
        return SqlStore.open(self.url, password=self.password)


def figures(*, short: bool, seed: int) -> Iterator[Figure]:
    """Writing and reading, on each database that this machine has."""
    del seed  # nothing here is left to chance
    rounds = 3 if short else 9
    for opened, limit in ((_file, 3.0), (_server, 5.0)):
        try:
            with opened() as place:
                yield written(place, limit=limit, rounds=rounds)
            with opened() as place:
                yield from read(place, rounds=rounds)
        except ServerNotInstalled as error:
            yield Figure(name="PostgreSQL", measured=f"not measured: {error}")


def written(place: Place, *, limit: float, rounds: int) -> Figure:
    """How long a run of 10,000 tests takes from the end of its last test, and how large it is."""
    seconds = []
    sizes = [place.size()]
    for number in range(rounds):
        made = large_run(f"r{number}", at=long_history.BEGAN + number)
        began = time.perf_counter()
        store = place.open()
        store.write(made)
        store.close()
        seconds.append(time.perf_counter() - began)
        sizes.append(place.size())
    first, later = sizes[1] - sizes[0], (sizes[-1] - sizes[1]) / (rounds - 1)
    # The first run is the slowest: its tests are new.
    return Figure(
        name=f"{place.name}: 10,000 tests of 3 attempts written",
        measured=f"{max(seconds):.2f} s, {first / 1e6:.1f} MB, then {later / 1e6:.1f} MB",
        goal=f"<= {limit:g} s",
        is_met=max(seconds) <= limit,
    )


def read(place: Place, *, rounds: int) -> Iterator[Figure]:
    """How long the trend and the flake scores wait for 1,000 runs of 1,000 tests."""
    long_history.fill(place.url, place.password, tests=TESTS, runs=RUNS)
    store = place.open()
    counted = sum(tally.runs for tally in store.tallies(long_history.PROJECT, since=0.0))
    assert counted == TESTS * RUNS, counted
    queries: dict[str, Callable[[], int]] = {
        "runs with their counts": lambda: len(store.runs(long_history.PROJECT, latest=RUNS)),
        "outcomes of a million counted": lambda: _length(
            store.tallies(long_history.PROJECT, since=0.0)
        ),
    }
    for name, query in queries.items():
        best = min(_seconds(query) for _ in range(rounds))
        yield Figure(
            name=f"{place.name}: {name}, {RUNS:,} runs of {TESTS:,} tests",
            measured=f"{best * 1e3:.0f} ms",
            goal="<= 500 ms",
            is_met=best <= 0.5,
        )
    yield Figure(name=f"{place.name}: size of it", measured=f"{place.size() / 1e6:.0f} MB")
    store.close()


def large_run(name: str, *, at: float, count: int = LARGE) -> Record:
    """A run of tests of three attempts, each of another class, on three operations."""
    keys = [f"tests/test_orders.py::TestOrders::test_case[{number}]" for number in range(count)]
    routes = [f"GET /{part}/{{id}}" for part in ("orders", "payments", "users")]
    rates = {"median": 0.05, "p95": 0.1, "p99": 0.2, "longest": 1.0}
    return Record(
        run=Run(
            run_id=name,
            project=long_history.PROJECT,
            environment=long_history.PLACE,
            started_at=at,
            state=State.FINISHED,
            builds=(f"build-{name}",),
            counts={"recovered": count},
        ),
        outcomes=[
            Outcome(
                test=key,
                node_id=key,
                verdict="recovered",
                at=at + number / 100,
                seconds=0.25 + number % 7 / 100,
                cause="net.reset",
                build=f"build-{name}",
                classes=dict.fromkeys(CLASSES, 1),
            )
            for number, key in enumerate(keys)
        ],
        latencies=[
            Latency(test=key, operation=route, size=3, samples=1, median=0.05)
            for key in keys
            for route in routes
        ],
        operations=[
            Operation(operation=route, samples=count, errors=0, **rates) for route in routes
        ],
    )


def _length(found: Iterator[object]) -> int:
    return sum(1 for _ in found)


def _seconds(query: Callable[[], int]) -> float:
    began = time.perf_counter()
    query()
    return time.perf_counter() - began


@contextmanager
def _file() -> Iterator[Place]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.sqlite"

        def size() -> int:
            return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))

        yield Place("SQLite", f"sqlite:///{path.as_posix()}", None, size)


@contextmanager
def _server() -> Iterator[Place]:
    with postgresql.serving() as cluster, cluster.database() as name:

        def size() -> int:
            query = "SELECT pg_database_size(current_database())"
            with cluster.connect(name) as connection:
                (found,) = connection.execute(query).fetchone() or (0,)
            return int(found)

        yield Place("PostgreSQL", cluster.url(name), cluster.password, size)
