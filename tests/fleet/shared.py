"""A store in memory that can be away, and the clock of the processes that share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from redhanded.fleet.heart import Heart
from redhanded.fleet.presence import Owner, Presence
from redhanded.fleet.store import FleetUnavailable
from redhanded.pipeline.shared_gate import SharedGate

AWAY = "the fleet's Redis is away (refused)."


@dataclass
class Time:
    """A clock that stands still until somebody sleeps; `meanwhile` happens in each sleep."""

    seconds: float = 1000.0
    slept: list[float] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return 1_700_000_000.0 + self.seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        self.meanwhile()


@dataclass
class Kept:
    """A text in the store, and until when."""

    text: str
    until: float


@dataclass
class FakeStore:
    """The store of all processes of a test; `is_away` makes every act fail."""

    time: Time
    is_away: bool = False
    claims: dict[str, Kept] = field(default_factory=dict)
    texts: dict[str, Kept] = field(default_factory=dict)
    groups: defaultdict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    def gate(self, origin: str) -> SharedGate:
        raise NotImplementedError

    def _reached(self) -> float:
        if self.is_away:
            raise FleetUnavailable(AWAY)
        return self.time.seconds

    def claim(self, key: str, owner: str, seconds: float) -> str:
        now = self._reached()
        known = self.claims.get(key)
        if known is not None and known.until > now and known.text != owner:
            return known.text
        self.claims[key] = Kept(owner, now + seconds)
        return owner

    def release(self, key: str, owner: str) -> None:
        self._reached()
        if key in self.claims and self.claims[key].text == owner:
            del self.claims[key]

    def put(self, key: str, value: str, seconds: float) -> None:
        self.texts[key] = Kept(value, self._reached() + seconds)

    def get(self, key: str) -> str | None:
        now = self._reached()
        known = self.texts.get(key)
        return known.text if known is not None and known.until > now else None

    def beat(self, group: str, member: str, seconds: float) -> frozenset[str]:
        now = self._reached()
        members = self.groups[group]
        members[member] = now + seconds
        return frozenset(name for name, until in members.items() if until > now)

    def leave(self, group: str, member: str) -> None:
        self._reached()
        self.groups[group].pop(member, None)

    def close(self) -> None:
        self.claims.clear()

    @property
    def holders(self) -> list[str]:
        """Who holds something now, by their workers' names."""
        now = self.time.seconds
        return sorted(
            Owner.read(kept.text).worker for kept in self.claims.values() if kept.until > now
        )


class Quiet(Heart):
    """A heart without a thread: it beats when it is told to."""

    def _run(self) -> None:
        return


def presence(runs: Path, worker: str = "gw0", *, run: str = "run1", host: str = "ci-7") -> Presence:
    """A process of a run, whose lock nobody has taken yet."""
    return Presence(runs, Owner(worker, host, run, f"{worker}token"))
