"""Login endpoints and OAuth2 client credentials, driven by hand."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from typing import Literal, TypeAlias
from urllib.parse import parse_qs

import httpx2
import pytest
from pydantic import SecretStr

from redhanded.client.auth import ClientCredentials, CredentialUnavailable, Endpoint, Login
from redhanded.client.issuers import Fetch, Secret
from redhanded.client.tokens import Grant
from redhanded.core.attempt import Attempt
from redhanded.pipeline.errors import CircuitOpen
from tests.client.auth_api import BASE, endpoint, login, sent

Issuer: TypeAlias = Login | ClientCredentials


def fetched(
    fetch: Fetch, *answers: httpx2.Response | Exception
) -> tuple[Grant, list[httpx2.Request]]:
    """What an issuer makes of these answers, and the requests that it sent."""
    requests = [next(fetch).request]
    for answer in answers:
        try:
            effect = fetch.throw(answer) if isinstance(answer, Exception) else fetch.send(answer)
        except StopIteration as done:
            return done.value, requests
        requests.append(effect.request)
    pytest.fail("the issuer asks for more than it was answered")


def granted(issuer: Issuer, *answers: httpx2.Response | Exception, refresh: str = "") -> Grant:
    """What an issuer makes of these answers."""
    secret = SecretStr(refresh) if refresh else None
    return fetched(issuer.fetch("tests", refresh=secret), *answers)[0]


def asked(issuer: Issuer, *answers: httpx2.Response, refresh: str = "") -> list[httpx2.Request]:
    """The requests of an issuer that gets these answers."""
    secret = SecretStr(refresh) if refresh else None
    return fetched(issuer.fetch("tests", refresh=secret), *answers)[1]


def ok(**document: object) -> httpx2.Response:
    """A successful answer."""
    return httpx2.Response(200, json=document)


def oauth2(
    *, scope: tuple[str, ...] = (), style: Literal["basic", "post"] = "basic"
) -> ClientCredentials:
    """Client credentials at the fake API."""
    token_url = endpoint("/oauth/token", setting="auth.token_url")
    return ClientCredentials(token_url, "shop", SecretStr("s3cret"), scope, style)


def test_a_login_sends_its_body_as_json() -> None:
    """Plain and secret values go on the wire alike."""
    body: dict[str, Secret] = {"user": "ann", "password": SecretStr("correct horse")}

    (request,) = asked(Login(endpoint(), body), ok(token="t1"))

    assert (request.method, str(request.url)) == ("POST", f"{BASE}/auth")
    assert sent(request) == {"user": "ann", "password": "correct horse"}
    assert request.headers["Accept"] == "application/json"


@pytest.mark.parametrize(
    "path, answer, value",
    [
        pytest.param("$.token", {"token": "abc"}, "abc", id="field"),
        pytest.param("$.data[0].access", {"data": [{"access": "abc"}]}, "abc", id="deep"),
        pytest.param("$[0]", ["abc"], "abc", id="array"),
        pytest.param("$.token", {"token": 12345}, "12345", id="number"),
    ],
)
def test_the_token_is_found_by_its_path(path: str, answer: object, value: str) -> None:
    """A token may stand anywhere in the answer."""
    grant = granted(login(token=path), httpx2.Response(200, json=answer))

    assert grant.value.get_secret_value() == value
    assert grant.seconds == math.inf


@pytest.mark.parametrize(
    "answer, sentence",
    [
        pytest.param(
            httpx2.Response(401),
            "answered 401, so there is no credential: correct auth.body.",
            id="refused",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": "invalid_grant"}),
            "answered 400 (invalid_grant), so there is no credential: correct auth.body.",
            id="refused-with-a-code",
        ),
        pytest.param(
            httpx2.Response(404),
            "answered 404, so there is no credential: correct auth.path.",
            id="no-such-endpoint",
        ),
        pytest.param(
            httpx2.Response(302, headers={"Location": "/login"}),
            "answered 302, so there is no credential: correct auth.path.",
            id="redirect",
        ),
        pytest.param(
            httpx2.Response(503),
            "answered 503, so there is no credential: see that this endpoint is well.",
            id="outage",
        ),
        pytest.param(
            httpx2.Response(429),
            "answered 429, so there is no credential: see that this endpoint is well.",
            id="throttled",
        ),
        pytest.param(
            httpx2.Response(200, html="<h1>Hello</h1>"),
            "answered 200 without JSON (text/html; charset=utf-8), so there is no credential:"
            " point auth.path at the endpoint that issues tokens.",
            id="html",
        ),
        pytest.param(
            httpx2.Response(204),
            "answered 204 without JSON (no content type), so there is no credential:"
            " point auth.path at the endpoint that issues tokens.",
            id="nothing",
        ),
        pytest.param(
            httpx2.Response(200, content=b"[" * 100_000),
            "answered 200 without JSON (no content type), so there is no credential:"
            " point auth.path at the endpoint that issues tokens.",
            id="nested-without-end",
        ),
        pytest.param(
            ok(reason="Bad credentials"),
            "answered 200 without a token at $.token (it holds reason), so there is no credential:"
            " set auth.token to where the token stands, or correct auth.body.",
            id="other-fields",
        ),
        pytest.param(
            ok(),
            "answered 200 without a token at $.token (it holds no field), so there is no"
            " credential: set auth.token to where the token stands, or correct auth.body.",
            id="empty-object",
        ),
        pytest.param(
            httpx2.Response(200, json="abc"),
            "answered 200 without a token at $.token (it is a JSON string), so there is no"
            " credential: set auth.token to where the token stands, or correct auth.body.",
            id="string",
        ),
    ],
)
def test_a_login_without_a_token_is_told_in_one_sentence(
    answer: httpx2.Response, sentence: str
) -> None:
    """The sentence says what came back and which setting to correct."""
    with pytest.raises(CredentialUnavailable) as caught:
        granted(login(), answer)

    assert str(caught.value) == f"POST {BASE}/auth {sentence}"
    assert caught.value.status == answer.status_code


@pytest.mark.parametrize("token", ["", None, True, [], {"a": "b"}, 1.5], ids=repr)
def test_what_is_no_text_is_no_token(token: object) -> None:
    """A truth value, an object or an empty string is not sent as a credential."""
    with pytest.raises(
        CredentialUnavailable, match=r"without a token at \$.token \(it holds token"
    ):
        granted(login(), ok(token=token))


@pytest.mark.parametrize(
    "status, stands",
    [
        *[(status, True) for status in (200, 302, 400, 401, 403, 404)],
        *[(status, False) for status in (407, 408, 425, 429, 500, 502, 503)],
    ],
)
def test_only_a_fault_of_ours_stands(status: int, stands: bool) -> None:
    """What the settings cannot change may be asked again at once."""
    with pytest.raises(CredentialUnavailable) as caught:
        granted(login(), httpx2.Response(status, json={}))

    assert caught.value.stands is stands


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_page_of_a_gateways_never_stands(status: int) -> None:
    """INVARIANT: a captive portal or a firewall says nothing about our credential."""
    with pytest.raises(CredentialUnavailable) as caught:
        granted(login(), httpx2.Response(status, html="<!DOCTYPE html>"))

    assert caught.value.stands is False


def test_a_message_shows_names_and_no_values() -> None:
    """An answer may hold a token in an unexpected field: its value is not printed."""
    answer = ok(access_token="s3cret", **{f"field{n}": n for n in range(20)}, **{"x" * 99: 1})

    with pytest.raises(CredentialUnavailable) as caught:
        granted(login(), answer)

    assert "s3cret" not in str(caught.value)
    assert "(it holds access_token, field0, field1, field2, field3, field4, field5, field6)" in str(
        caught.value
    )


def test_a_message_shows_neither_user_nor_query() -> None:
    """An endpoint's address may hold secrets of its own."""
    url = httpx2.URL("http://ann:s3cret@api.test/auth?key=s3cret")

    with pytest.raises(CredentialUnavailable, match=r"^GET http://api.test/auth answered 401"):
        granted(Login(Endpoint("GET", url, "auth.path"), {}), httpx2.Response(401))


