"""Who calls the desk, and whether their scopes allow it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.security import OAuth2, SecurityScopes

from redhanded.lab.problems import Kind, ProblemError, unauthenticated
from redhanded.lab.services import Serving

REALM = "trading"
SCOPES = {"read": "See everything.", "trade": "Open accounts, place orders, pay."}

_oauth2 = OAuth2(
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth/token", scopes=SCOPES)
    ),
    scheme_name="TradingOAuth2",
    auto_error=False,
)


def client_of(
    lab: Serving,
    needed: SecurityScopes,
    authorization: Annotated[str | None, Depends(_oauth2)],
) -> str:
    """The id of the client whose token this is, if the token has the scopes needed."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise unauthenticated(REALM, "Send a token of POST /oauth/token as a bearer token.")
    with lab.store.reading() as tx:
        grant = lab.tokens.find(tx, REALM, token.strip())
    if grant is None:
        raise unauthenticated(REALM, "The token is not known or has expired.", code="invalid_token")
    missing = set(needed.scopes) - set(grant.scope.split())
    if missing:
        raise ProblemError(
            Kind.FORBIDDEN,
            f"The token lacks the scope {needed.scope_str}.",
            headers={"WWW-Authenticate": _challenge(needed)},
        )
    return grant.subject


def _challenge(needed: SecurityScopes) -> str:
    return f'Bearer realm="{REALM}", error="insufficient_scope", scope="{needed.scope_str}"'


Reader = Annotated[str, Security(client_of, scopes=["read"])]
Trader = Annotated[str, Security(client_of, scopes=["trade"])]
