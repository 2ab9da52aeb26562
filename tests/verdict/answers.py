"""Answers, calls and failed attempts as the rooms below hand them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from redhanded.core.attempt import Attempt, Failure, Phase
from redhanded.pipeline.call import ATTEMPT, CALL, Call, Scope
from redhanded.pipeline.classify import status_row
from redhanded.pipeline.table import ROWS
from tests.core.attempts import attempt

URL = "http://127.0.0.1:8000/booking/7?page=2"
NOWHERE: Any = None  # an origin, which nobody here looks at


def response(status: int = 200, **parts: Any) -> httpx2.Response:  # noqa: ANN401  httpx2's own
    """A response from a transport that is not ours."""
    return httpx2.Response(status, request=httpx2.Request("GET", URL), **parts)


def page(status: int = 200, *, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    """A gateway's page of HTML, or with more headers the API's own."""
    named = {"Server": "edge", **(headers or {})}
    return response(status, html="<!DOCTYPE html><title>Sorry</title>", headers=named)


def answered(status: int = 200, **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
    """An attempt that was answered in whole."""
    row = status_row(status, told=False, key_in_flight=False)
    return attempt(**{"status": status, "row": row, "url": URL} | facts)


def lost(row: str = "refused", **facts: Any) -> Attempt:  # noqa: ANN401  each fact has its type
    """An attempt without a whole answer."""
    failure = Failure(row=row, phase=Phase.CONNECT, error="ConnectError", message="errno 111")
    ordinary = {"status": None, "row": row, "failure": failure, "url": URL, "response_body": None}
    return attempt(**ordinary | facts)


def call(*attempts: Attempt, **facts: Any) -> Call:  # noqa: ANN401  each fact has a type of its own
    """A call with these attempts."""
    scope = facts.pop("scope", None) or Scope()
    made = Call(scope.shared, NOWHERE, NOWHERE, **facts)
    made.attempts.extend(attempts)
    scope.calls.append(made)
    return made


def from_pipeline(
    status: int = 200,
    *,
    made: Call | None = None,
    **parts: Any,  # noqa: ANN401  httpx2's own
) -> httpx2.Response:
    """A response with its attempt and its call, as the pipeline returns it."""
    answer = response(status, **parts)
    one = answered(
        status,
        raw_response_headers=tuple(answer.headers.raw),
        response_body=answer.content,
        marks=((Phase.WAIT, 0.25), (Phase.READ, 0.75), (Phase.DONE, 0.8)),
    )
    behind = made or call()
    behind.attempts.append(one)
    answer.extensions |= {ATTEMPT: one, CALL: behind}
    return answer


WEATHER = sorted(key for key, row in ROWS.items() if row.verdict == "inconclusive")
