"""What the reader of a run is told of a sweep, in sentences; nothing is masked yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.verdict.words import many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.remnants import Remnant
    from redhanded.cleanup.report import Report

_SHOWN = 5
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_LISTS = "`redhanded sweep` lists them"


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of the journals that a sweep was given; `now` is in seconds since the epoch.

    `hindered` says in sentences why some journals were not looked at.
    """

    holdings: Sequence[Holding]
    report: Report
    now: float
    hindered: Sequence[str] = ()

    def sentences(self, *, is_own: bool = False) -> Iterator[str]:
        """What was removed, what could not be, and why the sweep did not come to its end.

        Of a run's own objects `is_own` leaves out those of which its tests have told.
        """
        report = self.report
        if report.removed:
            yield f"swept {many(len(report.removed), 'leftover')} {self._whose()}"
        failed = self._failed(is_own=is_own)
        yield from (f"left behind: {named(one)} ({one.reason})" for one in failed[:_SHOWN])
        if len(failed) > _SHOWN:
            yield f"left behind: {len(failed) - _SHOWN} more; {_LISTS}"
        if report.stopped:
            left = many(len(report.left), "leftover")
            yield f"the sweep did not come to {left}: {report.stopped}"
        yield from self.hindered
        yield from report.problems

    def earlier(self) -> Iterator[str]:
        """What earlier sweeps could not remove, and this one did not try again."""
        known = len(self.report.kept) - len(self._failed())
        if known:
            yield f"{many(known, 'leftover')} of earlier runs could not be removed; {_LISTS}"

    def _failed(self, *, is_own: bool = False) -> list[Remnant]:
        """What this sweep itself gave up."""
        known = {
            one.key
            for held in self.holdings
            for one in held.remnants
            if one.is_given_up or (is_own and one.reason)
        }
        return [one for one in self.report.kept if one.key not in known]

    def _whose(self) -> str:
        owners = [held.contents.owner for held in self.holdings]
        runs = {owner.run for owner in owners if owner is not None}
        last = max(
            (entry.at for held in self.holdings for entry in held.contents.entries), default=0
        )
        if len(runs) != 1:
            return f"of {len(runs)} runs, the last of them heard of {ago(self.now - last)}"
        return f"of run {runs.pop()}, last heard of {ago(self.now - last)}"


def named(remnant: Remnant) -> str:
    """The object as one speaks of it; one that has no id yet, by the mark that it carries."""
    return f"{remnant.kind} {remnant.id or f'with the mark {remnant.tag}'}"


def ago(seconds: float) -> str:
    """How long ago something was, such as `12 minutes ago`."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{many(int(seconds // size), unit)} ago"
    return "just now"
