"""Which row of the retry table an outcome is: by the last phase, never by a message."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import h11
import httpcore2
import httpx2

from redhanded.core.attempt import Phase
from redhanded.pipeline.errors import (
    BodyCorrupt,
    BodyTooLarge,
    CircuitOpen,
    DeadlineExceeded,
    ProtocolViolated,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redhanded.pipeline.call import Timeline

TOO_LARGE = "too_large"

_OWN: dict[type[BaseException], str] = {
    CircuitOpen: "blocked",
    DeadlineExceeded: "deadline",
    BodyTooLarge: TOO_LARGE,
    BodyCorrupt: "corrupt",
    ProtocolViolated: "protocol",
}
_NO_SUCH_NAME = {
    getattr(socket, name) for name in ("EAI_NONAME", "EAI_NODATA") if hasattr(socket, name)
}
_GATEWAY = frozenset({502, 504, *range(520, 525)})
_STATUS = {
    401: "unauthorised",
    408: "request_timeout",
    421: "misdirected",
    425: "too_early",
    429: "throttled",
    500: "server_error",
    **dict.fromkeys((501, 505, 506, 510), "not_supported"),
    **dict.fromkeys(_GATEWAY, "gateway"),
}


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what lies beneath it, outermost first.

    `__context__` is left out: it may be an error of the caller's own that was handled meanwhile.
    The layers below cut their `__cause__`, and keep it as their first argument.
    """
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        first = seen.args[0] if seen.args else None
        seen = seen.__cause__ or (first if isinstance(first, BaseException) else None)


def words(error: BaseException) -> str:
    """What the error says; where it is silent, as async back ends are, what lies beneath says."""
    told = next((str(cause) for cause in causes(error) if str(cause)), "")
    return told or _UNSAID.get(type(error).__mro__[1], type(error).__name__)


_UNSAID: dict[type, str] = {
    httpcore2.TimeoutException: "timed out",
    httpcore2.NetworkError: "the connection broke off",
    httpx2.TimeoutException: "timed out",
    httpx2.NetworkError: "the connection broke off",
}


def is_flooded(error: BaseException) -> bool:
    """Whether the headers of the answer were more than any client takes."""
    return any(
        isinstance(cause, h11.RemoteProtocolError) and cause.error_status_hint == 431
        for cause in causes(error)
    )


def failure_row(error: BaseException, timeline: Timeline, *, secure: bool = False) -> str:
    """The row of an attempt that brought no whole, authentic answer; `secure` is one by https."""
    if own := _OWN.get(type(error)):
        return own
    if isinstance(error, httpx2.PoolTimeout | httpx2.UnsupportedProtocol):
        return "local"
    if isinstance(error, httpx2.LocalProtocolError):
        # HTTP/2 says so of the server's violations as well, once the request is out.
        return "protocol" if timeline.phase in (Phase.WAIT, Phase.READ) else "local"
    if isinstance(error, httpx2.ProxyError) or (secure and timeline.is_tunnelling):
        return _connecting(error, timeline)  # through a proxy: nothing was sent to the origin
    if isinstance(error, httpx2.DecodingError):
        return "corrupt"
    return _ROW_BY_PHASE[timeline.phase](error, timeline)


def _connecting(error: BaseException, _: Timeline) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "connect_timeout"
    for cause in causes(error):
        if isinstance(cause, socket.gaierror):
            return "dns_no_such_name" if cause.errno in _NO_SUCH_NAME else "dns_temporary"
    return "refused"


def _shaking_hands(error: BaseException, _: Timeline) -> str:
    is_rejected = any(_is_about_certificates(cause) for cause in causes(error))
    return "certificate" if is_rejected else "tls_handshake"


def _is_about_certificates(cause: BaseException) -> bool:
    """Whether one side refused the other's certificate."""
    if not isinstance(cause, ssl.SSLError):
        return False
    # An error made in Python, as by the trust stores of macOS and Windows, has no reason at all.
    reason = getattr(cause, "reason", None) or ""
    is_refused = "CERTIFICATE" in reason or "UNKNOWN_CA" in reason
    return is_refused or isinstance(cause, ssl.SSLCertVerificationError)


def _uploading(_: BaseException, __: Timeline) -> str:
    return "upload_broken"


def _awaiting(error: BaseException, timeline: Timeline) -> str:
    if any(_is_about_certificates(cause) for cause in causes(error)):
        return "certificate"  # TLS 1.3 tells us what the server thinks once the request is out
    if timeline.upload_failed:
        return "upload_broken"
    if isinstance(error, httpx2.TimeoutException):
        return "read_timeout"
    if any(isinstance(cause, h11.RemoteProtocolError) for cause in causes(error)):
        return "protocol"
    return "closed_reused" if timeline.is_reused else "closed_fresh"


def _reading(_: BaseException, __: Timeline) -> str:
    return "cut_after_headers"


_ROW_BY_PHASE = {
    Phase.POOL: lambda *_: "local",
    Phase.DNS: _connecting,
    Phase.CONNECT: _connecting,
    Phase.TLS: _shaking_hands,
    Phase.SEND: _uploading,
    Phase.WAIT: _awaiting,
    Phase.READ: _reading,
    Phase.DONE: _reading,
}


def status_row(status: int, *, told: bool, key_in_flight: bool) -> str:
    """The row of a whole answer by its status; empty for 1xx and 2xx.

    `told` says whether Retry-After came along, `key_in_flight` whether an earlier attempt with the
    same Idempotency-Key may still be at work.
    """
    if status < 300:
        return ""
    if status == 503:
        return "unavailable_told" if told else "unavailable"
    if status == 409 and key_in_flight:
        return "key_in_flight"
    return _STATUS.get(status) or _family(status)


def _family(status: int) -> str:
    return {3: "redirect", 4: "client_error"}.get(status // 100, "server_error")
