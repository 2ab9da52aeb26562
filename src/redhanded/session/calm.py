"""Waiting for the API to be well again, between the rounds of a run and in their midst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.core.settings import Requeue
    from redhanded.fleet.canary import SharedCanary
    from redhanded.pipeline.surroundings import Surroundings
    from redhanded.verdict.almanac import Almanac

SHORTEST_PAUSE: Final = 0.1  # seconds between two looks at an API that is not well
LONGEST_PAUSE: Final = 2.0
_SPACING = 0.05  # of the requeue's budget; rounds that follow at once meet the same weather
_PATIENCE = 0.6  # of the same: longer than a rolling deploy, and well within the budget


@dataclass(slots=True, kw_only=True)
class Calm:
    """When a run may go on; `is_calm` looks at the API, `canary` is the word of other processes.

    `returned` is called each time the API is found well.
    """

    requeue: Requeue
    surroundings: Surroundings
    almanac: Almanac
    is_calm: Callable[[], bool]
    returned: Callable[[], object]
    canary: SharedCanary | None = None
    _rounds: int = 0

    @property
    def patience(self) -> float:
        """Seconds after which weather that lasts is none."""
        return _PATIENCE * self.requeue.seconds

    def await_round(self, seconds: float) -> bool:
        """`wait`, a little later for each round: weather may spare the canary.

        The last round is late enough for what only time can tell.
        """
        spacing = self._rounds * _SPACING * self.requeue.seconds
        self._rounds += 1
        began = self.almanac.in_need_of_time(self._rounds)
        if began and self._rounds == self.requeue.rounds:
            over = max(began) + self.patience
            spacing = max(spacing, over - self.surroundings.clock.wall())
        spacing = min(seconds, spacing)
        if spacing:
            self.surroundings.sleep(spacing)
        return self.wait(seconds - spacing)

    def wait(self, seconds: float) -> bool:
        """Whether the API is well again, within so many seconds."""
        clock, sleep = self.surroundings.clock, self.surroundings.sleep
        until = clock.monotonic() + seconds
        pause = SHORTEST_PAUSE
        while not self._is_calm_now(pause):
            left = until - clock.monotonic()
            if left <= 0:
                return False
            sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)
        self.returned()
        return True

    def _is_calm_now(self, pause: float) -> bool:
        """Whether the API is well, as seen here; that it is not may be another process's word."""
        if self.canary is None:
            return self.is_calm()
        if not self.canary.may_look():
            return False
        is_calm = False
        try:
            is_calm = self.is_calm()
        finally:
            self.canary.tell(is_well=is_calm, seconds=pause)
        return is_calm
