"""Leftovers as rows for people, and as values for programs: what a sweep did with each, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from redhanded.cleanup.owner import Standing
from redhanded.cli.output import Cell, printable
from redhanded.cli.quantities import duration, many, timestamp
from redhanded.core.ids import read_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.remnants import Key, Remnant
    from redhanded.cleanup.report import Report


class Outcome(Enum):
    """What became of a leftover, or would."""

    REMOVED = "removed"
    ABSENT = "never made"
    WOULD_GO = "would be removed"
    WOULD_LOOK = "would be searched"
    STAYS = "left behind"
    UNTOUCHED = "untouched"
    FORGOTTEN = "forgotten"


_STYLES = {
    Outcome.REMOVED: "green",
    Outcome.ABSENT: "green",
    Outcome.STAYS: "red",
    Outcome.UNTOUCHED: "dim",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """One object that a run left behind, or an intent without an `id`; `at` is when it was made.

    `worker` and `host` are empty where only its mark tells of it.
    """

    kind: str
    id: str
    tag: str
    at: float
    run: str
    base_url: str
    outcome: Outcome
    why: str = ""
    worker: str = ""
    host: str = ""
    standing: Standing = Standing.UNKNOWN

    def described(self, now: float) -> dict[str, Any]:
        """The leftover as JSON values."""
        return {
            "kind": self.kind,
            "id": self.id or None,
            "mark": self.tag or None,
            "run": self.run,
            "worker": self.worker or None,
            "host": self.host or None,
            "owner": self.standing.value,
            "made": timestamp(self.at),
            "age": round(max(now - self.at, 0.0), 3),
            "base_url": self.base_url,
            "outcome": self.outcome.value,
            "why": self.why or None,
        }

    def masked(self, mask: Callable[[str], str]) -> Leftover:
        """The leftover as it may be shown."""
        return replace(self, id=mask(self.id), base_url=mask(self.base_url), why=mask(self.why))

    @property
    def home(self) -> tuple[str, ...]:
        """What it has in common with others of the same process."""
        return self.run, self.worker, self.host, self.standing.value, self.base_url


class Shelf:
    """Finds the process that left something, by the mark or by kind and id.

    Ids come again where an API begins anew: then each is taken once.
    """

    def __init__(self, holdings: Iterable[Holding]) -> None:
        self._by_mark: dict[tuple[str, str], Holding] = {}
        self._by_key: defaultdict[Key, list[Holding]] = defaultdict(list)
        for holding in holdings:
            for one in holding.remnants:
                self._by_mark[one.kind, one.tag] = holding
                self._by_key[one.key].append(holding)

    def take(self, remnant: Remnant) -> Holding | None:
        """The journal that tells of it; None where none does."""
        if remnant.tag:
            return self._by_mark.get((remnant.kind, remnant.tag))
        held = self._by_key[remnant.key]
        return held.pop(0) if held else None


def leftovers(
    report: Report, holdings: Sequence[Holding], *, base_url: str, prefix: str, is_dry: bool
) -> Iterator[Leftover]:
    """Everything that the report tells of, with the process that left it.

    What stands in no journal is known by its mark, which begins with `prefix`.
    """
    shelf = Shelf(holdings)
    told = [
        *((one, Outcome.REMOVED, "") for one in report.removed),
        *((one, Outcome.ABSENT, "") for one in report.not_applied),
        *((one, Outcome.STAYS, one.reason) for one in report.kept),
        *((one, _pending(one, is_dry=is_dry), one.reason) for one in report.left),
    ]
    for remnant, outcome, why in told:
        held = shelf.take(remnant)
        if held is not None:
            yield left_by(held, remnant, outcome, why)
        else:
            mark = read_tag(remnant.tag, prefix)
            run = mark.run if mark is not None else ""
            yield _leftover(remnant, outcome, why, run=run, base_url=base_url)
    for held, why in report.untouched:
        yield from (left_by(held, one, Outcome.UNTOUCHED, why) for one in held.remnants)


def _pending(remnant: Remnant, *, is_dry: bool) -> Outcome:
    if not is_dry:
        return Outcome.STAYS
    return Outcome.WOULD_GO if remnant.id else Outcome.WOULD_LOOK


def left_by(held: Holding, remnant: Remnant, outcome: Outcome, why: str = "") -> Leftover:
    """What the process of that journal left."""
    owner = held.contents.owner
    if owner is None:
        return _leftover(remnant, outcome, why, run="", base_url="")
    return _leftover(
        remnant,
        outcome,
        why,
        run=owner.run,
        base_url=owner.base_url,
        worker=owner.worker,
        host=owner.machine.host,
        standing=held.standing,
    )


def _leftover(remnant: Remnant, outcome: Outcome, why: str, **whose: Any) -> Leftover:  # noqa: ANN401
    return Leftover(
        kind=remnant.kind,
        id=remnant.id,
        tag=remnant.tag,
        at=remnant.at,
        outcome=outcome,
        why=why,
        **whose,
    )


class Section(NamedTuple):
    """What one process left: a heading, why nothing was done about all of it, and its rows."""

    heading: str
    why: str
    rows: list[list[Cell]]


def sections(found: Iterable[Leftover], now: float) -> Iterator[Section]:
    """What each process left; a reason that all of it shares is told once."""
    ordered = sorted(found, key=lambda one: one.home)
    for _, group in groupby(ordered, key=lambda one: one.home):
        together = list(group)
        reasons = {one.why for one in together}
        why = reasons.pop() if len(reasons) == 1 else ""
        rows = [_row(one, "" if why else one.why) for one in together]
        yield Section(printable(_heading(together, now)), printable(why), rows)


def _heading(together: Sequence[Leftover], now: float) -> str:
    one = together[0]
    age = f"{duration(max(now - max(each.at for each in together), 0.0))} ago"
    if not one.run:
        return f"an unknown run, {age}"
    process = f"{one.worker} on {one.host}, {one.standing.value}" if one.worker else "by its marks"
    return f"run {one.run} ({process}), {age}, on {one.base_url}"


def _row(one: Leftover, why: str) -> list[Cell]:
    return [
        Cell(f"  {one.outcome.value}", _STYLES.get(one.outcome, ""), is_whole=True),
        Cell(one.kind, is_whole=True),
        Cell(one.id or "(no id yet)", "bold" if one.id else "dim"),
        Cell(one.tag, "dim"),
        Cell(why),
    ]


def counted(found: Sequence[Leftover], *, is_dry: bool) -> str:
    """All of it in one sentence."""
    numbers = {each: sum(one.outcome is each for one in found) for each in Outcome}
    parts = [f"{number:,} {each.value}" for each, number in numbers.items() if number]
    end = " Nothing was removed: this was a dry run, and --yes removes." if is_dry else ""
    return f"{many(len(found), 'leftover')}: {', '.join(parts)}.{end}"
