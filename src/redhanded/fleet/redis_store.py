"""The store of a fleet in Redis, for workers on many machines; it needs Redis 6.2 or newer.

All times are by Redis's own clock. Keys are digests: no address and no name stands there in clear.
Each ends by itself.
"""

from __future__ import annotations

import hashlib
import math
import random as chance
import secrets
import time
from functools import partial
from typing import TYPE_CHECKING

from redhanded.fleet.circuit import jitter
from redhanded.fleet.redis_gate import RedisGate
from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.redis_line import Line
from redhanded.fleet.redis_link import Link
from redhanded.fleet.redis_scripts import script, scripts

if TYPE_CHECKING:
    from collections.abc import Callable

    from redhanded.fleet.redis_address import Address
    from redhanded.fleet.redis_line import Reply
    from redhanded.fleet.store import GateLimits, Member

_LEASE_BYTES = 8


class RedisStore:
    """What the processes with the same Redis share, as one of them sees it.

    Connects at the first use, in the background. `tell` is given what the run should know, such as
    that Redis is away; it must not use the store.
    """

    def __init__(
        self,
        address: Address,
        *,
        limits: GateLimits,
        member: Member,
        tell: Callable[[str], None],
        link_limits: LinkLimits | None = None,
        now: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._limits = limits
        self._member = member
        self._random = random
        link_limits = link_limits or LinkLimits()
        dial = partial(Line, address, scripts(), seconds=link_limits.answer, now=now)
        self._link = Link(dial, name=str(address), tell=tell, limits=link_limits, now=now)

    def start(self) -> None:
        """Connect now, in the background, so that the first request need not wait for it."""
        self._link.start()

    def gate(self, origin: str) -> RedisGate:
        """The shared circuit and pace of an origin."""
        return RedisGate(
            self._link,
            _key("gate", origin),
            member=self._member,
            limits=self._limits.at(origin),
            jitter=lambda: jitter(self._random()),
            lease=partial(secrets.token_hex, _LEASE_BYTES),
        )

    def claim(self, key: str, owner: str, seconds: float) -> str:
        """Who holds the key from now on: this owner where it was free or its own."""
        command = script("claim").on(_key("claim", key), owner, _milliseconds(seconds))
        return self._link.ask(command, _word)

    def release(self, key: str, owner: str) -> None:
        """Give back a key that this owner holds."""
        self._link.ask(script("release").on(_key("claim", key), owner), _done)

    def put(self, key: str, value: str, seconds: float) -> None:
        """Keep a text under a key, for so many seconds."""
        self._link.ask(("SET", _key("text", key), value, "PX", _milliseconds(seconds)), _done)

    def get(self, key: str) -> str | None:
        """The text under a key; None where there is none, or it is forgotten."""
        return self._link.ask(("GET", _key("text", key)), _text)

    def beat(self, group: str, member: str, seconds: float) -> frozenset[str]:
        """Who is alive in a group, this member included."""
        command = script("beat").on(_key("group", group), member, _milliseconds(seconds))
        return self._link.ask(command, _words)

    def leave(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        self._link.ask(("ZREM", _key("group", group), member), _done)

    def close(self) -> None:
        """Send what is still to be recorded, for a quarter of a second at most, and hang up."""
        self._link.close()


def _key(kind: str, name: str) -> str:
    # In braces is what a cluster looks at: all that belongs to one name stays together.
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return f"{{rh:{digest}}}:{kind}"


def _milliseconds(seconds: float) -> int:
    return max(1, math.ceil(seconds * 1000))


def _done(_: Reply) -> None:
    """Nothing: that there was an answer is enough."""


def _word(reply: Reply) -> str:
    if not isinstance(reply, str):
        raise TypeError(reply)
    return reply


def _text(reply: Reply) -> str | None:
    return None if reply is None else _word(reply)


def _words(reply: Reply) -> frozenset[str]:
    return frozenset(map(_word, reply))
