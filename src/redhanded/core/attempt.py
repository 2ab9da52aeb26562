"""An attempt: one request on the wire, with what came of it, as frozen data in memory.

An attempt holds secrets. It lives as long as its test and is never stored: the store takes an
`Exchange`, and only `redhanded.core.redaction` makes one of an attempt.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]
Purpose: TypeAlias = Literal["test", "auth", "probe", "cleanup", "canary"]


class Phase(StrEnum):
    """How far an attempt came; DNS is part of `connect`, the wait for the server is `wait`."""

    POOL = "pool"
    CONNECT = "connect"
    TLS = "tls"
    SEND = "send"
    WAIT = "wait"
    READ = "read"
    DONE = "done"


class Mark(NamedTuple):
    """When a phase began, in seconds since the attempt began."""

    phase: Phase
    at: float


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


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request on the wire and what came of it. Times are seconds; `started_at` is wall time."""

    id: str
    trace_id: str
    call_id: str
    number: int
    purpose: Purpose
    method: str
    url: str
    request_headers: RawHeaders
    request_body: bytes | None
    started_at: float
    elapsed: float
    marks: tuple[Mark, ...]
    reused: bool
    row: str = ""
    status: int | None = None
    http_version: str = ""
    response_headers: RawHeaders = ()
    response_body: bytes | None = None
    failure: Failure | None = None
    wait: Wait = NO_WAIT
    peer: str = ""
    bucket: float = 0.0
    epoch: int = 0
    notes: tuple[str, ...] = field(default=())

    @property
    def is_complete(self) -> bool:
        """Whether a whole, authentic answer arrived."""
        return self.failure is None and self.status is not None

    @property
    def server_seconds(self) -> float | None:
        """From the last byte sent to the first byte received, where an answer began; else None."""
        times = {mark.phase: mark.at for mark in self.marks}
        ended = times.get(Phase.READ)
        began = times.get(Phase.WAIT)
        return None if ended is None or began is None else ended - began

    def header(self, name: str) -> str | None:
        """The first response header of that name, in any case; None where there is none."""
        wanted = name.lower().encode("ascii")
        values = (value for key, value in self.response_headers if key.lower() == wanted)
        found = next(values, None)
        return None if found is None else found.decode("latin-1")
