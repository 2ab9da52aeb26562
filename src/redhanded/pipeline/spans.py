"""Spans: an attempt as a tracer counts it, where somebody traces; the ids are then the tracer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager


class Span(NamedTuple):
    """What the server is told of a span, in hex digits: `flags` are those of W3C Trace Context."""

    trace_id: str
    id: str
    flags: str = "01"


class Spans(Protocol):
    """Opens a span for each attempt; what came of it is told by the event of its end."""

    def open(self, trace_id: str, method: str) -> Span | None:
        """The span of an attempt that goes out now, in that trace if it is a test's.

        None where nobody traces it.
        """
        ...

    def sole(self) -> AbstractContextManager[object]:
        """A context in which nobody else makes spans of requests."""
        ...
