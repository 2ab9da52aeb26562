"""Correlation: one trace a test, one span an attempt (W3C Trace Context)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.core import ids
from redhanded.pipeline.call import CALL, CEILING, PURPOSE, RETRY, STREAM, Call, Scope

if TYPE_CHECKING:
    import httpx2

    from redhanded.core.ids import Entropy
    from redhanded.pipeline.flow import Flow, Proceed
    from redhanded.pipeline.origin import Origins

_TRACEPARENT = b"traceparent"
_LENGTH = len(_TRACEPARENT)


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
            call = extensions[CALL] = Call(self.scope.shared, origin, origin)
            call.ceiling = extensions.get(CEILING, self.scope.shared.ceiling)
            call.streams = extensions.get(STREAM, False)
            call.is_retried = extensions.get(RETRY, True)
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
        call: Call = request.extensions[CALL]
        call.span_id = ids.span_id(self.entropy)
        call.id = call.id or call.span_id
        call.sent += 1
        # The list as it goes on the wire: httpx2's own mapping would cost two per cent of a call.
        headers = call.headers = request.headers.raw
        if not [1 for name, _ in headers if len(name) == _LENGTH and name.lower() == _TRACEPARENT]:
            trace = f"00-{call.scope.trace_id}-{call.span_id}-01"
            headers.append((_TRACEPARENT, trace.encode("ascii")))
        return proceed(request)
