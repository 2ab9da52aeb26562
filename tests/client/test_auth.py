"""Auth made from the settings, credentials that never change, and who receives them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TypeAlias

import httpx2
import pytest
from pydantic import SecretStr, TypeAdapter

from redhanded.client.auth import (
    ApiKey,
    Basic,
    Bearer,
    CredentialUnavailable,
    SameOrigin,
    TokenAuth,
    auth_from,
)
from redhanded.client.token_auth import OnSecret
from redhanded.core.credentials import Auth
from redhanded.core.errors import SettingsError, UsageError
from redhanded.pipeline.flow import Send, Sleep
from tests.client.auth_api import BASE, WORLDS, FakeClock, call, drive, sent, token_auth

Written: TypeAlias = Mapping[str, object]

SETTINGS: TypeAdapter[Auth] = TypeAdapter(Auth)
LOGIN = {"kind": "login", "path": "/auth", "body": {"password": "correct horse"}}
OAUTH2 = {"kind": "oauth2", "token_url": "/oauth", "client_id": "shop", "client_secret": "s3cret"}

worlds = pytest.mark.parametrize("world", WORLDS, ids=WORLDS)


class Recorder:
    """A server that keeps what it got, and has a token for whoever asks."""

    def __init__(self, *statuses: int) -> None:
        self.requests: list[httpx2.Request] = []
        self.statuses = list(statuses)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if request.extensions.get("redhanded.purpose") == "auth":
            number = len(self.requests)
            return httpx2.Response(200, json={"token": f"t{number}", "access_token": f"a{number}"})
        return httpx2.Response(self.statuses.pop(0) if self.statuses else 200)


def auth(
    settings: Written,
    *,
    base_url: str | None = BASE,
    on_secret: OnSecret = lambda _value, _name: None,
    headers: Mapping[str, str] | None = None,
    clock: FakeClock | None = None,
    total: float = 30.0,
    key: str = "auth",
) -> httpx2.Auth | None:
    """The auth that these settings describe."""
    return auth_from(
        SETTINGS.validate_python(settings),
        base_url=base_url,
        clock=clock or FakeClock(),
        on_secret=on_secret,
        headers=headers,
        total=total,
        key=key,
    )


def last_request(settings: Written, *, world: str = "sync", url: str = "/x") -> httpx2.Request:
    """The request that a call with these settings ends with."""
    server = Recorder()
    call(world, auth(settings), server, url=url)
    return server.requests[-1]


KINDS = [
    pytest.param({"kind": "bearer", "token": "abc"}, "Authorization", "Bearer abc", id="bearer"),
    pytest.param(
        {"kind": "basic", "username": "ann", "password": "p:w"},
        "Authorization",
        f"Basic {base64.b64encode(b'ann:p:w').decode()}",
        id="basic",
    ),
    pytest.param(
        {"kind": "api_key", "name": "X-Key", "value": "abc"}, "X-Key", "abc", id="key-header"
    ),
    pytest.param(
        {"kind": "api_key", "name": "key", "value": "abc", "place": "cookie"},
        "Cookie",
        "key=abc",
        id="key-cookie",
    ),
    pytest.param(LOGIN, "Authorization", "Bearer t1", id="login"),
    pytest.param({**LOGIN, "cookie": "token"}, "Cookie", "token=t1", id="login-cookie"),
    pytest.param(
        {**LOGIN, "header": "X-Token", "scheme": ""}, "X-Token", "t1", id="login-bare-header"
    ),
    pytest.param({**LOGIN, "token": "$.access_token"}, "Authorization", "Bearer a1", id="path"),
    pytest.param(OAUTH2, "Authorization", "Bearer a1", id="oauth2"),
]


@worlds
@pytest.mark.parametrize("settings, header, value", KINDS)
def test_each_kind_puts_its_credential_in_its_place(
    world: str, settings: Written, header: str, value: str
) -> None:
    """What the settings describe is what the server receives."""
    assert last_request(settings, world=world).headers[header] == value


def test_an_api_key_can_stand_in_the_query() -> None:
    """The parameter joins those of the call."""
    settings = {"kind": "api_key", "name": "key", "value": "a b", "place": "query"}

    assert str(last_request(settings, url="/x?q=1").url) == f"{BASE}/x?q=1&key=a+b"


def test_no_auth_is_no_auth() -> None:
    """Where calls carry no credential, there is nothing to apply."""
    assert auth({"kind": "none"}, base_url=None) is None


@worlds
@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://other.test/x", id="other-host"),
        pytest.param("http://api.test:8080/x", id="other-port"),
        pytest.param("https://api.test/x", id="other-scheme"),
        pytest.param("http://api.test.evil.test/x", id="longer-host"),
        pytest.param("http://api.test@evil.test/x", id="host-as-user"),
    ],
)
@pytest.mark.parametrize("settings, header, value", KINDS)
def test_no_other_origin_receives_a_credential(
    world: str, settings: Written, header: str, value: str, url: str
) -> None:
    """INVARIANT: a test that calls another host leaks no credential to it."""
    server = Recorder()

    call(world, auth(settings), server, url=url)

    (request,) = server.requests
    assert header not in request.headers
    assert value not in str(request.url)


@pytest.mark.parametrize(
    "base_url, url",
    [
        pytest.param(BASE, "http://api.test:80/x", id="default-port"),
        pytest.param(BASE, "http://API.test/x", id="upper-case"),
        pytest.param(BASE, "/x", id="path"),
        pytest.param(BASE, "ws://api.test/x", id="websocket"),
        pytest.param("https://api.test", "wss://api.test:443/x", id="secure-websocket"),
        pytest.param("http://[::1]:80", "http://[0:0:0:0:0:0:0:1]/x", id="long-address"),
    ],
)
def test_one_origin_has_several_spellings(base_url: str, url: str) -> None:
    """Default ports, a host's spelling and a WebSocket's scheme change no origin."""
    server = Recorder()

    call("sync", auth({"kind": "bearer", "token": "abc"}, base_url=base_url), server, url=url)

    assert server.requests[0].headers["Authorization"] == "Bearer abc"


def test_auth_that_is_passed_to_a_call_goes_where_the_call_goes() -> None:
    """Who writes `auth=` has decided who receives it."""
    server = Recorder()

    call("sync", Bearer("abc"), server, url="http://other.test/x")

    assert server.requests[0].headers["Authorization"] == "Bearer abc"


def test_a_request_without_a_host_is_left_to_the_client() -> None:
    """A relative URL that was built by hand gets httpx2's sentence about it."""
    client = httpx2.Client(transport=httpx2.HTTPTransport(), base_url=BASE)

    with client, pytest.raises(httpx2.UnsupportedProtocol, match="missing an 'http://'"):
        client.send(httpx2.Request("GET", "/x"), auth=auth({"kind": "bearer", "token": "abc"}))


