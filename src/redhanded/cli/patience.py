"""Waiting with a deadline, and telling how it goes meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redhanded.cli.look import seen
from redhanded.cli.ticker import Ticker

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.attempt import Attempt

__all__ = ["LONGEST_LOOK", "Outcome", "Patience", "Ticker"]

LONGEST_LOOK = 5.0
_SHORTEST_LOOK = 0.1  # the last look must not fail for want of time alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a wait ended: what was seen last, after how many looks and seconds."""

    is_well: bool
    seconds: float
    looks: int
    last: str
    status: int | None

    def record(self) -> dict[str, Any]:
        """The outcome as JSON values."""
        return {
            "well": self.is_well,
            "seconds": round(self.seconds, 3),
            "looks": self.looks,
            "last": {"status": self.status, "seen": self.last},
        }

    def complaint(self, url: str, expect: int) -> str:
        """The sentence for a wait in vain."""
        looks = f"{self.looks} look{'s' * (self.looks != 1)}"
        return (
            f"{url} did not answer {expect} within {self.seconds:.1f} s ({looks});"
            f" seen last: {self.last}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Looks again and again; `look` is given the seconds it may take."""

    look: Callable[[float], Attempt]
    now: Callable[[], float]
    sleep: Callable[[float], None]

    def wait(
        self, seconds: float, *, every: float, expect: int, tell: Callable[[str], None]
    ) -> Outcome:
        """What came of at most `seconds` of looking; `tell` hears of each look that was in vain."""
        began, looks = self.now(), 0
        while True:
            left = began + seconds - self.now()
            attempt = self.look(max(_SHORTEST_LOOK, min(LONGEST_LOOK, left)))
            looks += 1
            outcome = Outcome(
                is_well=attempt.is_complete and attempt.status == expect,
                seconds=self.now() - began,
                looks=looks,
                last=seen(attempt),
                status=attempt.status,
            )
            left = seconds - outcome.seconds
            if outcome.is_well or left <= 0:
                return outcome
            tell(f"waiting {outcome.seconds:.0f} of {seconds:g} s: {outcome.last}")
            self.sleep(min(every, left))
