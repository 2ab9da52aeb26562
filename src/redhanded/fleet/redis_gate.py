"""What the processes of a fleet share about one origin, kept in Redis: each act is one script."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import TYPE_CHECKING

from redhanded.fleet.redis_scripts import script
from redhanded.fleet.store import FleetUnavailable
from redhanded.pipeline.breaker import Denied
from redhanded.pipeline.shared_gate import Late, Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.fleet.redis_line import Command, Reply
    from redhanded.fleet.redis_link import Link
    from redhanded.fleet.store import GateLimits, Member
    from redhanded.pipeline.breaker import Outcome
    from redhanded.pipeline.shared_gate import Asked

_LONGEST = 1e9  # seconds; JSON knows no infinity
_LEASE = 120.0  # seconds; no probe takes longer, and a state outlives all its leases


class RedisGate:
    """The gate of one origin; `jitter` gives a factor about 1, `lease` a name nobody else has."""

    def __init__(
        self,
        link: Link,
        key: str,
        *,
        member: Member,
        limits: GateLimits,
        jitter: Callable[[], float],
        lease: Callable[[], str],
    ) -> None:
        self._link = link
        self._key = key
        self._member = member
        self._limits = _told(limits)
        self._jitter = jitter
        self._lease = lease
        self._script = script("gate")

    @property
    def is_remote(self) -> bool:
        """True: Redis is asked over a network."""
        return True

    def acquire(self, asked: Asked) -> Turn | Denied | Late | None:
        """Leave, or how long to wait; None where Redis is away: this process decides alone."""
        lease = self._lease()
        command = self._command(
            "acquire",
            host=self._member.host,
            worker=f"{self._member.host}/{self._member.worker}",
            may_probe=asked.may_probe,
            seconds=min(asked.lease, _LONGEST),
            within=min(asked.within, _LONGEST),
            held=asked.held,
            reserved=asked.reserved,
            lease=lease,
            jitter=self._jitter(),
        )
        try:
            return self._link.ask(command, partial(_answer, lease=lease))
        except FleetUnavailable:
            return None

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result, by and by; one of an older epoch or a dead lease is dropped."""
        self._send(
            "record",
            host=self._member.host,
            epoch=str(turn.epoch),
            lease=turn.lease,
            outcome=outcome,
        )

    def vouch(self) -> None:
        """Count a control request that was sent past the circuit and was answered well."""
        self._send("vouch")

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429 for all."""
        self._send("slow_down", pause=pause or 0.0)

    def _send(self, act: str, **told: object) -> None:
        self._link.send(self._command(act, **told))

    def _command(self, act: str, **told: object) -> Command:
        return self._script.on(self._key, act, self._limits, json.dumps(told))


def _told(limits: GateLimits) -> str:
    """The limits as the script takes them."""
    breaker = limits.breaker
    told = {
        "window": breaker.window,
        "minimum": breaker.minimum,
        "rate": breaker.rate,
        "slow_rate": breaker.slow_rate,
        "open": breaker.open,
        "longest": breaker.longest,
        "ramp": breaker.ramp,
        "quorum": limits.quorum,
        "burst": limits.burst,
        "ttl_ms": math.ceil(2000 * (breaker.window + breaker.longest + _LEASE)),
    }
    return json.dumps(told if limits.rate is None else told | {"pace": limits.rate})


def _answer(reply: Reply, *, lease: str) -> Turn | Denied | Late:
    kind, epoch, seconds, _ = reply
    match kind:
        case "turn":
            return Turn(int(epoch), wait=float(seconds))
        case "probe":
            return Turn(int(epoch), lease, float(seconds))
        case "denied" | "awaits":
            return Denied(float(seconds), probe=kind == "awaits")
        case "late":
            return Late(float(seconds))
    raise ValueError(reply)
