"""Faults of the door: nobody gets in for a while."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from redhanded.lab.weather.door import Door
from redhanded.lab.weather.faults.fault import Fault, Seconds


class Outage(Fault):
    """A fault that lasts, and meets whoever would connect."""

    seconds: Seconds = 3.0

    ends_requests: ClassVar[bool] = False  # also those that are being answered

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


class TotalOutage(Outage):
    """Breaks every connection and refuses new ones for sixty seconds."""

    code: ClassVar[str] = "E39"
    title: ClassVar[str] = "60 s of total outage"

    seconds: Seconds = 60.0

    ends_requests: ClassVar[bool] = True

    async def begin(self, door: Door) -> None:
        """Closes the port, which stays ours."""
        await door.shut()
