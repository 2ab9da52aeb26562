"""Whose data one sees: a viewer knows only itself, and does not learn who else is there."""

import pytest
from clients import ClientOf
from problems import Problem
from users.client import Invite, Logins, Person, Users, bearer
from users.models import User

from redhanded import Client, expect

NOBODY = 2**53 - 1


def test_a_viewer_sees_itself(viewer: Client) -> None:
    me = Users(viewer).me()

    assert Users(viewer).get(me.id) == me


def test_a_viewer_does_not_see_others(viewer: Client, person: Person) -> None:
    expect(viewer.get(f"/users/{person.user.id}"), 404, Problem)


def test_a_viewer_cannot_tell_the_hidden_from_the_missing(viewer: Client, person: Person) -> None:
    hidden = expect(viewer.get(f"/users/{person.user.id}"), 404, Problem)
    missing = expect(viewer.get(f"/users/{NOBODY}"), 404, Problem)

    assert hidden.detail.replace(str(person.user.id), "N") == (
        missing.detail.replace(str(NOBODY), "N")
    )


def test_a_viewer_does_not_change_others(viewer: Client, users: Users, person: Person) -> None:
    expect(viewer.patch(f"/users/{person.user.id}", json={"name": "Eve"}), 404, Problem)

    assert users.get(person.user.id) == person.user


@pytest.mark.usefixtures("person")
def test_a_list_shows_a_viewer_only_itself(viewer: Client) -> None:
    assert Users(viewer).find() == [Users(viewer).me()]


@pytest.mark.parametrize("condition", ["email", "tag"])
def test_a_viewer_does_not_find_others_by_what_it_knows_of_them(
    viewer: Client, person: Person, condition: str
) -> None:
    assert Users(viewer).find(**{condition: getattr(person.user, condition)}) == []


@pytest.mark.usefixtures("person")
def test_the_count_does_not_betray_the_others(viewer: Client) -> None:
    expect(viewer.get("/users"), 200, list[User], headers={"X-Total-Count": 1})


def test_two_viewers_do_not_see_each_other(
    stranger: Client, logins: Logins, invite: Invite
) -> None:
    first, second = invite(), invite()
    login = bearer(logins.log_in(first.user.email, first.password))

    expect(stranger.get(f"/users/{first.user.id}", headers=login), 200, User)
    expect(stranger.get(f"/users/{second.user.id}", headers=login), 404, Problem)


def test_a_viewer_may_change_its_own_name(stranger: Client, logins: Logins, person: Person) -> None:
    login = bearer(logins.log_in(person.user.email, person.password))

    response = stranger.patch(f"/users/{person.user.id}", json={"name": "Ada"}, headers=login)

    assert expect(response, 200, User).name == "Ada"


@pytest.mark.parametrize("role", ["admin", "agent"])
def test_administrators_and_agents_see_everybody(
    api_as: ClientOf, person: Person, role: str
) -> None:
    assert Users(api_as(role)).get(person.user.id) == person.user


@pytest.mark.parametrize("path", ["/users", "/users/me", "/users/1"])
def test_nobody_sees_anything_without_saying_who_they_are(stranger: Client, path: str) -> None:
    expect(stranger.get(path), 401, Problem, headers={"WWW-Authenticate": ...})


@pytest.mark.parametrize("key", ["made-up", "LAB-ADMIN-KEY", "' OR 1=1 --"])
def test_an_invented_key_opens_nothing(stranger: Client, key: str) -> None:
    expect(stranger.get("/users/me", headers={"X-API-Key": key}), 401, Problem)
