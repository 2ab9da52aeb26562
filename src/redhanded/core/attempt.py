"""An attempt: one request on the wire, with what came of it, as frozen data in memory.

An attempt holds secrets. It lives as long as its test and is never stored: the store takes an
`Exchange`, and only `redhanded.core.redaction` makes one of an attempt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

RawHeaders: TypeAlias = Sequence[tuple[bytes, bytes]]
Purpose: TypeAlias = Literal["test", "auth", "probe", "cleanup", "canary"]


class Phase(StrEnum):
    """How far an attempt came; `dns` only where a name was looked up, `wait` is for the server."""

    POOL = "pool"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    WAIT = "wait"
    READ = "read"
    DONE = "done"


Mark: TypeAlias = tuple[Phase, float]
"""When a phase began, in seconds since the attempt began."""


class Wait(NamedTuple):
    """A pause of ours before the attempt, and why."""

    seconds: float
    reason: str


NO_WAIT = Wait(0.0, "")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no whole, authentic answer: a row of the retry table, the phase, the cause."""

    row: str
    phase: Phase
    error: str
    message: str


def _decoded(headers: RawHeaders) -> tuple[tuple[str, str], ...]:
    # RFC 9110, section 5.5: a recipient treats what is beyond US-ASCII as opaque; Latin-1 keeps it.
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def connecting(marks: Sequence[tuple[str, float]]) -> float | None:
    """How long connecting took in seconds; None on a connection that was there, or never came.

    To look the name up is no part of it.
    """
    spans = pairwise(marks)
    return next((end - began for (name, began), (_, end) in spans if name == Phase.CONNECT), None)


def is_near(peer: str) -> bool:
    """Whether the peer is this machine: the way to it takes no time, and loses nothing."""
    return peer.startswith(("127.", "[::1]", "::1"))


class Attempt(NamedTuple):
    """One request on the wire and what came of it. Times are seconds; `started_at` is wall time."""

    # A named tuple, not a frozen dataclass: it is made for every request, at a third of the cost.

    id: str
    trace_id: str
    call_id: str
    number: int
    purpose: Purpose
    method: str
    url: str
    raw_request_headers: RawHeaders
    request_body: bytes | None
    started_at: float
    elapsed: float
    marks: tuple[Mark, ...]
    reused: bool
    row: str = ""
    status: int | None = None
    http_version: str = ""
    raw_response_headers: RawHeaders = ()
    response_body: bytes | None = None
    failure: Failure | None = None
    wait: Wait = NO_WAIT
    peer: str = ""
    bucket: float = 0.0
    epoch: int = 0
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether a whole, authentic answer arrived."""
        return self.failure is None and self.status is not None

    @property
    def server_seconds(self) -> float | None:
        """From the last byte sent to the first byte received, where an answer began; else None."""
        times = dict(self.marks)
        ended = times.get(Phase.READ)
        began = times.get(Phase.WAIT)
        return None if ended is None or began is None else ended - began

    @property
    def request_headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values as they were sent, in order and in their own case."""
        return _decoded(self.raw_request_headers)

    @property
    def response_headers(self) -> tuple[tuple[str, str], ...]:
        """Names and values as they came, in order and in their own case."""
        return _decoded(self.raw_response_headers)

    def header(self, name: str) -> str | None:
        """The first response header of that name, in any case; None where there is none."""
        wanted = name.lower()
        values = (value for key, value in self.response_headers if key.lower() == wanted)
        return next(values, None)
