"""Nobody may do or see more than they should (D60 to D69)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from judging import expect
from models import BookingRef, Problem, Tokens, User

Book = Callable[..., dict[str, Any]]
Invite = Callable[..., dict[str, Any]]
ClientOf = Callable[[str], httpx2.Client]

INSIDE = re.compile(r"Traceback|\.py\b|://|password", re.IGNORECASE)


@pytest.fixture
def viewer(api_as: ClientOf) -> httpx2.Client:
    """The client of someone who sees only themselves."""
    return api_as("viewer")


@pytest.fixture
def stranger(api_as: ClientOf) -> httpx2.Client:
    """The client of someone who has not said who they are."""
    return api_as("anonymous")


@pytest.mark.defect("D60")
def test_a_stranger_cannot_change_a_booking(stranger: httpx2.Client, book: Book) -> None:
    path = f"/booking/{book()['bookingid']}"

    for method, change in (("PUT", {}), ("PATCH", {"totalprice": 1}), ("DELETE", None)):
        expect(stranger.request(method, path, json=change), 401, Problem)


@pytest.mark.defect("D61")
def test_a_viewer_cannot_read_another_user(viewer: httpx2.Client, invite: Invite) -> None:
    other = invite()

    expect(viewer.get(f"/users/{other['id']}"), 404, Problem)


@pytest.mark.defect("D62")
def test_an_agent_cannot_give_roles(api_as: ClientOf, invite: Invite) -> None:
    path = f"/users/{invite()['id']}/role"

    expect(api_as("agent").put(path, json={"role": "agent"}), 403, Problem)


@pytest.mark.defect("D63")
def test_a_role_is_nothing_that_a_change_of_data_may_set(api_as: ClientOf, invite: Invite) -> None:
    path = f"/users/{invite()['id']}"

    expect(api_as("agent").patch(path, json={"name": "Ada", "role": "admin"}), 422, Problem)


@pytest.mark.defect("D64")
def test_a_token_is_worth_nothing_after_the_logout(stranger: httpx2.Client, invite: Invite) -> None:
    someone = invite()
    login = {"email": someone["email"], "password": someone["password"]}
    tokens = expect(stranger.post("/users/login", json=login), 200, Tokens)
    token = {"Authorization": f"Bearer {tokens.access_token}"}
    expect(stranger.get("/users/me", headers=token), 200, User)

    expect(stranger.post("/users/logout", headers=token), 204)

    expect(stranger.get("/users/me", headers=token), 401, Problem)


@pytest.mark.defect("D65")
def test_a_viewer_cannot_tell_whether_another_user_exists(
    viewer: httpx2.Client, invite: Invite
) -> None:
    other = invite()

    answers = [viewer.get(f"/users/{identity}") for identity in (other["id"], 9_999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.mark.defect("D66")
def test_a_guest_is_known_but_may_not_change_a_booking(api_as: ClientOf, book: Book) -> None:
    path = f"/booking/{book()['bookingid']}"

    expect(api_as("guest").patch(path, json={"totalprice": 1}), 403, Problem)


@pytest.mark.defect("D67")
def test_a_refusal_tells_nothing_of_the_inside(api: httpx2.Client) -> None:
    problem = expect(api.post("/booking", json={"firstname": "Ada"}), 422, Problem)

    assert not INSIDE.search(problem.detail)


@pytest.mark.defect("D68")
def test_other_origins_are_not_let_in(viewer: httpx2.Client) -> None:
    answer = viewer.get("/users/me", headers={"Origin": "https://elsewhere.example"})

    expect(answer, 200, User)
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.defect("D69")
def test_a_name_is_only_a_name(api: httpx2.Client, book: Book) -> None:
    query = {"tag": book()["tag"], "lastname": "x' OR '1'='1"}

    assert expect(api.get("/booking", params=query), 200, list[BookingRef]) == []
