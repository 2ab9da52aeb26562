"""How each row of the retry table looks to the pipeline: an error in its phase, or an answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import TypeAlias

import httpx2

from redhanded.core.attempt import Phase
from redhanded.pipeline.call import CALL
from redhanded.pipeline.errors import (
    BodyCorrupt,
    CircuitOpen,
    DeadlineExceeded,
    ProtocolViolated,
)
from redhanded.pipeline.flow import Send
from tests.pipeline.driving import unread

Outcome: TypeAlias = Callable[[Send], httpx2.Response]

CONNECTED = (Phase.CONNECT, Phase.SEND, Phase.WAIT)


def fails(
    kind: Callable[[str], BaseException], *phases: Phase, cause: BaseException | None = None
) -> Outcome:
    """A new error of that kind whenever it is asked for, after these phases."""

    def outcome(effect: Send) -> httpx2.Response:
        for phase in phases:
            effect.request.extensions[CALL].timeline.begin(phase)
        raise kind("it broke") from cause

    return outcome


def answers(status: int, *headers: tuple[str, str]) -> Outcome:
    """A new answer with that status whenever it is asked for."""
    return lambda _: unread(status, b"", headers)


def _rejected() -> ssl.SSLError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.reason = "CERTIFICATE_VERIFY_FAILED"
    return error


FAILURES: dict[str, Outcome] = {
    "refused": fails(httpx2.ConnectError, Phase.CONNECT),
    "dns_temporary": fails(
        httpx2.ConnectError, Phase.CONNECT, cause=socket.gaierror(socket.EAI_AGAIN, "try again")
    ),
    "dns_no_such_name": fails(
        httpx2.ConnectError, Phase.CONNECT, cause=socket.gaierror(socket.EAI_NONAME, "unknown")
    ),
    "certificate": fails(httpx2.ConnectError, Phase.CONNECT, Phase.TLS, cause=_rejected()),
    "tls_handshake": fails(httpx2.ConnectError, Phase.CONNECT, Phase.TLS),
    "connect_timeout": fails(httpx2.ConnectTimeout, Phase.CONNECT),
    "local": fails(httpx2.PoolTimeout, Phase.POOL),
    "upload_broken": fails(httpx2.WriteError, Phase.CONNECT, Phase.SEND),
    "closed_reused": fails(httpx2.RemoteProtocolError, Phase.SEND, Phase.WAIT),
    "closed_fresh": fails(httpx2.RemoteProtocolError, *CONNECTED),
    "read_timeout": fails(httpx2.ReadTimeout, *CONNECTED),
    "deadline": fails(DeadlineExceeded, *CONNECTED),
    "cut_after_headers": fails(httpx2.ReadError, *CONNECTED, Phase.READ),
    "corrupt": fails(BodyCorrupt, *CONNECTED, Phase.READ),
    "protocol": fails(ProtocolViolated, *CONNECTED, Phase.READ),
    "request_timeout": answers(408),
    "too_early": answers(425),
    "throttled": answers(429),
    "server_error": answers(500),
    "not_supported": answers(501),
    "gateway": answers(502),
    "unavailable_told": answers(503, ("Retry-After", "7")),
    "unavailable": answers(503),
    "redirect": answers(302, ("Location", "/elsewhere")),
    "unauthorised": answers(401),
    "key_in_flight": answers(409),
    "misdirected": answers(421),
    "client_error": answers(404),
    "expectation": answers(200),
    "blocked": fails(CircuitOpen),
    "cancelled": fails(KeyboardInterrupt, *CONNECTED),
}

OK = FAILURES["expectation"]
REFUSED = FAILURES["refused"]
