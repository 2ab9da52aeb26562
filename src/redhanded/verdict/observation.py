"""The attempts behind a response or an error, also where they came from a transport not ours."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, cast

import httpx2

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.pipeline.call import ATTEMPT, CALL, Timeline
from redhanded.pipeline.classify import causes, failure_row, status_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redhanded.pipeline.call import Call

_PHASES = (
    (httpx2.ConnectError, Phase.CONNECT),
    (httpx2.ConnectTimeout, Phase.CONNECT),
    (httpx2.WriteError, Phase.SEND),
    (httpx2.WriteTimeout, Phase.SEND),
    (httpx2.ReadTimeout, Phase.WAIT),
    (httpx2.RemoteProtocolError, Phase.WAIT),
    (httpx2.ReadError, Phase.READ),
)


def call_behind(response: httpx2.Response) -> Call | None:
    """The call that brought the response; None where it did not come through the pipeline."""
    return cast("Call | None", response.extensions.get(CALL))


def attempt_behind(response: httpx2.Response) -> Attempt:
    """The attempt that brought the response, or what the response itself tells of one."""
    known = response.extensions.get(ATTEMPT)
    return known if isinstance(known, Attempt) else _answered(response)


def attempts_behind(error: BaseException) -> Sequence[Attempt]:
    """The attempts of the call that ended in this error, the failed one last.

    Where the ledger has none that failed, because the call was held back before it was sent or
    went another way, the error itself tells of one.
    """
    call: Call | None = _request_behind(error).extensions.get(CALL)
    attempts = call.attempts if call is not None else []
    failed = attempts and attempts[-1].failure is not None
    return attempts if failed else [*attempts, _failed(error)]


def _failed(error: BaseException) -> Attempt:
    phase = next((phase for kind, phase in _PHASES if isinstance(error, kind)), Phase.POOL)
    if any(isinstance(cause, ssl.SSLError) for cause in causes(error)):
        phase = Phase.TLS
    marks = [(Phase.CONNECT, 0.0), (phase, 0.0)]
    timeline = Timeline(now=lambda: 0.0, began=0.0, marks=marks)
    row = failure_row(error, timeline)
    failure = Failure(row=row, phase=phase, error=type(error).__name__, message=str(error))
    return _attempt(_request_behind(error))._replace(row=row, failure=failure)


def _request_behind(error: BaseException) -> httpx2.Request:
    try:
        return cast("httpx2.Request", error.request)  # type: ignore[attr-defined]
    except (AttributeError, RuntimeError):
        return httpx2.Request("GET", "/")


def _answered(response: httpx2.Response) -> Attempt:
    try:
        request = response.request
    except RuntimeError:  # a response that a test made by hand
        request = httpx2.Request("GET", "/")
    status = response.status_code
    told = "retry-after" in response.headers
    return _attempt(request)._replace(
        elapsed=_elapsed(response),
        row=status_row(status, told=told, key_in_flight=False),
        status=status,
        http_version=response.http_version,
        raw_response_headers=response.headers.raw,
        response_body=_content(response),
    )


def _attempt(request: httpx2.Request) -> Attempt:
    return Attempt(
        id="",
        trace_id="",
        call_id="",
        number=1,
        purpose="test",
        method=request.method,
        url=str(request.url),
        raw_request_headers=request.headers.raw,
        request_body=_content(request),
        started_at=0.0,
        elapsed=0.0,
        marks=(),
        reused=False,
    )


def _elapsed(response: httpx2.Response) -> float:
    try:
        return response.elapsed.total_seconds()
    except RuntimeError:
        return 0.0


def _content(message: httpx2.Request | httpx2.Response) -> bytes | None:
    try:
        return message.content
    except (httpx2.RequestNotRead, httpx2.ResponseNotRead):
        return None
