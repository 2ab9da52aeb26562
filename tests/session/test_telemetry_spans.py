"""Every attempt is one span, and the server is told that span and no other."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import anyio
import httpx2
import pytest
from opentelemetry import metrics, trace
from opentelemetry.instrumentation.httpx import HTTPX2ClientInstrumentor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

from redhanded.core.events import Concluded, RunEnded
from redhanded.core.verdicts import Finding, Verdict
from redhanded.pipeline.call import PURPOSE
from redhanded.session.telemetry import Telling
from redhanded.session.telemetry_spans import Providers, Tracing
from tests.servers import raw
from tests.servers.fixtures import StartRaw
from tests.session.traced import (
    NANO,
    NOON,
    SECRET,
    Traced,
    apart,
    ended,
    header_of,
    id_of,
    mask,
    parent_of,
    trace_of,
)


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """Each test in a context of its own."""
    with apart():
        yield


def heard(server: raw.RawServer) -> list[str]:
    """The spans of which the server was told, in that order."""
    return [
        value
        for received in server.requests
        for name, value in received.headers
        if name.lower() == "traceparent"
    ]


def test_the_server_is_told_the_span_that_is_exported(raw_server: StartRaw) -> None:
    """INVARIANT: the id in `traceparent` is that of the span that a backend shows."""
    server, traced = raw_server(raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)

    with traced.client(server.url, traced.scope(trace_id)) as api:
        api.get("/orders/7")
    traced.tracing(ended(trace_id))

    attempt, test = traced.span("GET /orders/{id}"), traced.span("test_a")
    assert heard(server) == [header_of(attempt)]
    assert parent_of(attempt) == id_of(test)
    assert trace_of(attempt) == trace_of(test) == trace_id
    assert attempt.kind is SpanKind.CLIENT


def test_each_hop_and_each_retry_is_a_span_of_its_own(raw_server: StartRaw) -> None:
    """What goes over the wire again is another span, which counts as sent again."""
    server = raw_server(raw.redirect("/b"), raw.reset_after_request(), raw.answer())
    traced = Traced()

    with traced.client(server.url, traced.scope()) as api:
        api.get("/a", follow_redirects=True)

    assert heard(server) == [header_of(span) for span in traced.spans]
    told = [span.attributes or {} for span in traced.spans]
    assert [each.get("http.request.resend_count") for each in told] == [None, 1, 2]
    assert [each.get("http.response.status_code") for each in told] == [302, None, 200]
    assert told[1]["error.type"] == "RemoteProtocolError" or "Error" in str(told[1]["error.type"])
    assert [span.status.status_code for span in traced.spans] == [
        StatusCode.UNSET,
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]


def test_an_awaiting_client_tells_its_spans_alike(raw_server: StartRaw) -> None:
    """Sync or async, one span an attempt, also of calls at once."""
    server, traced = raw_server(raw.answer(), raw.answer(), raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)

    async def call() -> None:
        async with (
            traced.clients(server.url).open_async(traced.scope(trace_id)) as api,
            anyio.create_task_group() as group,
        ):
            for number in range(3):
                group.start_soon(api.get, f"/orders/{number}")

    anyio.run(call)

    assert sorted(heard(server)) == sorted(map(header_of, traced.spans))
    assert {trace_of(span) for span in traced.spans} == {trace_id}


def test_what_a_sampler_drops_keeps_its_ids_and_says_so(raw_server: StartRaw) -> None:
    """The server learns by the flag that nobody records; the trace is whole all the same."""
    server, traced = raw_server(raw.answer()), Traced(sampler=ALWAYS_OFF)
    trace_id = traced.tracing.begin("test_a", 0)

    with traced.client(server.url, traced.scope(trace_id)) as api:
        api.get("/orders/7")
    traced.tracing(ended(trace_id))

    (told,) = heard(server)
    assert told.split("-")[1] == trace_id
    assert int(told.split("-")[3], 16) & 1 == 0
    assert traced.spans == []


def test_without_a_provider_ids_are_as_without_telemetry(raw_server: StartRaw) -> None:
    """An API without an SDK gives no ids: then ours are sent, and each attempt has its own."""
    server, notes = raw_server(raw.answer(), raw.answer()), list[str]()
    traced = Traced()
    nobody = Providers(trace.NoOpTracerProvider(), metrics.NoOpMeterProvider())
    telling = Telling("shop", "run1", lambda: NOON, mask, notes.append)
    traced.tracing = Tracing(telling, providers=nobody)

    assert traced.tracing.begin("test_a", 0) == ""
    with traced.client(server.url, traced.scope("a" * 32)) as api:
        api.get("/1")
        api.get("/2")
    traced.tracing.flush()
    traced.tracing(RunEnded("run1", "main", NOON, 0))

    told = [each.split("-") for each in heard(server)]
    assert [(each[1], each[3]) for each in told] == [("a" * 32, "01")] * 2
    assert told[0][2] != told[1][2]
    assert traced.tracing.carrier() == {}
    assert [note for note in notes if "no OpenTelemetry provider is set" in note] == notes[:1]


def test_a_remote_parent_is_not_taken_for_a_span(raw_server: StartRaw) -> None:
    """Without an SDK the API hands the parent back: attempts would all have one id."""
    server = raw_server(raw.answer(), raw.answer())
    traced = Traced()
    nobody = Providers(trace.NoOpTracerProvider(), metrics.NoOpMeterProvider())
    telling = Telling("shop", "run1", lambda: NOON, mask, list[str]().append)
    run = {"traceparent": f"00-{'b' * 32}-{'c' * 16}-01"}
    traced.tracing = Tracing(telling, is_told=True, run_trace=run, providers=nobody)

    with traced.client(server.url, traced.scope()) as api:
        api.get("/1")
        api.get("/2")

    told = [each.split("-")[2] for each in heard(server)]
    assert len({*told, "c" * 16}) == 3


@pytest.mark.parametrize("instruments", ["all", "client"])
def test_an_instrumentation_adds_no_second_span(raw_server: StartRaw, instruments: str) -> None:
    """INVARIANT: one span an attempt, whoever else instruments requests, and ours is sent."""
    server, traced = raw_server(raw.answer(), raw.answer()), Traced()
    instrumentor = HTTPX2ClientInstrumentor()
    trace_id = traced.tracing.begin("test_a", 0)
    if instruments == "all":
        instrumentor.instrument(tracer_provider=traced.tracers)

    async def call() -> None:
        async with traced.clients(server.url).open_async(traced.scope(trace_id)) as api:
            if instruments == "client":
                instrumentor.instrument_client(api, traced.tracers)
            await api.get("/orders/8")

    try:
        with traced.client(server.url, traced.scope(trace_id)) as api:
            if instruments == "client":
                instrumentor.instrument_client(api, traced.tracers)
            api.get("/orders/7")
        anyio.run(call)
    finally:
        if instruments == "all":
            instrumentor.uninstrument()

    assert [span.name for span in traced.spans] == ["GET /orders/{id}"] * 2
    assert heard(server) == [header_of(span) for span in traced.spans]


def test_other_clients_of_a_test_stay_instrumented(raw_server: StartRaw) -> None:
    """We stand before our own spans alone; what a test sends by itself is in its trace."""
    server, traced = raw_server(raw.answer(), raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)
    instrumentor = HTTPX2ClientInstrumentor()
    instrumentor.instrument(tracer_provider=traced.tracers)

    try:
        with traced.client(server.url, traced.scope(trace_id)) as api:
            api.get("/orders/7")
        with httpx2.Client(trust_env=False) as other:
            other.get(f"{server.url}/mine")
    finally:
        instrumentor.uninstrument()

    assert [span.name for span in traced.spans] == ["GET /orders/{id}", "GET"]
    assert {trace_of(span) for span in traced.spans} == {trace_id}


def test_a_span_of_the_author_is_around_what_it_holds(raw_server: StartRaw) -> None:
    """Within a test, attempts belong to the author's own span of the same trace."""
    server, traced = raw_server(raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)

    with (
        traced.tracers.get_tracer("mine").start_as_current_span("checkout"),
        traced.client(server.url, traced.scope(trace_id)) as api,
    ):
        api.get("/orders/7")

    assert parent_of(traced.span("GET /orders/{id}")) == id_of(traced.span("checkout"))


