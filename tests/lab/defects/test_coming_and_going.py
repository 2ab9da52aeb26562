"""Intermittent defects: as often as their rate says, where the seed says, and right otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.lab.conftest import NEW_BOOKING, FakeClock
from tests.lab.defects.conftest import Lab

RATES: list[tuple[str, str, int]] = [
    ("D80:seconds=0", "GET /trading/accounts", 10),
    ("D81:seconds=0", "GET /trading/payments", 5),
    ("D84", "GET /booking/1", 5),
    ("D85", "GET /trading/instruments/ALDE", 20),
    ("D86", "GET /trading/payments", 3),
    ("D88", "GET /trading/accounts", 5),
    ("D93", "GET /users/me", 50),
]
each_rate = pytest.mark.parametrize("code, path, rate", RATES, ids=[rate[0][:3] for rate in RATES])


def pattern(lab: Lab, path: str, number: int, body: object = None) -> str:
    """For each request in turn, whether the defect was served: `..x....`."""
    shown = ""
    for _ in range(number):
        before = len(lab.lines())
        lab.ask(path, body)
        shown += "x" if len(lab.lines()) > before else "."
    return shown


@each_rate
def test_one_in_so_many_is_served(lab: Lab, code: str, path: str, rate: int) -> None:
    """INVARIANT: each run of so many requests has exactly one, so a witness is sure to meet it."""
    lab.switch(code, seed=3)

    shown = pattern(lab, path, 3 * rate)

    blocks = [shown[start : start + rate] for start in range(0, len(shown), rate)]
    assert [block.count("x") for block in blocks] == [1, 1, 1]


@each_rate
def test_the_seed_says_which(lab: Lab, code: str, path: str, rate: int) -> None:
    """The same seed spoils the same answers again, and some other seed spoils others."""
    shown = []
    for seed in (1, 1, 2, 3, 4, 5):
        lab.switch(code, seed=seed)
        shown.append(pattern(lab, path, rate))

    assert shown[0] == shown[1]
    assert len(set(shown)) > 1


def test_one_in_seven_bookings_is_made_twice(lab: Lab) -> None:
    """D89 answers as if there were one."""
    lab.switch("D89")

    shown = pattern(lab, "POST /booking", 14, NEW_BOOKING)

    assert (shown[:7].count("x"), shown[7:].count("x")) == (1, 1)
    there = lab.ask(f"GET /booking?tag={NEW_BOOKING['tag']}").json()
    assert len(there) == 16


def test_one_in_ten_reads_is_stale_once_there_was_a_change(lab: Lab) -> None:
    """D87 gives the booking before its last change, with the version it had."""
    lab.switch("D87")
    lab.ask("PATCH /booking/1", {"totalprice": 7})
    lab.ask("PATCH /booking/1", {"totalprice": 8})

    found = [lab.ask("GET /booking/1") for _ in range(10)]

    seen = sorted((answer.json()["totalprice"], answer.headers["etag"]) for answer in found)
    assert seen == [(7, '"1-2"')] + 9 * [(8, '"1-3"')]


def test_a_pause_is_felt_once(lab: Lab, clock: FakeClock) -> None:
    """D90 fails the first call after the pause, and no call wakes up the next pause's."""
    lab.switch("D90")
    seen = []
    for pause in (0, 60, 61, 0, 61):
        clock.advance(pause)
        seen.append(lab.ask("GET /users").status_code)

    assert seen == [200, 200, 500, 200, 500]


def spoilt(lab: Lab, path: str, number: int, of: Callable[[Any], Any]) -> set[Any]:
    """What the answers say."""
    return {of(lab.ask(path).json()) for _ in range(number)}


def test_the_total_is_one_too_high(lab: Lab) -> None:
    """D84 makes a price wrong, which nobody sees who does not know it."""
    lab.switch("D84")

    assert spoilt(lab, "GET /booking/1", 5, lambda found: found["totalprice"]) == {111, 112}


def test_the_other_user_is_a_real_one(lab: Lab) -> None:
    """D93 shows personal data that is somebody's."""
    lab.switch("D93")

    seen = spoilt(lab, "GET /users/me", 50, lambda found: found["email"])

    assert seen == {"admin@lab.example", "agent@lab.example"}


def test_the_token_that_is_not_known_is_good_again(lab: Lab) -> None:
    """D88 asks for a login as if there had been none, with the challenge that goes with it."""
    lab.switch("D88")

    refused = [
        answer
        for answer in (lab.ask("GET /trading/accounts") for _ in range(10))
        if answer.status_code == 401
    ]

    assert len(refused) == 2
    assert 'error="invalid_token"' in refused[0].headers["www-authenticate"]
