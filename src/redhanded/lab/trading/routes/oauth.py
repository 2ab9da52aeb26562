"""Tokens for the desk: OAuth 2 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, unquote

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from pydantic import Field

from redhanded.lab.answers import answer, refusals
from redhanded.lab.auth import Grant, hash_key
from redhanded.lab.fields import Wire
from redhanded.lab.problems import Kind, OAuthError, ProblemError
from redhanded.lab.requests import CheckedRequest, CheckedRoute
from redhanded.lab.services import Serving
from redhanded.lab.trading.routes.scopes import REALM, SCOPES

FORM = "application/x-www-form-urlencoded"

router: APIRouter = APIRouter(route_class=CheckedRoute, tags=["trading"])


class AccessToken(Wire):
    """A token for the desk (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    scope: str


_REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "const": "client_credentials"},
                    "client_id": {"type": "string", "maxLength": 100},
                    "client_secret": {"type": "string", "maxLength": 100, "format": "password"},
                    "scope": {
                        "type": "string",
                        "description": "Scopes apart by spaces; all of the client's when absent.",
                        "pattern": "^(read|trade)( (read|trade))?$",
                    },
                },
            }
        }
    },
}


async def _form(request: CheckedRequest) -> Mapping[str, str]:
    body = await request.raw()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise ProblemError(Kind.UNSUPPORTED_MEDIA_TYPE, f"Send the body as {FORM}.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", "The body is not a form.") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise OAuthError("invalid_request", "A parameter is there twice.")
    return form


def _credentials(request: CheckedRequest, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form:
        raise OAuthError("invalid_request", "Send the secret in the header or the body, not both.")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        text = ""
    name, _, secret = text.partition(":")
    return unquote(name), unquote(secret)


def _scope(form: Mapping[str, str], allowed: str) -> str:
    wanted = set(form.get("scope", allowed).split())
    if not wanted or wanted - set(allowed.split()):
        raise OAuthError("invalid_scope", f"This client may have: {allowed}.")
    return " ".join(scope for scope in SCOPES if scope in wanted)


def _client(tx: sqlite3.Connection, name: str, secret: str) -> str:
    row = tx.execute(
        "SELECT scopes FROM clients WHERE id = ? AND secret = ?", (name, hash_key(secret))
    ).fetchone()
    if row is None:
        raise OAuthError("invalid_client", "The client is not known or its secret is wrong.")
    return str(row["scopes"])


@router.post(
    "/oauth/token",
    response_model=AccessToken,
    responses=refusals(400, 401, model="OAuthProblem") | refusals(413, 415),
    openapi_extra={"requestBody": _REQUEST_BODY},
)
def create_access_token(
    request: CheckedRequest, form: Annotated[Mapping[str, str], Depends(_form)], lab: Serving
) -> Response:
    """A token for the desk."""
    if form.get("grant_type") != "client_credentials":
        raise OAuthError(
            "unsupported_grant_type" if form.get("grant_type") else "invalid_request",
            "grant_type must be client_credentials.",
        )
    name, secret = _credentials(request, form)
    with lab.store.writing() as tx:
        scope = _scope(form, _client(tx, name, secret))
        grant = Grant(subject=name, scope=scope)
        token = lab.tokens.issue(tx, REALM, grant, seconds=lab.token_seconds)
    return answer(
        AccessToken(
            access_token=token,
            token_type="Bearer",  # noqa: S106 - the type's name, not a secret
            expires_in=max(1, int(lab.token_seconds)),
            scope=scope,
        )
    )
