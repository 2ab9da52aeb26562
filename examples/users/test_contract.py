"""The shape of what is told of users, apart from what it says: run with `-m contract`."""

import re

import pytest
from problems import Problem
from users.client import Person
from users.models import NewUser, User

from redhanded import Cleanup, Client, Factory, expect

pytestmark = pytest.mark.contract

PROMISED = {"Content-Type": "application/json", "X-Build": ...}


def test_a_created_user_has_the_promised_shape(
    admin: Client, make: Factory, cleanup: Cleanup
) -> None:
    promised = PROMISED | {"Location": re.compile(r"^/users/\d+$")}

    user = expect(admin.post("/users", json=make(NewUser)), 201, User, headers=promised)
    cleanup("user", user.id)


@pytest.mark.parametrize("path", ["/users/me", "/users/{id}"])
def test_a_user_has_the_promised_shape(admin: Client, person: Person, path: str) -> None:
    expect(admin.get(path.format(id=person.user.id)), 200, User, headers=PROMISED)


@pytest.mark.usefixtures("person")
def test_a_list_has_the_promised_shape(admin: Client) -> None:
    promised = PROMISED | {"X-Total-Count": re.compile(r"^\d+$")}

    expect(admin.get("/users"), 200, list[User], headers=promised, where=len)


@pytest.mark.parametrize(
    "method, path, status",
    [("GET", "/users/1e9", 404), ("DELETE", "/users", 405), ("PUT", "/users/1/role", 415)],
    ids=["no-number", "no-such-method", "no-media-type"],
)
def test_a_refusal_is_a_problem_document(
    admin: Client, method: str, path: str, status: int
) -> None:
    promised = {"Content-Type": "application/problem+json"}

    expect(admin.request(method, path, content=b"{}"), status, Problem, headers=promised)