def test_a_thread_that_knows_no_context_is_in_the_tests_trace(raw_server: StartRaw) -> None:
    """Whoever sends for a test, its trace is the test's."""
    server, traced = raw_server(raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)

    with traced.client(server.url, traced.scope(trace_id)) as api:
        thread = threading.Thread(target=api.get, args=["/orders/7"])
        thread.start()
        thread.join()

    assert trace_of(traced.span("GET /orders/{id}")) == trace_id


def test_a_control_request_belongs_to_the_test_that_it_is_about(raw_server: StartRaw) -> None:
    """A canary has calls of its own, and the trace of the test under way; its record says so."""
    server, traced = raw_server(raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)
    scope = traced.scope()

    with traced.client(server.url, scope) as api:
        api.get("/health", extensions={PURPOSE: "canary"})

    span = traced.span("GET /orders/{id}")
    assert trace_of(span) == trace_id == scope.trace_id == scope.attempts[0].trace_id
    assert (span.attributes or {})["redhanded.purpose"] == "canary"


def test_what_is_sent_for_no_test_belongs_to_the_run(raw_server: StartRaw) -> None:
    """Between tests the run is what a request is made for, also in a worker."""
    server, controller = raw_server(raw.answer()), Traced()
    worker = Traced(is_told=True, run_trace=controller.tracing.carrier())

    with worker.client(server.url, worker.scope()) as api:
        api.get("/health")
    worker.tracing(RunEnded("run1", "gw0", NOON + 8, 0))
    controller.tracing(RunEnded("run1", "main", NOON + 9, 0))

    run, span = controller.span("shop"), worker.span("GET /orders/{id}")
    assert (trace_of(span), parent_of(span)) == (trace_of(run), id_of(run))
    assert [each.name for each in worker.spans] == ["GET /orders/{id}"]


