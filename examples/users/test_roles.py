"""Roles: administrators may everything but to themselves, agents look after viewers."""

import pytest
from clients import ClientOf
from httpx2 import Response
from problems import Problem
from users.client import Logins, Person, Users, bearer
from users.models import NewUser, User

from redhanded import Cleanup, Client, Factory, expect


def administer(caller: Client, user_id: int, action: str) -> Response:
    path = f"/users/{user_id}"
    if action == "role":
        return caller.put(f"{path}/role", json={"role": "agent"})
    return caller.delete(path) if action == "delete" else caller.post(f"{path}/{action}")


@pytest.mark.parametrize("role", ["admin", "agent", "viewer"])
def test_everybody_may_ask_who_they_are(api_as: ClientOf, role: str) -> None:
    assert Users(api_as(role)).me().role == role


@pytest.mark.parametrize("role", ["admin", "agent"])
def test_administrators_and_agents_let_people_in(
    api_as: ClientOf, make: Factory, cleanup: Cleanup, role: str
) -> None:
    user = Users(api_as(role)).create(make(NewUser))
    cleanup("user", user.id)

    assert user.role == "viewer"


def test_a_viewer_lets_nobody_in(viewer: Client, users: Users, make: Factory) -> None:
    new = make(NewUser)

    expect(viewer.post("/users", json=new), 403, Problem)

    assert users.find(email=new.email) == []


@pytest.mark.parametrize("action", ["role", "suspend", "activate", "delete"])
@pytest.mark.parametrize("role", ["agent", "viewer"])
def test_only_administrators_administer(
    api_as: ClientOf, users: Users, person: Person, role: str, action: str
) -> None:
    response = administer(api_as(role), person.user.id, action)

    problem = expect(response, 403, Problem)
    assert problem.detail == "This takes the role admin."
    assert users.get(person.user.id) == person.user


@pytest.mark.parametrize("role", ["agent", "admin", "viewer"])
def test_an_administrator_gives_any_role(users: Users, person: Person, role: str) -> None:
    users.set_role(person.user.id, role)

    assert users.get(person.user.id).role == role


@pytest.mark.parametrize(
    "role", ["owner", "Admin", "", None], ids=["unknown", "case", "empty", "null"]
)
def test_there_are_no_other_roles(admin: Client, person: Person, role: str) -> None:
    response = admin.put(f"/users/{person.user.id}/role", json={"role": role})

    assert expect(response, 422, Problem).pointers == {"/role"}


@pytest.mark.parametrize("action", ["role", "suspend", "activate", "delete"])
def test_an_administrator_does_not_do_it_to_itself(
    admin: Client, users: Users, action: str
) -> None:
    me = users.me()

    expect(administer(admin, me.id, action), 409, Problem)

    assert users.me() == me


def test_an_agent_looks_after_viewers(agent: Client, person: Person) -> None:
    response = agent.patch(f"/users/{person.user.id}", json={"name": "Renamed"})

    assert expect(response, 200, User).name == "Renamed"


@pytest.mark.parametrize("role", ["agent", "admin"])
def test_an_agent_does_not_change_agents_and_administrators(
    agent: Client, users: Users, person: Person, role: str
) -> None:
    colleague = users.set_role(person.user.id, role)

    expect(agent.patch(f"/users/{colleague.id}", json={"name": "Renamed"}), 403, Problem)

    assert users.get(colleague.id) == colleague


def test_a_promoted_viewer_has_its_new_rights_at_once(
    stranger: Client, logins: Logins, users: Users, person: Person
) -> None:
    login = bearer(logins.log_in(person.user.email, person.password))
    path = f"/users/{users.me().id}"
    expect(stranger.get(path, headers=login), 404)

    users.set_role(person.user.id, "agent")

    expect(stranger.get(path, headers=login), 200, User)
