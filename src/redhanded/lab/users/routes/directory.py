"""The routes of users."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from redhanded.lab.answers import BODY, answer, nothing, refusals, with_headers
from redhanded.lab.problems import Kind, ProblemError, not_found
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Services, Serving
from redhanded.lab.users.models import (
    NewUser,
    RoleChange,
    Status,
    User,
    UserChange,
    UserFilter,
    UserId,
)
from redhanded.lab.users.routes.caller import REALM, REFRESH_REALM, Caller, require_role
from redhanded.lab.users.rules import ADMINS, CREATORS, may_change, may_see

router: APIRouter = APIRouter(prefix="/users", route_class=CheckedRoute, tags=["users"])


@router.get(
    "",
    response_model=list[User],
    responses={200: with_headers("X-Total-Count"), **refusals(401, 403, 422)},
)
def list_users(wanted: Annotated[UserFilter, Query()], lab: Serving, me: Caller) -> Response:
    """A page of the users the caller may see."""
    only = me.id if me.role == "viewer" else None
    with lab.store.reading() as tx:
        page = lab.directory.find(tx, wanted, only=only)
    return answer(page.users, headers={"X-Total-Count": str(page.total)})


@router.post(
    "",
    status_code=201,
    response_model=User,
    responses={201: with_headers("Location"), **refusals(401, 403, 409, *BODY)},
)
def create_user(new: NewUser, lab: Serving, me: Caller) -> Response:
    """The new user; for admins and agents."""
    require_role(me, CREATORS)
    with lab.store.writing() as tx:
        user = lab.directory.add(tx, new)
    return answer(user, status=201, headers={"Location": f"/users/{user.id}"})


@router.get("/me", response_model=User, responses=refusals(401, 403))
def get_me(me: Caller) -> Response:
    """The user who calls."""
    return answer(me)


@router.get("/{user_id:int}", response_model=User, responses=refusals(401, 403, 404, 422))
def get_user(user_id: UserId, lab: Serving, me: Caller) -> Response:
    """The user, if the caller may see it."""
    with lab.store.reading() as tx:
        return answer(_seen(lab, tx, me, user_id))


@router.patch("/{user_id:int}", response_model=User, responses=refusals(401, 403, 404, 409, *BODY))
def change_user(user_id: UserId, change: UserChange, lab: Serving, me: Caller) -> Response:
    """The user after the change; what the change does not mention stays as it was."""
    with lab.store.writing() as tx:
        user = _seen(lab, tx, me, user_id)
        if not may_change(me, user):
            raise ProblemError(Kind.FORBIDDEN, f"The role {me.role} may not change this user.")
        return answer(lab.directory.change(tx, user, change))


@router.put(
    "/{user_id:int}/role", response_model=User, responses=refusals(401, 403, 404, 409, *BODY)
)
def set_role(user_id: UserId, wanted: RoleChange, lab: Serving, me: Caller) -> Response:
    """The user with the role; for admins, and not for themselves."""
    with lab.store.writing() as tx:
        user = _administered(lab, tx, me, user_id)
        return answer(lab.directory.set_role(tx, user, wanted.role))


@router.post(
    "/{user_id:int}/suspend", response_model=User, responses=refusals(401, 403, 404, 409, 422)
)
def suspend_user(user_id: UserId, lab: Serving, me: Caller) -> Response:
    """The user after it was suspended, which ends its logins; for admins, not for themselves."""
    return _move(lab, me, user_id, "suspended")


@router.post(
    "/{user_id:int}/activate", response_model=User, responses=refusals(401, 403, 404, 409, 422)
)
def activate_user(user_id: UserId, lab: Serving, me: Caller) -> Response:
    """The user after its suspension was lifted; for admins."""
    return _move(lab, me, user_id, "active")


@router.delete("/{user_id:int}", status_code=204, responses=refusals(401, 403, 404, 409, 422))
def delete_user(user_id: UserId, lab: Serving, me: Caller) -> Response:
    """Nothing; the user is gone for good. For admins, not for themselves."""
    with lab.store.writing() as tx:
        user = _administered(lab, tx, me, user_id)
        lab.directory.remove(tx, user)
        _end_logins(lab, tx, user)
    return nothing()


def _move(lab: Services, me: User, user_id: int, status: Status) -> Response:
    with lab.store.writing() as tx:
        user = lab.directory.set_status(tx, _administered(lab, tx, me, user_id), status)
        _end_logins(lab, tx, user)
        return answer(user)


def _end_logins(lab: Services, tx: sqlite3.Connection, user: User) -> None:
    lab.tokens.end_all(tx, (REALM, REFRESH_REALM), str(user.id))


def _seen(lab: Services, tx: sqlite3.Connection, me: User, user_id: int) -> User:
    user = lab.directory.get(tx, user_id)
    if not may_see(me, user):
        raise not_found("user", user_id)
    return user


def _administered(lab: Services, tx: sqlite3.Connection, me: User, user_id: int) -> User:
    require_role(me, ADMINS)
    user = lab.directory.get(tx, user_id)
    if user.id == me.id:
        raise ProblemError(Kind.ILLEGAL_TRANSITION, "Admins do not do this to themselves.")
    return user
