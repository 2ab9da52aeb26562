"""A circuit whose permits are counted by somebody else than itself."""

from __future__ import annotations

from collections.abc import Callable

from redhanded.pipeline.breaker import Breaker, BreakerLimits, Denied, Outcome, Permit, State
from tests.simulation.rules import hold

WIDTHS = (1, 2, 4)


class WatchedBreaker(Breaker):
    """The circuit itself, with a second book of the leases that are out."""

    __slots__ = ("era", "good", "out")

    def __init__(self, limits: BreakerLimits, now: Callable[[], float]) -> None:
        super().__init__(limits, now)
        self.out: dict[Permit, float] = {}
        self.era = self.good = 0

    def acquire(self, *, may_probe: bool, lease_seconds: float) -> Permit | Denied:
        """Leave to send, which is in the second book where it is a lease."""
        answer = super().acquire(may_probe=may_probe, lease_seconds=lease_seconds)
        self._follow()
        if isinstance(answer, Permit) and answer.lease:
            hold(answer not in self.out, 7, f"lease {answer} was given out twice")
            self.out[answer] = self.now() + lease_seconds
            live = self.live
            allowed = WIDTHS[min(self.good, 2)]
            hold(live <= allowed, 7, f"{live} probes are out where {allowed} may be")
        return answer

    def record(self, permit: Permit, outcome: Outcome) -> None:
        """Count a result, and strike the lease out of the second book."""
        end = self.out.pop(permit, None)
        if end is not None and end > self.now() and permit.epoch == self.era:
            self.good += outcome == "success"
        super().record(permit, outcome)
        self._follow()

    @property
    def live(self) -> int:
        """How many leases of this era are out and have not expired."""
        now = self.now()
        return sum(end > now and one.epoch == self.era for one, end in self.out.items())

    def _follow(self) -> None:
        """Begin to count anew when the circuit has changed its state."""
        if self.epoch != self.era:
            hold(self.epoch > self.era, 7, f"epoch {self.epoch} came after {self.era}")
            self.era, self.good = self.epoch, 0

    @property
    def is_half_open(self) -> bool:
        """Whether only probes may be sent."""
        return self.state is State.HALF_OPEN
