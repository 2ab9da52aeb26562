"""The way of runs out of a history and into another one: lines of JSON, whole files only."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from redhanded.cli.quantities import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redhanded.cli.view import View
    from redhanded.history.records import Record
    from redhanded.history.store import Store

_ALL = 2**31 - 1
STANDARD = "-"  # the name of standard input and standard output


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one file: how many runs were new and known, and a sentence for each damage."""

    name: str
    new: int
    known: int
    projects: Sequence[str]
    damage: Sequence[str]

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        of = f" of {', '.join(self.projects)}" if self.projects else ""
        known = f", {self.known} known" if self.known else ""
        damaged = f", {many(len(self.damage), 'damaged place')}" if self.damage else ""
        name = "standard input" if self.name == STANDARD else self.name
        return f"{name}: {many(self.new, 'new run')}{of}{known}{damaged}"

    def described(self) -> dict[str, Any]:
        """What came of it as JSON values."""
        return {
            "file": self.name,
            "new": self.new,
            "known": self.known,
            "projects": list(self.projects),
            "damage": list(self.damage),
        }


def chosen(view: View, latest: int | None) -> Iterator[Record]:
    """The records of the project, or only the latest, the oldest run first."""
    if latest is None:
        yield from view.store.records([view.project])
        return
    for run in reversed(view.store.runs(view.project, latest=latest)):
        record = view.store.record(view.project, run.run_id)
        if record is not None:  # another process may have forgotten it meanwhile
            yield record


def taken(name: str, store: Store, *, project: str | None = None) -> Taken:
    """What came of taking in the file: each whole run is kept, in place of what was known of it.

    Where a project is named, runs of others are left alone. Raises HistoryUnavailable where a newer
    redhanded wrote the file, and OSError where it cannot be read.
    """
    from redhanded.history.ndjson import read

    known: dict[str, set[str]] = {}
    damage: list[str] = []
    count = Counter[bool]()
    with source(name) as lines:
        for record in read(lines, damage.append):
            run = record.run
            if project not in {None, run.project}:
                continue
            if run.project not in known:
                latest = store.runs(run.project, latest=_ALL)
                known[run.project] = {each.run_id for each in latest}
            store.write(record)
            count[run.run_id in known[run.project]] += 1
            known[run.project].add(run.run_id)
    return Taken(name, count[False], count[True], sorted(known), damage)


@contextmanager
def sink(name: str) -> Iterator[BinaryIO]:
    """Standard output, or a file that has its name only once it is whole."""
    if name == STANDARD:
        yield sys.stdout.buffer
        return
    path = Path(name)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def source(name: str) -> Iterator[Iterator[str]]:
    """The lines of standard input, or of a file; bytes that are no text are seen as damage."""
    if name == STANDARD:
        yield _decoded(sys.stdin.buffer)
        return
    with Path(name).open("rb") as file:
        yield _decoded(file)


def _decoded(lines: Iterable[bytes]) -> Iterator[str]:
    return (line.decode("utf-8", "replace") for line in lines)
