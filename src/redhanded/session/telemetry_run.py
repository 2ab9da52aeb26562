"""The run as a span: opened by the process that controls it, and told to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from opentelemetry.context import Context
from opentelemetry.trace import Link, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from redhanded.session.telemetry_attributes import of_end

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.trace import Span, Tracer

    from redhanded.session.telemetry import Telling

_HEADERS: Final = TraceContextTextMapPropagator()
_NANO: Final = 1_000_000_000


def nanoseconds(at: float) -> int:
    """A time of ours as OpenTelemetry writes it."""
    return int(at * _NANO)


class Run(Protocol):
    """The run to which a process belongs."""

    def context(self) -> Context:
        """What a span of the run's own is opened in; empty where the run is not traced."""
        ...

    def end(self, exit_code: int, at: float) -> None:
        """The process is over."""
        ...

    def look(self) -> None:
        """Say so where the run ought to be traced, and is not."""
        ...


class ControlledRun:
    """The run of this process, whose span begins once there is a tracer that gives it an id.

    A project may set its provider in a fixture, when the run has long begun.
    """

    def __init__(self, tracer: Tracer, telling: Telling, at: float) -> None:
        self._tracer = tracer
        self._telling = telling
        self._at = at
        self._span: Span | None = None

    def context(self) -> Context:
        """The span's context, opened where it is not yet."""
        if self._span is None:
            suite, run = self._telling.suite, self._telling.run
            told = {"test.suite.name": suite, "redhanded.run": run}
            span = self._tracer.start_span(
                suite, Context(), attributes=told, start_time=nanoseconds(self._at)
            )
            self._span = span if span.get_span_context().is_valid else None
        return Context() if self._span is None else set_span_in_context(self._span, Context())

    def end(self, exit_code: int, at: float) -> None:
        """End the span with what the run ended with."""
        self.context()
        if self._span is not None:
            self._span.set_attributes(of_end(exit_code))
            self._span.end(nanoseconds(max(at, self._at)))

    def look(self) -> None:
        """Say so where nobody traces: the settings ask for what does not come."""
        self.context()
        if self._span is None:
            self._telling.note(
                "telemetry = true, and no OpenTelemetry provider is set, so that nothing is traced:"
                " run `opentelemetry-instrument pytest`, or set one in pytest_configure"
            )


class ToldRun:
    """The run of another process, known by its trace as headers."""

    def __init__(self, trace: Mapping[str, str]) -> None:
        self._context = _HEADERS.extract(dict(trace), Context())

    def context(self) -> Context:
        """The other's span, of which this process knows the ids."""
        return self._context

    def end(self, exit_code: int, at: float) -> None:
        """Nothing: it is the other's to end."""

    def look(self) -> None:
        """Nothing: the other one says it."""


def headers_of(run: Run) -> dict[str, str]:
    """The run's trace as headers."""
    carrier: dict[str, str] = {}
    _HEADERS.inject(carrier, run.context())
    return carrier


def links_to(run: Run) -> Sequence[Link]:
    """What ties a trace to the run's; nothing where the run has none."""
    told = get_current_span(run.context()).get_span_context()
    return [Link(told)] if told.is_valid else []
