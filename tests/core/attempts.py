"""Attempts as the pipeline hands them over."""

from __future__ import annotations

from typing import Any

from redhanded.core.attempt import Attempt, Phase


def attempt(**facts: Any) -> Attempt:  # noqa: ANN401  each fact has a type of its own
    """An attempt that was answered, with these facts in the place of ordinary ones.

    Headers are given as `sent` and `received`, pairs of text.
    """
    ordinary: dict[str, Any] = {
        "id": "00f067aa0ba902b7",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "call_id": "b9c7c989f97918e1",
        "number": 1,
        "purpose": "test",
        "method": "GET",
        "url": "http://127.0.0.1:8000/booking/7",
        "raw_request_headers": raw(facts.pop("sent", (("Accept", "*/*"),))),
        "request_body": None,
        "started_at": 1_700_000_000.25,
        "elapsed": 0.125,
        "marks": ((Phase.CONNECT, 0.0), (Phase.WAIT, 0.01), (Phase.DONE, 0.125)),
        "reused": False,
        "status": 200,
        "http_version": "HTTP/1.1",
        "raw_response_headers": raw(facts.pop("received", (("Server", "uvicorn"),))),
        "response_body": b'{"id":7}',
    }
    return Attempt(**ordinary | facts)


def raw(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers as they stand on the wire."""
    return tuple((name.encode(), value.encode()) for name, value in headers)
