"""Spans of OpenTelemetry: one an attempt, one a round of a test, one the run.

Only its API is used: what becomes of a span is for the provider to say that the project has set.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opentelemetry import context as contexts
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import SpanKind, StatusCode

from redhanded.core.events import AttemptEnded, Reported, RunEnded, TestEnded
from redhanded.pipeline.spans import Span
from redhanded.session import telemetry_attributes as words
from redhanded.session.telemetry_flush import Flush
from redhanded.session.telemetry_metrics import Metrics
from redhanded.session.telemetry_run import (
    ControlledRun,
    ToldRun,
    headers_of,
    links_to,
    nanoseconds,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

    from redhanded.core.events import Event
    from redhanded.session.telemetry import Telling
    from redhanded.session.telemetry_run import Run

# What instrumentations look for before they make a span. The API has the name and does not
# publish it; the plain one is what they knew before.
_SUPPRESS: Final = vars(contexts).get(
    "_SUPPRESS_HTTP_INSTRUMENTATION_KEY", "suppress_instrumentation"
)


class _Test(NamedTuple):
    """A test under way: its span, the context that holds it, and the one before."""

    span: trace.Span
    context: Context
    earlier: Context


class Providers(NamedTuple):
    """Who takes spans and metrics: by default whom the process has set by then."""

    tracers: TracerProvider | None = None
    meters: MeterProvider | None = None

    def all(self) -> tuple[object, object]:
        """Both of them as they are now."""
        return (
            self.tracers or trace.get_tracer_provider(),
            self.meters or metrics.get_meter_provider(),
        )


class Tracing:
    """Makes spans and metrics of what happens in one process.

    A process that `is_told` takes part in the run of another one, whose `run_trace` are headers.
    """

    def __init__(
        self,
        telling: Telling,
        *,
        is_told: bool = False,
        run_trace: Mapping[str, str] = {},
        providers: Providers = Providers(),  # noqa: B008  a value
    ) -> None:
        ours = "redhanded", version("redhanded")
        self._tracer = trace.get_tracer(*ours, providers.tracers)
        self._metrics = Metrics(metrics.get_meter(*ours, providers.meters))
        self._wall = telling.wall
        self._mask = telling.mask
        self._run: Run = (
            ToldRun(run_trace) if is_told else ControlledRun(self._tracer, telling, telling.wall())
        )
        self._flush = Flush(providers.all, telling.note)
        self._tests: dict[str, _Test] = {}
        self._attempts: dict[str, trace.Span] = {}
        # By its own class: an event comes for every attempt.
        self._takers: dict[type, Callable[[Any], None]] = {
            AttemptEnded: self._end_attempt,
            TestEnded: self._end_test,
            Reported: self._metrics.test,
            RunEnded: self._end_run,
        }

    def begin(self, test_id: str, round_: int) -> str:
        """The trace of a test, which is its own; whatever the test does from now on is in it."""
        name = self._mask(test_id)
        told: words.Attributes = {"test.case.name": name, "redhanded.round": round_}
        span = self._tracer.start_span(
            name,
            Context(),
            attributes={**told, **words.SYNTHETIC},
            links=links_to(self._run),
            start_time=nanoseconds(self._wall()),
        )
        ids = span.get_span_context()
        if not ids.is_valid:
            return ""
        earlier = contexts.get_current()
        test = _Test(span, trace.set_span_in_context(span, earlier), earlier)
        contexts.attach(test.context)
        trace_id = trace.format_trace_id(ids.trace_id)
        self._tests[trace_id] = test
        return trace_id

    def carrier(self) -> dict[str, str]:
        """The run's own trace as headers."""
        return headers_of(self._run)

    def open(self, trace_id: str, method: str) -> Span | None:
        """The span of an attempt: of its test, or of a span of the author's within it.

        What is sent for no test belongs to the test under way, else to the run.
        """
        context = self._context_of(trace_id)
        known = words.of_method(method)
        span = self._tracer.start_span(
            words.name_of(method, ""),
            context,
            SpanKind.CLIENT,
            known,
            start_time=nanoseconds(self._wall()),
        )
        ids = span.get_span_context()
        around = trace.get_current_span(context).get_span_context()
        if not ids.is_valid or ids.span_id == around.span_id:  # nobody traces: the parent came back
            return None
        span_id = trace.format_span_id(ids.span_id)
        self._attempts[span_id] = span
        return Span(trace.format_trace_id(ids.trace_id), span_id, f"{ids.trace_flags:02x}")

    def _context_of(self, trace_id: str) -> Context:
        current = contexts.get_current()
        around = _trace_of(trace.get_current_span(current))
        test = self._tests.get(trace_id)
        if test is not None:  # also in a thread of the author's, which knows no context
            return current if around == trace_id else test.context
        return current if around in self._tests else self._run.context()

    @contextmanager
    def sole(self) -> Iterator[None]:
        """A context in which instrumentations make no spans of requests: they would be second."""
        token = contexts.attach(contexts.set_value(_SUPPRESS, value=True))
        try:
            yield
        finally:
            contexts.detach(token)

    def __call__(self, event: Event) -> None:
        """End the span that an event is about, or count it."""
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    def _end_attempt(self, event: AttemptEnded) -> None:
        exchange = event.exchange
        told = words.of_attempt(event)
        self._metrics.attempt(exchange.elapsed, words.measured(told))
        span = self._attempts.pop(exchange.id, None)
        if span is None:
            return
        if span.is_recording():
            span.update_name(words.name_of(exchange.method, event.operation))
            span.set_attributes(told)
            if words.error_of(exchange):
                failure = exchange.failure
                span.set_status(StatusCode.ERROR, failure.message if failure else None)
        span.end(nanoseconds(exchange.started_at + exchange.elapsed))

    def _end_test(self, event: TestEnded) -> None:
        test = self._tests.pop(event.trace_id, None)
        if test is None:
            return
        if trace.get_current_span() is test.span:
            contexts.attach(test.earlier)  # no token: the test may have begun in another context
        at = nanoseconds(event.at)
        test.span.set_attributes(words.of_test(event))
        for told in words.of_findings(event.findings):
            test.span.add_event("redhanded.finding", told, at)
        if event.verdict is not None and event.verdict.is_red:
            test.span.set_status(StatusCode.ERROR)
        test.span.end(at)

    def _end_run(self, event: RunEnded) -> None:
        for span in self._attempts.values():  # whose answers nobody has read to their end
            span.end(nanoseconds(event.at))
        self._attempts.clear()
        self._run.end(event.exit_code, event.at)

    def flush(self) -> None:
        """Hand on what waits to be exported."""
        self._run.look()
        self._flush()


def _trace_of(span: trace.Span) -> str:
    return trace.format_trace_id(span.get_span_context().trace_id)
