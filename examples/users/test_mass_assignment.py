"""What a user may not say about itself: role, status and number are given, never taken."""

import pytest
from problems import Problem
from users.client import Logins, Person, Users, bearer
from users.models import NewUser

from redhanded import Client, Factory, expect

GIVEN = pytest.mark.parametrize(
    "field",
    [
        pytest.param({"role": "admin"}, id="role"),
        pytest.param({"status": "active"}, id="status"),
        pytest.param({"id": 1}, id="id"),
        pytest.param({"created_at": "2020-01-01T00:00:00Z"}, id="created-at"),
        pytest.param({"is_admin": True}, id="invented"),
    ],
)


@GIVEN
def test_nobody_is_created_with_what_is_not_theirs_to_say(
    admin: Client, users: Users, make: Factory, field: dict[str, object]
) -> None:
    body = make(NewUser).model_dump() | field

    problem = expect(admin.post("/users", json=body), 422, Problem)

    assert problem.pointers == {f"/{name}" for name in field}
    assert users.find(email=body["email"]) == []


@GIVEN
def test_nobody_changes_what_is_not_theirs_to_say(
    admin: Client, users: Users, person: Person, field: dict[str, object]
) -> None:
    expect(admin.patch(f"/users/{person.user.id}", json={"name": "Eve"} | field), 422, Problem)

    assert users.get(person.user.id) == person.user


def test_a_viewer_cannot_make_itself_an_administrator(
    stranger: Client, logins: Logins, users: Users, person: Person
) -> None:
    login = bearer(logins.log_in(person.user.email, person.password))
    path = f"/users/{person.user.id}"

    expect(stranger.patch(path, json={"role": "admin"}, headers=login), 422, Problem)
    expect(stranger.put(f"{path}/role", json={"role": "admin"}, headers=login), 403, Problem)

    assert users.get(person.user.id).role == "viewer"
