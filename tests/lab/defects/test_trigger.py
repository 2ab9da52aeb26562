"""When a defect that comes and goes shows."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from redhanded.lab.defects.asked import ASKED, Asked, of_scope
from redhanded.lab.defects.route import Route
from redhanded.lab.defects.served import Served
from redhanded.lab.defects.trigger import Trigger


def trigger(seed: int = 0) -> Trigger:
    """A trigger that writes nowhere."""
    return Trigger(code="D84", chance=random.Random(seed), log=Served(path=None, clock=lambda: 0.0))


def asked() -> Asked:
    """A request for the health of the service."""
    return of_scope({"method": "GET", "path": "/health", "query_string": b"", "headers": []})


@pytest.mark.parametrize("turns", [1, 2, 5, 20])
def test_one_of_each_so_many_turns_is_hit(turns: int) -> None:
    """INVARIANT: so a fixed number of calls is sure to meet it."""
    one = trigger()

    blocks = [[one.one_in(turns) for _ in range(turns)] for _ in range(50)]

    assert {sum(block) for block in blocks} == {1}


def test_the_seed_says_which_turns_are_hit() -> None:
    """The same seed hits the same turns, another seed others."""
    hits = [[each.one_in(5) for _ in range(100)] for each in (trigger(1), trigger(1), trigger(2))]

    assert hits[0] == hits[1] != hits[2]


def test_the_turn_that_is_hit_cannot_be_foretold() -> None:
    """Every place in a block is hit at some time."""
    one = trigger()

    places = {[one.one_in(5) for _ in range(5)].index(True) for _ in range(100)}

    assert places == set(range(5))


def test_callers_at_once_do_not_share_a_turn() -> None:
    """Turns are counted one by one, whoever takes them."""
    one = trigger()

    with ThreadPoolExecutor(8) as pool:
        hits = list(pool.map(lambda _: one.one_in(5), range(500)))

    assert sum(hits) == 100


def test_a_request_meets_a_defect_once() -> None:
    """However often the defect shows while one request is answered."""
    one, request = trigger(), asked()
    token = ASKED.set(request)

    one.serve()
    one.serve()
    ASKED.reset(token)

    assert request.served == {"D84"}
    assert one.log.count("D84") == 1


def test_what_is_right_after_all_was_not_served() -> None:
    """The wrong value is given in any case, and noted only where it is wrong."""
    one, request = trigger(), asked()
    token = ASKED.set(request)

    assert one.instead(1, 1) == 1
    assert request.served == set()
    assert one.instead(1, 2) == 2
    ASKED.reset(token)

    assert request.served == {"D84"}


@pytest.mark.parametrize(
    "route, method, path, matches",
    [
        pytest.param("GET /booking", "GET", "/booking", True, id="literal"),
        pytest.param("GET /booking", "HEAD", "/booking", False, id="other-method"),
        pytest.param("* /booking", "PUT", "/booking", True, id="any-method"),
        pytest.param("GET /booking/{id}", "GET", "/booking/1", True, id="place"),
        pytest.param("GET /booking/{id}", "GET", "/booking/", False, id="empty-place"),
        pytest.param("GET /users/{id}", "GET", "/users/1/role", False, id="deeper"),
        pytest.param("GET /a.b", "GET", "/aXb", False, id="no-pattern"),
    ],
)
def test_a_route_is_a_method_and_a_path(route: str, method: str, path: str, matches: bool) -> None:
    """A place in braces holds one part of the path, and nothing else is special."""
    assert Route.of(route).matches(method, path) is matches
