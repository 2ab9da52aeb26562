"""What goes wrong on the wire, with what must come of it: rows 1 to 15 of the retry table."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx2
import pytest
import trustme

from redhanded import BodyCorrupt, DeadlineExceeded
from redhanded.core.attempt import Phase
from redhanded.pipeline.errors import ProtocolViolated
from tests.servers import certificates, raw

SHORT = 0.1
LONGER = 0.6  # where a good answer must still come in time, on a machine that stalls
CONNECTING: dict[str, object] = {"timeouts": {"connect": SHORT}}
READING: dict[str, object] = {"timeouts": {"connect": LONGER, "read": LONGER}}
WRITING: dict[str, object] = {"timeouts": {"write": SHORT}}
IN_ALL: dict[str, object] = {"timeouts": {"connect": LONGER, "total": LONGER}}
BIG = {"content": b"x" * (16 << 20)}  # more than any system takes off our hands unread

AUTHORITY = trustme.CA()
METHODS = ("GET", "PUT", "POST")
NEVER_SENT = (3, 3, 3)
TWICE_IF_IDEMPOTENT = (2, 2, 1)
TWICE_IF_SAFE = (2, 1, 1)
ONCE = (1, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault happens: a base URL, and the server, where there is one."""

    url: str
    server: raw.RawServer | None = None

    def reached(self, expected: int) -> list[str]:
        """The methods of the requests that reached the server whole; so many are waited for."""
        if self.server is None:
            return []
        self.server.wait_until(lambda server: len(server.requests) >= expected)
        return [request.method for request in self.server.requests]


Opened: TypeAlias = Callable[..., AbstractContextManager[Place]]


def scripted(*scripts: raw.Script, scheme: str = "http") -> Opened:
    """A raw server with these scripts, then with what the test adds."""

    @contextmanager
    def opened(*more: raw.Script) -> Iterator[Place]:
        with raw.serve(*scripts, *more) as server:
            yield Place(server.url.replace("http", scheme), server)

    return opened


@contextmanager
def stranger() -> Iterator[Place]:
    """A server whose certificate nobody trusts."""
    with raw.serve(raw.answer(), tls=certificates.server_context(trustme.CA())) as server:
        yield Place(server.url, server)


@contextmanager
def cut_behind_tls() -> Iterator[Place]:
    """A server of `AUTHORITY` that ends without TLS's own end."""
    with raw.serve(raw.close_delimited_cut(), tls=certificates.server_context(AUTHORITY)) as server:
        yield Place(server.url, server)


@contextmanager
def refusing() -> Iterator[Place]:
    """A port that refuses."""
    with raw.closed_port() as port:
        yield Place(f"http://127.0.0.1:{port}")


@contextmanager
def overrun() -> Iterator[Place]:
    """A listener that accepts nobody, and whose queue is full: the system drops who knocks."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            assert waiting.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
        yield Place(f"http://127.0.0.1:{listener.getsockname()[1]}")


def unresolved(code: int) -> Opened:
    """A name for which the resolver fails with this code."""

    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "the resolver says no")

    @contextmanager
    def opened() -> Iterator[Place]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", fail)
            yield Place("http://nowhere.test")

    return opened


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that goes on, and what must come of it.

    `sent` counts the attempts for GET, PUT and POST, `base` is the longest first pause before a
    retry in seconds; `reaches` says whether requests arrive whole, `kept` whether the connection
    outlives the fault, `heals` whether a good answer can follow.
    """

    name: str
    at: Opened
    row: str
    phase: Phase
    error: type[httpx2.HTTPError]
    sent: tuple[int, int, int]
    base: float = 0.0
    reaches: bool = True
    kept: bool = False
    heals: bool = True
    settings: Mapping[str, object] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    only_on: str = ""

    def attempts(self, method: str) -> int:
        """How many attempts a call of that method takes."""
        return self.sent[METHODS.index(method)]

    def arrived(self, method: str) -> int:
        """How many of them the server receives whole."""
        return self.attempts(method) if self.reaches else 0

    def pauses(self, method: str) -> list[float]:
        """The pauses between them, where chance makes each as long as may be."""
        made = self.attempts(method) - 1
        return [round(self.base * 2**done, 3) for done in range(made)] if self.base else []

    @property
    def param(self) -> Any:  # noqa: ANN401  pytest does not publish the type
        """The fault as a test's parameter."""
        is_foreign = bool(self.only_on) and sys.platform != self.only_on
        reason = f"only {self.only_on} makes this fault the same each time"
        return pytest.param(self, id=self.name, marks=pytest.mark.skipif(is_foreign, reason=reason))


