"""What a script can do with a connection; a script is a tuple of steps."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tests.servers.raw.line import Line
from tests.servers.raw.wire import Received

POLL_SECONDS = 0.01


class Step(Protocol):
    """Anything that can be done with a connection."""

    def play(self, line: Line) -> None:
        """Does it; raises Gone or OSError when the connection is over."""


Script: TypeAlias = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """Reads one whole request and notes it."""

    def play(self, line: Line) -> None:
        line.read_request()


@dataclass(frozen=True, slots=True)
class AwaitBytes:
    """Waits for the first bytes of a request and leaves them unread."""

    def play(self, line: Line) -> None:
        line.await_bytes()


@dataclass(frozen=True, slots=True)
class Send:
    """Sends these bytes, whatever they are."""

    data: bytes

    def play(self, line: Line) -> None:
        line.send(self.data)


@dataclass(frozen=True, slots=True)
class Reply:
    """Reads one request and sends what the function makes of it."""

    make: Callable[[Received], bytes]

    def play(self, line: Line) -> None:
        line.send(self.make(line.read_request()))


@dataclass(frozen=True, slots=True)
class Drip:
    """Sends the bytes a few at a time, with a pause of so many seconds after each few."""

    data: bytes
    size: int = 1
    every: float = 0.02

    def play(self, line: Line) -> None:
        for start in range(0, len(self.data), self.size):
            line.send(self.data[start : start + self.size])
            line.pause(self.every)


@dataclass(frozen=True, slots=True)
class Flood:
    """Sends the piece so many times, or until the client hangs up."""

    piece: bytes
    times: int

    def play(self, line: Line) -> None:
        for _ in range(self.times):
            line.send(self.piece)


@dataclass(frozen=True, slots=True)
class Stall:
    """Neither reads nor sends until the event is set or the seconds are over."""

    until: threading.Event | None = None
    seconds: float = 30.0

    def play(self, line: Line) -> None:
        if self.until is None:
            line.pause(self.seconds)
            return
        for _ in range(round(self.seconds / POLL_SECONDS)):
            if self.until.is_set():
                return
            line.pause(POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class Close:
    """Closes the connection in order."""

    def play(self, line: Line) -> None:
        line.close()


@dataclass(frozen=True, slots=True)
class Reset:
    """Closes the connection with a TCP reset."""

    def play(self, line: Line) -> None:
        line.reset()
