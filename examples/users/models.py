"""Users, their roles and their logins."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, Field

Role = Literal["admin", "agent", "viewer"]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class NewUser(BaseModel):
    """Someone to be let in, always as an active viewer."""

    email: Annotated[str, Field(max_length=254)]
    name: Name
    password: Annotated[str, Field(min_length=8, max_length=100)]
    tag: Annotated[str, Field(min_length=1, max_length=100)]  # optional, but ours all carry one


class User(BaseModel):
    """What the API tells of a user."""

    id: Annotated[int, Field(ge=1)]
    email: str
    name: Name
    role: Role
    status: Literal["active", "suspended"]
    tag: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime


class Tokens(BaseModel):
    """What a login gives: a short-lived token, and one that gets the next pair."""

    access_token: str = Field(min_length=20)
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    refresh_token: str = Field(min_length=20)
