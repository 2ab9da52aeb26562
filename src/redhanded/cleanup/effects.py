"""The effects of a sweep: what it asks the API, by which rules, and what makes it stop."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from redhanded.cleanup.entries import Declared, Outcome
    from redhanded.cleanup.remnants import Remnant
    from redhanded.core.settings import Cleaning

T = TypeVar("T")

TRIES: Final = 5
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_BUSY: Final = (429, 503)


class Answer(NamedTuple):
    """What came of a request: its status, or None and the `reason` where no answer came.

    `document` is its JSON, None where it is none; `pause` the seconds that it asks to wait;
    `headers` have small names.
    """

    status: int | None
    document: object = None
    pause: float | None = None
    reason: str = ""
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def is_success(self) -> bool:
        """Whether the API did what it was asked."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_trouble(self) -> bool:
        """Whether the API is away as a whole, or asks to be left alone for a while."""
        return self.status is None or self.status in _BUSY

    @property
    def is_passing(self) -> bool:
        """Whether the same request may be answered otherwise a little later."""
        return self.status is None or self.status >= 500 or self.status in {408, 425, 429}

    def told(self, method: str, path: str) -> str:
        """What came of it, in a clause."""
        if self.status is None:
            return f"{method} {path} was not answered ({self.reason})"
        return f"{method} {path} answered {self.status}"


class Target(NamedTuple):
    """A remnant, how its kind is removed (None where nothing tells), and the journal it is from.

    `depth` counts its kind and those above it; `journal` is the number of that one in this sweep.
    `is_seen` says that this sweep has seen its mark.
    """

    remnant: Remnant
    declared: Declared | None
    depth: int = 1
    journal: int = 0
    is_seen: bool = False


class Ask(NamedTuple):
    """A request to be sent once; answered with an Answer, whatever comes of it."""

    method: str
    path: str
    identity: str | None


class Wait(NamedTuple):
    """A pause."""

    seconds: float


class Tell(NamedTuple):
    """What became of a target, as an entry for its journal."""

    target: Target
    entry: Outcome


Effect: TypeAlias = Ask | Wait | Tell
Flow: TypeAlias = Generator[Effect, Any, T]


class Stopped(Exception):
    """The sweep goes no further; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a sweep may do. Times are seconds.

    `grace` is how long after its intent an object may still show; `seconds` how long the sweep may
    take in all. The other fields are those of the setting `cleanup`.
    """

    prefix: str = "rh"
    hosts: tuple[str, ...] = ("127.0.0.1", "::1", "localhost")
    ttl: float = 7200.0
    most: int = 200
    grace: float = 60.0
    seconds: float = float("inf")

    @classmethod
    def of(cls, cleaning: Cleaning, *, total: float, seconds: float = float("inf")) -> Rules:
        """The rules that the settings give; `total` is the longest that a call may take."""
        return cls(
            prefix=cleaning.prefix,
            hosts=cleaning.hosts,
            ttl=cleaning.ttl,
            most=cleaning.most,
            grace=cleaning.grace if cleaning.grace is not None else 2 * total,
            seconds=seconds,
        )

    def allows_host_of(self, base_url: str) -> bool:
        """Whether things on that API may be removed that no journal here tells of."""
        host = (urlsplit(base_url).hostname or "").lower()
        return host in {one.strip("[]").lower() for one in self.hosts}


@dataclass(slots=True)
class Course:
    """Sends the requests of one sweep, within its time, and stops where the API is away."""

    rules: Rules
    monotonic: Callable[[], float]
    wall: Callable[[], float]
    removed: int = 0
    _until: float = field(init=False)
    _is_known_to_answer: bool = False
    _silent: list[str] = field(default_factory=list)
    _troubles: int = 0

    def __post_init__(self) -> None:
        self._until = self.monotonic() + self.rules.seconds

    def ask(self, method: str, path: str, identity: str | None) -> Flow[Answer]:
        """The answer to one request; after one that shows trouble, a pause is made."""
        yield from self.wait(0.0)
        answer: Answer = yield Ask(method, path, identity)
        self._note(answer, path)
        if answer.is_trouble:
            pause = pause_before(self._troubles) if answer.pause is None else answer.pause
            yield from self.wait(min(pause, _LONGEST_PAUSE))
        return answer

    def wait(self, seconds: float) -> Flow[None]:
        """A pause; Stopped where there is no time for it."""
        if self.monotonic() + seconds > self._until:
            raise Stopped(
                f"{self.rules.seconds:g} s were not enough; the rest is left for the next sweep"
            )
        if seconds:
            yield Wait(seconds)

    def _note(self, answer: Answer, path: str) -> None:
        self._troubles = self._troubles + 1 if answer.is_trouble else 0
        if answer.status is not None:
            self._is_known_to_answer = True
            self._silent.clear()
            return
        self._silent.append(path)
        # A single path without an answer, of an API that answers others, says nothing of those.
        is_away = not self._is_known_to_answer or len(set(self._silent)) > 1
        if is_away and len(self._silent) >= TRIES:
            raise Stopped(f"the API does not answer ({answer.reason}); sweep again when it is back")

    def require_room(self, count: int) -> None:
        """Stopped where so many removals more would be too many."""
        if self.removed + count > self.rules.most:
            raise Stopped(
                f"{self.removed + count} objects would be removed, and cleanup.most allows "
                f"{self.rules.most}; look at the list, and set it higher if they are all yours"
            )


def pause_before(number: int) -> float:
    """Seconds to wait before the next try, after so many in vain."""
    return float(min(_FIRST_PAUSE * 2 ** (number - 1), _LONGEST_PAUSE))
