"""The report of a sweep: what became of each remnant, as it is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from redhanded.cleanup.entries import Created, Deleted, GaveUp, NotApplied

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redhanded.cleanup.effects import Target
    from redhanded.cleanup.entries import Outcome
    from redhanded.cleanup.holdings import Holding
    from redhanded.cleanup.remnants import Key, Remnant


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of everything that a sweep looked at.

    `kept` carry the reason why they could not be removed; `left` were not come to, as `stopped`
    says, or would be removed, were it no dry run. `untouched` are journals with the sentence why
    nothing of them was removed, `problems` what else there is to tell.
    """

    removed: tuple[Remnant, ...] = ()
    not_applied: tuple[Remnant, ...] = ()
    kept: tuple[Remnant, ...] = ()
    left: tuple[Remnant, ...] = ()
    untouched: tuple[tuple[Holding, str], ...] = ()
    problems: tuple[str, ...] = ()
    stopped: str = ""


@dataclass(slots=True)
class Tally:
    """Counts targets in, and what is told of them."""

    removed: list[Remnant] = field(default_factory=list)
    not_applied: list[Remnant] = field(default_factory=list)
    kept: list[Remnant] = field(default_factory=list)
    untouched: list[tuple[Holding, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    stopped: str = ""
    _left: dict[tuple[int, Key], Remnant] = field(default_factory=dict)

    def expect(self, targets: Iterable[Target]) -> None:
        """Take targets in, of which something is going to be told, or nothing."""
        self._left.update(((one.journal, one.remnant.key), one.remnant) for one in targets)

    def take(self, target: Target, entry: Outcome) -> None:
        """Take in what became of a target."""
        remnant = self._left.pop((target.journal, target.remnant.key), target.remnant)
        match entry:
            case Created():
                found = replace(remnant, id=entry.id)
                self._left[target.journal, found.key] = found
            case Deleted():
                self.removed.append(remnant)
            case NotApplied():
                self.not_applied.append(remnant)
            case GaveUp():
                self.kept.append(replace(remnant, reason=entry.reason, is_given_up=True))

    def report(self) -> Report:
        """All of it."""
        return Report(
            removed=tuple(self.removed),
            not_applied=tuple(self.not_applied),
            kept=tuple(self.kept),
            left=tuple(self._left.values()),
            untouched=tuple(self.untouched),
            problems=tuple(self.problems),
            stopped=self.stopped,
        )
