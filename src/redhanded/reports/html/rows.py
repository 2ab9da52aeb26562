"""The list of tests as the page reads it: a column for each thing that is shown of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redhanded.core.verdicts import Verdict
from redhanded.reports.html.payload import Process, Rows
from redhanded.reports.html.units import ticks
from redhanded.reports.signatures import kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redhanded.reports.dossier.case import Row
    from redhanded.reports.dossier.head import Head
    from redhanded.reports.html.payload import Group, Place
    from redhanded.reports.html.units import Words


_LETTERS: Final = {str(verdict): verdict.letter for verdict in Verdict}


class Columns:
    """Makes the columns, row by row."""

    def __init__(
        self, head: Head, groups: Sequence[Group], words: Words, past: Mapping[str, str]
    ) -> None:
        self._began = head.began
        self._words = words
        self._past = past
        self._processes = {
            (process.shard, process.worker): place for place, process in enumerate(head.processes)
        }
        self._groups = {row: place for place, group in enumerate(groups) for row in group["tests"]}
        self._made = Rows(
            id=[], file=[], test=[], kind=[], code=[], route=[], process=[], at=[], took=[],
            calls=[], attempts=[], rounds=[], group=[], past=[], headline={}, quarantine={},
            beside=[],
        )  # fmt: skip

    def of(self, rows: Sequence[Row], routes: Mapping[Place, str]) -> Rows:
        """The columns of these rows; `routes` are the operations that they rest on."""
        for place, row in enumerate(rows):
            self._add(place, row, routes.get(place, ""))
        return self._made

    def _add(self, place: Place, row: Row, route: str) -> None:
        made, words = self._made, self._words
        file, separator, test = row.test_id.partition("::")
        made["id"].append(row.id)
        made["file"].append(words[file if separator else ""])
        made["test"].append(test if separator else file)
        made["kind"].append(words[kind(row)])
        made["code"].append(words[row.code])
        made["route"].append(words[route])
        made["process"].append(self._processes.get((row.shard, row.worker), -1))
        made["at"].append(ticks(row.began - self._began))
        made["took"].append(ticks(row.seconds))
        made["calls"].append(row.calls)
        made["attempts"].append(row.attempts)
        made["rounds"].append(row.rounds)
        made["group"].append(self._groups.get(place, -1))
        past = self._past.get(row.key or row.test_id, "")
        made["past"].append(f"{past}{letter(row)}" if past else "")
        self._add_rare(place, row)

    def _add_rare(self, place: Place, row: Row) -> None:
        if row.headline and not row.is_quiet:
            self._made["headline"][place] = row.headline
        if row.owner or row.until:
            self._made["quarantine"][place] = (row.owner, row.until)
        if row.is_beside:
            self._made["beside"].append(place)


def letter(row: Row) -> str:
    """What became of a test in one sign."""
    if row.outcome == "skipped":
        return "-"
    return _LETTERS.get(kind(row), "?")


def processes(head: Head) -> list[Process]:
    """The processes of the run, in the order in which rows name them."""
    return [
        Process(
            shard=one.shard,
            worker=one.worker,
            at=ticks(one.began - head.began),
            end=None if one.ended is None else ticks(one.ended - head.began),
            exit_code=one.exit_code,
        )
        for one in head.processes
    ]
