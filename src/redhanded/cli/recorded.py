"""Where a run recorded what somebody names: a test or an attempt, by its id or by its name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from redhanded.cli.commands import Refusal
from redhanded.cli.output import printable
from redhanded.cli.run_folders import run_folders
from redhanded.reports.dossier.reading import read
from redhanded.reports.spool import read_spool
from redhanded.session.berth import RUNS, SPOOL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from redhanded.reports.dossier.case import Case, Row
    from redhanded.reports.dossier.head import Head

_SHORTEST = 4  # characters of an id that may still be unlike all others
_FEW = 3
_ATTEMPT = re.compile(r"[0-9a-f]{4,16}")


class Recorded(NamedTuple):
    """A test as its run recorded it; `attempt_id` where one attempt of it alone is meant."""

    head: Head
    case: Case
    attempt_id: str = ""


def recorded(home: Path, wanted: str, run: str | None, *, tell: Callable[[str], None]) -> Recorded:
    """What is meant, of the run that is named, else of the newest that knows it.

    `home` is where runs write. Refuses what no run knows, and what may be two things.
    """
    rows: list[Row] = []
    for folders in _runs(home, run):
        tell(f"looking into the run {folders[0].name}")
        dossier = read(folders)
        attempts = sorted(_attempts(folders, wanted))
        tests = _meant(dossier.rows, wanted)
        if len(tests) + len(attempts) > 1:
            raise Refusal(_ambiguous(wanted, tests, attempts))
        if attempts:
            [(attempt_id, test_id)] = attempts
            tests = [row for row in dossier.rows if row.test_id == test_id]
            return _attempt(dossier.of(tests), dossier.head, attempt_id)
        if tests:
            return Recorded(dossier.head, next(iter(dossier.of(tests))))
        rows = rows or list(dossier.rows)
    raise Refusal(_unknown(home, wanted, run, rows))


def _runs(home: Path, run: str | None) -> Iterator[Sequence[Path]]:
    """The folders of the run that is named; else those of each run, the newest first."""
    if run is not None:
        yield run_folders(home, [run])
        return
    newest = run_folders(home, ())
    yield newest
    seen = {folder.resolve() for folder in newest}
    spools = (home / RUNS).glob(f"*/{SPOOL}")
    for spool in sorted(spools, key=lambda path: path.stat().st_mtime, reverse=True):
        if spool.parent.resolve() not in seen:
            yield [spool.parent]


def _meant(rows: Sequence[Row], wanted: str) -> list[Row]:
    """The tests that go by this name or id; an id may be told by its beginning."""
    named = [row for row in rows if wanted in (row.test_id, row.key)]
    if named:
        return named
    by_id = [row for row in rows if len(wanted) >= _SHORTEST and row.id.startswith(wanted)]
    return by_id or [row for row in rows if row.test_id.endswith((f"/{wanted}", f"::{wanted}"))]


def _attempts(folders: Sequence[Path], wanted: str) -> set[tuple[str, str]]:
    """The attempts whose ids begin so, each with its test."""
    if not _ATTEMPT.fullmatch(wanted):
        return set()
    sign = f'"id":"{wanted}'.encode()
    return {
        found
        for folder in folders
        for spool in sorted((folder / SPOOL).glob("*.ndjson"))
        for found in _attempts_in(spool, sign)
    }


def _attempts_in(spool: Path, sign: bytes) -> Iterator[tuple[str, str]]:
    for event in read_spool(spool, holding=sign):
        exchange = event.get("exchange")
        if isinstance(exchange, dict) and f'"id":"{exchange.get("id")}'.encode().startswith(sign):
            yield str(exchange["id"]), str(event.get("test_id"))


def _attempt(cases: Iterator[Case], head: Head, attempt_id: str) -> Recorded:
    for case in cases:
        ids = {sent.exchange.id for round_ in case.rounds for sent in round_.sent}
        if attempt_id in ids:
            return Recorded(head, case, attempt_id)
    raise Refusal(
        f"The attempt {attempt_id} was not sent for a test, so nothing tells what to hold it"
        " against: name an attempt of a test."
    )


def _ambiguous(wanted: str, tests: Sequence[Row], attempts: Sequence[tuple[str, str]]) -> str:
    named = [f"{row.id} {row.test_id}" for row in tests]
    named += [f"attempt {attempt_id} of {test_id}" for attempt_id, test_id in attempts]
    more = f" and {len(named) - _FEW} more" if len(named) > _FEW else ""
    shown = "; ".join(map(printable, named[:_FEW]))
    return f"'{printable(wanted)}' may be {shown}{more}: write more of its id, or the test's name."


def _unknown(home: Path, wanted: str, run: str | None, rows: Sequence[Row]) -> str:
    where = f"the run {run}" if run is not None else f"any run in {home / RUNS}"
    names = {row.test_id: row for row in rows} | {row.id: row for row in rows}
    close = get_close_matches(wanted, names, n=_FEW, cutoff=0.5)
    nearest = [f"{names[name].id} {names[name].test_id}" for name in close]
    nearest = nearest or [f"{row.id} {row.test_id}" for row in rows if not row.is_quiet][:_FEW]
    hint = f"the nearest: {'; '.join(nearest)}" if close else f"such as {'; '.join(nearest)}"
    said = f"There is no test and no attempt '{wanted}' in {where}"
    return printable(f"{said}; {hint}." if nearest else f"{said}: see that the run left evidence.")
