"""Users as they are sent and received."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field, SecretStr

from redhanded.lab.fields import LARGEST_ID, Email, Limit, Offset, RowId, Tag, Text, Wire, absent

UserId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Role = Literal["admin", "agent", "viewer"]
Status = Literal["active", "suspended"]
NewPassword = Annotated[SecretStr, Field(min_length=8, max_length=100)]
Password = Annotated[SecretStr, Field(min_length=1, max_length=100)]


class NewUser(Wire):
    """A user to be created, always as an active viewer."""

    email: Email
    name: Text
    password: NewPassword
    tag: Tag | None = None


class User(Wire):
    """A user."""

    id: RowId
    email: Email
    name: Text
    role: Role
    status: Status
    tag: Tag | None
    created_at: datetime
    updated_at: datetime


class UserChange(Wire):
    """The fields of a user that are to change; what is not mentioned stays as it is."""

    email: Email = Field(default_factory=absent)
    name: Text = Field(default_factory=absent)
    tag: Tag | None = Field(default_factory=absent)


class RoleChange(Wire):
    """The role a user is to have."""

    role: Role


class UserFilter(Wire):
    """Which users to list: those for which all the given conditions hold, in order of ids."""

    email: Email | None = None
    role: Role | None = None
    status: Status | None = None
    tag: Tag | None = None
    limit: Limit = 100
    offset: Offset = 0


class Login(Wire):
    """Who logs in."""

    email: Email
    password: Password


class Refresh(Wire):
    """The refresh token of a login; it serves once."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=200)]


class LoginTokens(Wire):
    """A short-lived access token, and a token that gets the next pair."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    refresh_token: str
