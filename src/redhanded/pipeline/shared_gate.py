"""The seam to what other processes know of an origin: their circuit and their pace, shared.

A request passes where this process and the others allow it. The pipeline knows the protocol alone;
`redhanded.fleet` keeps it, in memory, in a file or in Redis.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.pipeline.breaker import Denied, Outcome


class Asked(NamedTuple):
    """What a request asks leave for; times in seconds.

    `lease` is how long a probe may take, `within` the longest wait for its turn at the shared
    pace. A request that is not `held` is none of the circuit's (cleanup, canaries, probes of a
    diagnosis): it keeps the pace alone. `reserved` asks for a turn out of the cleanup's own share.
    """

    may_probe: bool
    lease: float
    within: float
    held: bool = True
    reserved: bool = False


class Turn(NamedTuple):
    """Leave to send one request, in so many seconds; `lease` is set for a probe."""

    epoch: int
    lease: str = ""
    wait: float = 0.0


class Late(NamedTuple):
    """No leave: the turn at the shared pace comes later than the request can wait."""

    wait: float


class SharedGate(Protocol):
    """What the processes of a fleet share about one origin. Nothing here ever raises."""

    @property
    def is_remote(self) -> bool:
        """Whether `acquire` may wait for a network, so that an event loop must not."""
        ...

    def acquire(self, asked: Asked) -> Turn | Denied | Late | None:
        """Leave, or how long to wait; None where nobody can be asked: this process decides alone.

        Comes within a quarter of a second.
        """
        ...

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result, without waiting; one of an older epoch or a dead lease is dropped."""
        ...

    def vouch(self) -> None:
        """Count a control request that went past the circuit and was well, without waiting."""
        ...

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429 for all: keep still for `pause` seconds, and go at 0.7 of the pace.

        Does not wait.
        """
        ...


class Sharing(NamedTuple):
    """How a process shares its origins: the gate of each by its address, and among how many.

    `workers` tells how many processes are at work now, this one included.
    """

    gate: Callable[[str], SharedGate]
    workers: Callable[[], int]
