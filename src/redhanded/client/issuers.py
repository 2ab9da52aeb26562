"""Where tokens come from: a login endpoint of the API's own, or OAuth2 client credentials."""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, TypeVar
from urllib.parse import quote_plus

import httpx2
from pydantic import SecretStr

from redhanded.client.tokens import CredentialUnavailable, Grant
from redhanded.core.jsonpath import JsonPath
from redhanded.pipeline.call import ATTEMPT, PURPOSE
from redhanded.pipeline.flow import Consult, Send, Sleep

T = TypeVar("T")
Ask: TypeAlias = Generator[Send, Any, httpx2.Response]
Fetch: TypeAlias = Generator[Send, Any, Grant]
Fetching: TypeAlias = Generator[Send | Sleep | Consult, Any, T]
Secret: TypeAlias = SecretStr | str

_PASSING = frozenset({407, 408, 425, 429})
_WRONG_ADDRESS = frozenset({404, 405, 410, 415})
_TOKEN = JsonPath("$.token")
_REFRESH_TOKEN = JsonPath("$.refresh_token")
_WRONG_CLIENT = frozenset({"invalid_client", "unauthorized_client"})


class Issuer(Protocol):
    """Something that hands out tokens."""

    def fetch(self, user_agent: str | None, *, refresh: SecretStr | None) -> Fetching[Grant]:
        """A new token; each `Send` is answered with a response that was read.

        Raises CredentialUnavailable where the answer holds none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how a token is asked for; `setting` is the key that holds the address."""

    method: str
    url: httpx2.URL
    setting: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def ask(
        self,
        user_agent: str | None,
        *,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
    ) -> Ask:
        """The answer to a request of ours, which is marked so in the ledger.

        Raises CredentialUnavailable where no whole answer comes.
        """
        request = httpx2.Request(
            self.method,
            self.url,
            headers=self._headers(user_agent) | httpx2.Headers(headers),
            extensions={PURPOSE: "auth"},
            json=json,
            data=data,
        )
        try:
            response: httpx2.Response = yield Send(request)
        except httpx2.RequestError as error:
            raise self._unreachable(error) from error
        return response

    def _headers(self, user_agent: str | None) -> httpx2.Headers:
        """The headers of every call, but for those that describe the body of another request."""
        own = httpx2.Headers({"Accept": "application/json"})
        if user_agent:
            own["User-Agent"] = user_agent
        for name, value in self.headers.items():
            if not name.lower().startswith("content-"):
                own[name] = value
        return own

    def _unreachable(self, error: httpx2.RequestError) -> CredentialUnavailable:
        words = f"{type(error).__name__}: {error}".removesuffix(": ").rstrip(".")
        return CredentialUnavailable(
            f"{self} gave no answer ({words}), so there is no credential: see that it is up, or"
            f" correct {self.setting}.",
            attempts=getattr(error, "attempts", ()),
        )

    def refused(self, response: httpx2.Response, what: str, remedy: str) -> CredentialUnavailable:
        """What a caller is told where the answer brought no token."""
        attempt = response.extensions.get(ATTEMPT)
        status = response.status_code
        return CredentialUnavailable(
            f"{self} answered {status}{what}, so there is no credential: {remedy}.",
            status=status,
            stands=not (_is_passing(status) or _is_page(response)),
            attempts=() if attempt is None else (attempt,),
        )

    def document(self, response: httpx2.Response, *, remedy: str) -> object:
        """The JSON of a successful answer; `remedy` is what to do about a refusal.

        Raises CredentialUnavailable where the answer is anything else.
        """
        status = response.status_code
        if _is_passing(status):
            raise self.refused(response, "", "see that this endpoint is well")
        if 300 <= status < 400 or status in _WRONG_ADDRESS:
            raise self.refused(response, "", f"correct {self.setting}")
        if not response.is_success:
            raise self.refused(response, _error_code(response), remedy)
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError):
            kind = response.headers.get("Content-Type", "no content type")
            raise self.refused(
                response,
                f" without JSON ({kind})",
                f"point {self.setting} at the endpoint that issues tokens",
            ) from None

    def __str__(self) -> str:
        # Neither user name nor query: both may hold secrets.
        return f"{self.method} {self.url.copy_with(userinfo=b'', query=None, fragment=None)}"


def _is_passing(status: int) -> bool:
    """Whether the same request may be answered otherwise later."""
    return status >= 500 or status in _PASSING


def _is_page(response: httpx2.Response) -> bool:
    """Whether a page came, as gateways and captive portals send: no word of the endpoint's own."""
    return "html" in response.headers.get("Content-Type", "").lower()


def _error_code(response: httpx2.Response) -> str:
    """The error code of RFC 6749, section 5.2, in brackets; empty where there is none."""
    try:
        code = _member(json.loads(response.content), "error")
    except (ValueError, RecursionError):
        return ""
    is_code = isinstance(code, str) and 0 < len(code) <= 60 and code.replace("_", "").isalpha()
    return f" ({code})" if is_code else ""


def _member(document: object, name: str) -> object:
    return document.get(name) if isinstance(document, dict) else None


def _credential(found: object) -> SecretStr | None:
    """A token as text; numbers are tokens too, truth values, objects and nothing are not."""
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return None
    return SecretStr(str(found))


