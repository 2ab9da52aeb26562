"""When a fault strikes: by number, by chance, or by time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Moment:
    """One matching request: its number from 1, its luck from 0 to 1, and the seconds since."""

    number: int
    luck: float
    since_start: float
    since_first: float


class Shape(Protocol):
    """Which moments are struck."""

    def holds(self, moment: Moment) -> bool:
        """Whether this one is."""
        ...


@dataclass(frozen=True, slots=True)
class Nth:
    """The n-th alone."""

    number: int

    def __str__(self) -> str:
        return "once" if self.number == 1 else f"number {self.number}"

    def holds(self, moment: Moment) -> bool:
        """Whether this one is struck."""
        return moment.number == self.number


@dataclass(frozen=True, slots=True)
class Every:
    """Each n-th."""

    step: int

    def __str__(self) -> str:
        return f"every {self.step}"

    def holds(self, moment: Moment) -> bool:
        """Whether this one is struck."""
        return moment.number % self.step == 0


@dataclass(frozen=True, slots=True)
class Row:
    """So many in a row."""

    first: int
    count: int

    def __str__(self) -> str:
        return f"{self.count} from {self.first}"

    def holds(self, moment: Moment) -> bool:
        """Whether this one is struck."""
        return self.first <= moment.number < self.first + self.count


@dataclass(frozen=True, slots=True)
class Chance:
    """Each with the same chance."""

    rate: float

    def __str__(self) -> str:
        return f"{self.rate:.0%}"

    def holds(self, moment: Moment) -> bool:
        """Whether this one is struck."""
        return moment.luck < self.rate


@dataclass(frozen=True, slots=True)
class Span:
    """All within a span of seconds, counted from the start or from the first."""

    begin: float
    seconds: float
    since_first: bool = True

    def __str__(self) -> str:
        return f"{self.seconds:g} s from {self.begin:g} s"

    def holds(self, moment: Moment) -> bool:
        """Whether this one is struck."""
        elapsed = moment.since_first if self.since_first else moment.since_start
        return self.begin <= elapsed < self.begin + self.seconds


@dataclass(frozen=True, slots=True)
class Always:
    """All of them."""

    def __str__(self) -> str:
        return "always"

    def holds(self, moment: Moment) -> bool:  # noqa: ARG002  the protocol's
        """Whether this one is struck."""
        return True


NAMED: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "once": Nth(1),
        "burst": Row(first=1, count=3),
        "10s": Span(begin=0, seconds=10),
        "60s": Span(begin=0, seconds=60),
        "always": Always(),
        "random": Chance(0.1),
    }
)


def luck(seed: int, rule: int, number: int, *, salt: str = "") -> float:
    """A number from 0 to 1 that depends on nothing but these."""
    digest = hashlib.blake2b(f"{seed}:{rule}:{number}:{salt}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
