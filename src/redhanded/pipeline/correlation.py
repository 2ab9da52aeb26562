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
    from redhanded.pipeline.origin import Origins


@dataclass(frozen=True, slots=True)
class Calls:
    """Opens the call to which a request belongs, once for all its hops and refreshes."""

    scope: Scope
    origins: Origins

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, which belongs to the call."""
        extensions, origin = request.extensions, self.origins.of(request.url)
        call: Call | None = extensions.get(CALL)
        if call is None:
            call = extensions[CALL] = Call(self.scope, origin, origin)
            call.timeouts = extensions.get("timeout")
            call.ceiling = extensions.get(CEILING, self.scope.ceiling)
            call.streams = extensions.get(STREAM, False)
            self.scope.calls.append(call)
        call.purpose = extensions.get(PURPOSE, "test")
        call.origin = origin
        return proceed(request)


@dataclass(frozen=True, slots=True)
class Correlation:
    """Gives each attempt its span, and tells the server by `traceparent`.

    A trace that the caller began itself, by a header of its own, is left alone.
    """

    entropy: Entropy

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response to the request with its span."""
        call = call_of(request)
        call.span_id = ids.span_id(self.entropy)
        call.id = call.id or call.span_id
        call.sent += 1
        trace = f"00-{call.scope.trace_id}-"
        headers = request.headers
        # `in` first: reading a header makes httpx2 decode all of them.
        if "traceparent" not in headers or headers["traceparent"].startswith(trace):
            headers["traceparent"] = f"{trace}{call.span_id}-01"
        return proceed(request)
