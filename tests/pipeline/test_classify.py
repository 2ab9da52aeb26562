"""Every outcome is one row of the retry table: by phase, exception and cause, never by words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from itertools import product

import h11
import httpcore2
import httpx2
import pytest

from redhanded.core.attempt import Phase
from redhanded.pipeline.call import Timeline
from redhanded.pipeline.classify import causes, failure_row, is_flooded, status_row, words
from redhanded.pipeline.errors import (
    BodyCorrupt,
    BodyTooLarge,
    CircuitOpen,
    DeadlineExceeded,
    ProtocolViolated,
)
from redhanded.pipeline.table import ROWS

PHASES = tuple(Phase)
EVERY_ERROR = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.ReadError,
    httpx2.ReadTimeout,
    httpx2.WriteError,
    httpx2.WriteTimeout,
    httpx2.CloseError,
    httpx2.RemoteProtocolError,
    httpx2.LocalProtocolError,
    httpx2.ProxyError,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.DecodingError,
)
ROW_OF_PHASE = {
    Phase.POOL: "local",
    Phase.DNS: "refused",
    Phase.CONNECT: "refused",
    Phase.TLS: "tls_handshake",
    Phase.SEND: "upload_broken",
    Phase.WAIT: "closed_fresh",
    Phase.READ: "cut_after_headers",
    Phase.DONE: "cut_after_headers",
}


def timeline(phase: Phase, *, reused: bool = False, upload_failed: bool = False) -> Timeline:
    """A timeline that has come as far as this phase."""
    reached = Timeline(lambda: 0.0, 0.0)
    if phase is not Phase.POOL:
        reached.begin(Phase.SEND if reused else Phase.CONNECT)
        reached.begin(phase)
    reached.upload_failed = upload_failed
    return reached


def caused(error: Exception, *beneath: BaseException) -> Exception:
    """The error with a chain of causes, outermost first."""
    above: BaseException = error
    for cause in beneath:
        above.__cause__ = cause
        above = cause
    return error


def expected(error: type[Exception], phase: Phase) -> str:
    """The row of an error without a cause, as the table means it."""
    if issubclass(error, httpx2.PoolTimeout | httpx2.UnsupportedProtocol):
        return "local"
    if error is httpx2.LocalProtocolError:
        return "protocol" if phase in (Phase.WAIT, Phase.READ) else "local"
    if error is httpx2.ProxyError:
        return "refused"
    if error is httpx2.DecodingError:
        return "corrupt"
    if issubclass(error, httpx2.TimeoutException):
        late = dict.fromkeys((Phase.DNS, Phase.CONNECT), "connect_timeout")
        late[Phase.WAIT] = "read_timeout"
        return late.get(phase, ROW_OF_PHASE[phase])
    return ROW_OF_PHASE[phase]


@pytest.mark.parametrize(
    "error, phase",
    [
        pytest.param(error, phase, id=f"{error.__name__}-{phase}")
        for error, phase in product(EVERY_ERROR, PHASES)
    ],
)
def test_each_error_in_each_phase_is_one_row(error: type[Exception], phase: Phase) -> None:
    """The last phase decides, and the class only where it tells what the phase cannot."""
    row = failure_row(error("words that say nothing"), timeline(phase))
    assert (row, row in ROWS) == (expected(error, phase), True)


NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
DNS_DOWN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
UNVERIFIED = ssl.SSLCertVerificationError(1, "certificate verify failed")
RESET = ConnectionResetError(104, "Connection reset by peer")
NOT_HTTP = h11.RemoteProtocolError("illegal status line")


def alert(reason: str) -> ssl.SSLError:
    """An error of OpenSSL with this reason."""
    error = ssl.SSLError(1, "no words")
    error.reason = reason
    return error


BENEATH = [
    (Phase.DNS, httpx2.ConnectError, NO_NAME, "dns_no_such_name"),
    (Phase.DNS, httpx2.ConnectError, DNS_DOWN, "dns_temporary"),
    (Phase.DNS, httpx2.ConnectTimeout, TimeoutError(), "connect_timeout"),
    (Phase.CONNECT, httpx2.ConnectError, NO_NAME, "dns_no_such_name"),
    (Phase.CONNECT, httpx2.ConnectError, DNS_DOWN, "dns_temporary"),
    (Phase.CONNECT, httpx2.ConnectError, ConnectionRefusedError(111, ""), "refused"),
    (Phase.CONNECT, httpx2.ConnectTimeout, TimeoutError(), "connect_timeout"),
    (Phase.TLS, httpx2.ConnectError, UNVERIFIED, "certificate"),
    (Phase.TLS, httpx2.ConnectError, alert("TLSV1_ALERT_UNKNOWN_CA"), "certificate"),
    (Phase.TLS, httpx2.ConnectError, alert("SSLV3_ALERT_BAD_CERTIFICATE"), "certificate"),
    (Phase.TLS, httpx2.ConnectError, alert("WRONG_VERSION_NUMBER"), "tls_handshake"),
    (Phase.TLS, httpx2.ConnectError, alert(""), "tls_handshake"),
    (Phase.TLS, httpx2.ConnectError, RESET, "tls_handshake"),
    (Phase.TLS, httpx2.ConnectTimeout, TimeoutError(), "tls_handshake"),
    (Phase.WAIT, httpx2.ReadError, alert("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "certificate"),
    (Phase.WAIT, httpx2.ReadError, RESET, "closed_fresh"),
    (Phase.WAIT, httpx2.RemoteProtocolError, NOT_HTTP, "protocol"),
    (Phase.READ, httpx2.ReadError, RESET, "cut_after_headers"),
]


@pytest.mark.parametrize("form", ["cause", "argument"])
@pytest.mark.parametrize(
    "phase, error, beneath, row",
    [
        pytest.param(*case, id=f"{case[0]}-{type(case[2]).__name__}-{number}")
        for number, case in enumerate(BENEATH)
    ],
)
def test_what_lies_beneath_an_error_decides_within_its_phase(
    phase: Phase, error: type[Exception], beneath: Exception, row: str, form: str
) -> None:
    """The cause is found below httpcore2's error, as its cause and as its first argument."""
    below = httpcore2.NetworkError(beneath) if form == "argument" else httpcore2.NetworkError()
    layers = [below] if form == "argument" else [below, beneath]
    assert failure_row(caused(error(""), *layers), timeline(phase)) == row


