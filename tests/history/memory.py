"""A store in memory: what every store does, without a database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from redhanded.history.records import (
    Known,
    Measured,
    Outcome,
    Reading,
    Record,
    Run,
    State,
    Tally,
    Trial,
    Weighed,
)
from redhanded.history.store import HistoryUnavailable


@dataclass
class MemoryStore:
    """Keeps records in a dictionary, in the order in which they came.

    `fault` is raised in place of whatever is asked, while it is set; `closed` counts the times.
    """

    fault: HistoryUnavailable | None = None
    closed: int = 0
    _records: dict[str, Record] = field(default_factory=dict)

    def _all(self) -> list[Record]:
        if self.fault is not None:
            raise self.fault
        return sorted(self._records.values(), key=lambda record: record.run.started_at)

    def _of(self, project: str) -> list[Record]:
        return [record for record in self._all() if record.run.project == project]

    def _finished(self, project: str, environment: str, runs: int) -> list[Record]:
        known = [
            record
            for record in self._of(project)
            if record.run.environment == environment and record.run.state is State.FINISHED
        ]
        return known[-runs:]

    def begin(self, run: Run) -> None:
        """Note that a run has begun."""
        self._all()
        self._records.setdefault(run.run_id, Record(run=run))

    def write(self, record: Record) -> None:
        """Keep a run; one that is under way never replaces one that is over."""
        self._all()
        if record.run.state is State.RUNNING and record.run.run_id in self._records:
            return
        self._records[record.run.run_id] = record

    def projects(self) -> list[str]:
        """The names of the projects that have runs."""
        return sorted({record.run.project for record in self._all()})

    def runs(self, project: str, *, latest: int) -> list[Run]:
        """The latest runs of a project, the newest first."""
        return [record.run for record in reversed(self._of(project))][:latest]

    def record(self, project: str, run_id: str) -> Record | None:
        """All that is kept of one run."""
        return next((one for one in self._of(project) if one.run.run_id == run_id), None)

    def trials(self, project: str, *, since: float, tests: Collection[str] = ()) -> Iterator[Trial]:
        """The outcomes of a project's runs that began since then, the oldest first."""
        for record in self._of(project):
            if record.run.started_at >= since:
                wanted = (one for one in record.outcomes if not tests or one.test in tests)
                yield from (_trial(record.run, outcome) for outcome in wanted)

    def tallies(self, project: str, *, since: float) -> Iterator[Tally]:
        """The same outcomes, each counted by itself."""
        for one in self.trials(project, since=since):
            alike = (one.test, one.environment, one.build, one.verdict, one.cause, one.first)
            yield Tally(*alike, spell=one.spell, runs=1, began=one.at, ended=one.at)

    def tests(self, project: str) -> list[Known]:
        """The tests of a project, by their keys."""
        known: dict[str, Known] = {}
        for record in self._of(project):
            for made in record.outcomes:
                known[made.test] = _known(made, known.get(made.test))
        return [known[key] for key in sorted(known)]

    def readings(self, project: str, environment: str, *, runs: int) -> Iterator[Reading]:
        """The latencies of the latest finished runs there, the oldest first."""
        for record in self._finished(project, environment, runs):
            run = record.run
            for one in record.latencies:
                sizes = (one.test, one.operation, one.size, one.samples, one.median)
                yield Reading(run.run_id, run.started_at, *sizes, run.canary)

    def operations(self, project: str, environment: str, *, runs: int) -> Iterator[Measured]:
        """How operations did in the latest finished runs there, the oldest first."""
        for record in self._finished(project, environment, runs):
            for operation in record.operations:
                yield Measured(record.run.run_id, record.run.started_at, operation)

    def evidence(self, project: str, environment: str, *, runs: int) -> list[Weighed]:
        """The evidence of the latest finished runs there, the oldest first."""
        return [
            Weighed(record.run.run_id, record.run.started_at, evidence)
            for record in self._finished(project, environment, runs)
            for evidence in record.evidence
        ]

    def records(self, projects: Iterable[str] = ()) -> Iterator[Record]:
        """Everything that is kept of these projects, or of all, the oldest run first."""
        wanted = set(projects)
        return iter([one for one in self._all() if not wanted or one.run.project in wanted])

    def prune(self, project: str, *, before: float, keep: int) -> int:
        """How many runs of a project were forgotten."""
        known = self._of(project)
        kept = {one.run.run_id for one in known[-keep:] if one.run.started_at >= before}
        gone = [one.run.run_id for one in known if one.run.run_id not in kept]
        for run_id in gone:
            del self._records[run_id]
        return len(gone)

    def close(self) -> None:
        """Note that it was let go."""
        self.closed += 1


def _trial(run: Run, made: Outcome) -> Trial:
    return Trial(
        test=made.test,
        run_id=run.run_id,
        at=made.at,
        build=made.build,
        environment=run.environment,
        verdict=made.verdict,
        cause=made.cause,
        first=made.first,
        spell=made.spell,
    )


def _known(made: Outcome, before: Known | None) -> Known:
    earlier = [] if before is None else [*before.earlier, before.node_id]
    first = made.at if before is None else before.first_seen
    names = [name for name in dict.fromkeys(earlier) if name != made.node_id]
    return Known(made.test, made.node_id, names, first, made.at, made.owner, made.until)
