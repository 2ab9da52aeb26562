"""The call's deadline, and the timeouts of each attempt, which are never infinite."""

from __future__ import annotations

import math
from collections.abc import Mapping

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redhanded.pipeline.call import CALL, Call
from redhanded.pipeline.deadline import Deadline, Timeouts
from redhanded.pipeline.errors import DeadlineExceeded
from redhanded.pipeline.flow import Flow
from tests.pipeline.driving import (
    Driven,
    FakeClock,
    at_wire,
    drive,
    open_call,
    request,
    response,
)

LIMITS = {"connect": 5.0, "read": 10.0, "write": 10.0, "pool": 10.0}
NOW = FakeClock().monotonic()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands still."""
    return FakeClock()


def asking(left: float, timeout: Mapping[str, float | None] | None = None) -> httpx2.Request:
    """A request whose call has so many seconds left, with a caller's own timeout."""
    extensions = {} if timeout is None else {"timeout": timeout}
    asked = request(extensions=extensions)
    open_call(asked).deadline = NOW + left
    return asked


def limited(asked: httpx2.Request, clock: FakeClock, *answers: object) -> Driven:
    """What comes of the request when its steps are limited."""

    def below() -> Flow:  # whoever stands above is a generator
        return (yield from Timeouts(LIMITS, clock.monotonic)(asked, at_wire))

    return drive(below(), answers)


def test_a_call_has_its_total_from_its_first_attempt(clock: FakeClock) -> None:
    """INVARIANT: redirects and refreshes, which come as new requests, add no time to the call."""
    policy, asked = Deadline(30.0, clock.monotonic), request()
    call = open_call(asked)
    assert call.deadline == math.inf

    drive(policy(asked, at_wire), [response(302)])
    clock.advance(12.0)
    drive(policy(request(extensions=asked.extensions), at_wire), [response()])

    assert call.deadline == NOW + 30.0


def held(clock: FakeClock, seconds: float) -> tuple[Call, Driven]:
    """What comes of a hop that the redirect before it asks to hold back, with 30 s in all."""
    asked = request()
    call = open_call(asked)
    call.hold = seconds
    answers = [response()] if seconds < 30 else []
    driven = drive(Deadline(30.0, clock.monotonic)(asked, at_wire), answers, clock=clock)
    return call, driven


def test_a_redirect_is_followed_no_sooner_than_it_asks(clock: FakeClock) -> None:
    """Retry-After of a redirect is waited for once, and noted (RFC 9110, section 10.2.3)."""
    call, driven = held(clock, 2.0)

    assert driven.sleeps == [2.0]
    assert call.wait == (2.0, "Retry-After of a redirect")
    assert call.hold == 0.0


@pytest.mark.parametrize("seconds", [30.0, 3600.0])
def test_a_redirect_that_asks_for_too_long_is_not_followed(
    clock: FakeClock, seconds: float
) -> None:
    """A redirect that asks for more than the time left is given up at once, not waited for."""
    call, driven = held(clock, seconds)

    assert isinstance(driven.error, DeadlineExceeded)
    assert driven.effects == []
    assert call.row == "deadline"
    assert driven.error.attempts == ()
    assert f"{seconds:.1f} s" in str(driven.error)


def test_the_settings_own_limits_pass_untouched(clock: FakeClock) -> None:
    """Where time is enough, the limits of the settings go as they are."""
    asked = asking(30.0, dict(LIMITS))
    timeout = asked.extensions["timeout"]

    limited(asked, clock, response())

    assert asked.extensions["timeout"] is timeout


@pytest.mark.parametrize(
    "left, timeout, expected",
    [
        pytest.param(30.0, None, LIMITS, id="no timeout at all"),
        pytest.param(30.0, dict.fromkeys(LIMITS), LIMITS, id="timeout=None: for ever"),
        pytest.param(30.0, {}, LIMITS, id="an empty timeout"),
        pytest.param(
            30.0, dict.fromkeys(LIMITS, math.inf), dict.fromkeys(LIMITS, 30.0), id="infinite"
        ),
        pytest.param(30.0, dict.fromkeys(LIMITS, 0), LIMITS, id="zero"),
        pytest.param(
            30.0, dict.fromkeys(LIMITS, 99), dict.fromkeys(LIMITS, 30.0), id="longer than the call"
        ),
        pytest.param(30.0, dict.fromkeys(LIMITS, 20), dict.fromkeys(LIMITS, 20), id="the caller's"),
        pytest.param(30.0, {**LIMITS, "read": 0.5}, {**LIMITS, "read": 0.5}, id="one of them"),
        pytest.param(30.0, {**LIMITS, "read": None}, LIMITS, id="one of them None"),
        pytest.param(7.0, LIMITS, dict.fromkeys(LIMITS, 7.0) | {"connect": 5.0}, id="7 s left"),
        pytest.param(0.25, LIMITS, dict.fromkeys(LIMITS, 0.25), id="hardly any left"),
        pytest.param(0.25, None, dict.fromkeys(LIMITS, 0.25), id="hardly any left of no timeout"),
    ],
)
def test_each_step_is_limited(
    clock: FakeClock, left: float, timeout: dict[str, float | None], expected: dict[str, float]
) -> None:
    """INVARIANT: each step has a limit, the caller's or ours, and never more than the time left."""
    asked = asking(left, timeout)

    limited(asked, clock, response())

    assert asked.extensions["timeout"] == expected


@given(
    st.floats(0.001, 100.0),
    st.dictionaries(
        st.sampled_from(sorted(LIMITS)),
        st.none() | st.floats(min_value=0.0, allow_nan=False, allow_infinity=True),
    ),
)
def test_no_timeout_is_ever_infinite(left: float, timeout: dict[str, float | None]) -> None:
    """INVARIANT: whatever the caller asks for, no step may outlast its call."""
    asked = asking(left, timeout)

    limited(asked, FakeClock(), response())

    times = asked.extensions["timeout"]
    assert times.keys() == LIMITS.keys()
    assert all(0 < seconds <= left + 1e-9 for seconds in times.values())


def test_a_later_attempt_is_cut_from_what_the_caller_asked(clock: FakeClock) -> None:
    """A cut of one attempt is not taken for the caller's wish by the next one."""
    asked = asking(6.0, dict.fromkeys(LIMITS, 20.0))
    limited(asked, clock, response())
    assert asked.extensions["timeout"] == dict.fromkeys(LIMITS, 6.0)
    call: Call = asked.extensions[CALL]

    call.deadline += 100.0
    limited(asked, clock, response())

    assert asked.extensions["timeout"] == dict.fromkeys(LIMITS, 20.0)


@pytest.mark.parametrize("left", [0.0, -3.0], ids=["at the deadline", "after it"])
@pytest.mark.parametrize("timeout", [None, LIMITS], ids=["no timeout", "the settings' own"])
def test_nothing_is_sent_after_the_deadline(
    clock: FakeClock, left: float, timeout: dict[str, float] | None
) -> None:
    """INVARIANT: an attempt whose call has no time left is not sent, and the error says so."""
    asked = asking(left, timeout)

    driven = limited(asked, clock)

    assert isinstance(driven.error, DeadlineExceeded)
    assert isinstance(driven.error, httpx2.TimeoutException)
    assert driven.effects == []
    assert asked.extensions[CALL].row == "deadline"
    assert "raise timeouts.total" in str(driven.error)
    assert driven.error.request is asked