@pytest.mark.parametrize(
    "error, row",
    [
        pytest.param(CircuitOpen("open"), "blocked", id="circuit"),
        pytest.param(DeadlineExceeded("late"), "deadline", id="deadline"),
        pytest.param(BodyTooLarge("large"), "too_large", id="too-large"),
        pytest.param(BodyCorrupt("cut"), "corrupt", id="corrupt"),
        pytest.param(ProtocolViolated("bad"), "protocol", id="protocol"),
    ],
)
@pytest.mark.parametrize("phase", PHASES)
def test_our_own_errors_name_their_row_in_every_phase(
    error: Exception, row: str, phase: Phase
) -> None:
    """What the pipeline itself has found out needs no phase."""
    assert failure_row(error, timeline(phase)) == row


@pytest.mark.parametrize(
    "error", [httpx2.RemoteProtocolError(""), httpx2.ReadError("")], ids=["closed", "reset"]
)
def test_a_connection_closed_before_the_answer_tells_whether_it_was_used(error: Exception) -> None:
    """Only a connection that had carried a request may lose the keep-alive race."""
    assert failure_row(error, timeline(Phase.WAIT, reused=True)) == "closed_reused"
    assert failure_row(error, timeline(Phase.WAIT)) == "closed_fresh"


@pytest.mark.parametrize(
    "error", [httpx2.ReadError(""), httpx2.ReadTimeout("")], ids=["reset", "timeout"]
)
@pytest.mark.parametrize("reused", [False, True], ids=["fresh", "reused"])
def test_an_upload_that_failed_stays_one_while_the_answer_is_awaited(
    error: Exception, reused: bool
) -> None:
    """The client library waits for an answer after a broken upload, which tells nothing new."""
    row = failure_row(error, timeline(Phase.WAIT, reused=reused, upload_failed=True))
    assert row == "upload_broken"


def test_an_error_handled_meanwhile_is_no_cause() -> None:
    """`__context__` may be the caller's own error, so a refusal beside a DNS error stays one."""
    error = httpx2.ConnectError("")
    error.__context__ = NO_NAME
    assert (list(causes(error)), failure_row(error, timeline(Phase.CONNECT))) == (
        [error],
        "refused",
    )


def test_causes_come_outermost_first() -> None:
    """A chain of causes and first arguments is followed to its end."""
    middle = httpcore2.ConnectError(RESET)
    error = caused(httpx2.ConnectError("words"), middle)
    assert list(causes(error)) == [error, middle, RESET]


