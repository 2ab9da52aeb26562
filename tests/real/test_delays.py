"""Time limits against a server that delays and drips: each cuts what it names, and in time."""

from __future__ import annotations

import time

import httpx2
import pytest

from redhanded import DeadlineExceeded
from redhanded.core.attempt import Phase
from tests.real.driving import Drive, call

SHORT = 0.3
IMPATIENT = {"timeouts": {"connect": SHORT, "read": SHORT}}
HURRIED = {"timeouts": {"connect": SHORT, "total": SHORT}}


@pytest.mark.parametrize("method, attempts", [("GET", 2), ("PUT", 2), ("POST", 1), ("PATCH", 1)])
def test_a_read_that_takes_too_long(drive: Drive, method: str, attempts: int) -> None:
    """The request is repeated once where that is safe; the error is httpx2's own."""
    ended = drive(call(method, "/delay/3"), **IMPATIENT)

    assert isinstance(ended.error, httpx2.ReadTimeout)
    assert ended.rows == ["read_timeout"] * attempts
    assert [attempt.failure.phase for attempt in ended.attempts if attempt.failure] == (
        [Phase.WAIT] * attempts
    )


@pytest.mark.parametrize("path", ["/delay/3", "/drip?numbytes=30&duration=3&delay=0"])
def test_a_call_that_takes_too_long(drive: Drive, path: str) -> None:
    """The deadline holds also where each single byte comes in time."""
    began = time.monotonic()

    ended = drive(call("GET", path), **HURRIED)

    assert isinstance(ended.error, DeadlineExceeded)
    assert ended.rows == ["deadline"]
    assert time.monotonic() - began < 2.5


def test_a_deadline_spans_the_attempts(drive: Drive) -> None:
    """The second attempt gets what the first one left."""
    ended = drive(call("GET", "/delay/3"), timeouts={"connect": 0.2, "read": 0.2, "total": 0.3})

    assert [attempt.number for attempt in ended.attempts] == [1, 2]
    assert sum(attempt.elapsed for attempt in ended.attempts) < 2.5


def test_patience_is_rewarded(drive: Drive) -> None:
    """A delay below the limit is no failure, and counts as the server's time."""
    ended = drive(call("GET", "/delay/0.2"))

    (attempt,) = ended.attempts
    marks = dict(attempt.marks)
    assert ended.statuses == [200]
    assert attempt.server_seconds is not None
    # The server may begin before this process gets to note that all is sent.
    assert marks[Phase.WAIT] - marks[Phase.SEND] + attempt.server_seconds >= 0.2


def test_a_drip_is_read_to_its_end(drive: Drive) -> None:
    """Ten bytes in ten pieces are ten bytes."""
    ended = drive(call("GET", "/drip", params={"numbytes": 10, "duration": 0.3, "delay": 0}))

    assert ended.response.content == b"*" * 10
    assert ended.attempts[0].elapsed >= 0.2


def test_others_are_served_meanwhile(drive: Drive) -> None:
    """A call that was cut does not spoil the next one, which gets a connection of its own."""
    ended = drive(call("POST", "/delay/3"), call("GET", "/get"), **IMPATIENT)

    assert ended.response.status_code == 200
    assert ended.rows == ["read_timeout", ""]


def test_a_limit_of_the_call_itself(drive: Drive) -> None:
    """`timeout=` of httpx2 still works, and cannot make a call endless."""
    ended = drive(
        call("POST", "/delay/3", timeout=SHORT),
        call("POST", "/delay/3", timeout=None),
        **HURRIED,
    )

    assert [isinstance(error, httpx2.TimeoutException) for error in ended.settled] == [True, True]
