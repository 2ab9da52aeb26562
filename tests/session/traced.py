"""A process whose spans and metrics stay in memory, where a test can look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from opentelemetry import context
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.trace import SpanContext, format_span_id, format_trace_id

from redhanded.client.client import Client, Clients
from redhanded.core.attempt import Attempt
from redhanded.core.events import AttemptEnded, TestEnded
from redhanded.core.redaction import Redactor
from redhanded.core.settings import Settings
from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.call import Scope
from redhanded.pipeline.surroundings import Surroundings
from redhanded.session.telemetry import Telling
from redhanded.session.telemetry_spans import Providers, Tracing

SECRET = "hush-hush-hush"
NOON = 1_700_000_000.0
NANO = 1_000_000_000


def mask(text: str) -> str:
    """A mask that knows one secret."""
    return text.replace(SECRET, "***")


@dataclass
class Traced:
    """The telemetry of one process, over the SDK's own exporters in memory."""

    sampler: Sampler | None = None
    is_told: bool = False
    run_trace: Mapping[str, str] = field(default_factory=dict)
    wall: Callable[[], float] = lambda: NOON
    notes: list[str] = field(default_factory=list)
    exporter: InMemorySpanExporter = field(default_factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(default_factory=InMemoryMetricReader)
    tracers: TracerProvider = field(init=False)
    tracing: Tracing = field(init=False)

    def __post_init__(self) -> None:
        self.tracers = TracerProvider(sampler=self.sampler, shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        meters = MeterProvider([self.reader], shutdown_on_exit=False)
        self.tracing = Tracing(
            Telling("shop", "run1", self.wall, mask, self.notes.append),
            is_told=self.is_told,
            run_trace=self.run_trace,
            providers=Providers(self.tracers, meters),
        )

    @property
    def spans(self) -> list[ReadableSpan]:
        """All that ended, in that order."""
        return list(self.exporter.get_finished_spans())

    def span(self, name: str) -> ReadableSpan:
        """The one span of that name."""
        (found,) = (span for span in self.spans if span.name == name)
        return found

    def points(self, name: str) -> list[tuple[dict[str, Any], Any]]:
        """What was measured under that name: attributes and data."""
        data = self.reader.get_metrics_data()
        return [
            (dict(point.attributes or {}), point)
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]

    def scope(self, trace_id: str = "", test_id: str = "test_a") -> Scope:
        """Calls whose attempts are told as a session tells them."""

        def record(attempt: Attempt) -> None:
            exchange = Redactor().exchange(attempt)
            self.tracing(AttemptEnded(test_id, exchange, f"{attempt.method} /orders/{{id}}"))

        return Scope(trace_id, record=record)

    def clients(self, base_url: str, **settings: Any) -> Clients:  # noqa: ANN401  settings' own
        """Clients that ask this telemetry for spans."""
        return Clients(
            Settings(base_url=base_url, **settings),
            surroundings=Surroundings(spans=self.tracing, sleep=lambda _: None, random=lambda: 0.0),
        )

    @contextmanager
    def client(self, base_url: str, scope: Scope) -> Iterator[Client]:
        """A blocking client whose connections end with it."""
        clients = self.clients(base_url)
        try:
            with clients.open(scope) as api:
                yield api
        finally:
            clients.close()


def ended(
    trace_id: str, verdict: Verdict | None = Verdict.PASS, *findings: Finding, at: float = NOON + 2
) -> TestEnded:
    """The end of a test."""
    return TestEnded(
        "test_a", trace_id, at, 2.0, verdict, findings, attempts=1, calls=1, checks=1, bodies={}
    )


def header_of(span: ReadableSpan, flags: str = "03") -> str:
    """The `traceparent` that names a span."""
    ids = span.context
    assert ids is not None
    return f"00-{format_trace_id(ids.trace_id)}-{format_span_id(ids.span_id)}-{flags}"


def trace_of(span: ReadableSpan) -> str:
    """The trace of a span, in hex digits."""
    assert span.context is not None
    return format_trace_id(span.context.trace_id)


def parent_of(span: ReadableSpan) -> int | None:
    """The id of the span around one."""
    return span.parent.span_id if span.parent else None


def id_of(span: ReadableSpan) -> int:
    """The id of a span."""
    ids: SpanContext | None = span.context
    assert ids is not None
    return int(ids.span_id)


@contextmanager
def apart() -> Iterator[None]:
    """A context of its own, so that no test of the suite stays current in the next one."""
    token = context.attach(context.Context())
    yield
    context.detach(token)
