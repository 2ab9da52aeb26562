"""What one test holds of the pools that the settings name, until its part is closed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from redhanded.fleet.leases import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.fleet.leases import Taken
    from redhanded.session.membership import Membership

_SPARE: Final = 0.2  # of a test's time, so that it still can tell what it waited for


class TestLeases:
    """Gives a test names that no other test uses: `lease("users")`.

    They are given back when the test is over, its cleanup included. `limit` is how many seconds
    the test may take in all; `spent` tells how many it has taken.
    """

    __test__ = False  # pytest would collect a class of this name

    def __init__(self, membership: Membership, spent: Callable[[], float]) -> None:
        self.limit: float = math.inf
        self._membership = membership
        self._spent = spent
        self._taken: list[Taken] = []

    def __call__(self, pool: str) -> str:
        """A name of the pool, this test's alone; waits for one half a minute at most."""
        left = (1 - _SPARE) * self.limit - self._spent()
        taken = self._membership.leases.take(pool, patience=max(0.0, min(PATIENCE, left)))
        self._taken.append(taken)
        return taken.name

    def give_back(self) -> None:
        """Let the next tests have what this one held."""
        while self._taken:
            self._membership.leases.give_back(self._taken.pop())
