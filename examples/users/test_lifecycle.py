"""A user's life: active, suspended, active again, deleted for good."""

import pytest
from problems import Problem
from users.client import Invite, Logins, Person, Users, bearer
from users.models import User

from redhanded import Client, expect


def test_a_user_can_be_suspended_and_let_in_again(users: Users, person: Person) -> None:
    assert users.suspend(person.user.id).status == "suspended"
    assert users.activate(person.user.id).status == "active"


def test_nobody_is_suspended_twice(admin: Client, users: Users, person: Person) -> None:
    users.suspend(person.user.id)

    problem = expect(admin.post(f"/users/{person.user.id}/suspend"), 409, Problem)

    assert problem.type == "urn:problem:illegal-transition"


def test_nobody_is_activated_who_is_active(admin: Client, person: Person) -> None:
    expect(admin.post(f"/users/{person.user.id}/activate"), 409, Problem)


def test_a_suspended_user_cannot_log_in(stranger: Client, users: Users, person: Person) -> None:
    users.suspend(person.user.id)
    body = {"email": person.user.email, "password": person.password}

    problem = expect(stranger.post("/users/login", json=body), 403, Problem)

    assert problem.type == "urn:problem:suspended"


def test_a_suspension_ends_the_logins_there_are(
    stranger: Client, logins: Logins, users: Users, person: Person
) -> None:
    login = logins.log_in(person.user.email, person.password)

    users.suspend(person.user.id)
    users.activate(person.user.id)

    expect(stranger.get("/users/me", headers=bearer(login)), 401, Problem)


def test_who_was_let_in_again_can_log_in(
    stranger: Client, logins: Logins, users: Users, person: Person
) -> None:
    users.suspend(person.user.id)
    users.activate(person.user.id)

    login = logins.log_in(person.user.email, person.password)

    expect(stranger.get("/users/me", headers=bearer(login)), 200, User)


def test_a_suspended_user_is_still_in_the_directory(users: Users, person: Person) -> None:
    suspended = users.suspend(person.user.id)

    assert users.find(tag=person.user.tag, status="suspended") == [suspended]


@pytest.mark.parametrize(
    "method, action",
    [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/activate"), ("POST", "/suspend")],
    ids=["read", "change", "delete", "activate", "suspend"],
)
def test_a_deleted_user_is_gone_for_good(
    admin: Client, users: Users, person: Person, method: str, action: str
) -> None:
    users.delete(person.user.id)
    body = {"name": "Ada"} if method == "PATCH" else None

    expect(admin.request(method, f"/users/{person.user.id}{action}", json=body), 404, Problem)


def test_a_deleted_user_is_not_listed(users: Users, person: Person) -> None:
    users.delete(person.user.id)

    assert users.find(tag=person.user.tag) == []


def test_a_deleted_user_cannot_use_or_get_a_token(
    stranger: Client, logins: Logins, users: Users, person: Person
) -> None:
    login = logins.log_in(person.user.email, person.password)
    users.delete(person.user.id)
    body = {"email": person.user.email, "password": person.password}

    expect(stranger.get("/users/me", headers=bearer(login)), 401, Problem)
    expect(stranger.post("/users/login", json=body), 401, Problem)


@pytest.mark.integration
def test_a_users_life_from_invitation_to_farewell(
    stranger: Client, logins: Logins, users: Users, invite: Invite
) -> None:
    """Invited, logged in, promoted, suspended, let in again, deleted."""
    guest = invite(name="Ada")
    path, login = f"/users/{guest.user.id}", logins.log_in(guest.user.email, guest.password)

    changed = stranger.patch(path, json={"name": "Ada L."}, headers=bearer(login))
    assert expect(changed, 200, User).name == "Ada L."
    assert users.set_role(guest.user.id, "agent").role == "agent"
    assert users.suspend(guest.user.id).status == "suspended"
    assert users.activate(guest.user.id).role == "agent"
    users.delete(guest.user.id)

    assert users.find(email=guest.user.email) == []
