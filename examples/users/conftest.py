"""What the tests of users start from."""

import pytest
from clients import AsyncClientOf, ClientOf
from users.client import Invite, Logins, Person, Users
from users.models import NewUser

from redhanded import AsyncClient, Cleanup, Client, Factory


@pytest.fixture
def admin(api_as: ClientOf) -> Client:
    """The client of an administrator."""
    return api_as("admin")


@pytest.fixture
def async_admin(async_api_as: AsyncClientOf) -> AsyncClient:
    """The same for tests that do several things at once."""
    return async_api_as("admin")


@pytest.fixture
def agent(api_as: ClientOf) -> Client:
    """The client of an agent, who looks after viewers."""
    return api_as("agent")


@pytest.fixture
def viewer(api_as: ClientOf) -> Client:
    """The client of a viewer."""
    return api_as("viewer")


@pytest.fixture
def stranger(api_as: ClientOf) -> Client:
    """The client of someone who has not said who they are."""
    return api_as("anonymous")


@pytest.fixture
def users(admin: Client) -> Users:
    """The directory, as an administrator sees it."""
    return Users(admin)


@pytest.fixture
def logins(stranger: Client) -> Logins:
    """The door."""
    return Logins(stranger)


@pytest.fixture
def invite(users: Users, make: Factory, cleanup: Cleanup) -> Invite:
    """A function that lets someone in for the time of the test: `invite(name="Ada")`."""

    def invite(**fixed: object) -> Person:
        new = make(NewUser, **fixed)
        user = users.create(new)
        cleanup("user", user.id)
        return Person(user, new.password)

    return invite


@pytest.fixture
def person(invite: Invite) -> Person:
    """An active viewer for the time of the test."""
    return invite()
