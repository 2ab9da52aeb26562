"""The store of a fleet: what its processes share, behind one protocol.

Three keep it: memory (one process), a file (the workers of one machine) and Redis (machines).
Whatever else is shared, such as what is done once for a run, is built of these few acts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import urlsplit

from redhanded.core.errors import RedhandedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.pipeline.breaker import BreakerLimits
    from redhanded.pipeline.load import Load
    from redhanded.pipeline.shared_gate import SharedGate


class FleetUnavailable(RedhandedError):
    """The store cannot be reached now, or not at all; says what to do."""


class Member(NamedTuple):
    """One process of a fleet: its machine and its name there, such as `gw1` of run `3f2a9c1e`."""

    host: str
    worker: str


class GateLimits(NamedTuple):
    """What holds for one origin: when its circuit opens, how many hosts must say so, its pace.

    `rate` is requests a second of the whole fleet, None where there is no limit; `pace` tells rate
    and burst of a host, where not all have the same. `consecutive`
    failures of one worker, between which nobody had a success, open the circuit too where that is
    set; a store of many machines has no such rule, because there is no order between what they saw.
    """

    breaker: BreakerLimits
    quorum: int = 2
    rate: float | None = None
    burst: float = 1.0
    consecutive: int | None = None
    pace: Callable[[str], Load] | None = None

    def at(self, origin: str) -> GateLimits:
        """What holds for this origin, such as `https://api.example.com`."""
        if self.pace is None:
            return self
        load = self.pace(urlsplit(origin).hostname or "")
        return self._replace(rate=load.rate, burst=load.burst, pace=None)


class Store(Protocol):
    """State that processes share; each act takes a quarter of a second at most.

    All but `gate` and `close` raise FleetUnavailable where the store is away. Keys are plain names
    and never hold a secret; times are seconds.
    """

    def gate(self, origin: str) -> SharedGate:
        """The shared circuit and pace of an origin, such as `https://api.example.com`."""
        ...

    def claim(self, key: str, owner: str, seconds: float) -> str:
        """Who holds the key from now on: `owner` where it was free or held by it already.

        Held for so many seconds, unless it is claimed again by the same owner before.
        """
        ...

    def release(self, key: str, owner: str) -> None:
        """Give back a key that this owner holds; nothing where it holds it no more."""
        ...

    def put(self, key: str, value: str, seconds: float) -> None:
        """Keep a text under a key, for so many seconds."""
        ...

    def get(self, key: str) -> str | None:
        """The text under a key; None where there is none, or it is forgotten."""
        ...

    def beat(self, group: str, member: str, seconds: float) -> frozenset[str]:
        """Who is alive in a group, this member included, which is from now on for so long."""
        ...

    def leave(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        ...

    def close(self) -> None:
        """Let go of whatever is open; what is still to be recorded is sent, or given up."""
        ...
