"""How calls prove who they are: auth flows, made from the settings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import httpx2

from redhanded.client.fixed_auth import ApiKey, Basic, Bearer
from redhanded.client.issuers import ClientCredentials, Endpoint, Login
from redhanded.client.places import Cookie, Header
from redhanded.client.shared_issuer import SharedIssuer
from redhanded.client.token_auth import TokenAuth
from redhanded.client.tokens import CredentialUnavailable
from redhanded.core import credentials
from redhanded.core.errors import SettingsError, UsageError
from redhanded.core.jsonpath import JsonPath

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator, Mapping

    from redhanded.client.issuers import Issuer
    from redhanded.client.logins import Logins, SharedLogin
    from redhanded.client.places import Place
    from redhanded.client.token_auth import OnSecret
    from redhanded.core.clock import Clock

    _Credentials: TypeAlias = (
        credentials.BearerAuth
        | credentials.BasicAuth
        | credentials.ApiKeyAuth
        | credentials.LoginAuth
        | credentials.OAuth2Auth
    )

__all__ = [
    "ApiKey",
    "Basic",
    "Bearer",
    "ClientCredentials",
    "CredentialUnavailable",
    "Endpoint",
    "Login",
    "SameOrigin",
    "TokenAuth",
    "auth_from",
]


class SameOrigin(httpx2.Auth):
    """Applies an auth to calls of one origin; every other host gets the request as it is."""

    def __init__(self, auth: httpx2.Auth, base_url: httpx2.URL) -> None:
        self.auth = auth
        self._base = base_url

    def forget_refusal(self) -> None:
        """Let the next call ask for a token again, although a refusal stands."""
        if isinstance(self.auth, TokenAuth):
            self.auth.forget_refusal()

    def _for(self, request: httpx2.Request) -> httpx2.Auth:
        return self.auth if _is_same_origin(request.url, self._base) else httpx2.Auth()

    def sync_auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        """The flow of the auth, or one that sends the request as it is."""
        return self._for(request).sync_auth_flow(request)

    def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """The flow of the auth, or one that sends the request as it is."""
        return self._for(request).async_auth_flow(request)


def _is_same_origin(url: httpx2.URL, base: httpx2.URL) -> bool:
    """Whether the URL leads to the base's origin; a WebSocket has that of its handshake."""
    # The spelling as it mostly is, at a tenth of the cost: this is asked for every call.
    if (url.raw_host, url.port, url.scheme) == (base.raw_host, base.port, base.scheme):
        return True
    if url.is_relative_url:
        return False
    scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
    return url.copy_with(scheme=scheme).origin == base.origin


def auth_from(
    settings: credentials.Auth,
    *,
    base_url: str | None,
    clock: Clock,
    on_secret: OnSecret,
    headers: Mapping[str, str] | None = None,
    total: float = 30.0,
    key: str = "auth",
    logins: Logins | None = None,
) -> SameOrigin | None:
    """The auth that the settings describe, for calls to the base URL's origin; None for none.

    `headers` go with requests for a token as well, where they stay in that origin. `total` is how
    many seconds such a request may take. `key` is the name of the settings in messages. Raises
    SettingsError where they cannot be used.
    """
    if isinstance(settings, credentials.NoAuth):
        return None
    if not base_url:
        raise SettingsError(
            f"{key} is set and base_url is not, so no host may receive the credential:"
            " set base_url."
        )
    base = httpx2.URL(base_url)
    sharing = _Sharing(clock, on_secret, total)
    if logins is not None:
        sharing = replace(sharing, share=partial(logins.of, settings, key=key, base_url=base_url))
    try:
        return SameOrigin(_auth(settings, _Asked(base, headers or {}, key), sharing), base)
    except UsageError as error:
        raise SettingsError(f"{key}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Sharing:
    """How a token is kept for all callers."""

    clock: Clock
    on_secret: OnSecret
    total: float
    share: Callable[[], SharedLogin] | None = None

    def auth(self, issuer: Issuer, place: Place) -> TokenAuth:
        """The auth of one issuer; a renewal that is refused makes two requests."""
        return TokenAuth(
            issuer if self.share is None else SharedIssuer(issuer, self.share()),
            place=place,
            clock=self.clock,
            on_secret=self.on_secret,
            lease_seconds=2 * self.total,
        )


def _auth(settings: _Credentials, asked: _Asked, sharing: _Sharing) -> httpx2.Auth:
    match settings:
        case credentials.BearerAuth():
            return Bearer(settings.token)
        case credentials.BasicAuth():
            return Basic(settings.username, settings.password)
        case credentials.ApiKeyAuth():
            return ApiKey(settings.name, settings.value, settings.place)
        case credentials.LoginAuth():
            return sharing.auth(_login(settings, asked), _place(settings))
    return sharing.auth(_oauth2(settings, asked), Header())


@dataclass(frozen=True, slots=True)
class _Asked:
    """How the settings' endpoints are reached."""

    base: httpx2.URL
    headers: Mapping[str, str] = field(repr=False)
    key: str

    def endpoint(self, method: str, address: str, name: str) -> Endpoint:
        """The endpoint at a path below the base URL, or at a URL of its own."""
        below = f"{str(self.base).rstrip('/')}{address}"
        url = httpx2.URL(below if address.startswith("/") else address)
        headers = self.headers if _is_same_origin(url, self.base) else {}
        return Endpoint(method, url, f"{self.key}.{name}", headers)


def _login(settings: credentials.LoginAuth, asked: _Asked) -> Login:
    renewal = settings.refresh and asked.endpoint("POST", settings.refresh, "refresh")
    return Login(
        asked.endpoint(settings.method, settings.path, "path"),
        settings.body,
        token=JsonPath(settings.token),
        renewal=renewal or None,
        key=asked.key,
    )


def _place(settings: credentials.LoginAuth) -> Place:
    return Cookie(settings.cookie) if settings.cookie else Header(settings.header, settings.scheme)


def _oauth2(settings: credentials.OAuth2Auth, asked: _Asked) -> ClientCredentials:
    return ClientCredentials(
        asked.endpoint("POST", settings.token_url, "token_url"),
        settings.client_id,
        settings.client_secret,
        scope=settings.scope,
        style=settings.style,
        key=asked.key,
    )