@pytest.mark.parametrize(
    "error, said",
    [
        pytest.param(httpx2.ReadError("reset"), "reset", id="its-own"),
        pytest.param(caused(httpx2.ReadError(""), RESET), str(RESET), id="its-cause's"),
        pytest.param(httpx2.ReadTimeout(""), "timed out", id="timeout"),
        pytest.param(httpx2.ReadError(""), "the connection broke off", id="network"),
        pytest.param(httpcore2.ReadTimeout(), "timed out", id="timeout-below"),
        pytest.param(httpcore2.WriteError(), "the connection broke off", id="network-below"),
        pytest.param(httpx2.ProxyError(""), "ProxyError", id="nothing-known"),
        pytest.param(KeyboardInterrupt(), "KeyboardInterrupt", id="ctrl-c"),
    ],
)
def test_every_error_says_something(error: BaseException, said: str) -> None:
    """Async back ends raise empty messages, and an empty cause helps nobody."""
    assert words(error) == said


@pytest.mark.parametrize(
    "hint, flooded", [(431, True), (400, False)], ids=["headers-too-large", "other"]
)
def test_headers_beyond_measure_are_told_from_other_violations(hint: int, flooded: bool) -> None:
    """The parser says so by a status of its own, and not by its words alone."""
    cause = h11.RemoteProtocolError("no words", error_status_hint=hint)
    assert is_flooded(caused(httpx2.RemoteProtocolError(""), cause)) is flooded


@pytest.mark.parametrize(
    "error, secure, row",
    [
        pytest.param(httpx2.ReadTimeout(""), True, "connect_timeout", id="timeout"),
        pytest.param(httpx2.ReadError(""), True, "refused", id="reset"),
        pytest.param(httpx2.ReadError(""), False, "closed_fresh", id="no-tunnel"),
    ],
)
def test_a_tunnel_that_was_never_built_sent_nothing(
    error: Exception, secure: bool, row: str
) -> None:
    """INVARIANT: without a handshake nothing of an https request is out, whatever was written.

    What the proxy read was CONNECT, so a write may be sent again.
    """
    tunnel = Timeline(lambda: 0.0, 0.0)
    for phase in (Phase.CONNECT, Phase.SEND, Phase.WAIT):
        tunnel.begin(phase)
    assert failure_row(error, tunnel, secure=secure) == row


NAMED = {
    401: "unauthorised",
    408: "request_timeout",
    409: "client_error",
    421: "misdirected",
    425: "too_early",
    429: "throttled",
    501: "not_supported",
    502: "gateway",
    503: "unavailable",
    504: "gateway",
    505: "not_supported",
    506: "not_supported",
    510: "not_supported",
    **dict.fromkeys(range(520, 525), "gateway"),
}


def statuses() -> Iterator[tuple[int, str]]:
    """Every status from 100 to 599, and its row where nothing else is known."""
    for status in range(100, 600):
        family = {1: "", 2: "", 3: "redirect", 4: "client_error", 5: "server_error"}
        yield status, NAMED.get(status, family[status // 100])


@pytest.mark.parametrize(
    "status, row", [pytest.param(status, row, id=str(status)) for status, row in statuses()]
)
def test_every_status_is_one_row(status: int, row: str) -> None:
    """1xx and 2xx need no row; every other status has the table's."""
    assert status_row(status, told=False, key_in_flight=False) == row
    assert row == "" or row in ROWS


@pytest.mark.parametrize("status", [600, 999], ids=str)
def test_a_status_beyond_http_is_the_servers_error(status: int) -> None:
    """RFC 9110, section 15: a status that nobody knows the class of counts as 5xx."""
    assert status_row(status, told=False, key_in_flight=False) == "server_error"


@pytest.mark.parametrize(
    "status, told, key_in_flight, row",
    [
        pytest.param(503, True, False, "unavailable_told", id="503-told"),
        pytest.param(503, True, True, "unavailable_told", id="503-told-with-key"),
        pytest.param(429, True, True, "throttled", id="429"),
        pytest.param(409, False, True, "key_in_flight", id="409-with-key"),
        pytest.param(409, True, False, "client_error", id="409-without-key"),
        pytest.param(200, True, True, "", id="200"),
    ],
)
def test_a_status_may_mean_another_row_by_what_is_known(
    status: int, told: bool, key_in_flight: bool, row: str
) -> None:
    """Retry-After tells one 503 from the other, a key in flight one 409 from the other."""
    assert status_row(status, told=told, key_in_flight=key_in_flight) == row
