"""The store of the workers of one machine: files in the run's folder, and no service.

The clock is the one that a machine has for all its processes.
"""

from __future__ import annotations

import hashlib
import random as chance
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from redhanded.core.clock import SystemClock
from redhanded.fleet.file_gate import FileGate, Solitude
from redhanded.fleet.keyspace import Keyspace
from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.shared_file import PATIENCE, TROUBLE, SharedFile
from redhanded.fleet.store import FleetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from redhanded.fleet.store import GateLimits, Member

T = TypeVar("T")

_LONGEST = 1e9  # seconds; JSON knows no infinity


class FileStore:
    """A store in a folder that its owner alone may read; made where it is not there.

    `patience` is how long a file's lock is waited for, in seconds.
    """

    def __init__(
        self,
        folder: Path,
        limits: GateLimits,
        member: Member,
        *,
        now: Callable[[], float] = SystemClock.monotonic,
        random: Callable[[], float] = chance.random,
        patience: float = PATIENCE,
    ) -> None:
        self._folder = folder
        self._limits = limits._replace(consecutive=limits.breaker.consecutive)
        self._member = member
        self._now = now
        self._random = random
        self._solitude = Solitude(now)
        self._patience = patience
        self._states = TypeAdapter(OriginState)
        self._keys = self._file("keys", TypeAdapter(Keyspace), Keyspace)
        self._gates: dict[str, FileGate] = {}
        self._lock = threading.Lock()

    @property
    def trouble(self) -> str:
        """Why this process had to go alone the last time; empty where it never had to."""
        return self._solitude.reason

    def gate(self, origin: str) -> FileGate:
        """The shared circuit and pace of an origin, the same object each time."""
        with self._lock:
            if origin not in self._gates:
                self._gates[origin] = self._made(origin)
            return self._gates[origin]

    def _made(self, origin: str) -> FileGate:
        # A digest is a name everywhere; an address may not be one.
        digest = hashlib.sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return FileGate(
            self._file(digest, self._states, OriginState),
            self._limits.at(origin),
            self._member,
            solitude=self._solitude,
            now=self._now,
            random=self._random,
        )

    def _file(self, name: str, adapter: TypeAdapter[T], fresh: Callable[[], T]) -> SharedFile[T]:
        return SharedFile(self._folder / f"{name}.json", adapter, fresh, patience=self._patience)

    def claim(self, key: str, owner: str, seconds: float) -> str:
        """Who holds the key from now on."""
        with self._changed() as keys:
            now = self._now()
            return keys.claim(key, owner, until=now + min(seconds, _LONGEST), now=now)

    def release(self, key: str, owner: str) -> None:
        """Give back a key that this owner holds."""
        with self._changed() as keys:
            keys.release(key, owner)

    def put(self, key: str, value: str, seconds: float) -> None:
        """Keep a text under a key, for so many seconds."""
        with self._changed() as keys:
            now = self._now()
            keys.put(key, value, until=now + min(seconds, _LONGEST), now=now)

    def get(self, key: str) -> str | None:
        """The text under a key."""
        try:
            return self._keys.read().get(key, now=self._now())
        except TROUBLE as error:
            raise self._unusable(error) from error

    def beat(self, group: str, member: str, seconds: float) -> frozenset[str]:
        """Who is alive in a group, this member included."""
        with self._changed() as keys:
            now = self._now()
            return keys.beat(group, member, until=now + min(seconds, _LONGEST), now=now)

    def leave(self, group: str, member: str) -> None:
        """Take a member out of a group."""
        with self._changed() as keys:
            keys.leave(group, member)

    def close(self) -> None:
        """Tell the other workers what they were not told yet; nothing is held open."""
        for gate in list(self._gates.values()):
            gate.close()

    @contextmanager
    def _changed(self) -> Iterator[Keyspace]:
        try:
            with self._keys.change() as keys:
                yield keys
        except (*TROUBLE, ValueError) as error:  # ValueError: a text that no file can hold
            raise self._unusable(error) from error

    def _unusable(self, error: BaseException) -> FleetUnavailable:
        why = getattr(error, "strerror", None) or error
        return FleetUnavailable(
            f"the workers of this run cannot share through {self._folder}: {why}; make it "
            "writable, or set `folder` to a folder on a local disk."
        )
