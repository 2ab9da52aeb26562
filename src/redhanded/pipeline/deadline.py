"""The call's own deadline, and timeouts that can never be infinite."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.pipeline.call import call_of
from redhanded.pipeline.errors import DeadlineExceeded

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Deadline:
    """Gives a call `total` seconds from its first attempt, redirects and refreshes included."""

    total: float
    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        if call.deadline == math.inf:
            call.deadline = self.now() + self.total
        return proceed(request)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Gives each attempt its connect, read, write and pool timeouts, cut to the time left."""

    connect: float
    read: float
    write: float
    pool: float
    now: Callable[[], float]

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        left = call.deadline - self.now()
        if left <= 0:
            message = "the call's deadline passed before this attempt could be sent"
            raise DeadlineExceeded(message, request=request)
        # A caller's own timeout= stands, None excepted: it would mean for ever.
        asked = request.extensions.get("timeout") or {}
        request.extensions["timeout"] = {
            "connect": min(asked.get("connect") or self.connect, left),
            "read": min(asked.get("read") or self.read, left),
            "write": min(asked.get("write") or self.write, left),
            "pool": min(asked.get("pool") or self.pool, left),
        }
        return proceed(request)