@pytest.mark.parametrize(
    "verdict, status, is_error",
    [
        pytest.param(Verdict.PASS, "pass", False, id="pass"),
        pytest.param(Verdict.RECOVERED, "pass", False, id="recovered"),
        pytest.param(Verdict.DEFECT, "fail", True, id="defect"),
        pytest.param(Verdict.TEST_BUG, "fail", True, id="test bug"),
        pytest.param(Verdict.INCONCLUSIVE, None, False, id="inconclusive"),
        pytest.param(None, None, False, id="skipped"),
    ],
)
def test_a_test_tells_pass_or_fail_and_nothing_where_it_is_open(
    verdict: Verdict | None, status: str | None, *, is_error: bool
) -> None:
    """The conventions know two results: what is neither has none, and its verdict beside."""
    traced = Traced()
    trace_id = traced.tracing.begin("test_a", 1)

    traced.tracing(ended(trace_id, verdict))

    span = traced.span("test_a")
    told = span.attributes or {}
    assert told.get("test.case.result.status") == status
    assert told.get("redhanded.verdict") == (None if verdict is None else str(verdict))
    assert (told["test.case.name"], told["redhanded.round"]) == ("test_a", 1)
    assert (span.status.status_code is StatusCode.ERROR) is is_error
    assert (span.start_time, span.end_time) == (int(NOON) * NANO, int(NOON + 2) * NANO)


