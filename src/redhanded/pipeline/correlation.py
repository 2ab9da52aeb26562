"""Correlation: one trace a test, one span an attempt (W3C Trace Context)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.core import ids
from redhanded.pipeline.call import CALL, CEILING, PURPOSE, STREAM, Call, Scope, call_of

if TYPE_CHECKING:
    import httpx2

    from redhanded.core.ids import Entropy
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Calls:
    """Opens the call to which a request belongs, once for all its hops and refreshes."""

    scope: Scope
    ceiling: float | None = None

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        if CALL not in request.extensions:
            extensions = request.extensions
            call = Call(
                self.scope,
                purpose=extensions.get(PURPOSE, "test"),
                ceiling=extensions.get(CEILING, self.ceiling),
                streams=extensions.get(STREAM, False),
            )
            extensions[CALL] = call
            self.scope.calls.append(call)
        return proceed(request)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Gives each attempt its span, and tells the server by `traceparent` and an alias."""

    entropy: Entropy
    alias: str | None = None

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        call.span_id = ids.span_id(self.entropy)
        call.sent += 1
        request.headers["traceparent"] = f"00-{call.scope.trace_id}-{call.span_id}-01"
        if self.alias is not None:
            request.headers[self.alias] = call.scope.trace_id
        return proceed(request)
