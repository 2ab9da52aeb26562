"""An exchange as a run records it; nothing of contracts is loaded for it."""

from __future__ import annotations

from bench.contracts.orders import PATH
from redhanded.core.attempt import Attempt


def answered(body: bytes, *, url: str = f"http://127.0.0.1{PATH}?limit=1000") -> Attempt:
    """An attempt that was answered with this JSON."""
    return Attempt(
        id="1",
        trace_id="1",
        call_id="1",
        number=1,
        purpose="test",
        method="GET",
        url=url,
        raw_request_headers=((b"Host", b"127.0.0.1"), (b"Accept", b"*/*")),
        request_body=b"",
        started_at=0.0,
        elapsed=0.01,
        marks=(),
        reused=False,
        status=200,
        http_version="HTTP/1.1",
        raw_response_headers=(
            (b"Content-Type", b"application/json"),
            (b"Content-Length", str(len(body)).encode()),
            (b"Date", b"Tue, 01 Jan 2030 00:00:00 GMT"),
        ),
        response_body=body,
    )
