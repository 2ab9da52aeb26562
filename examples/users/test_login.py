"""Logins: tokens that live for a while, are renewed once each, and end when they should."""

import pytest
from problems import Problem
from users.client import Logins, Person, bearer
from users.models import Tokens, User

from redhanded import Client, expect


@pytest.fixture
def login(logins: Logins, person: Person) -> Tokens:
    """The tokens of a login of the person."""
    return logins.log_in(person.user.email, person.password)


def test_a_token_speaks_for_whom_it_was_given_to(
    stranger: Client, person: Person, login: Tokens
) -> None:
    me = expect(stranger.get("/users/me", headers=bearer(login)), 200, User)

    assert me == person.user


def test_an_address_may_be_spelled_otherwise_at_the_login(logins: Logins, person: Person) -> None:
    assert logins.log_in(person.user.email.upper(), person.password).access_token


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"password": "not-the-password"}, id="password"),
        pytest.param({"email": "nobody@example.com"}, id="unknown-address"),
        pytest.param({"password": "x"}, id="short-password"),
    ],
)
def test_a_wrong_login_does_not_say_what_was_wrong(
    stranger: Client, person: Person, wrong: dict[str, object]
) -> None:
    body = {"email": person.user.email, "password": person.password} | wrong

    problem = expect(stranger.post("/users/login", json=body), 401, Problem)

    assert problem.detail == "The email address or the password is wrong."


def test_a_refresh_gives_the_next_pair(stranger: Client, logins: Logins, login: Tokens) -> None:
    following = logins.refresh(login)

    assert following.access_token != login.access_token
    assert following.refresh_token != login.refresh_token
    expect(stranger.get("/users/me", headers=bearer(following)), 200, User)


def test_a_refresh_token_serves_once(stranger: Client, logins: Logins, login: Tokens) -> None:
    logins.refresh(login)

    again = stranger.post("/users/refresh", json={"refresh_token": login.refresh_token})

    expect(again, 401, Problem)


def test_showing_a_spent_refresh_token_ends_the_whole_login(
    stranger: Client, logins: Logins, login: Tokens
) -> None:
    """Whoever shows it may have stolen it, so nobody keeps the login."""
    following = logins.refresh(login)
    expect(stranger.post("/users/refresh", json={"refresh_token": login.refresh_token}), 401)

    expect(stranger.get("/users/me", headers=bearer(following)), 401, Problem)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_serves_only_for_what_it_is(stranger: Client, login: Tokens, kind: str) -> None:
    if kind == "access_token":
        response = stranger.post("/users/refresh", json={"refresh_token": login.access_token})
    else:
        headers = {"Authorization": f"Bearer {login.refresh_token}"}
        response = stranger.get("/users/me", headers=headers)

    expect(response, 401, Problem)


def test_a_logout_ends_both_tokens(stranger: Client, logins: Logins, login: Tokens) -> None:
    logins.log_out(login)

    expect(stranger.get("/users/me", headers=bearer(login)), 401, Problem)
    refresh = stranger.post("/users/refresh", json={"refresh_token": login.refresh_token})
    expect(refresh, 401, Problem)


def test_nobody_logs_out_twice(stranger: Client, logins: Logins, login: Tokens) -> None:
    logins.log_out(login)

    expect(stranger.post("/users/logout", headers=bearer(login)), 401, Problem)


def test_a_logout_leaves_other_logins_alone(
    stranger: Client, logins: Logins, person: Person, login: Tokens
) -> None:
    other = logins.log_in(person.user.email, person.password)

    logins.log_out(login)

    expect(stranger.get("/users/me", headers=bearer(other)), 200, User)


def test_each_login_has_tokens_of_its_own(logins: Logins, person: Person, login: Tokens) -> None:
    other = logins.log_in(person.user.email, person.password)

    assert {other.access_token, other.refresh_token}.isdisjoint(
        {login.access_token, login.refresh_token}
    )


@pytest.mark.contract
def test_a_login_has_the_promised_shape(stranger: Client, person: Person) -> None:
    body = {"email": person.user.email, "password": person.password}
    promised = {"Content-Type": "application/json", "Cache-Control": "no-store"}

    expect(stranger.post("/users/login", json=body), 200, Tokens, headers=promised)
