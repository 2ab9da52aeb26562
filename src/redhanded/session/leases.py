"""What one test holds of the pools that the settings name, until its part is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redhanded.fleet.leases import Taken
    from redhanded.session.membership import Membership


class TestLeases:
    """Gives a test names that no other test uses: `lease("users")`.

    They are given back when the test is over, its cleanup included.
    """

    __test__ = False  # pytest would collect a class of this name

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self._taken: list[Taken] = []

    def __call__(self, pool: str) -> str:
        """A name of the pool, this test's alone; waits for one at most half a minute."""
        taken = self._membership.leases.take(pool)
        self._taken.append(taken)
        return taken.name

    def give_back(self) -> None:
        """Let the next tests have what this one held."""
        while self._taken:
            self._membership.leases.give_back(self._taken.pop())
