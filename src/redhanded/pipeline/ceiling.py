"""The latency ceiling of a call: how long the server may take to begin its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redhanded.pipeline.call import CALL
from redhanded.pipeline.routes import declared
from redhanded.pipeline.table import weather_row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx2

    from redhanded.core.attempt import Attempt
    from redhanded.pipeline.call import Call
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Notes a call whose first answer came later than the ceiling of its route, in seconds.

    Only the server's share counts: our waits, the connection and the transfer do not. A ceiling of
    the call's own comes before that of its route, and a route before `*`.
    """

    routes: Mapping[str, float] = field(default_factory=dict)
    below: str = ""

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response; where it came late, the call says so."""
        call: Call = request.extensions[CALL]
        if call.ceiling is None and self.routes:
            call.ceiling = self._of_route(request)
        return proceed(request) if call.ceiling is None else self._held(call, request, proceed)

    def _held(self, call: Call, request: httpx2.Request, proceed: Proceed) -> Flow:
        response = yield from proceed(request)
        first = first_own(call.attempts)
        seconds = first.server_seconds if first is not None and first.is_complete else None
        if call.ceiling is not None and seconds is not None and seconds > call.ceiling:
            call.late = seconds
        return response

    def _of_route(self, request: httpx2.Request) -> float | None:
        return declared(self.routes, request.method, request.url.path, below=self.below)


def first_own(attempts: Sequence[Attempt]) -> Attempt | None:
    """The first attempt that the environment did not answer; a quick refusal of its is no pace."""
    return next((made for made in attempts if weather_row(made.row) is None), None)
