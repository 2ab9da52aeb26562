"""Lanes: an API behind a proxy, in which one session after another runs."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.switching import listening
from bench.truth import episodes, logs, results, sessions
from bench.truth.episodes import Episode, Nature
from bench.truth.grid import Cell
from bench.truth.sessions import Ended, Mode
from redhanded.lab.process import Running, running
from redhanded.lab.weather.process import Running as Proxy
from redhanded.lab.weather.process import blowing

_TABLES = ("bookings", "orders", "accounts", "payments", "users")
_LOGINS = ("/auth", "/oauth/token", "/users/login", "/users/refresh")
_ROUTES_WITH_KEYS = ("/trading/orders", "/trading/payments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is kept of a session.

    `writes` counts requests that reached the API and are no GET, `rows` objects that it has more
    of than the tests asked for, `resent` writes without a key that reached it twice. `said` is
    pytest's output where the session broke.
    """

    cell: str
    family: str
    mode: str
    exit_code: int
    seconds: float
    requests: int
    extra: int
    writes: int
    rows: int
    resent: int
    episodes: tuple[Episode, ...]
    said: str = ""


@dataclass(slots=True)
class Lane:
    """The two servers of a lane, switched for each session."""

    lab: Running
    proxy: Proxy
    data: Path
    folder: Path
    natures: Mapping[str, Nature]
    keep: Path | None = None
    settings: Mapping[str, str] | None = None
    _tags: frozenset[tuple[str, str]] = frozenset()

    def run(self, cell: Cell, mode: Mode) -> Record:
        """The record of the cell's session in this mode."""
        self._clear()
        served, weather = self.folder / "served.ndjson", self.folder / "weather.ndjson"
        self.proxy.replan(cell.plan, log=weather)
        ended = self._session(cell, mode, partial(self._switch, seed=cell.seed, served=served))
        evidence = results.evidence(self.folder)
        seen = results.verdicts(self.folder / "junit.xml")
        found = logs.read(weather, served)
        rows = self._surplus()
        joined = tuple(episodes.join(cell, seen, evidence, found, self.natures))
        record = Record(
            cell=cell.name,
            family=cell.family,
            mode=mode.name,
            exit_code=ended.exit_code,
            seconds=ended.seconds,
            requests=evidence.requests,
            extra=evidence.extra,
            writes=sum(each.route[0] != "GET" for each in found.arrivals),
            rows=0 if cell.is_faulty else rows,
            resent=0 if cell.is_faulty else resent(found),
            episodes=joined,
            said=ended.said[-2000:] if any(each.got == "missing" for each in joined) else "",
        )
        self._keep(record, ended.said)
        return record

    def _session(self, cell: Cell, mode: Mode, switch: Callable[[str], None]) -> Ended:
        run = partial(
            sessions.run,
            *(cell, mode),
            url=self.proxy.url.replace("127.0.0.1", cell.host),
            folder=self.folder,
            settings=self.settings or {},
        )
        switch(cell.switch)
        try:
            if cell.switch or not cell.witnesses:
                return run()
            with listening(switch) as address:
                return run(switch=address)
        finally:
            switch("")

    def _switch(self, switch: str, *, seed: int, served: Path) -> None:
        self.lab.switch(*([switch] if switch else []), seed=seed, served=served)

    def _clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def _surplus(self) -> int:
        """How many objects share their tag with another one, since the last session."""
        with closing(sqlite3.connect(f"file:{self.data}?mode=ro", uri=True)) as store:
            counts = {
                (table, tag): count
                for table in _TABLES
                for tag, count in store.execute(
                    f"SELECT tag, count(*) FROM {table} WHERE tag IS NOT NULL"  # noqa: S608
                    " GROUP BY tag HAVING count(*) > 1"
                )
            }
        new = {key: count for key, count in counts.items() if key not in self._tags}
        self._tags |= new.keys()
        return sum(count - 1 for count in new.values())

    def _keep(self, record: Record, said: str) -> None:
        if self.keep is not None:
            (self.folder / "said.txt").write_text(said, "utf-8")
            name = f"{record.cell}-{record.mode}".replace("/", "-")
            shutil.copytree(self.folder, self.keep / name, dirs_exist_ok=True)


def resent(found: logs.Logs) -> int:
    """How many writes without a key reached the API more often than once, byte for byte."""
    writes = Counter(
        (each.episode, each.route, each.body)
        for each in found.arrivals
        if each.route[0] == "POST"
        and each.body
        and each.route[1] not in (*_LOGINS, *_ROUTES_WITH_KEYS)
    )
    return sum(count - 1 for count in writes.values())


@contextmanager
def lane(
    *,
    natures: Mapping[str, Nature],
    keep: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Lane]:
    """A lane that is open as long as the block."""
    with tempfile.TemporaryDirectory(prefix="truth-") as name:
        top = Path(name)
        data = top / "lab.sqlite"
        with (
            running(data) as lab,
            blowing(lab.url, {"rules": []}, log=top / "calm.ndjson") as proxy,
        ):
            yield Lane(
                lab=lab,
                proxy=proxy,
                data=data,
                folder=top / "session",
                natures=natures,
                keep=keep,
                settings=settings,
            )