def _never_sent(
    name: str,
    at: Opened,
    row: str,
    phase: Phase,
    error: type[httpx2.HTTPError],
    **more: Any,  # noqa: ANN401  the fields of a fault
) -> Fault:
    facts: dict[str, Any] = {
        "sent": NEVER_SENT,
        "base": 0.05,
        "reaches": False,
        "heals": False,
    } | more
    return Fault(name, at, row, phase, error, **facts)


def _lost(
    name: str,
    script: raw.Script,
    error: type[httpx2.HTTPError],
    **more: Any,  # noqa: ANN401  the fields of a fault
) -> Fault:
    facts: dict[str, Any] = {"sent": TWICE_IF_IDEMPOTENT, "base": 0.05} | more
    return Fault(name, scripted(script), "closed_fresh", Phase.WAIT, error, **facts)


def _cut(
    name: str,
    script: raw.Script,
    error: type[httpx2.HTTPError],
    **more: Any,  # noqa: ANN401  the fields of a fault
) -> Fault:
    facts: dict[str, Any] = {"sent": TWICE_IF_SAFE, "base": 0.05} | more
    return Fault(name, scripted(script), "cut_after_headers", Phase.READ, error, **facts)


def _corrupt(name: str, script: raw.Script) -> Fault:
    return Fault(
        name, scripted(script), "corrupt", Phase.DONE, BodyCorrupt, TWICE_IF_SAFE, kept=True
    )


def _violation(name: str, script: raw.Script, phase: Phase, error: type[httpx2.HTTPError]) -> Fault:
    return Fault(name, scripted(script), "protocol", phase, error, ONCE)


