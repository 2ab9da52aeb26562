"""What the fake network may do to a request, and the row of the table that this is."""

from __future__ import annotations

import gzip
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h11
import httpx2

from redhanded.core.attempt import Phase

REUSED = "closed_reused"


@dataclass(frozen=True, slots=True)
class Break:
    """The request gets no answer: it breaks off in a phase, or hangs there until a time-out.

    `may_commit` says that the server may have done the work all the same.
    """

    row: str
    phase: Phase
    error: Callable[[], Exception] | None
    may_commit: bool = False
    upload_failed: bool = False
    first: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """The request is answered; `commits` is None where only chance knows whether it was done.

    `told` is the pause that the headers ask for, as the server means it.
    """

    status: int
    row: str
    commits: bool | None = False
    headers: tuple[tuple[bytes, bytes], ...] = ()
    told: float | None = None

    @property
    def is_unprocessed(self) -> bool:
        """Whether it says by its very meaning that nothing was done."""
        return self.status in (401, 421, 425, 429) or 300 <= self.status < 400


@dataclass(frozen=True, slots=True)
class Body:
    """A body on the wire: what is read of it, what its reader should see, and what goes wrong.

    `error` breaks it off, `hangs` lets it end by a time-out, `drips` by the deadline alone.
    """

    headers: tuple[tuple[bytes, bytes], ...] = ()
    sent: bytes = b""
    seen: bytes = b""
    row: str = ""
    error: Callable[[], Exception] | None = None
    hangs: bool = False
    drips: bool = False
    trailing: bytes = b""


