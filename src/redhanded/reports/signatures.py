"""Tests that did not hold, together by what they have in common: one reason is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redhanded.reports.kinds import PASS, RANKS, UNJUDGED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redhanded.reports.dossier.case import Row


class Alike(NamedTuple):
    """Tests of one verdict and one reason, in the order in which they began; at least one."""

    rows: list[Row]

    @property
    def first(self) -> Row:
        """The test that speaks for all of them."""
        return self.rows[0]

    @property
    def kind(self) -> str:
        """The verdict of all of them."""
        return kind(self.first)


def kind(row: Row) -> str:
    """What the test came to, by its verdict where it has one; `pass` where nothing is to tell."""
    return row.kind or PASS


def rank(row: Row) -> int:
    """How bad it is; 0 is the worst, and what nobody knows stands among the unjudged."""
    return RANKS.get(kind(row), RANKS[UNJUDGED])


def is_failure(row: Row) -> bool:
    """Whether the test did not hold, or could not be judged, and no quarantine covers that."""
    return row.outcome in ("failure", "error")


def alike(rows: Iterable[Row]) -> list[Alike]:
    """The tests in groups: the worst first, then those of most tests, then the earliest."""
    together: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        together.setdefault((kind(row), row.signature or row.code or row.id), []).append(row)
    groups = [Alike(members) for members in together.values()]
    return sorted(groups, key=lambda group: (rank(group.first), -len(group.rows)))


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """How many tests came to what, the worst first; findings on the run are no tests."""
    counts: dict[str, int] = {}
    for row in sorted((row for row in rows if not row.is_beside), key=rank):
        counts[kind(row)] = counts.get(kind(row), 0) + 1
    return counts
