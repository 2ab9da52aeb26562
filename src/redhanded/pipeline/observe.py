"""The ledger's pen: every attempt is written down, whatever came of it, also on green."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase, header_block
from redhanded.pipeline.call import ATTEMPT, CALL, Call, Timeline, call_of
from redhanded.pipeline.classify import causes, failure_row, status_row
from redhanded.pipeline.errors import DeadlineExceeded
from redhanded.pipeline.retry_after import told_pause
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
            raised = self._judged(error, call, request)
            self._record(request, call, began, wall, error=raised)
            if raised is error:
                raise
            raise raised from error
        call.row = self._row(response, request, call)
        attempt = self._record(request, call, began, wall, response=response)
        response.elapsed = timedelta(seconds=attempt.elapsed)
        response.extensions[ATTEMPT] = attempt
        response.extensions[CALL] = call
        return response

    def _judged(
        self, error: httpx2.RequestError, call: Call, request: httpx2.Request
    ) -> httpx2.RequestError:
        """The error as the call sees it: a time-out at its very deadline is the deadline's."""
        assert call.timeline is not None
        late = call.deadline <= self.clock.monotonic()
        if late and isinstance(error, httpx2.TimeoutException):
            message = f"the call's deadline passed in phase `{call.timeline.phase}`"
            error = DeadlineExceeded(message, request=request)
        call.row = failure_row(error, call.timeline)
        return error

    def _row(self, response: httpx2.Response, request: httpx2.Request, call: Call) -> str:
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

    def _record(  # noqa: PLR0913  the facts of one attempt
        self,
        request: httpx2.Request,
        call: Call,
        began: float,
        wall: float,
        *,
        response: httpx2.Response | None = None,
        error: httpx2.RequestError | None = None,
    ) -> Attempt:
        timeline = call.timeline
        assert timeline is not None
        extensions = response.extensions if response is not None else {}
        attempt = Attempt(
            id=call.span_id,
            trace_id=call.scope.trace_id,
            call_id=call.id,
            number=call.sent,
            purpose=call.purpose,
            method=request.method,
            url=str(request.url),
            request_head=header_block(request.headers.raw),
            request_body=_sent(request),
            started_at=wall,
            elapsed=self.clock.monotonic() - began,
            marks=tuple(timeline.marks),
            reused=timeline.is_reused,
            row=call.row,
            status=response.status_code if response is not None else None,
            http_version=extensions.get("http_version", b"").decode("ascii"),
            response_head=call.head if response is not None else b"",
            response_body=_received(response),
            failure=_failure(error, timeline.phase, call.row),
            wait=call.wait,
            peer=extensions.get("redhanded.peer", ""),
            bucket=call.origin.bucket.tokens,
            epoch=call.epoch,
            notes=tuple(call.notes),
        )
        call.wait, call.fresh = NO_WAIT, False
        call.notes.clear()
        call.attempts.append(attempt)
        call.scope.record(attempt)
        return attempt


def _failure(error: httpx2.RequestError | None, phase: Phase, row: str) -> Failure | None:
    if error is None:
        return None
    # Async back ends raise empty messages; the one beneath them that speaks is the cause.
    words = next((str(cause) for cause in causes(error) if str(cause)), type(error).__name__)
    return Failure(row=row, phase=phase, error=type(error).__name__, message=words)


def _sent(request: httpx2.Request) -> bytes | None:
    try:
        return request.content
    except httpx2.RequestNotRead:
        return None


def _received(response: httpx2.Response | None) -> bytes | None:
    if response is None:
        return None
    try:
        return response.content
    except httpx2.ResponseNotRead:
        return None


def _is_ambiguous(call: Call) -> bool:
    """Whether an earlier attempt of this call may have reached the server unanswered."""
    return any(row.reconcile for row in (ROWS.get(made.row) for made in call.attempts) if row)
