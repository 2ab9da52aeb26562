"""A link to Redis without a Redis and without a thread: what it sends through, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from redhanded.fleet.redis_faults import LineBroken
from redhanded.fleet.redis_limits import LinkLimits
from redhanded.fleet.redis_line import Command, Reply
from redhanded.fleet.redis_link import Link

NAME = "redis://ci:6379/0"
REFUSED = "nothing listens there; start it, or mend redis_url"


@dataclass
class FakeWire:
    """Answers each command with itself; `fault` is why it breaks, `seconds` what it takes."""

    exchange: Exchange
    is_closed: bool = False

    def open(self, *, seconds: float) -> None:
        self.exchange.opened += 1
        self._break()

    def ask(self, commands: Sequence[Command], *, seconds: float) -> list[Reply]:
        self.exchange.sent.append(list(commands))
        self.exchange.seconds_left.append(seconds)
        self.exchange.now += self.exchange.seconds
        self.exchange.meanwhile()
        self._break()
        return [self.exchange.answer(command) for command in commands]

    def close(self) -> None:
        self.is_closed = True

    def _break(self) -> None:
        if self.exchange.fault:
            raise LineBroken(self.exchange.fault)


@dataclass
class Exchange:
    """What all wires of a test have in common: their server, so to speak, and the clock."""

    fault: str = ""
    seconds: float = 0.0
    now: float = 1000.0
    step: float = 0.0
    opened: int = 0
    answer: Callable[[Command], Reply] = lambda command: command[0]
    meanwhile: Callable[[], object] = lambda: None
    sent: list[list[Command]] = field(default_factory=list)
    seconds_left: list[float] = field(default_factory=list)
    wires: list[FakeWire] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def dial(self) -> FakeWire:
        self.wires.append(FakeWire(self))
        return self.wires[-1]

    def fresh(self, *, answer: float = 0.25, queue: int = 1000) -> HandLink:
        """A link that has not tried anything yet."""
        limits = LinkLimits(answer=answer, queue=queue)
        return HandLink(self.dial, name=NAME, tell=self.told.append, limits=limits, now=self.read)

    def link(self, *, answer: float = 0.25, queue: int = 1000) -> HandLink:
        """A link that has tried to connect once, as its thread would have."""
        link = self.fresh(answer=answer, queue=queue)
        link.tend()
        return link

    def read(self) -> float:
        """The time, which goes on by a step each time that somebody looks."""
        self.now += self.step
        return self.now


class HandLink(Link):
    """A link whose thread ends at once: the test tends to it by hand, and looks into it."""

    def _serve(self) -> None:
        return

    @property
    def questions(self) -> int:
        """How many wait for whoever has the turn."""
        return len(self._wishes)

    @property
    def has_tried(self) -> bool:
        """Whether nobody waits for the first attempt to connect any more."""
        return self._tried.is_set()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Somebody has the turn all the time."""
        with self._turn:
            yield


def word(reply: Reply) -> str:
    """The reply as the text that it is."""
    if not isinstance(reply, str):
        raise TypeError(reply)
    return reply