def test_a_login_in_code_does_not_show_its_password() -> None:
    """What pytest prints of what fixtures hold."""
    issuers = (login(), oauth2(), Login(endpoint(), {"password": "correct horse"}))

    assert "correct horse" not in repr(issuers)
    assert "s3cret" not in repr(issuers)


@pytest.mark.parametrize(
    "error", [httpx2.ConnectError("refused."), httpx2.ReadTimeout("")], ids=repr
)
def test_a_login_without_an_answer_says_why(error: httpx2.RequestError) -> None:
    """The error of the network is named, though async ones are often empty."""
    words = f"({type(error).__name__}{': refused' if str(error) else ''})"

    with pytest.raises(CredentialUnavailable) as caught:
        granted(login(), error)

    assert f"gave no answer {words}, so there is no credential: see that it is up" in str(
        caught.value
    )
    assert caught.value.__cause__ is error
    assert caught.value.stands is False


def _attempt() -> Attempt:
    return Attempt(
        id="a1",
        trace_id="",
        call_id="",
        number=1,
        purpose="auth",
        method="POST",
        url=f"{BASE}/auth",
        raw_request_headers=(),
        request_body=None,
        started_at=0.0,
        elapsed=0.0,
        marks=(),
        reused=False,
    )


def test_a_failure_carries_the_attempts_of_the_login() -> None:
    """What the ledger knows of the login travels with the error, answered or not."""
    attempt = _attempt()
    open_circuit = CircuitOpen("the origin is down")
    open_circuit.attempts = (attempt,)
    refused = httpx2.Response(401, extensions={"redhanded.attempt": attempt})

    for answer in (open_circuit, refused):
        with pytest.raises(CredentialUnavailable) as caught:
            granted(login(), answer)
        assert list(caught.value.attempts) == [attempt]


