"""What one can do with users, as whoever the client is."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from users.models import NewUser, Tokens, User

from redhanded import Client, expect


class Person(NamedTuple):
    """A user for the time of a test, with the password that only we know."""

    user: User
    password: str


# Lets someone in for the time of a test: `invite(name="Ada")`.
Invite: TypeAlias = Callable[..., Person]


class Users:
    """The directory of users."""

    def __init__(self, api: Client) -> None:
        self.api = api

    def create(self, new: NewUser) -> User:
        """Lets someone in."""
        return expect(self.api.post("/users", json=new), 201, User)

    def get(self, user_id: int) -> User:
        """Reads a user."""
        return expect(self.api.get(f"/users/{user_id}"), 200, User)

    def me(self) -> User:
        """Whoever calls."""
        return expect(self.api.get("/users/me"), 200, User)

    def change(self, user_id: int, **fields: object) -> User:
        """Changes some fields of a user."""
        return expect(self.api.patch(f"/users/{user_id}", json=fields), 200, User)

    def set_role(self, user_id: int, role: str) -> User:
        """Gives a user another role."""
        return expect(self.api.put(f"/users/{user_id}/role", json={"role": role}), 200, User)

    def suspend(self, user_id: int) -> User:
        """Locks a user out."""
        return expect(self.api.post(f"/users/{user_id}/suspend"), 200, User)

    def activate(self, user_id: int) -> User:
        """Lets a suspended user in again."""
        return expect(self.api.post(f"/users/{user_id}/activate"), 200, User)

    def delete(self, user_id: int) -> None:
        """Removes a user for good."""
        expect(self.api.delete(f"/users/{user_id}"), 204)

    def find(self, **conditions: str | int | None) -> list[User]:
        """The users for whom all conditions hold."""
        return expect(self.api.get("/users", params=conditions), 200, list[User])


class Logins:
    """Logging in and out; calls on behalf of a login carry its token."""

    def __init__(self, api: Client) -> None:
        self.api = api

    def log_in(self, email: str, password: str) -> Tokens:
        """The tokens of a new login."""
        login = {"email": email, "password": password}
        return expect(self.api.post("/users/login", json=login), 200, Tokens)

    def refresh(self, tokens: Tokens) -> Tokens:
        """The next tokens of a login."""
        spent = {"refresh_token": tokens.refresh_token}
        return expect(self.api.post("/users/refresh", json=spent), 200, Tokens)

    def log_out(self, tokens: Tokens) -> None:
        """Ends a login."""
        expect(self.api.post("/users/logout", headers=bearer(tokens)), 204)


def bearer(tokens: Tokens) -> dict[str, str]:
    """The header of a call on behalf of a login."""
    return {"Authorization": f"Bearer {tokens.access_token}"}
