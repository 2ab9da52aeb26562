"""Gates of one origin on a connection of their own, and what stands in Redis of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from redhanded.fleet.circuit import Circuit
from redhanded.fleet.origin_state import OriginState
from redhanded.fleet.pace import Pace
from redhanded.fleet.redis_line import Command, Line, Reply
from redhanded.fleet.redis_scripts import Script
from redhanded.fleet.window import Window
from redhanded.pipeline.breaker import State

T = TypeVar("T")
CLOCK = "redis.call('TIME')"


def timed(script: Script) -> Script:
    """The script with a clock that is told in two more arguments: seconds and microseconds."""
    assert script.text.count(CLOCK) == 1
    return Script(script.text.replace(CLOCK, "{ARGV[4], ARGV[5]}"))


@dataclass
class Direct:
    """In place of a link: all acts are performed at once, by the clock of the test."""

    line: Line
    script: Script
    seconds: int = 1_700_000_000
    microseconds: int = 0
    now: float = 0.0

    def ask(self, command: Command, read: Callable[[Reply], T]) -> T:
        return read(self._perform(command))

    def send(self, command: Command) -> None:
        self._perform(command)

    def advance(self, microseconds: int) -> None:
        """Let the clock go on, or back."""
        total = self.seconds * 1_000_000 + self.microseconds + microseconds
        self.seconds, self.microseconds = divmod(total, 1_000_000)

    def _perform(self, command: Command) -> Reply:
        _, _, *rest = command
        asked = ("EVALSHA", self.script.digest, *rest, self.seconds, self.microseconds)
        reply = self.line.ask([asked], seconds=30.0)[0]
        self.now = float(reply[-1])
        return reply


@dataclass
class Kept:
    """What stands in the hash of an origin, by kind of field."""

    scalars: dict[str, str] = field(default_factory=dict)
    named: defaultdict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def read(cls, line: Line, key: str) -> Kept:
        """All of it."""
        found = cls()
        flat = line.ask([("HGETALL", key)], seconds=30.0)[0]
        for name, value in zip(flat[::2], flat[1::2], strict=True):
            if name[1:2] == ":":
                found.named[name[0]][name[2:]] = float(value)
            else:
                found.scalars[name] = value
        return found

    def state(self) -> OriginState:
        """The same as the state machine has it."""
        return OriginState(
            circuit=Circuit(
                state=State(self.scalars.get("state", "closed")),
                epoch=int(self._number("epoch")),
                opened_at=self._number("opened_at"),
                open_for=self._number("open_for"),
                window=Window(self._buckets()),
                leases=self.named["l"],
                succeeded=int(self._number("succeeded")),
                prober=self.scalars.get("prober", ""),
                waiting=self.named["w"],
            ),
            pace=Pace(
                tat=self._number("tat"),
                kept=[float(place) for place in self.scalars.get("kept", "").split()],
                handed=int(self._number("handed")),
                share=self._number("share", 1.0),
                changed_at=self._number("changed_at"),
                slowed_at=self._number("slowed_at"),
                paused_until=self._number("paused_until"),
            ),
            hosts=self.named["h"],
            seen=self._number("seen"),
        )

    def _number(self, name: str, default: float = 0.0) -> float:
        return float(self.scalars.get(name, default))

    def _buckets(self) -> dict[int, Any]:
        buckets: defaultdict[int, Any] = defaultdict(dict)
        for name in self.named["n"]:
            second, _, host = name.partition(":")
            counts = (int(self.named[kind].get(name, 0)) for kind in "nfs")
            buckets[int(second)][host] = tuple(counts)
        return dict(buckets)