def _because(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def _gai(code: int) -> Callable[[], Exception]:
    return lambda: _because(httpx2.ConnectError("no address"), socket.gaierror(code, "no address"))


def _rejected() -> Exception:
    return _because(httpx2.ConnectError("tls"), ssl.SSLCertVerificationError(1, "rejected"))


def _garbled() -> Exception:
    return _because(httpx2.RemoteProtocolError("status line"), h11.RemoteProtocolError("garbled"))


def _error(kind: type[Exception]) -> Callable[[], Exception]:
    return lambda: kind("it broke")


_C, _T, _S, _W = Phase.CONNECT, Phase.TLS, Phase.SEND, Phase.WAIT

REFUSED = Break("refused", _C, _error(httpx2.ConnectError))
CONNECT_HANG = Break("connect_timeout", _C, None)
RESET = Break("closed_fresh", _W, _error(httpx2.ReadError), may_commit=True)
CLOSED = Break("closed_fresh", _W, _error(httpx2.RemoteProtocolError), may_commit=True)
HANG = Break("read_timeout", _W, None, may_commit=True)
TLS_RESET = Break("tls_handshake", _T, _error(httpx2.ConnectError))

BREAKS: tuple[Break, ...] = (
    REFUSED,
    Break("dns_temporary", _C, _gai(socket.EAI_AGAIN)),
    Break("dns_no_such_name", _C, _gai(socket.EAI_NONAME)),
    CONNECT_HANG,
    TLS_RESET,
    Break("tls_handshake", _T, None),
    Break("certificate", _T, _rejected),
    Break("certificate", _T, _rejected),
    Break("local", Phase.POOL, None),
    Break("upload_broken", _S, _error(httpx2.WriteError)),
    Break("upload_broken", _S, None),
    Break("upload_broken", _W, _error(httpx2.ReadError), upload_failed=True),
    RESET,
    CLOSED,
    HANG,
    Break("protocol", _W, _garbled, may_commit=True),
    Break("protocol", _W, _error(httpx2.RemoteProtocolError), first=b"SSH-2.0-OpenSSH_"),
)

_DATE = (b"Date", b"Tue, 14 Nov 2023 22:13:20 GMT")
_LATER = (b"Retry-After", b"Tue, 14 Nov 2023 22:13:27 GMT")

PAUSES: tuple[tuple[tuple[tuple[bytes, bytes], ...], float | None, bool], ...] = (
    # headers, what the server means by them, whether they hold a Retry-After that means anything
    ((), None, False),
    (((b"Retry-After", b"0"),), 0.0, True),
    (((b"Retry-After", b"1"),), 1.0, True),
    (((b"Retry-After", b"3"),), 3.0, True),
    (((b"Retry-After", b"20"),), 20.0, True),
    (((b"Retry-After", b"120"),), 120.0, True),
    (((b"Retry-After", b"-5"),), None, False),
    (((b"Retry-After", b"soon"),), None, False),
    ((_LATER, _DATE), 7.0, True),
    ((_LATER,), None, False),
    (((b"RateLimit", b'"default";r=0;t=2'),), 2.0, False),
    (((b"RateLimit", b'"default";r=5;t=9'),), None, False),
    (((b"X-RateLimit-Reset", b"4"),), 4.0, False),
    (((b"Retry-After", b"soon"), (b"RateLimit-Reset", b"5")), 5.0, False),
)

_LOCATION = (b"Location", b"/v1/orders/8")
_ELSEWHERE = (b"Location", b"http://files.test:8080/v1/orders/8")


def throttled() -> list[Reply]:
    """A 429 with each sort of pause."""
    return [Reply(429, "throttled", headers=pause, told=told) for pause, told, _ in PAUSES]


def unavailable() -> list[Reply]:
    """A 503 with each sort of pause."""
    rows = ("unavailable", "unavailable_told")
    return [Reply(503, rows[asked], None, pause, told) for pause, told, asked in PAUSES]


def _redirects() -> list[Reply]:
    pauses = [pause for pause in PAUSES if pause[2] or not pause[0]]
    return [
        Reply(status, "redirect", headers=(where, *pause), told=told)
        for status in (302, 307)
        for where in (_LOCATION, _ELSEWHERE)
        for pause, told, _ in pauses
    ]


GOOD: tuple[Reply, ...] = (Reply(200, "", commits=True), Reply(201, "", commits=True))
EMPTY = Reply(204, "", commits=True)
GATEWAY = Reply(502, "gateway", commits=None)
CONFLICT = Reply(409, "client_error")

REPLIES: tuple[tuple[Reply, ...], ...] = (
    # one of these groups is drawn, then one of its replies
    tuple(throttled()),
    tuple(unavailable()),
    tuple(_redirects()),
    (Reply(500, "server_error", commits=None),),
    (GATEWAY, Reply(504, "gateway", commits=None), Reply(522, "gateway", commits=None)),
    (Reply(401, "unauthorised"),),
    (Reply(408, "request_timeout", commits=None),),
    (Reply(425, "too_early"), Reply(421, "misdirected")),
    (Reply(404, "client_error"), Reply(403, "client_error"), CONFLICT),
    (Reply(501, "not_supported"), Reply(505, "not_supported"), Reply(304, "redirect")),
    (EMPTY,),
)

_JSON = (b"Content-Type", b"application/json")
_GZIP = (b"Content-Encoding", b"gzip")
_CHUNKED = (b"Transfer-Encoding", b"chunked")
LIMIT = 1_000


def _length(size: int) -> tuple[bytes, bytes]:
    return (b"Content-Length", str(size).encode("ascii"))


def plain(content: bytes) -> Body:
    """A JSON body with its length."""
    return Body((_JSON, _length(len(content))), content, content)


def _whole(content: bytes, *headers: tuple[bytes, bytes]) -> Body:
    return Body((_JSON, *headers), content, content)


def _spoiled(content: bytes, row: str, *headers: tuple[bytes, bytes], **how: Any) -> Body:  # noqa: ANN401
    return Body((_JSON, _length(len(content)), *headers), content, content, row, **how)


def _broken_off(content: bytes, kind: type[Exception]) -> Body:
    sent = (_JSON, _length(len(content)))
    return Body(sent, _half(content), row="cut_after_headers", error=_error(kind))


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _packed(content: bytes, keep: int | None = None, row: str = "") -> Body:
    packed = gzip.compress(content, mtime=0)[:keep]
    return Body((_JSON, _GZIP, _length(len(packed))), packed, content, row)


def _huge(_: bytes) -> Body:
    size = 2 * LIMIT
    return Body((_length(size),), bytes(size), row="too_large")


BODIES: tuple[Callable[[bytes], Body], ...] = (
    lambda content: _whole(content, _CHUNKED),
    _whole,
    _packed,
    lambda content: _packed(content, -9, "corrupt"),
    lambda content: _broken_off(content, httpx2.RemoteProtocolError),
    lambda content: _broken_off(content, httpx2.ReadError),
    lambda content: _spoiled(content, "cut_after_headers", hangs=True),
    lambda content: _spoiled(content, "deadline", drips=True),
    lambda content: _spoiled(content, "corrupt", (b"Content-Digest", b"sha-256=:AAAA:")),
    lambda content: Body((_JSON,), _half(content), row="corrupt"),
    lambda content: _spoiled(content, "protocol", _CHUNKED),
    lambda content: _spoiled(content, "protocol", trailing=b"HTTP/1.1 200 OK"),
    _huge,
)
