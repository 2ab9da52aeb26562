"""What a run's reader is told of a sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from redhanded.cleanup.contents import Contents
from redhanded.cleanup.entries import Created, Entry, GaveUp
from redhanded.cleanup.holdings import Holding
from redhanded.cleanup.machine import Machine
from redhanded.cleanup.owner import Owner, Standing
from redhanded.cleanup.remnants import Remnant
from redhanded.cleanup.report import Report
from redhanded.session.swept import Swept, ago, named
from tests.cleanup.dead import mark

NOON = 1_790_000_000.0
MACHINE = Machine("ci-7", "boot", "space")


def held(run: str, *entries: Entry) -> Holding:
    """The journal of a dead process of that run."""
    owner = Owner(run=run, worker="gw0", base_url="http://x", machine=MACHINE, pid=7)
    return Holding(Path(f"{run}.ndjson"), Contents(owner, entries=entries), Standing.DEAD)


def made(which: int, *, at: float = NOON) -> Created:
    """An entry that tells of a room."""
    return Created(kind="room", id=str(which), at=at)


def left(which: int, reason: str = "") -> Remnant:
    """A room that is left."""
    return Remnant(kind="room", id=str(which), at=NOON, reason=reason)


def told(report: Report, *holdings: Holding, hindered: tuple[str, ...] = ()) -> list[str]:
    """The sentences."""
    return [*Swept(holdings, report, NOON + 750, hindered).sentences()]


@pytest.mark.parametrize(
    "runs, said",
    [
        pytest.param(
            ["3f2a9c1e"],
            "swept 2 leftovers of run 3f2a9c1e, last heard of 12 minutes ago",
            id="one-run",
        ),
        pytest.param(
            ["3f2a9c1e", "77777777"],
            "swept 2 leftovers of 2 runs, the last of them heard of 12 minutes ago",
            id="two-runs",
        ),
    ],
)
def test_what_was_swept_is_one_line(runs: list[str], said: str) -> None:
    """It says how much, whose it was, and how long ago that run lived."""
    holdings = [held(run, made(1), made(2)) for run in runs]

    assert told(Report(removed=(left(1), left(2))), *holdings) == [said]


def test_a_sweep_of_nothing_says_nothing() -> None:
    """What was gone already is nobody's business."""
    assert told(Report(), held("3f2a9c1e")) == []


def test_what_could_not_be_removed_is_listed_in_short() -> None:
    """Five objects with the reason, then how many more."""
    kept = tuple(left(number, "DELETE answered 403") for number in range(1, 9))
    holding = held("3f2a9c1e", *(made(number) for number in range(1, 9)))

    sentences = told(Report(kept=kept), holding)

    assert sentences[0] == "left behind: room 1 (DELETE answered 403)"
    assert len(sentences) == 6
    assert sentences[-1] == "left behind: 3 more; `redhanded sweep` lists them"


def test_what_a_test_has_told_is_not_told_again() -> None:
    """The run's last words hold it already, with the name of the test."""
    gave_up = GaveUp(kind="room", id="1", reason="DELETE answered 500", at=NOON)
    swept = Swept(
        [held("x", made(1), gave_up)], Report(kept=(left(1, "DELETE answered 500"),)), NOON
    )

    assert [*swept.sentences(is_own=True)] == []
    assert [*swept.sentences()] == ["left behind: room 1 (DELETE answered 500)"]


def test_why_a_sweep_ended_early_is_told_with_what_is_left() -> None:
    """So are journals that cannot be swept, and those that cannot be written."""
    report = Report(left=(left(1),), stopped="10 s were not enough", problems=("x is full",))

    assert told(report, held("3f2a9c1e"), hindered=("nobody is admin",)) == [
        "the sweep did not come to 1 leftover: 10 s were not enough",
        "nobody is admin",
        "x is full",
    ]


@pytest.mark.parametrize(
    "seconds, said",
    [
        (0.4, "just now"),
        (-60.0, "just now"),
        (1.0, "1 second ago"),
        (119.0, "1 minute ago"),
        (7_200.0, "2 hours ago"),
        (200_000.0, "2 days ago"),
    ],
    ids=str,
)
def test_ages_are_told_in_one_unit(seconds: float, said: str) -> None:
    """A clock that was set back makes nobody older than now."""
    assert ago(seconds) == said


def test_an_object_without_an_id_is_named_by_its_mark() -> None:
    """Nobody knows another name of it."""
    intent = Remnant(kind="room", tag=mark(1), at=NOON)

    assert named(intent) == f"room with the mark {mark(1)}"
    assert named(left(7)) == "room 7"
