"""Correlation: one trace a test, one span an attempt (W3C Trace Context)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redhanded.core import ids
from redhanded.pipeline.call import CALL, CEILING, FRESH, PURPOSE, RETRY, STREAM, Call, Scope

if TYPE_CHECKING:
    import httpx2

    from redhanded.core.ids import Entropy
    from redhanded.pipeline.flow import Flow, Proceed
    from redhanded.pipeline.origin import Origins
    from redhanded.pipeline.spans import Spans

_TRACEPARENT = b"traceparent"


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
            call.fresh = extensions.get(FRESH, False)
            self.scope.calls.append(call)
        call.purpose = extensions.get(PURPOSE, "test")
        call.origin = origin
        return proceed(request)


class Correlation:
    """Gives each attempt its span, and tells the server by `traceparent`.

    `alias` names a header that repeats the trace. What the caller says itself, by a header of its
    own, is left alone. Where `spans` open one, its ids are the attempt's.
    """

    def __init__(
        self, entropy: Entropy, alias: str | None = None, spans: Spans | None = None
    ) -> None:
        self._entropy = entropy
        self._spans = spans
        self._alias = (alias or "").encode("ascii")
        self._key = self._alias.lower()

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response to the request with its span."""
        call: Call = request.extensions[CALL]
        flags = self._begin(call, request.method)
        call.id = call.id or call.span_id
        call.sent += 1
        # The list as it goes on the wire: httpx2's own mapping would cost two per cent of a call.
        headers = call.headers = request.headers.raw
        names = {name.lower() for name, _ in headers}
        trace_id = call.scope.trace_id
        if _TRACEPARENT not in names:
            headers.append((_TRACEPARENT, f"00-{trace_id}-{call.span_id}-{flags}".encode("ascii")))
        if self._alias and self._key not in names:
            headers.append((self._alias, trace_id.encode("ascii")))
        return proceed(request)

    def _begin(self, call: Call, method: str) -> str:
        """Give the attempt its id; the flags to tell the server."""
        span = None if self._spans is None else self._spans.open(call.scope.trace_id, method)
        if span is None:
            call.span_id = ids.span_id(self._entropy)
            return "01"
        call.scope.trace_id, call.span_id = span.trace_id, span.id
        return span.flags
