"""The store of one process: its threads share, nobody else does."""

from __future__ import annotations

import itertools
import random as chance
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from redhanded.core.clock import SystemClock
from redhanded.fleet.circuit import jitter
from redhanded.fleet.keyspace import Keyspace
from redhanded.fleet.origin_state import OriginState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redhanded.fleet.store import GateLimits, Member
    from redhanded.pipeline.breaker import Denied, Outcome
    from redhanded.pipeline.shared_gate import Asked, Late, Turn


@dataclass(frozen=True, slots=True)
class Memory:
    """What the members of a store in memory share."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    origins: dict[str, OriginState] = field(default_factory=dict)
    keys: Keyspace = field(default_factory=Keyspace)
    leases: Iterator[int] = field(default_factory=lambda: itertools.count(1))


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """A store that is gone with its process; members that are given one memory share it."""

    limits: GateLimits
    member: Member
    now: Callable[[], float] = SystemClock.monotonic
    random: Callable[[], float] = chance.random
    memory: Memory = field(default_factory=Memory)

    def gate(self, origin: str) -> MemoryGate:
        """The shared circuit and pace of an origin."""
        with self.memory.lock:
            state = self.memory.origins.setdefault(origin, OriginState())
        return MemoryGate(self, state, self.limits.at(origin))

    def claim(self, key: str, owner: str, seconds: float) -> str:
        """Who holds the key from now on."""
        with self.memory.lock:
            now = self.now()
            return self.memory.keys.claim(key, owner, until=now + seconds, now=now)

    def release(self, key: str, owner: str) -> None:
        """Give back a key that this owner holds."""
        with self.memory.lock:
            self.memory.keys.release(key, owner)

    def put(self, key: str, value: str, seconds: float) -> None:
        """Keep a text under a key, for so many seconds."""
        with self.memory.lock:
            now = self.now()
            self.memory.keys.put(key, value, until=now + seconds, now=now)

    def get(self, key: str) -> str | None:
        """The text under a key."""
        with self.memory.lock:
            return self.memory.keys.get(key, now=self.now())

    def beat(self, group: str, member: str, seconds: float) -> frozenset[str]:
        """Who is alive in a group, this member included."""
        with self.memory.lock:
            now = self.now()
            return self.memory.keys.beat(group, member, until=now + seconds, now=now)

    def leave(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        with self.memory.lock:
            self.memory.keys.leave(group, member)

    def close(self) -> None:
        """Let go of whatever is open, which is nothing."""


@dataclass(frozen=True, slots=True)
class MemoryGate:
    """The state of one origin under the lock of its store."""

    store: MemoryStore
    state: OriginState
    limits: GateLimits

    is_remote: ClassVar[bool] = False

    def acquire(self, asked: Asked) -> Turn | Denied | Late:
        """Leave, or how long to wait."""
        store = self.store
        with store.memory.lock:
            return self.state.acquire(
                asked,
                store.member,
                store.now(),
                self.limits,
                lease=str(next(store.memory.leases)),
                jitter=jitter(store.random()),
            )

    def record(self, turn: Turn, outcome: Outcome) -> None:
        """Count a result."""
        store = self.store
        with store.memory.lock:
            self.state.record(turn, outcome, store.member, store.now(), self.limits)

    def vouch(self) -> None:
        """Count a control request that was answered well."""
        with self.store.memory.lock:
            self.state.vouch(self.store.now(), self.limits)

    def slow_down(self, pause: float | None) -> None:
        """Heed a 429 for all."""
        with self.store.memory.lock:
            self.state.slow_down(pause, self.store.now())