def renewing() -> Login:
    """A login whose tokens can be renewed."""
    return login(renewal=endpoint("/refresh", setting="auth.refresh"))


def test_a_first_token_needs_a_login() -> None:
    """Without a refresh token there is nothing to renew; the answer may bring one."""
    issuer = renewing()

    grant, requests = fetched(issuer.fetch(None, refresh=None), ok(token="t1", refresh_token="r1"))

    assert [request.url.path for request in requests] == ["/auth"]
    assert grant.refresh == SecretStr("r1")
    assert "User-Agent" not in requests[0].headers


@pytest.mark.parametrize(
    "answer, kept",
    [
        pytest.param({"token": "t2"}, "r1", id="refresh-token-stays"),
        pytest.param({"token": "t2", "refresh_token": "r2"}, "r2", id="refresh-token-rotates"),
    ],
)
def test_a_token_is_renewed_without_a_login(answer: dict[str, str], kept: str) -> None:
    """The refresh token is sent in place of the credentials."""
    grant, (request,) = fetched(
        renewing().fetch("tests", refresh=SecretStr("r1")), httpx2.Response(200, json=answer)
    )

    assert request.url.path == "/refresh"
    assert sent(request) == {"refresh_token": "r1"}
    assert request.extensions["redhanded.purpose"] == "auth"
    assert (grant.value, grant.refresh) == (SecretStr("t2"), SecretStr(kept))


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(lambda: httpx2.Response(401), id="refused"),
        pytest.param(lambda: httpx2.Response(500), id="broken"),
        pytest.param(lambda: ok(message="expired"), id="no-token"),
        pytest.param(lambda: httpx2.Response(200, text="expired"), id="no-json"),
    ],
)
def test_where_a_renewal_is_refused_the_login_is_repeated(
    refusal: Callable[[], httpx2.Response],
) -> None:
    """A refresh token may have run out: the credentials are still good."""
    grant, requests = fetched(
        renewing().fetch("tests", refresh=SecretStr("r1")), refusal(), ok(token="t2")
    )

    assert [request.url.path for request in requests] == ["/refresh", "/auth"]
    assert grant == Grant(SecretStr("t2"))


def test_a_renewal_without_an_answer_is_told_as_such() -> None:
    """An outage of the refresh endpoint names that endpoint and its setting."""
    with pytest.raises(
        CredentialUnavailable, match=r"POST \S+/refresh gave .* correct auth.refresh"
    ):
        granted(renewing(), httpx2.ConnectError("refused"), refresh="r1")


def test_without_a_renewal_a_refresh_token_is_not_sent() -> None:
    """Where no refresh endpoint is set, the login is repeated."""
    requests = asked(login(), ok(token="t2"), refresh="r1")

    assert [request.url.path for request in requests] == ["/auth"]


def test_client_credentials_are_sent_by_basic_auth() -> None:
    """The grant, the scopes and the client go as RFC 6749, sections 2.3.1 and 4.4.2, say."""
    issuer = oauth2(scope=("read", "trade"))

    (request,) = asked(issuer, ok(access_token="abc", token_type="Bearer"))

    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "scope": ["read trade"],
    }
    assert _basic(request) == "shop:s3cret"


def test_client_credentials_are_encoded_before_they_are_joined() -> None:
    """A colon in the client's identifier does not end it (RFC 6749, section 2.3.1)."""
    issuer = ClientCredentials(endpoint("/oauth/token"), "a:b c", "p\u00e4ss%")

    (request,) = asked(issuer, ok(access_token="abc"))

    assert _basic(request) == "a%3Ab+c:p%C3%A4ss%25"


