"""Logging in, staying logged in, logging out."""

from __future__ import annotations

import sqlite3

from fastapi import APIRouter
from fastapi.responses import Response

from redhanded.lab.answers import BODY, answer, nothing, refusals
from redhanded.lab.auth import Grant
from redhanded.lab.problems import unauthenticated
from redhanded.lab.requests import CheckedRoute
from redhanded.lab.services import Services, Serving
from redhanded.lab.users.models import Login, LoginTokens, Refresh
from redhanded.lab.users.routes.caller import REALM, REFRESH_REALM, Bearer, require_active

router: APIRouter = APIRouter(prefix="/users", route_class=CheckedRoute, tags=["users"])


@router.post("/login", response_model=LoginTokens, responses=refusals(401, 403, *BODY))
def log_in(login: Login, lab: Serving) -> Response:
    """The tokens of a new login."""
    with lab.store.writing() as tx:
        user = lab.directory.with_password(tx, login.email, login.password.get_secret_value())
        if user is None:
            raise unauthenticated(REALM, "The email address or the password is wrong.")
        require_active(user)
        grant = Grant(subject=str(user.id), session=lab.tokens.new_token())
        return answer(_tokens(lab, tx, grant))


@router.post("/refresh", response_model=LoginTokens, responses=refusals(401, *BODY))
def refresh_login(refresh: Refresh, lab: Serving) -> Response:
    """The next tokens of a login; showing a spent refresh token ends the login."""
    with lab.store.writing() as tx:
        grant = lab.tokens.spend(tx, REFRESH_REALM, refresh.refresh_token)
        tokens = grant and _tokens(lab, tx, grant)
    if tokens is None:
        raise unauthenticated(REALM, "The refresh token is not known, was used or has expired.")
    return answer(tokens)


@router.post("/logout", status_code=204, responses=refusals(401))
def log_out(lab: Serving, bearer: Bearer) -> Response:
    """Nothing; no token of the login is valid any more."""
    with lab.store.writing() as tx:
        grant = lab.tokens.find(tx, REALM, bearer.credentials) if bearer else None
        if grant is None:
            raise unauthenticated(REALM, "Send the access token of the login that is to end.")
        lab.tokens.end(tx, grant.session)
    return nothing()


def _tokens(lab: Services, tx: sqlite3.Connection, grant: Grant) -> LoginTokens:
    issue = lab.tokens.issue
    return LoginTokens(
        access_token=issue(tx, REALM, grant, seconds=lab.access_seconds),
        token_type="Bearer",  # noqa: S106 - the type's name, not a secret
        expires_in=max(1, int(lab.access_seconds)),
        refresh_token=issue(tx, REFRESH_REALM, grant, seconds=lab.token_seconds),
    )
