"""Faults of the door: nobody gets in for a while."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from redhanded.lab.weather.door import HOST6, Door, bound
from redhanded.lab.weather.faults.fault import Fault, Seconds
from redhanded.lab.weather.jam import works_here
from redhanded.lab.weather.shapes import NAMED, Shape


class Outage(Fault):
    """A fault that lasts, and meets whoever would connect."""

    seconds: Seconds = 3.0

    ends_connections: ClassVar[bool] = True  # after the answers that are awaited
    ends_requests: ClassVar[bool] = False  # at once

    @abstractmethod
    async def begin(self, door: Door) -> None:
        """Lets nobody in."""

    async def finish(self, door: Door) -> None:
        """Lets all in again."""
        await door.open()


class Refused(Outage):
    """Closes the port for three seconds, as a restart does; requests under way are answered."""

    code: ClassVar[str] = "E05"
    title: ClassVar[str] = "refused for 3 s (restart)"

    async def begin(self, door: Door) -> None:
        """Closes the port, which stays ours."""
        await door.shut()


class SilentDoor(Outage):
    """Drops what knocks, so that a connection is neither made nor refused (on Linux)."""

    code: ClassVar[str] = "E06"
    title: ClassVar[str] = "SYN dropped"

    @classmethod
    def lacks(cls) -> str | None:
        """A system whose full backlog drops connections."""
        return None if works_here() else "Linux, whose full backlog drops connections"

    async def begin(self, door: Door) -> None:
        """Fills the backlog with connections that nobody accepts."""
        await door.jam()

    async def finish(self, door: Door) -> None:
        """Accepts who still waits."""
        await door.free()


class BlackHole6(Outage):
    """Drops what knocks at the same port of ::1, while 127.0.0.1 works (on Linux).

    It meets clients that ask for `localhost` and try its IPv6 address first.
    """

    code: ClassVar[str] = "E04"
    title: ClassVar[str] = "IPv6 black hole, IPv4 fine"
    usual: ClassVar[Shape] = NAMED["always"]

    ends_connections: ClassVar[bool] = False

    @classmethod
    def lacks(cls) -> str | None:
        """A system whose full backlog drops connections, and that has IPv6."""
        if not works_here():
            return "Linux, whose full backlog drops connections"
        try:
            bound(0, host=HOST6).close()
        except OSError:
            return "IPv6 on the loopback interface"
        return None

    async def begin(self, door: Door) -> None:
        """Takes the port on ::1 and fills its backlog."""
        await door.jam_other(HOST6)

    async def finish(self, door: Door) -> None:
        """Gives the port on ::1 back."""
        door.free_other()


class TotalOutage(Outage):
    """Breaks every connection and refuses new ones for sixty seconds."""

    code: ClassVar[str] = "E39"
    title: ClassVar[str] = "60 s of total outage"

    seconds: Seconds = 60.0

    ends_requests: ClassVar[bool] = True

    async def begin(self, door: Door) -> None:
        """Closes the port, which stays ours."""
        await door.shut()
