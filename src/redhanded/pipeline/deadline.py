"""The call's own deadline, and timeouts that can never be infinite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import DeadlineExceeded
from redhanded.pipeline.flow import Sleep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx2

    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Deadline:
    """Gives a call `total` seconds from its first attempt, redirects and refreshes included."""

    total: float
    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, within the call's deadline."""
        call: Call = request.extensions[CALL]
        if call.deadline == math.inf:
            call.deadline = self.now() + self.total
        return self._held(call, request, proceed) if call.hold else proceed(request)

    def _held(self, call: Call, request: httpx2.Request, proceed: Proceed) -> Flow:
        """A redirect's Retry-After is the least time before it is followed (RFC 9110, 10.2.3)."""
        seconds, call.hold = call.hold, 0.0
        if seconds >= call.deadline - self.now():
            call.row = "deadline"
            error = DeadlineExceeded(
                f"the redirect asks to wait for {seconds:.1f} s, which is over the call's deadline",
                request=request,
            )
            error.attempts = tuple(call.attempts)
            raise error
        call.pause(seconds, "Retry-After of a redirect")
        yield Sleep(seconds)
        return (yield from proceed(request))


class Timeouts:
    """Gives each attempt its connect, read, write and pool timeouts, cut to the time left."""

    def __init__(self, limits: Mapping[str, float], now: Callable[[], float]) -> None:
        self._limits = limits
        self._longest = max(limits.values())
        self._now = now

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, each of whose steps was limited."""
        call: Call = request.extensions[CALL]
        left = call.deadline - self._now()
        # Nearly every call asks for the settings' own limits, and has time for all of them.
        if left < self._longest or request.extensions.get("timeout") != self._limits:
            self._cut(request, call, left)
        return proceed(request)

    def _cut(self, request: httpx2.Request, call: Call, left: float) -> None:
        if left <= 0:
            call.row = "deadline"
            raise DeadlineExceeded(
                "the call's deadline passed before this attempt could be sent: raise "
                "timeouts.total if it may take that long",
                request=request,
            )
        if call.timeouts is None:
            call.timeouts = request.extensions.get("timeout") or {}
        asked = call.timeouts
        request.extensions["timeout"] = {
            # A caller's own timeout= stands, None excepted: it would mean for ever.
            name: min(asked.get(name) or seconds, left)
            for name, seconds in self._limits.items()
        }