FAULTS = [
    # 1 to 7: before anything of the request was sent
    _never_sent("refused", refusing, "refused", Phase.CONNECT, httpx2.ConnectError),
    _never_sent(
        "dns-temporary",
        unresolved(socket.EAI_AGAIN),
        "dns_temporary",
        Phase.DNS,
        httpx2.ConnectError,
        base=0.2,
    ),
    _never_sent(
        "dns-no-such-name",
        unresolved(socket.EAI_NONAME),
        "dns_no_such_name",
        Phase.DNS,
        httpx2.ConnectError,
        sent=ONCE,
    ),
    _never_sent("certificate", stranger, "certificate", Phase.TLS, httpx2.ConnectError, sent=ONCE),
    _never_sent(
        "tls-reset",
        scripted(raw.reset_in_request(), scheme="https"),
        "tls_handshake",
        Phase.TLS,
        httpx2.ConnectError,
    ),
    _never_sent(
        "tls-closed",
        scripted(raw.close_on_accept(), scheme="https"),
        "tls_handshake",
        Phase.TLS,
        httpx2.ConnectError,
    ),
    _never_sent(
        "tls-not-spoken",
        scripted((raw.AwaitBytes(), raw.Send(raw.message(400)), raw.Close()), scheme="https"),
        "tls_handshake",
        Phase.TLS,
        httpx2.ConnectError,
    ),
    _never_sent(
        "tls-hang",
        scripted(raw.black_hole(), scheme="https"),
        "tls_handshake",
        Phase.TLS,
        httpx2.ConnectTimeout,
        settings=CONNECTING,
    ),
    _never_sent(
        "connect-timeout",
        overrun,
        "connect_timeout",
        Phase.CONNECT,
        httpx2.ConnectTimeout,
        settings=CONNECTING,
        only_on="linux",
    ),
    _never_sent(
        "bad-header",
        scripted(raw.answer()),
        "local",
        Phase.CONNECT,
        httpx2.LocalProtocolError,
        sent=ONCE,
        options={"headers": {"X-Two-Lines": "one\ntwo"}},
    ),
    _never_sent(
        "bad-url",
        scripted(raw.answer()),
        "local",
        Phase.POOL,
        httpx2.UnsupportedProtocol,
        sent=ONCE,
        options={"path": "gopher://127.0.0.1/"},
    ),
    # 8: the request was under way
    Fault(
        "upload-reset",
        scripted(raw.reset_in_request()),
        "upload_broken",
        Phase.WAIT,
        httpx2.TransportError,  # which one is the system's choice
        TWICE_IF_IDEMPOTENT,
        base=0.05,
        reaches=False,
        heals=False,
        options=BIG,
    ),
    Fault(
        "upload-hang",
        scripted(raw.black_hole()),
        "upload_broken",
        Phase.SEND,
        httpx2.WriteTimeout,
        TWICE_IF_IDEMPOTENT,
        base=0.05,
        reaches=False,
        heals=False,
        settings=WRITING,
        options=BIG,
    ),
    # 10 to 12: the request was sent, and no headers came (9 needs a used connection)
    _lost("closed-unread", raw.close_on_accept(), httpx2.TransportError, reaches=False),
    _lost("closed-unanswered", raw.no_answer(), httpx2.RemoteProtocolError),
    _lost("reset-unanswered", raw.reset_after_request(), httpx2.ReadError),
    _lost("closed-in-headers", raw.cut_in_headers(), httpx2.RemoteProtocolError),
    Fault(
        "read-timeout",
        scripted(raw.silent()),
        "read_timeout",
        Phase.WAIT,
        httpx2.ReadTimeout,
        TWICE_IF_IDEMPOTENT,
        settings=READING,
    ),
    Fault(
        "deadline",
        scripted(raw.silent()),
        "deadline",
        Phase.WAIT,
        DeadlineExceeded,
        ONCE,
        settings=IN_ALL,
    ),
    Fault(
        "deadline-in-body",
        scripted(raw.stall_in_body()),
        "deadline",
        Phase.READ,
        DeadlineExceeded,
        ONCE,
        settings=IN_ALL,
    ),
    # 13: the headers came, and the body did not
    _cut("reset-in-body", raw.reset_in_body(), httpx2.ReadError, only_on="linux"),
    _cut("timeout-in-body", raw.stall_in_body(), httpx2.ReadTimeout, settings=READING),
    _cut("short-body", raw.short_body(), httpx2.RemoteProtocolError),
    _cut("short-chunk", raw.short_chunk(), httpx2.RemoteProtocolError),
    _cut("no-last-chunk", raw.no_last_chunk(), httpx2.RemoteProtocolError),
    _cut("bad-chunk", raw.bad_chunk(), httpx2.RemoteProtocolError),
    # 14: httpx2 alone returns 200 for most of these
    _corrupt("gzip-cut", raw.truncated_gzip()),
    _corrupt("deflate-cut", raw.truncated_deflate()),
    _corrupt("brotli-cut", raw.truncated_brotli()),
    _corrupt("gzip-without-checksum", raw.gzip_without_checksum()),
    _corrupt("gzip-wrong-checksum", raw.gzip_with_wrong_checksum()),
    _corrupt("gzip-claimed", raw.not_gzip()),
    Fault(
        "close-delimited-cut",
        scripted(raw.close_delimited_cut()),
        "corrupt",
        Phase.DONE,
        BodyCorrupt,
        TWICE_IF_SAFE,
    ),
    Fault(
        "close-delimited-cut-behind-tls",
        cut_behind_tls,
        "corrupt",
        Phase.DONE,
        BodyCorrupt,
        TWICE_IF_SAFE,
        heals=False,
    ),
    # 15: the answer breaks HTTP
    _violation(
        "garbage", raw.garbage(b"220 ready\r\n\r\n"), Phase.WAIT, httpx2.RemoteProtocolError
    ),
    _violation("no-http", raw.garbage(), Phase.WAIT, httpx2.RemoteProtocolError),
    _violation(
        "two-content-lengths", raw.two_content_lengths(), Phase.WAIT, httpx2.RemoteProtocolError
    ),
    _violation("length-and-chunks", raw.content_length_and_chunked(), Phase.DONE, ProtocolViolated),
    _violation(
        "bytes-after-the-end", raw.bytes_after_content_length(), Phase.DONE, ProtocolViolated
    ),
]