@pytest.mark.parametrize(
    "made, headers, url",
    [
        pytest.param(Bearer("abc"), {"Authorization": "Bearer wrong"}, "/x", id="bearer"),
        pytest.param(Basic("a", "b"), {"Authorization": "Basic d3Jvbmc="}, "/x", id="basic"),
        pytest.param(ApiKey("X-Key", "abc"), {"x-key": "wrong"}, "/x", id="header"),
        pytest.param(ApiKey("key", "abc", "cookie"), {"Cookie": "key=wrong"}, "/x", id="cookie"),
        pytest.param(ApiKey("key", "abc", "query"), {}, "/x?key=wrong", id="query"),
    ],
)
def test_a_credential_of_the_calls_own_is_left_alone(
    made: httpx2.Auth, headers: dict[str, str], url: str
) -> None:
    """A test of a wrong credential sends that one."""
    server = Recorder()

    call("sync", made, server, url=url, headers=headers)

    (request,) = server.requests
    assert str(request.url) == f"{BASE}{url}"
    assert {name: request.headers[name] for name in headers} == headers


@pytest.mark.parametrize(
    "make, sentence",
    [
        pytest.param(
            lambda: Bearer("abc\n"),
            "the bearer token is empty or holds a character that cannot be sent there:"
            " give it as visible ASCII, without a line break at its end.",
            id="line-break",
        ),
        pytest.param(
            lambda: ApiKey("X-Key", SecretStr("")),
            "the API key for header X-Key is empty or holds a character that cannot be sent there:"
            " give it as visible ASCII, without a line break at its end.",
            id="empty",
        ),
        pytest.param(
            lambda: ApiKey("X Key", "abc"),
            "'X Key' cannot name a header: write letters, digits and \"-\" only, no spaces.",
            id="name",
        ),
        pytest.param(
            lambda: Basic("a:b", "c"),
            "a user name for basic auth cannot hold a colon (RFC 7617, section 2):"
            " correct the user name.",
            id="colon",
        ),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_when_it_is_made(
    make: Callable[[], httpx2.Auth], sentence: str
) -> None:
    """The author reads a sentence before the first call, and no secret in it."""
    with pytest.raises(UsageError) as caught:
        make()

    assert str(caught.value) == sentence


def test_an_error_of_the_settings_names_their_key() -> None:
    """Among several identities the message says whose credential is wrong."""
    with pytest.raises(SettingsError, match=r"^identities.ann: the bearer token is empty or"):
        auth({"kind": "bearer", "token": "a\nb"}, key="identities.ann")


@pytest.mark.parametrize("base_url", ["", None], ids=repr)
def test_a_credential_without_a_base_url_is_an_error(base_url: str | None) -> None:
    """Where no origin is known, none may receive a credential: the author is told."""
    with pytest.raises(
        SettingsError, match=r"^auth is set and base_url is not, .* set base_url\.$"
    ):
        auth({"kind": "bearer", "token": "abc"}, base_url=base_url)


@pytest.mark.parametrize(
    "base_url, path, url",
    [
        pytest.param(BASE, "/auth", f"{BASE}/auth", id="path"),
        pytest.param(f"{BASE}/v1/", "/auth", f"{BASE}/v1/auth", id="below-the-base"),
        pytest.param(f"{BASE}/v1", "/auth?t=/x:y", f"{BASE}/v1/auth?t=/x:y", id="with-a-query"),
        pytest.param(BASE, "https://id.test/auth", "https://id.test/auth", id="another-host"),
    ],
)
@pytest.mark.parametrize("kind", ["login", "oauth2"], ids=str)
def test_a_token_is_fetched_where_the_settings_say(
    kind: str, base_url: str, path: str, url: str
) -> None:
    """A path is taken below the base URL, as the client does it; a URL is taken as it is."""
    settings = {**LOGIN, "path": path} if kind == "login" else {**OAUTH2, "token_url": path}
    server = Recorder()

    call("sync", auth(settings, base_url=base_url), server, url=f"{base_url}/x")

    assert str(server.requests[0].url) == url


@pytest.mark.parametrize(
    "path, tenant",
    [
        pytest.param("/auth", "7", id="own-origin"),
        pytest.param("https://id.test/auth", None, id="another-host"),
    ],
)
def test_headers_of_every_call_stay_in_their_origin(path: str, tenant: str | None) -> None:
    """An identity provider elsewhere does not receive what is meant for the API."""
    server = Recorder()

    call("sync", auth({**LOGIN, "path": path}, headers={"X-Tenant": "7"}), server, url="/x")

    assert server.requests[0].headers.get("X-Tenant") == tenant


def test_the_method_and_the_body_of_a_login_are_the_settings() -> None:
    """Secrets in the body are revealed on the wire only."""
    server = Recorder()
    body = {"user": "ann", "password": SecretStr("correct horse")}

    call("sync", auth({**LOGIN, "method": "PUT", "body": body}), server)

    assert server.requests[0].method == "PUT"
    assert sent(server.requests[0]) == {"user": "ann", "password": "correct horse"}


def test_a_refresh_endpoint_of_the_settings_renews_the_token() -> None:
    """After a 401 the refresh token is sent, and no second login."""
    paths: list[str] = []

    def server(request: httpx2.Request) -> httpx2.Response:
        paths.append(request.url.path)
        if request.url.path == "/x":
            return httpx2.Response(401 if paths.count("/x") == 1 else 200)
        return httpx2.Response(200, json={"token": "abc", "refresh_token": "more"})

    response = call("sync", auth({**LOGIN, "refresh": "/refresh"}), server, url="/x")

    assert response.status_code == 200
    assert paths == ["/auth", "/x", "/refresh", "/x"]


def test_a_caller_who_disappears_is_waited_for_as_long_as_a_login_may_take() -> None:
    """A login that was never let go is taken over once two requests had their time."""
    clock = FakeClock()
    made = auth(LOGIN, clock=clock, total=45.0)
    assert isinstance(made, SameOrigin)
    assert isinstance(made.auth, TokenAuth)
    lost, waiting = (made.auth.flow(httpx2.Request("GET", f"{BASE}/x")) for _ in range(2))
    next(lost)

    clock.advance(89.9)
    assert isinstance(next(waiting), Sleep)

    clock.advance(0.1)
    assert isinstance(next(waiting), Send)


def test_the_secrets_of_a_token_are_told() -> None:
    """What a login hands out is registered for redaction, each under a name."""
    told: dict[str, str] = {}

    def server(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"token": "abc", "refresh_token": "more"})

    call("sync", auth(LOGIN, on_secret=lambda value, name: told.update({name: value})), server)

    assert told == {"ACCESS_TOKEN": "abc", "REFRESH_TOKEN": "more"}


def test_an_error_of_a_login_names_the_identitys_settings() -> None:
    """The setting to correct is called by its whole name."""

    def server(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(401)

    with pytest.raises(CredentialUnavailable, match=r"correct identities.ann.body\.$"):
        call("sync", auth(LOGIN, key="identities.ann"), server)


@pytest.mark.parametrize("style, in_header", [("basic", True), ("post", False)], ids=str)
def test_the_style_of_client_credentials_is_the_settings(style: str, in_header: bool) -> None:
    """The client's secret goes in a header or in the form, never in both."""
    server = Recorder()

    call("sync", auth({**OAUTH2, "style": style, "scope": ["a", "b"]}), server)

    asked = server.requests[0]
    assert ("Authorization" in asked.headers) is in_header
    assert (b"client_secret=" in asked.content) is not in_header
    assert b"scope=a+b" in asked.content


def test_nothing_shows_a_secret() -> None:
    """What pytest prints of a fixture holds no secret."""
    made = [
        Bearer("s3cret"),
        ApiKey("X-Key", "s3cret"),
        Basic("ann", "s3cret"),
        auth({**LOGIN, "body": {"password": "s3cret"}}),
        auth({**OAUTH2, "client_secret": "s3cret"}),
    ]

    assert "s3cret" not in repr(made)


def test_a_flow_is_a_list_of_effects() -> None:
    """The whole flow can be driven without a client, a network or a clock."""
    request = httpx2.Request("GET", f"{BASE}/booking")

    effects = drive(
        token_auth().flow(request),
        httpx2.Response(200, json={"token": "t1"}),
        httpx2.Response(401),
        httpx2.Response(200, json={"token": "t2"}),
        httpx2.Response(200),
    )

    paths = [effect.request.url.path for effect in effects]
    assert paths == ["/auth", "/booking", "/auth", "/booking"]
    assert effects[1].request is effects[3].request is request
