"""What the hosts of a fleet saw of one origin in the last seconds: counts in buckets of a second.

The fleet sees an outage where too much failed, or was slow, over all hosts together, and on enough
of them one by one: a machine whose own way to the origin is bad must not stop the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from pydantic import ConfigDict

if TYPE_CHECKING:
    from redhanded.fleet.store import Member
    from redhanded.pipeline.breaker import BreakerLimits, Outcome

Counts: TypeAlias = tuple[int, int, int]
"""How many results there were, how many of them failed, how many were slow; a hang is both."""

_NOTHING: Counts = (0, 0, 0)
_COUNTED: dict[str, Counts] = {
    "success": (1, 0, 0),
    "fail": (1, 1, 0),
    "slow": (1, 0, 1),
    "hang": (1, 1, 1),
}


@dataclass(slots=True)
class Window:
    """Results by second and host.

    `runs` are the failures of each worker since anybody's last success, the last one at `run_at`.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    buckets: dict[int, dict[str, Counts]] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    run_at: float = 0.0

    def count(
        self, outcome: Outcome, member: Member, *, at: float, now: float, seconds: float
    ) -> None:
        """Count a result that came at a moment; `seconds` is the length of the window."""
        if outcome == "none" or now - at >= seconds:
            return
        hosts = self.buckets.setdefault(math.floor(at), {})
        hosts[member.host] = _sum(hosts.get(member.host, _NOTHING), _COUNTED[outcome])
        if outcome in ("fail", "hang"):
            # Failures further apart than the window had successes between them, seen elsewhere.
            if at - self.run_at > seconds:
                self.runs = {}
            self.runs[member.worker] = self.runs.get(member.worker, 0) + 1
            self.run_at = max(at, self.run_at)
        elif at >= self.run_at:  # an older one, told late, does not lie between the failures
            self.runs = {}
        self._prune(now, seconds=seconds)

    def _prune(self, now: float, *, seconds: float) -> None:
        last = math.floor(now)
        self.buckets = {
            second: hosts
            for second, hosts in self.buckets.items()
            if last - seconds < second <= last
        }

    def is_outage(self, limits: BreakerLimits, *, quorum: int, consecutive: int | None) -> bool:
        """Whether the buckets show an outage, each alone to as many hosts as the quorum says.

        In a row count the failures of one worker: each of several may be at a request that fails by
        itself, and that together they are at no other does not make it an outage.
        """
        if consecutive is not None and max(self.runs.values(), default=0) >= consecutive:
            return True
        hosts = self._by_host()
        total = _sum(*hosts.values())
        if total[0] < max(1, limits.minimum):
            return False
        return any(
            is_bad(total, limits)
            and sum(is_bad(counts, limits) for counts in hosts.values()) >= quorum
            for is_bad in (_is_failing, _is_slow)
        )

    def _by_host(self) -> dict[str, Counts]:
        found: dict[str, Counts] = {}
        for hosts in self.buckets.values():
            for host, counts in hosts.items():
                found[host] = _sum(found.get(host, _NOTHING), counts)
        return found

    @property
    def last_trouble(self) -> int | None:
        """The last second in which something failed or was slow."""
        return max(
            (
                second
                for second, hosts in self.buckets.items()
                if any(failed or slow for _, failed, slow in hosts.values())
            ),
            default=None,
        )


def _sum(*counts: Counts) -> Counts:
    total, failed, slow = (sum(column) for column in zip(_NOTHING, *counts, strict=True))
    return total, failed, slow


def _is_failing(counts: Counts, limits: BreakerLimits) -> bool:
    return counts[1] / counts[0] >= limits.rate


def _is_slow(counts: Counts, limits: BreakerLimits) -> bool:
    return counts[2] / counts[0] >= limits.slow_rate
