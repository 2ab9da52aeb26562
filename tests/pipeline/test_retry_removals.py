"""Retries of what cleanup asks: two attempts in all, out of no budget, where one more may help."""

from __future__ import annotations

import pytest

from tests.pipeline.driving import request
from tests.pipeline.failures import FAILURES, OK
from tests.pipeline.retried import Made

ONCE = {
    "dns_no_such_name",
    "certificate",
    "local",
    "deadline",
    "not_supported",
    "redirect",
    "unauthorised",
    "key_in_flight",
    "client_error",
    "expectation",
    "blocked",
    "cancelled",
}


def removal(method: str = "DELETE", *, random: float = 1.0, deadline: float = 1_000.0) -> Made:
    """A removal of cleanup's."""
    made = Made(request(method, "/booking/7"), random=random, deadline=deadline)
    made.call.purpose = "cleanup"
    return made


@pytest.mark.parametrize("key", FAILURES)
def test_a_removal_has_two_attempts_where_another_may_help(key: str) -> None:
    """INVARIANT: neither more, whatever the table grants to others, nor fewer."""
    made = removal()
    expected = 1 if key in ONCE else 2

    driven = made.by(*[FAILURES[key]] * expected)

    assert len(driven.sends) == len(made.call.attempts) == expected


def test_a_listing_of_cleanup_has_two_attempts_as_well() -> None:
    """What it finds decides what is removed."""
    assert len(removal("GET").by(FAILURES["server_error"], OK).sends) == 2


@pytest.mark.parametrize(
    "key, sends", [("server_error", 1), ("closed_fresh", 1), ("refused", 3)], ids=str
)
def test_a_removal_by_post_keeps_to_the_table(key: str, sends: int) -> None:
    """INVARIANT: a write that may have taken effect is never sent twice."""
    made = removal("POST")

    driven = made.by(*[FAILURES[key]] * sends)

    assert len(driven.sends) == sends


def test_a_removal_is_repeated_though_the_budget_is_spent() -> None:
    """An outage that used the budget up must not leave everything behind."""
    made = removal()
    made.call.origin.bucket.take(100.0)

    made.by(FAILURES["closed_fresh"], OK)

    assert [entry.status for entry in made.call.attempts] == [None, 200]
    assert made.call.origin.bucket.tokens == 1.0  # as after any good answer: nothing was taken


@pytest.mark.parametrize(
    "key, random, pause",
    [
        pytest.param("server_error", 1.0, [0.2], id="fault"),
        pytest.param("server_error", 0.0, [], id="by-chance-none"),
        pytest.param("gateway", 0.5, [0.1], id="as-the-table-says"),
        pytest.param("unavailable_told", 0.0, [7.0], id="as-it-was-told"),
    ],
)
def test_the_second_attempt_comes_a_little_later(
    key: str, random: float, pause: list[float]
) -> None:
    """Two attempts at one moment would show no more than one."""
    assert removal(random=random).by(FAILURES[key], OK).sleeps == pause


def test_a_removal_keeps_to_its_deadline() -> None:
    """A test's end is not held up by what says that it is busy for long."""
    made = removal(deadline=5.0)

    driven = made.by(FAILURES["unavailable_told"])

    assert len(driven.sends) == 1
    assert made.call.attempts[-1].notes[-1].endswith("7.0 s is too long")
