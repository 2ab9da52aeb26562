"""The intake: what earlier runs left for the store, taken in by whoever has one open."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from redhanded.history.records import Record, State
from redhanded.session.digest import Mask, digest
from redhanded.session.lifeline import Killed, killed
from redhanded.session.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.history.store import Store

RUNS: Final = "runs"
MOST_KILLED: Final = 20  # at a time
MOST_LOST: Final = 100  # runs that are looked at


def take_in(
    store: Store,
    folder: Path,
    *,
    mask: Mask = lambda text: text,
    is_over: Callable[[], bool] = lambda: False,
) -> list[str]:
    """A sentence for each file that was damaged; the records that waited are in the store now.

    `folder` is where runs write what they leave. Runs that were killed are recorded as such.
    Stops when `is_over` says so, and raises HistoryUnavailable where the store takes no more;
    what is left is for the next one.
    """
    told = Outbox(folder).empty_into(store, is_over=is_over)
    for found in islice(killed(folder / RUNS), MOST_KILLED):
        if is_over():
            found.lifeline.let_go()
            break
        _bury(found, store, mask)
    return told


def give_up(store: Store, project: str, *, before: float) -> None:
    """Record as killed what began before then and never told its end; its folder is elsewhere.

    A run that is slow, not dead, takes its own place back when it ends.
    """
    for run in store.runs(project, latest=MOST_LOST):
        if run.state is State.RUNNING and run.started_at < before:
            store.write(Record(run=replace(run, state=State.KILLED)))


def _bury(found: Killed, store: Store, mask: Mask) -> None:
    try:
        for record in _records(found, mask):
            store.write(record)
    except BaseException:
        found.lifeline.let_go()
        raise
    found.lifeline.cut()


def _records(found: Killed, mask: Mask) -> Iterator[Record]:
    """The record of a killed run; none where no test of it called the API."""
    made = digest(found.folder, found.run, mask=mask)
    if made.attempts:
        run = made.record.run
        seconds = max(made.last - run.started_at, 0.0)
        ended = replace(run, state=State.KILLED, ended_at=made.last, seconds=seconds)
        yield replace(made.record, run=ended)
