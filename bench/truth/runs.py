"""A run: cells over lanes, a line of JSON for each session, taken up again where it stopped."""

from __future__ import annotations

import json
import queue
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from bench.truth.episodes import Episode, Nature
from bench.truth.grid import Cell
from bench.truth.lanes import Record, lane
from bench.truth.sessions import Mode
from bench.truth.speed import Round, Spent

Job: TypeAlias = tuple[Cell, Mode]


@dataclass(slots=True)
class Run:
    """The records of jobs, made by so many lanes at once."""

    natures: Mapping[str, Nature]
    lanes: int = 4
    out: Path | None = None
    keep: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    _records: list[Record] = field(default_factory=list)
    _errors: list[Exception] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def records(self, jobs: Iterable[Job]) -> Sequence[Record]:
        """A record of each job; those that the file has already are not run again."""
        wanted = list(jobs)
        known = {(each.cell, each.mode): each for each in read(self.out)}
        told = {(cell.name, mode.name) for cell, mode in wanted}
        self._records = [record for key, record in known.items() if key in told]
        left: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for cell, mode in wanted:
            if (cell.name, mode.name) not in known:
                left.put((cell, mode))
        self._work(left, len(wanted))
        return self._records

    def _work(self, left: queue.SimpleQueue[Job], count: int) -> None:
        began = time.monotonic()
        threads = [
            threading.Thread(target=self._lane, args=(left, count, began), daemon=True)
            for _ in range(min(self.lanes, left.qsize()))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def _lane(self, left: queue.SimpleQueue[Job], count: int, began: float) -> None:
        options: dict[str, Any] = {"keep": self.keep, "settings": self.settings}
        try:
            with lane(natures=self.natures, **options) as own:
                for cell, mode in _taken(left):
                    self._add(own.run(cell, mode))
                    _tell(len(self._records), count, time.monotonic() - began, self._records[-1])
        except Exception as error:  # noqa: BLE001  raised again where it is waited for
            self._errors.append(error)

    def _add(self, record: Record) -> None:
        with self._lock:
            self._records.append(record)
            append(self.out, record)


def _taken(left: queue.SimpleQueue[Job]) -> Iterator[Job]:
    with suppress(queue.Empty):
        while True:
            yield left.get_nowait()


def _tell(done: int, count: int, seconds: float, record: Record) -> None:
    text = f"[{done}/{count}] {seconds:5.0f} s  {record.mode} {record.cell}"
    print(f"{text}  exit {record.exit_code}, {record.seconds:.1f} s", file=sys.stderr)


def read(path: Path | None) -> Iterator[Record]:
    """The records of a file; none where there is no file."""
    for fields in _lines(path):
        if "episodes" in fields:
            yield Record(**{**fields, "episodes": tuple(map(_episode, fields["episodes"]))})


def read_rounds(path: Path | None) -> Iterator[Round]:
    """The rounds of the comparison of speed in a file."""
    for fields in _lines(path):
        if "plain" in fields:
            yield Round(**{kind: Spent(**spent) for kind, spent in fields.items()})


def append(path: Path | None, found: Record | Round) -> None:
    """Adds a line to the file, where there is to be one."""
    if path is not None:
        with path.open("a", encoding="utf-8") as lines:
            lines.write(f"{json.dumps(asdict(found))}\n")


def _lines(path: Path | None) -> Iterator[dict[str, Any]]:
    if path is not None and path.exists():
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def _episode(fields: dict[str, Any]) -> Episode:
    return Episode(**{**fields, "weather": tuple(fields["weather"])})


def part(jobs: Sequence[Job], which: int, of: int) -> Sequence[Job]:
    """The n-th of so many equal parts of the jobs, each with some of everything."""
    return jobs[which - 1 :: of]
