"""Circuits that change their state are told as events."""

from __future__ import annotations

import pytest

from redhanded.core.events import Event, Turned
from redhanded.pipeline.breaker import Change, State
from redhanded.pipeline.origin import Address
from redhanded.session.circuits import telling


@pytest.mark.parametrize(
    "state, expected",
    [(State.CLOSED, "closed"), (State.OPEN, "open"), (State.HALF_OPEN, "half_open")],
    ids=str,
)
def test_each_state_is_told_with_its_origin_and_its_time(state: State, expected: str) -> None:
    """INVARIANT: every state has its word in a spool, and an origin is masked as all else is."""
    told: list[Event] = []
    tell = telling(told.append, mask=lambda text: text.replace("tok-7f3c", "*"), wall=lambda: 7.0)

    tell(Address("http", "tok-7f3c.test", 81), Change(state, 3, "a probe failed", is_shared=True))

    (turned,) = told
    assert isinstance(turned, Turned)
    assert (turned.state, turned.origin, turned.at) == (expected, "http://*.test:81", 7.0)
    assert (turned.epoch, turned.reason, turned.is_shared) == (3, "a probe failed", True)