def _basic(request: httpx2.Request) -> str:
    scheme, _, value = request.headers["Authorization"].partition(" ")
    assert scheme == "Basic"
    return base64.b64decode(value).decode()


def test_client_credentials_can_be_posted() -> None:
    """Some endpoints take the client in the form, and then not in a header."""
    (request,) = asked(oauth2(style="post"), ok(access_token="abc"))

    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["shop"],
        "client_secret": ["s3cret"],
    }
    assert "Authorization" not in request.headers


@pytest.mark.parametrize(
    "promised, seconds",
    [
        pytest.param(3600, 3600.0, id="number"),
        pytest.param("3600", 3600.0, id="text"),
        pytest.param(0.5, 0.5, id="fraction"),
        pytest.param(0, math.inf, id="zero"),
        pytest.param(-1, math.inf, id="negative"),
        pytest.param("soon", math.inf, id="words"),
        pytest.param(None, math.inf, id="null"),
        pytest.param([3600], math.inf, id="array"),
        pytest.param("nan", math.inf, id="not-a-number"),
        pytest.param(10**400, math.inf, id="beyond-float"),
    ],
)
def test_the_promised_lifetime_is_honoured(promised: object, seconds: float) -> None:
    """A promise that cannot be understood is none: then a 401 ends the token."""
    grant = granted(oauth2(), ok(access_token="abc", expires_in=promised))

    assert grant.seconds == seconds


@pytest.mark.parametrize("kind", ["bearer", "Bearer", "BEARER", None], ids=str)
def test_bearer_tokens_are_understood_in_any_case(kind: str | None) -> None:
    """The type is case-insensitive (RFC 6749, section 5.1); some servers forget it."""
    grant = granted(oauth2(), ok(access_token="abc", token_type=kind))

    assert grant.value.get_secret_value() == "abc"


@pytest.mark.parametrize(
    "answer, sentence",
    [
        pytest.param(
            httpx2.Response(401, json={"error": "invalid_client"}),
            "answered 401 (invalid_client), so there is no credential: correct auth.client_id,"
            " auth.client_secret or auth.style.",
            id="wrong-client",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": "unauthorized_client"}),
            "answered 400 (unauthorized_client), so there is no credential: correct"
            " auth.client_id, auth.client_secret or auth.style.",
            id="client-without-the-grant",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": "invalid_scope"}),
            "answered 400 (invalid_scope), so there is no credential: correct auth.scope.",
            id="wrong-scope",
        ),
        pytest.param(
            httpx2.Response(403, text="no"),
            "answered 403, so there is no credential: correct auth.token_url or what is sent to"
            " it.",
            id="forbidden",
        ),
        pytest.param(
            httpx2.Response(400, json={"error": {"s3cret": 1}}),
            "answered 400, so there is no credential: correct auth.token_url or what is sent to"
            " it.",
            id="no-code",
        ),
        pytest.param(
            ok(token="abc"),
            "answered 200 without an access_token (it holds token), so there is no credential:"
            " point auth.token_url at an OAuth2 token endpoint.",
            id="no-token",
        ),
        pytest.param(
            ok(access_token="abc", token_type="mac"),
            "answered 200 with a token that is no bearer token, so there is no credential: have"
            " auth.token_url issue bearer tokens.",
            id="other-type",
        ),
        pytest.param(
            httpx2.Response(200, json=[1]),
            "answered 200 without an access_token (it is a JSON array), so there is no credential:"
            " point auth.token_url at an OAuth2 token endpoint.",
            id="array",
        ),
    ],
)
def test_client_credentials_without_a_token_are_told_in_one_sentence(
    answer: httpx2.Response, sentence: str
) -> None:
    """The sentence says what came back and which setting to correct."""
    with pytest.raises(CredentialUnavailable) as caught:
        granted(oauth2(), answer)

    assert str(caught.value) == f"POST {BASE}/oauth/token {sentence}"


def test_headers_of_every_call_go_with_a_login() -> None:
    """A tenant's header is sent, and what describes another body is not."""
    headers = {"X-Tenant": "7", "accept": "text/json", "content-type": "text/plain"}
    place = Endpoint("POST", httpx2.URL(f"{BASE}/auth"), "auth.path", headers)

    (request,) = asked(Login(place, {}), ok(token="t1"))

    assert request.headers["X-Tenant"] == "7"
    assert request.headers.get_list("Accept") == ["text/json"]
    assert request.headers["Content-Type"] == "application/json"
