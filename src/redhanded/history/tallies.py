"""Outcomes counted: what flake scores need of a million of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import select

from redhanded.core.verdicts import Verdict
from redhanded.history.passes import DAY, day_of
from redhanded.history.reading import Reader
from redhanded.history.records import Tally
from redhanded.history.schema import outcomes, passes, runs
from redhanded.history.witnesses import TELLING, Witness, witnesses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


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
        found = witnesses(self._connection, self._project, since=self._since)
        yield from self._passes_of_builds(found)
        yield from self._passes_of_days(found)

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
                made.spell,
                made.at,
            )
            .join(runs, runs.c.id == made.run_id)
            .where(runs.c.project_id == self._project, runs.c.started_at >= self._since, TELLING)
        )
        for test, place, build, verdict, cause, first, spell, at in self._reader.rows(query):
            yield Tally(
                keys[test],
                words[place],
                words[build],
                words[verdict],
                words[cause],
                words[first],
                spell,
                1,
                at,
                at,
            )

    def _passes_of_builds(self, found: list[Witness]) -> Iterator[Tally]:
        keys, words = self._keys, self._reader.words
        for test, place, build, at, _ in found:
            named = keys[test], words[place], words[build]
            yield Tally(*named, Verdict.PASS, "", "", 1, 1, at, at)

    def _passes_of_days(self, found: list[Witness]) -> Iterator[Tally]:
        told = Counter((it.test_id, it.environment_id, day_of(it.started_at)) for it in found)
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
