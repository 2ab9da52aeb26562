"""Who calls: the user behind an API key or an access token."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import Depends
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from redhanded.lab.problems import Kind, ProblemError, unauthenticated
from redhanded.lab.services import Services, Serving
from redhanded.lab.users.models import Role, User

REALM = "users"
REFRESH_REALM = "users-refresh"

_bearer = HTTPBearer(scheme_name="UserBearer", auto_error=False)
_key = APIKeyHeader(name="X-API-Key", scheme_name="UserKey", auto_error=False)

Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
ApiKey = Annotated[str | None, Depends(_key)]


def caller(lab: Serving, bearer: Bearer, key: ApiKey) -> User:
    """The user who calls; the access token counts when an API key is there as well."""
    if bearer is None and not key:
        raise unauthenticated(REALM, "Send an X-API-Key, or an access token of POST /users/login.")
    with lab.store.reading() as tx:
        user = _by_token(lab, tx, bearer.credentials) if bearer else None
        user = lab.directory.with_key(tx, key) if key and not bearer else user
    if user is None:
        raise unauthenticated(REALM, "The credential is not known or has expired.")
    require_active(user)
    return user


def _by_token(lab: Services, tx: sqlite3.Connection, token: str) -> User | None:
    grant = lab.tokens.find(tx, REALM, token)
    return lab.directory.get(tx, int(grant.subject)) if grant else None


def require_active(user: User) -> None:
    """Refuses a suspended user."""
    if user.status == "suspended":
        raise ProblemError(Kind.SUSPENDED, "An administrator has suspended this user.")


def require_role(user: User, roles: frozenset[Role]) -> None:
    """Refuses a caller without one of the roles, whatever it asked for."""
    if user.role not in roles:
        raise ProblemError(Kind.FORBIDDEN, f"This takes the role {' or '.join(sorted(roles))}.")


Caller = Annotated[User, Depends(caller)]