def _names(document: object) -> str:
    """What an answer holds in the place of a token: its field names, never their values."""
    if not isinstance(document, dict):
        return f"it is a JSON {_KINDS.get(type(document), 'number')}"
    names = [str(name)[:30] for name in list(document)[:8]]
    return f"it holds {', '.join(names)}" if names else "it holds no field"


_KINDS = {list: "array", str: "string", bool: "boolean", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Login:
    """A login endpoint that is sent a JSON object and answers with a token.

    With `renewal`, a token is first renewed by the refresh token that came with it, sent as
    `{"refresh_token": ...}`; where that is refused, the login is repeated.
    """

    endpoint: Endpoint
    body: Mapping[str, Secret] = field(repr=False)
    token: JsonPath = _TOKEN
    renewal: Endpoint | None = None
    refresh_token: JsonPath = _REFRESH_TOKEN
    key: str = "auth"

    def fetch(self, user_agent: str | None, *, refresh: SecretStr | None) -> Fetch:
        """A new token, renewed where possible, else by a login."""
        if self.renewal is not None and refresh is not None:
            sent = {"refresh_token": refresh.get_secret_value()}
            response = yield from self.renewal.ask(user_agent, json=sent)
            renewed = self._renewed(self.renewal, response, refresh)
            if renewed is not None:
                return renewed
        body = {name: plain(value) for name, value in self.body.items()}
        response = yield from self.endpoint.ask(user_agent, json=body)
        return self._granted(self.endpoint, response)

    def _renewed(
        self, endpoint: Endpoint, response: httpx2.Response, refresh: SecretStr
    ) -> Grant | None:
        try:
            grant = self._granted(endpoint, response)
        except CredentialUnavailable:
            return None
        # A refresh token that is not replaced stays good (RFC 6749, section 6).
        return Grant(grant.value, refresh=grant.refresh or refresh)

    def _granted(self, endpoint: Endpoint, response: httpx2.Response) -> Grant:
        document = endpoint.document(response, remedy=f"correct {self.key}.body")
        value = _credential(self.token.find(document))
        if value is None:
            raise endpoint.refused(
                response,
                f" without a token at {self.token} ({_names(document)})",
                f"set {self.key}.token to where the token stands, or correct {self.key}.body",
            )
        return Grant(value, refresh=_credential(self.refresh_token.find(document)))


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth2 client credentials (RFC 6749, section 4.4); `style` says where the secret goes."""

    endpoint: Endpoint
    client_id: str
    client_secret: Secret = field(repr=False)
    scope: tuple[str, ...] = ()
    style: Literal["basic", "post"] = "basic"
    key: str = "auth"

    def fetch(self, user_agent: str | None, *, refresh: SecretStr | None) -> Fetch:
        """A new token; this grant has no refresh tokens (RFC 6749, section 4.4.3)."""
        del refresh
        form = {"grant_type": "client_credentials"}
        if self.scope:
            form["scope"] = " ".join(self.scope)
        headers, proof = self._proof()
        response = yield from self.endpoint.ask(user_agent, headers=headers, data={**form, **proof})
        return self._granted(response)

    def _proof(self) -> tuple[dict[str, str], dict[str, str]]:
        secret = plain(self.client_secret)
        if self.style == "post":
            return {}, {"client_id": self.client_id, "client_secret": secret}
        # Both are form-encoded before they are joined (RFC 6749, section 2.3.1).
        bought = httpx2.BasicAuth(quote_plus(self.client_id), quote_plus(secret))
        signed = next(bought.auth_flow(httpx2.Request("POST", self.endpoint.url)))
        return {"Authorization": signed.headers["Authorization"]}, {}

    def _granted(self, response: httpx2.Response) -> Grant:
        document = self.endpoint.document(response, remedy=self._remedy(response))
        value = _credential(_member(document, "access_token"))
        if value is None:
            what = f" without an access_token ({_names(document)})"
            remedy = f"point {self.endpoint.setting} at an OAuth2 token endpoint"
            raise self.endpoint.refused(response, what, remedy)
        kind = _member(document, "token_type")
        if isinstance(kind, str) and kind.lower() != "bearer":
            remedy = f"have {self.endpoint.setting} issue bearer tokens"
            raise self.endpoint.refused(response, " with a token that is no bearer token", remedy)
        return Grant(value, seconds=_lifetime(_member(document, "expires_in")))

    def _remedy(self, response: httpx2.Response) -> str:
        error = _error_code(response).strip(" ()")
        if error == "invalid_scope":
            return f"correct {self.key}.scope"
        if error in _WRONG_CLIENT or response.status_code == 401:
            return f"correct {self.key}.client_id, {self.key}.client_secret or {self.key}.style"
        return f"correct {self.key}.token_url or what is sent to it"


def _lifetime(promised: object) -> float:
    """Seconds; endless where none were promised that can be understood: then a 401 tells."""
    try:
        seconds = float(promised)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return math.inf
    return seconds if seconds > 0 else math.inf


def plain(value: Secret) -> str:
    """The value as it goes on the wire: never store or print it."""
    return value.get_secret_value() if isinstance(value, SecretStr) else value
