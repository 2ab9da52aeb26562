"""Outcomes counted: what flake scores need of a million of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redhanded.history.records import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def tallies(connection: Connection, project: str, *, since: float) -> Iterator[Tally]:
    """The outcomes of the runs that began since then, those that are alike counted."""
    from redhanded.history.series import trials

    for one in trials(connection, project, since=since, keys=()):
        yield Tally(
            test=one.test,
            environment=one.environment,
            build=one.build,
            verdict=one.verdict,
            cause=one.cause,
            first=one.first,
            episode=one.episode,
            runs=1,
            began=one.at,
            ended=one.at,
        )
