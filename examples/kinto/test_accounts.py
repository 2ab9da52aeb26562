"""Accounts: opened by anybody, seen by their owner, closed by the admin."""

from collections.abc import Callable

import pytest
from dirty_equals import IsPartialDict
from models import Account, Deleted, NewAccount, Refusal, Root, Stored

from redhanded import Cleanup, Client, Factory, expect


def test_anybody_may_open_an_account(nobody: Client, make: Factory, cleanup: Cleanup) -> None:
    """From then on its name and password tell who calls."""
    new = make(NewAccount)
    created = expect(
        nobody.put(f"/accounts/{new.id}", json={"data": {"password": new.password}}),
        201,
        Stored[Account],
    )
    cleanup("account", new.id)

    user = expect(nobody.get("/", auth=(new.id, new.password)), 200, Root).user

    assert user is not None
    assert [user.id] == created.permissions["write"] == [f"account:{new.id}"]


@pytest.mark.parametrize(
    "data, name",
    [
        pytest.param({"id": "somebody"}, "data.password", id="no password"),
        pytest.param({"password": "a good password"}, "data.id", id="no name"),
    ],
)
def test_an_account_needs_name_and_password(
    nobody: Client, data: dict[str, str], name: str
) -> None:
    answer = nobody.post("/accounts", json={"data": data})

    expect(answer, 400, Refusal, where={"$.details[0].name": name})


def test_nobody_opens_an_account_in_anothers_name(api: Client, make: Factory) -> None:
    new = make(NewAccount)

    answer = api.put(f"/accounts/{new.id}", json={"data": {"password": new.password}})

    expect(answer, 400, Refusal, where={"$.details[0].name": "data.id"})


def test_an_account_is_seen_by_its_owner_alone(
    api: Client, stranger: Client, owner_name: str
) -> None:
    path = f"/accounts/{owner_name.removeprefix('account:')}"

    expect(api.get(path), 200, IsPartialDict(data=IsPartialDict()))
    expect(stranger.get(path), 403, Refusal)


def test_the_admin_closes_an_account(
    nobody: Client, api_as: Callable[[str], Client], make: Factory
) -> None:
    """Its password opens nothing any more."""
    new = make(NewAccount)
    path, body = f"/accounts/{new.id}", {"data": {"password": new.password}}
    expect(nobody.put(path, json=body), 201, Stored[Account])

    expect(api_as("admin").delete(path), 200, Deleted)

    expect(nobody.get(path, auth=(new.id, new.password)), 401, Refusal)
