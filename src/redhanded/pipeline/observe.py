"""The ledger's pen: every attempt is written down, whatever came of it, also on green."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase
from redhanded.pipeline.call import ATTEMPT, CALL, PEER, Call, Timeline, call_of
from redhanded.pipeline.classify import causes, failure_row, status_row
from redhanded.pipeline.errors import DeadlineExceeded
from redhanded.pipeline.retry_after import told_pause
from redhanded.pipeline.stream import WatchedStream
from redhanded.pipeline.table import ROWS

if TYPE_CHECKING:
    from redhanded.core.clock import Clock
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Observe:
    """Makes an attempt of each request that goes out, and hands it to the ledger."""

    clock: Clock

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        call = call_of(request)
        began, wall = self.clock.monotonic(), self.clock.wall()
        call.timeline = Timeline(self.clock.monotonic, began)
        try:
            response = yield from proceed(request)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raised = self._judge(error, request, call)
            self._record(request, None, call, wall, raised)
            if raised is error:
                raise
            raise raised from error
        call.row = _answered_row(response, request, call)
        response.extensions[CALL] = call
        if call.streams:
            self._watch(request, response, call, wall)
        else:
            self._record(request, response, call, wall, None)
        return response

    def _judge(
        self, error: httpx2.RequestError, request: httpx2.Request, call: Call
    ) -> httpx2.RequestError:
        """The error as the call sees it: a time-out at its very deadline is the deadline's."""
        assert call.timeline is not None
        late = call.deadline <= self.clock.monotonic()
        if late and isinstance(error, httpx2.TimeoutException):
            message = f"the call's deadline passed in phase `{call.timeline.phase}`"
            error = DeadlineExceeded(message, request=request)
        call.row = failure_row(error, call.timeline)
        return error

    def _watch(
        self, request: httpx2.Request, response: httpx2.Response, call: Call, wall: float
    ) -> None:
        """Leave the body to the test; the attempt is recorded when the test is done with it."""
        span, row = call.span_id, call.row
        call.notes.append("streamed: the test reads the body itself")

        def ended(error: httpx2.RequestError | None) -> None:
            call.span_id, call.row = span, row
            if error is not None:
                error = self._judge(error, request, call)
            self._record(request, response, call, wall, error)

        response.stream = WatchedStream(response.stream, ended)

    def _record(
        self,
        request: httpx2.Request,
        response: httpx2.Response | None,
        call: Call,
        wall: float,
        error: httpx2.RequestError | None,
    ) -> None:
        timeline = call.timeline
        assert timeline is not None
        facts = response.extensions if response is not None else {}
        elapsed = self.clock.monotonic() - timeline.began
        attempt = Attempt(
            id=call.span_id,
            trace_id=call.scope.trace_id,
            call_id=call.id,
            number=call.sent,
            purpose=call.purpose,
            method=request.method,
            url=str(request.url),
            raw_request_headers=request.headers.raw,
            request_body=_content(request),
            started_at=wall,
            elapsed=elapsed,
            marks=tuple(timeline.marks),
            reused=timeline.is_reused,
            row=call.row,
            status=response.status_code if response is not None else None,
            http_version=facts.get("http_version", b"").decode("ascii"),
            raw_response_headers=call.raw_headers if response is not None else (),
            response_body=_content(response) if response is not None else None,
            failure=_failure(error, timeline.phase, call.row),
            wait=call.wait,
            peer=facts.get(PEER, ""),
            bucket=call.origin.bucket.tokens,
            epoch=call.epoch,
            notes=tuple(call.notes),
        )
        call.wait, call.fresh = NO_WAIT, False
        call.notes.clear()
        call.attempts.append(attempt)
        if response is not None:
            response.elapsed = timedelta(seconds=elapsed)
            facts[ATTEMPT] = attempt
        call.scope.record(attempt)


def _answered_row(response: httpx2.Response, request: httpx2.Request, call: Call) -> str:
    status = response.status_code
    if status < 300:  # noqa: PLR2004
        return ""
    told = told_pause(response.headers)
    if told.complaint:
        call.notes.append(told.complaint)
    return status_row(
        status,
        told="retry-after" in response.headers and told.seconds is not None,
        key_in_flight="idempotency-key" in request.headers and _is_ambiguous(call),
    )


def _failure(error: httpx2.RequestError | None, phase: Phase, row: str) -> Failure | None:
    if error is None:
        return None
    # Async back ends raise empty messages; the one beneath them that speaks is the cause.
    words = next((str(cause) for cause in causes(error) if str(cause)), type(error).__name__)
    return Failure(row=row, phase=phase, error=type(error).__name__, message=words)


def _content(message: httpx2.Request | httpx2.Response) -> bytes | None:
    """The body, where it was read."""
    try:
        return message.content
    except (httpx2.RequestNotRead, httpx2.ResponseNotRead):
        return None


def _is_ambiguous(call: Call) -> bool:
    """Whether an earlier attempt of this call may have reached the server unanswered."""
    return any(row.reconcile for row in (ROWS.get(made.row) for made in call.attempts) if row)
