"""The ledger's pen: every attempt is written down, whatever came of it, also on green."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx2

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase
from redhanded.pipeline.call import ATTEMPT, CALL, PARTIAL, PEER, Call, Timeline
from redhanded.pipeline.classify import failure_row, is_flooded, status_row, words
from redhanded.pipeline.errors import DeadlineExceeded, ProtocolViolated
from redhanded.pipeline.retry_after import told_pause
from redhanded.pipeline.stream import STREAMED, WatchedStream
from redhanded.pipeline.table import ROWS

WHOLE_DOCUMENT = "what came is a whole JSON document, and the server promised more bytes"

if TYPE_CHECKING:
    from redhanded.core.attempt import RawHeaders
    from redhanded.core.clock import Clock
    from redhanded.pipeline.flow import Flow, Proceed


@dataclass(frozen=True, slots=True)
class Observe:
    """Makes an attempt of each request that goes out, and hands it to the ledger."""

    clock: Clock

    def __call__(self, request: httpx2.Request, proceed: Proceed) -> Flow:
        """The response, with its attempt in its extensions."""
        call: Call = request.extensions[CALL]
        now = self.clock.monotonic
        timeline = call.timeline = Timeline(now, now(), call.deadline, call.headers)
        wall = self.clock.wall()
        try:
            response = yield from proceed(request)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raised = self._judge(error, request, call)
            call.row = failure_row(raised, timeline, secure=request.url.scheme == "https")
            self._fail(request, call, wall, raised)
            if raised is error:
                raise
            raise raised from error
        except BaseException as error:  # Ctrl-C and cancellation: what was sent may be at work
            call.row = "local" if isinstance(error, Exception) else "cancelled"
            self._fail(request, call, wall, error)
            raise
        call.row = _answered_row(response, request, call)
        attempt = self._attempt(request, response, call, wall)
        response.extensions[CALL] = call
        response.extensions[ATTEMPT] = attempt
        call.attempts.append(attempt)
        if call.streams:
            self._watch(response, call, timeline)
        else:
            response.elapsed = timedelta(seconds=attempt.elapsed)
            call.scope.record(attempt)
        return response

    def _judge(
        self, error: httpx2.RequestError, request: httpx2.Request, call: Call
    ) -> httpx2.RequestError:
        """The error as the call sees it: a time-out at its very deadline is the deadline's."""
        timeline = call.timeline
        if timeline.phase is Phase.WAIT and not b"HTTP/".startswith(timeline.first[:5]):
            return ProtocolViolated(_other_language(timeline.first), request=request)
        if timeline.phase is Phase.WAIT and is_flooded(error):
            message = "the headers of the answer are larger than 100 KiB"
            return ProtocolViolated(message, request=request)
        is_late = call.deadline <= self.clock.monotonic()
        if not is_late or not isinstance(error, httpx2.TimeoutException):
            return error
        message = (
            f"the call's deadline passed in phase `{timeline.phase}`: raise timeouts.total "
            "if it may take that long"
        )
        return DeadlineExceeded(message, request=request)

    def _fail(self, request: httpx2.Request, call: Call, wall: float, error: BaseException) -> None:
        if call.answer is not None and _is_whole_document(call.answer):
            call.note(WHOLE_DOCUMENT)
        failure = _failure(error, call.timeline.phase, call.row)
        attempt = self._attempt(request, call.answer, call, wall, failure)
        call.attempts.append(attempt)
        call.scope.record(attempt)

    def _watch(self, response: httpx2.Response, call: Call, timeline: Timeline) -> None:
        """Leave the body to the test; the attempt is recorded when the test is done with it."""
        place = len(call.attempts) - 1

        def ended(error: BaseException | None) -> None:
            if error is None:
                timeline.begin(Phase.DONE)
            begun = call.attempts[place]
            row = begun.row if error is None else _broken_row(error, timeline)
            attempt = call.attempts[place] = response.extensions[ATTEMPT] = begun._replace(
                elapsed=self.clock.monotonic() - timeline.began,
                marks=tuple(timeline.marks),
                row=row,
                failure=None if error is None else _failure(error, timeline.phase, row),
            )
            response.elapsed = timedelta(seconds=attempt.elapsed)
            call.scope.record(attempt)

        response.stream = WatchedStream(response.stream, ended)

    def _attempt(
        self,
        request: httpx2.Request,
        response: httpx2.Response | None,
        call: Call,
        wall: float,
        failure: Failure | None = None,
    ) -> Attempt:
        timeline = call.timeline
        facts = response.extensions if response is not None else {}
        if call.streams and failure is None:
            call.note(STREAMED)
        attempt = Attempt(
            id=call.span_id,
            trace_id=call.scope.trace_id,
            call_id=call.id,
            number=call.sent,
            purpose=call.purpose,
            method=request.method,
            url=str(request.url),
            raw_request_headers=call.headers,
            request_body=_content(request),
            started_at=wall,
            elapsed=self.clock.monotonic() - timeline.began,
            marks=tuple(timeline.marks),
            reused=timeline.is_reused,
            row=call.row,
            status=response.status_code if response is not None else None,
            http_version=facts.get("http_version", b"").decode("ascii"),
            raw_response_headers=_received(response, timeline),
            response_body=_content(response) if response is not None else None,
            failure=failure,
            wait=call.wait,
            peer=facts.get(PEER, ""),
            bucket=call.origin.bucket.tokens,
            epoch=call.epoch,
            notes=call.notes,
        )
        call.wait, call.fresh, call.answer, call.notes = NO_WAIT, False, None, ()
        return attempt