def test_a_failed_test_says_why() -> None:
    """Each finding is an event with its cause and the first line of what it says."""
    traced = Traced()
    trace_id = traced.tracing.begin(f"test_a[{SECRET}]", 0)
    found = Finding(Verdict.DEFECT, "status", "200, want 201\nand more")

    traced.tracing(ended(trace_id, Verdict.DEFECT, found))

    span = traced.span("test_a[***]")
    (event,) = span.events
    assert event.name == "redhanded.finding"
    assert dict(event.attributes or {}) == {
        "redhanded.verdict": "defect",
        "redhanded.cause": "status",
        "redhanded.headline": "200, want 201",
    }
    assert (span.attributes or {})["redhanded.cause"] == "status"


def test_tests_are_traces_of_their_own_that_lead_to_their_run() -> None:
    """A run of thousands of tests is no trace that anybody can open; a link ties them."""
    controller = Traced()
    worker = Traced(is_told=True, run_trace=controller.tracing.carrier())

    ids = [worker.tracing.begin("test_a", 0), controller.tracing.begin("test_b", 0)]
    worker.tracing(ended(ids[0]))
    controller.tracing(ended(ids[1]))
    controller.tracing(RunEnded("run1", "main", NOON, 0))

    run = controller.span("shop").context
    tests = [worker.span("test_a"), controller.span("test_b")]
    assert len({*ids, trace_of(controller.span("shop"))}) == 3
    assert [parent_of(span) for span in tests] == [None, None]
    assert [span.links[0].context.span_id for span in tests] == [run and run.span_id] * 2


def test_a_test_that_is_over_is_current_no_more() -> None:
    """What comes after a test belongs to whoever came before it, whichever ends first."""
    traced = Traced()
    around = trace.get_current_span()
    first, second = traced.tracing.begin("test_a", 0), traced.tracing.begin("test_b", 0)

    traced.tracing(ended(first))
    inner = trace.get_current_span().get_span_context().trace_id
    traced.tracing(ended(second))

    assert trace.format_trace_id(inner) == second
    assert second not in (None, trace.format_trace_id(around.get_span_context().trace_id))
    assert len(traced.spans) == 2


@pytest.mark.parametrize(
    "code, status",
    [
        pytest.param(0, "success", id="green"),
        pytest.param(1, "failure", id="red"),
        pytest.param(2, "aborted", id="interrupted"),
        pytest.param(75, None, id="inconclusive"),
    ],
)
def test_the_run_tells_how_it_ended(code: int, status: str | None) -> None:
    """The controller's span is the run's, from its first moment to its last."""
    traced = Traced()

    traced.tracing(RunEnded("run1", "main", NOON + 9, code))

    span = traced.span("shop")
    told = dict(span.attributes or {})
    assert told.pop("test.suite.run.status", None) == status
    assert told == {
        "test.suite.name": "shop",
        "redhanded.run": "run1",
        "redhanded.exit_code": code,
    }
    assert (span.start_time, span.end_time) == (int(NOON) * NANO, int(NOON + 9) * NANO)


def test_a_body_that_nobody_read_leaves_no_open_span(raw_server: StartRaw) -> None:
    """What is never told ends with its process."""
    server, traced = raw_server(raw.answer()), Traced()
    trace_id = traced.tracing.begin("test_a", 0)
    span = traced.tracing.open(trace_id, "GET")

    traced.tracing(RunEnded("run1", "main", NOON + 9, 0))
    traced.tracing(ended(trace_id))

    assert span is not None
    assert heard(server) == []
    assert {each.name for each in traced.spans} == {"GET", "shop", "test_a"}


def test_events_that_are_no_ends_are_let_pass() -> None:
    """Most of what a session tells is about neither a span nor a metric."""
    traced = Traced()

    traced.tracing(Concluded(at=NOON, exit_code=0, sentences=(), counts={}, masked=0))
    traced.tracing(ended("f" * 32))  # of a test that nobody traced

    assert traced.spans == []
