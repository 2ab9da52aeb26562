"""Outcomes counted: what flake scores need of a million of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal_column, select

from redhanded.core.verdicts import Verdict
from redhanded.history.passes import DAY, day_of
from redhanded.history.reading import Reader
from redhanded.history.records import Tally
from redhanded.history.schema import PASS, UNFINISHED, outcomes, passes, run_builds, runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Select

# A literal, not a parameter: only so does it match the condition of the index on these outcomes.
_TELLING = outcomes.c.verdict_id > literal_column(str(UNFINISHED))


class _Witness(NamedTuple):
    """A pass on a build on which the same test also did otherwise, and the day of its run."""

    test_id: int
    environment_id: int
    build_id: int
    at: float
    started_at: float


class Counting:
    """Counts the outcomes of one project's runs that began on the day of `since` or later."""

    def __init__(self, connection: Connection, project: str, *, since: float) -> None:
        self._connection = connection
        self._reader = Reader(connection)
        self._keys = self._reader.keys(project)
        self._project = self._reader.number(project)
        self._day = day_of(since)
        self._since = since // DAY * DAY

    def tallies(self) -> Iterator[Tally]:
        """What did not pass, one by one, and the passes of each day."""
        yield from self._others()
        witnesses = self._witnesses()
        yield from self._passes_of_builds(witnesses)
        yield from self._passes_of_days(witnesses)

    @property
    def _recent(self) -> ColumnElement[bool]:
        mine = runs.c.project_id == self._project
        return and_(mine, runs.c.started_at >= self._since)

    def _others(self) -> Iterator[Tally]:
        keys, words = self._keys, self._reader.words
        made = outcomes.c
        query = (
            select(
                made.test_id,
                runs.c.environment_id,
                made.build_id,
                made.verdict_id,
                made.cause_id,
                made.first_id,
                made.episode,
                made.at,
            )
            .join(runs, runs.c.id == made.run_id)
            .where(self._recent, _TELLING)
        )
        for test, place, build, verdict, cause, first, episode, at in self._reader.rows(query):
            yield Tally(
                keys[test],
                words[place],
                words[build],
                words[verdict],
                words[cause],
                words[first],
                episode,
                1,
                at,
                at,
            )

    def _witnesses(self) -> list[_Witness]:
        # A test runs once a run: on a build of one run it cannot have done both.
        its = run_builds.c.build_id
        many = select(its).join(runs, runs.c.id == run_builds.c.run_id).where(self._recent)
        builds = many.group_by(its).having(func.count() > 1)
        if self._connection.execute(builds.limit(1)).first() is None:
            return []
        return [_Witness(*row) for row in self._connection.execute(self._witnessed(builds))]

    def _witnessed(self, builds: Select[Any]) -> Select[Any]:
        """One pass of each test for each build on which it did otherwise, too."""
        other = (
            select(outcomes.c.test_id, runs.c.environment_id, outcomes.c.build_id)
            .join(runs, runs.c.id == outcomes.c.run_id)
            .where(self._recent, _TELLING, outcomes.c.build_id.in_(builds))
            .distinct()
            .subquery()
        )
        passed, its, of = outcomes.alias(), runs.alias(), run_builds.alias()
        witness = (
            select(passed.c.run_id)
            .join(of, of.c.run_id == passed.c.run_id)
            .join(its, its.c.id == passed.c.run_id)
            .where(
                of.c.build_id == other.c.build_id,
                its.c.environment_id == other.c.environment_id,
                its.c.started_at >= self._since,
                passed.c.test_id == other.c.test_id,
                passed.c.verdict_id == PASS,
                passed.c.build_id == other.c.build_id,
            )
            .limit(1)
            .scalar_subquery()
        )
        found = select(other, witness.label("run_id")).subquery()
        return (
            select(
                found.c.test_id,
                found.c.environment_id,
                found.c.build_id,
                outcomes.c.at,
                runs.c.started_at,
            )
            .join(runs, runs.c.id == found.c.run_id)
            .join(
                outcomes,
                and_(outcomes.c.run_id == found.c.run_id, outcomes.c.test_id == found.c.test_id),
            )
        )

    def _passes_of_builds(self, witnesses: list[_Witness]) -> Iterator[Tally]:
        keys, words = self._keys, self._reader.words
        for test, place, build, at, _ in witnesses:
            named = keys[test], words[place], words[build]
            yield Tally(*named, Verdict.PASS, "", "", 1, 1, at, at)

    def _passes_of_days(self, witnesses: list[_Witness]) -> Iterator[Tally]:
        told = Counter((it.test_id, it.environment_id, day_of(it.started_at)) for it in witnesses)
        keys, words, passed = self._keys, self._reader.words, Verdict.PASS
        its = passes.c
        query = select(
            its.test_id, its.environment_id, its.day, its.passes, its.began, its.ended
        ).where(its.project_id == self._project, its.day >= self._day)
        for test, place, day, count, began, ended in self._reader.rows(query):
            left = count - told[test, place, day] if told else count
            if left:
                named = keys[test], words[place], "", passed
                yield Tally(*named, "", "", 1, left, began, ended)


def tallies(connection: Connection, project: str, *, since: float) -> Iterator[Tally]:
    """The outcomes of the runs that began on that day or later, those that are alike counted."""
    return Counting(connection, project, since=since).tallies()