def _is_whole_document(response: httpx2.Response) -> bool:
    """Whether a body that broke off is a whole JSON document all the same.

    Then the server has counted wrong: what cuts an answer on its way does not end with it.
    """
    partial: bytes = response.extensions.get(PARTIAL, b"")
    if not partial or "content-encoding" in response.headers:
        return False
    try:
        json.loads(partial)
    except (ValueError, RecursionError):
        return False
    return partial.rstrip().endswith((b"}", b"]"))  # half a number is a number, too


def _other_language(first: bytes) -> str:
    is_tls = first[:1] in (b"\x15", b"\x16")
    hint = ", so this port speaks TLS: write https:// in the base URL" if is_tls else ""
    return f"the answer is not HTTP: it begins with {first!r}{hint}"


def _received(response: httpx2.Response | None, timeline: Timeline) -> RawHeaders:
    if response is None:
        return ()
    return timeline.received or response.headers.raw


def _answered_row(response: httpx2.Response, request: httpx2.Request, call: Call) -> str:
    status = response.status_code
    if status < 300:
        return ""
    told = told_pause(response.headers)
    if told.complaint:
        call.note(told.complaint)
    is_asked = "retry-after" in response.headers and not told.complaint
    row = status_row(
        status,
        told=is_asked,
        key_in_flight="idempotency-key" in request.headers and _is_ambiguous(call, request),
    )
    if row == "redirect" and is_asked:  # a quota's reset is on every answer of some servers
        call.hold = told.seconds or 0.0
    return row


def _broken_row(error: BaseException, timeline: Timeline) -> str:
    """The row of a body that broke off while the test read it, or was given up."""
    if isinstance(error, httpx2.RequestError):
        return failure_row(error, timeline)
    return "local" if isinstance(error, Exception) else "cancelled"


def _failure(error: BaseException, phase: Phase, row: str) -> Failure:
    return Failure(row=row, phase=phase, error=type(error).__name__, message=words(error))


def _content(message: httpx2.Request | httpx2.Response) -> bytes | None:
    """The body, where it was read."""
    try:
        return message.content
    except (httpx2.RequestNotRead, httpx2.ResponseNotRead):
        return None


def _is_ambiguous(call: Call, request: httpx2.Request) -> bool:
    """Whether an earlier attempt of this very request may have reached the server unanswered.

    One that was redirected since is another request, and its target may know nothing of the key.
    """
    same = (made for made in call.attempts if made.url == str(request.url))
    return any(row.reconcile for row in (ROWS.get(made.row) for made in same) if row)
