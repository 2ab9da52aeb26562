"""Exchanges of a made-up shop, as its tests would record them: through the gate, then varied."""

from __future__ import annotations

import json
from random import Random
from typing import Any, NamedTuple

from redhanded.core.attempt import NO_WAIT, Attempt, Failure, Phase, Wait
from redhanded.core.exchange import Body, Exchange
from redhanded.core.redaction import Redactor

ORIGIN = "http://orders.example:8443"
BUILD = "7f3c1e2"
_NOUNS = ("orders", "carts", "customers", "items", "invoices", "payments", "returns", "stores")
_PHASES = (Phase.CONNECT, Phase.SEND, Phase.WAIT, Phase.READ, Phase.DONE)
_RESET = Failure("reset_before_byte", Phase.WAIT, "ReadError", "[Errno 104] Connection reset")


class Operation(NamedTuple):
    """One operation of the shop, and the status of its answers when all is well."""

    method: str
    route: str
    status: int
    pace: float

    @property
    def name(self) -> str:
        """Its method and route."""
        return f"{self.method} {self.route}"


OPERATIONS = tuple(
    Operation(method, f"/v1/{noun}{path}", status, pace * (1 + place / 4))
    for place, noun in enumerate(_NOUNS)
    for method, path, status, pace in (
        ("GET", "", 200, 0.030),
        ("POST", "", 201, 0.045),
        ("GET", "/{}", 200, 0.012),
        ("PUT", "/{}", 200, 0.025),
        ("DELETE", "/{}", 204, 0.018),
    )
)


class Wire:
    """Makes exchanges by chance, and their bodies where these are asked for."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._gate = Redactor(key=b"bench")
        self._made = {operation.name: self._through(operation) for operation in OPERATIONS}

    def hex(self, size: int) -> str:
        """So many random bytes as hexadecimal digits."""
        return self._random.randbytes(size).hex()

    def exchange(
        self, operation: Operation, *, trace_id: str, at: float, number: int = 1, call: str = ""
    ) -> Exchange:
        """A whole answer of an operation, as it is when all is well."""
        id_ = self.hex(8)
        took = operation.pace * self._random.lognormvariate(0, 0.4)
        marks, reused = self._marks(took), self._random.random() < 0.9
        made = self._made[operation.name]
        return made._replace(
            id=id_,
            trace_id=trace_id,
            call_id=call or id_,
            number=number,
            url=f"{ORIGIN}{operation.route.format(self._random.randrange(1_000_000))}",
            request_headers=self._headers(made, trace_id, id_),
            response_size=self._random.randrange(200, 6_000),
            body_digest=self.hex(16),
            started_at=at,
            elapsed=marks[-1][1],
            marks=marks[reused:],
            reused=reused,
        )

    def lost(self, exchange: Exchange) -> Exchange:
        """The same request, to which no answer came."""
        return exchange._replace(
            status=None,
            http_version="",
            response_headers=(),
            response_size=0,
            body_digest="",
            row=_RESET.row,
            failure=_RESET,
            marks=exchange.marks[:-2],
        )

    def again(self, exchange: Exchange) -> Exchange:
        """The same call's next attempt, after a pause."""
        pause = Wait(round(self._random.uniform(0.05, 0.3), 3), "backoff after a reset")
        later = exchange.started_at + exchange.elapsed + pause.seconds
        return exchange._replace(
            id=self.hex(8), number=exchange.number + 1, started_at=later, wait=pause
        )

    def bodies(self, exchange: Exchange) -> dict[str, Any]:
        """The bodies of an exchange as a run keeps them."""
        asked = {"note": self._words(6), "quantity": self._random.randrange(1, 9)}
        return {
            "request": self._body(asked if exchange.method in ("POST", "PUT") else None),
            "response": self._body(None if exchange.failure else self._answer()),
        }

    def _answer(self) -> dict[str, Any]:
        number = self._random.randrange
        lines = [
            {"sku": f"SKU-{number(10**6)}", "name": self._words(3), "cents": number(10**5)}
            for _ in range(number(5, 60))
        ]
        return {"id": number(10**6), "state": "open", "total": "90.00", "lines": lines}

    def _words(self, count: int) -> str:
        return " ".join(self._random.choice(_NOUNS) for _ in range(count))

    def _body(self, value: object) -> dict[str, Any]:
        text = "" if value is None else json.dumps(value)
        return Body("json", text, len(text), self._gate.digest(text.encode())).record()

    def _marks(self, took: float) -> tuple[tuple[Phase, float], ...]:
        connect, near = self._random.uniform(1e-4, 4e-4), self._random.uniform(3e-4, 1e-3)
        times = (connect, near, near + 1e-4, near + took, near + took + 2e-4)
        return tuple(zip(_PHASES, times, strict=True))

    def _headers(self, made: Exchange, trace_id: str, span_id: str) -> tuple[tuple[str, str], ...]:
        own = (("traceparent", f"00-{trace_id}-{span_id}-01"), ("X-Correlation-ID", trace_id))
        return (*made.request_headers, *own)

    def _through(self, operation: Operation) -> Exchange:
        """An exchange of an operation as the gate makes it."""
        return self._gate.exchange(
            Attempt(
                id="",
                trace_id="",
                call_id="",
                number=1,
                purpose="test",
                method=operation.method,
                url=f"{ORIGIN}{operation.route}",
                raw_request_headers=_SENT,
                request_body=b"",
                started_at=0.0,
                elapsed=0.0,
                marks=(),
                reused=True,
                status=operation.status,
                http_version="HTTP/1.1",
                raw_response_headers=_RECEIVED,
                response_body=b"",
                wait=NO_WAIT,
                peer="127.0.0.1:8443",
                bucket=100.0,
            )
        )


_SENT = (
    (b"Host", b"orders.example:8443"),
    (b"Accept", b"*/*"),
    (b"Accept-Encoding", b"gzip, deflate, br"),
    (b"Connection", b"keep-alive"),
    (b"User-Agent", b"redhanded/0.1.0 (synthetic-test; run=5ee1f0aa)"),
    (b"Authorization", b"Bearer bench-bench-bench-bench"),
)
_RECEIVED = (
    (b"Server", b"shop"),
    (b"Date", b"Thu, 01 Jan 2026 00:00:00 GMT"),
    (b"Content-Type", b"application/json"),
    (b"Content-Length", b"512"),
    (b"X-Build", BUILD.encode()),
    (b"Strict-Transport-Security", b"max-age=31536000"),
)
