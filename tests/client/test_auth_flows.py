"""Token auth: one call at a time, in all worlds."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import anyio
import httpx2
import pytest
from pydantic import SecretStr

from redhanded.client.auth import CredentialUnavailable, TokenAuth
from redhanded.client.effect_auth import AuthFlow, EffectAuth
from redhanded.client.issuers import Fetch
from redhanded.client.places import Cookie
from redhanded.pipeline.call import CALL
from redhanded.pipeline.flow import Send
from tests.client.auth_api import (
    BASE,
    WORLDS,
    FakeClock,
    TokenApi,
    call,
    login,
    token_auth,
)
from tests.verdict.answers import call as a_call

pytestmark = pytest.mark.parametrize("world", WORLDS, ids=WORLDS)


def test_the_first_call_is_preceded_by_a_login(world: str) -> None:
    """A token is fetched when it is first needed, and sent with the call."""
    api = TokenApi()

    response = call(world, token_auth(), api)

    assert response.status_code == 200
    assert [request.url.path for request in api.requests] == ["/auth", "/booking"]
    assert api.tokens == ["t1"]


def test_later_calls_use_the_token_at_hand(world: str) -> None:
    """Calls on several event loops share the token of one auth."""
    api, auth = TokenApi(), token_auth()

    statuses = [call(world, auth, api).status_code for _ in range(3)]

    assert statuses == [200, 200, 200]
    assert api.logins == 1


def test_a_401_is_answered_with_a_fresh_token(world: str) -> None:
    """A call whose token was revoked is sent again with a new one, and its caller sees a 200."""
    api, auth = TokenApi(), token_auth()
    call(world, auth, api)
    api.issued += 1  # somebody else logged in: t1 is no longer honoured

    response = call(world, auth, api)

    assert response.status_code == 200
    assert api.tokens == ["t1", "t1", "t3"]
    assert api.logins == 2


def test_a_second_401_is_the_callers_to_judge(world: str) -> None:
    """A 401 that meets a fresh token too is handed over as it is, after one renewal."""
    api = TokenApi(accepts=lambda _token, _issued: False)

    response = call(world, token_auth(), api)

    assert response.status_code == 401
    assert api.tokens == ["t1", "t2"]


def test_a_401_that_its_caller_never_gets_is_withheld(world: str) -> None:
    """INVARIANT: so says the call, also where the refused login was another call's."""
    auth = token_auth()
    logins = iter([None, httpx2.Response(403), httpx2.Response(403)])
    api = TokenApi(before_login=lambda _: next(logins))
    call(world, auth, api)
    api.issued += 1  # somebody else logged in: t1 is no longer honoured
    made = [a_call(), a_call()]
    left = iter(made)

    def answer(request: httpx2.Request) -> httpx2.Response:
        response = api(request)
        if response.status_code == 401:
            response.extensions[CALL] = next(left)
        return response

    for _ in made:
        with pytest.raises(CredentialUnavailable):
            call(world, auth, answer)

    assert api.logins == 2
    assert [each.is_withheld for each in made] == [True, True]


@pytest.mark.parametrize("status", [200, 403, 404, 500, 503], ids=str)
def test_no_other_status_renews_the_token(world: str, status: int) -> None:
    """Only a 401 speaks of the token: any other answer is handed over as it is."""
    api = TokenApi()

    def answer(request: httpx2.Request) -> httpx2.Response:
        api(request)
        return httpx2.Response(status, json={"token": "t1"})

    auth = TokenAuth(login())
    call(world, auth, api)
    response = call(world, auth, answer)

    assert response.status_code == status
    assert api.logins == 1


def test_a_body_is_sent_again_whole(world: str) -> None:
    """The call that follows a renewal carries the body of the one that was refused."""
    api, auth = TokenApi(), token_auth()
    call(world, auth, api)
    api.issued += 1

    response = call(world, auth, api, "POST", content=b'{"price": 12}')

    assert response.status_code == 200
    assert api.bodies == [b"", b'{"price": 12}', b'{"price": 12}']


def test_a_streamed_body_is_sent_again_whole(world: str) -> None:
    """A body that can be taken in only once is kept for the second sending."""
    wire = Wire()

    if world == "sync":
        with httpx2.Client(transport=wire, auth=token_auth(), base_url=BASE) as client:
            client.post("/upload", content=_pieces(world))
    else:
        anyio.run(_upload, wire, backend=world)

    assert wire.uploads == [b"onetwo", b"onetwo"]


async def _upload(wire: Wire) -> None:
    async with httpx2.AsyncClient(transport=wire, auth=token_auth(), base_url=BASE) as client:
        await client.post("/upload", content=_pieces_async())


class Wire(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Takes bodies from their streams, as a socket does, and refuses the first token."""

    def __init__(self) -> None:
        self.uploads: list[bytes] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.SyncByteStream)
        return self.answer(request, b"".join(request.stream))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        return self.answer(request, b"".join([piece async for piece in request.stream]))

    def answer(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        """A token for a login, a 401 for the first upload."""
        if request.url.path == "/auth":
            return httpx2.Response(200, json={"token": f"t{len(self.uploads)}"})
        self.uploads.append(body)
        return httpx2.Response(401 if len(self.uploads) == 1 else 200)


def _pieces(world: str) -> Iterator[bytes] | AsyncIterator[bytes]:
    return iter([b"one", b"two"]) if world == "sync" else _pieces_async()


async def _pieces_async() -> AsyncIterator[bytes]:
    for piece in (b"one", b"two"):
        yield piece


def test_only_requests_for_tokens_are_marked_as_such(world: str) -> None:
    """The ledger tells a login from what the test asked for."""
    api, auth = TokenApi(), token_auth()
    call(world, auth, api)
    api.issued += 1
    call(world, auth, api)

    purposes = [
        (request.url.path, request.extensions.get("redhanded.purpose")) for request in api.requests
    ]

    assert purposes == [
        ("/auth", "auth"),
        ("/booking", None),
        ("/booking", None),
        ("/auth", "auth"),
        ("/booking", None),
    ]


def test_a_login_asks_as_the_client_does(world: str) -> None:
    """A gateway that knows callers by their User-Agent sees one name."""
    api = TokenApi()

    call(world, token_auth(), api, headers={"User-Agent": "our-suite/7"})

    assert [request.headers["User-Agent"] for request in api.requests] == ["our-suite/7"] * 2


def test_a_login_is_not_cut_by_the_timeouts_of_one_call(world: str) -> None:
    """A token is for everybody: a caller in a hurry does not make the login fail for all."""
    api = TokenApi()

    call(world, token_auth(), api, timeout=0.2)

    first, second = api.requests
    assert "timeout" not in first.extensions
    assert second.extensions["timeout"]["read"] == 0.2


def test_each_token_is_told_before_it_is_used(world: str) -> None:
    """A token is known to the redaction by the time the first call carries it."""
    told: list[tuple[str, str, int]] = []
    api = TokenApi()
    auth = token_auth(on_secret=lambda value, name: told.append((value, name, len(api.tokens))))
    call(world, auth, api)
    api.issued += 1
    call(world, auth, api)

    assert told == [("t1", "ACCESS_TOKEN", 0), ("t3", "ACCESS_TOKEN", 2)]


def test_a_token_is_renewed_once_its_time_is_over(world: str) -> None:
    """A token that promised an hour is not sent any more after it."""
    clock = FakeClock()
    api = TokenApi()
    auth = TokenAuth(_OneHour(), clock=clock)
    call(world, auth, api)

    clock.advance(3569)
    call(world, auth, api)
    clock.advance(1)
    call(world, auth, api)

    assert api.tokens == ["t1", "t1", "t2"]


class _OneHour:
    """An issuer whose tokens live for an hour."""

    def fetch(self, user_agent: str | None, *, refresh: SecretStr | None) -> Fetch:
        grant = yield from login().fetch(user_agent, refresh=refresh)
        return replace(grant, seconds=3600.0)


@pytest.mark.parametrize(
    "headers, sent",
    [
        pytest.param({"Authorization": "Bearer wrong"}, "wrong", id="another-token"),
        pytest.param({"authorization": "Basic eDp5"}, "Basic eDp5", id="another-scheme"),
        pytest.param({"Authorization": ""}, "", id="empty"),
    ],
)
def test_a_credential_of_the_calls_own_is_left_alone(
    world: str, headers: dict[str, str], sent: str
) -> None:
    """A test of a wrong token sends that token, and sees its 401."""
    api = TokenApi()

    response = call(world, token_auth(), api, headers=headers)

    assert response.status_code == 401
    assert api.tokens == [sent]
    assert api.logins == 0


def test_a_request_that_is_sent_twice_gets_the_token_of_the_day(world: str) -> None:
    """A token of ours in a request is no credential of the test's own: it is renewed."""
    api, auth = TokenApi(), token_auth()
    call(world, auth, api)
    api.issued += 1

    response = call(world, auth, api, headers={"Authorization": "Bearer t1"})

    assert response.status_code == 200
    assert api.tokens == ["t1", "t1", "t3"]


def test_a_token_can_travel_as_a_cookie(world: str) -> None:
    """The cookies that the call brings stay beside it, and an old token is replaced."""
    cookies: list[str] = []

    def server(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/auth":
            return httpx2.Response(200, json={"token": f"t{len(cookies) + 1}"})
        cookies.append(request.headers["Cookie"])
        return httpx2.Response(401 if "t1" in cookies[-1] else 200)

    auth = TokenAuth(login(), place=Cookie("token"))
    response = call(world, auth, server, headers={"Cookie": "theme=dark"})

    assert response.status_code == 200
    assert cookies == ["theme=dark; token=t1", "theme=dark; token=t2"]


def test_a_refused_login_is_told_to_the_caller(world: str) -> None:
    """Wrong credentials end the call in one sentence, not in the 401 of another request."""
    api = TokenApi(before_login=lambda _: httpx2.Response(401))

    with pytest.raises(CredentialUnavailable) as caught:
        call(world, token_auth(), api)

    assert str(caught.value) == (
        "POST http://api.test/auth answered 401, so there is no credential: correct auth.body."
    )
    assert caught.value.status == 401
    assert api.tokens == []


def test_a_refusal_stands_for_a_minute(world: str) -> None:
    """A wrong password is not tried once a test: that locks accounts."""
    clock = FakeClock()
    api = TokenApi(before_login=lambda _: httpx2.Response(401))
    auth = token_auth(clock=clock)

    for seconds in (0.0, 1.0, 58.0):
        clock.advance(seconds)
        with pytest.raises(CredentialUnavailable, match="answered 401"):
            call(world, auth, api)
    assert api.logins == 1

    clock.advance(1.0)
    api.before_login = lambda _: None
    assert call(world, auth, api).status_code == 200


def test_an_unreachable_login_is_told_to_the_caller(world: str) -> None:
    """The caller learns that it was the login that failed, and why."""
    with pytest.raises(CredentialUnavailable) as caught:
        call(world, token_auth(), TokenApi(before_login=_out_of_reach))

    assert str(caught.value) == (
        "POST http://api.test/auth gave no answer (ConnectError: connection refused), so there is"
        " no credential: see that it is up, or correct auth.path."
    )
    assert isinstance(caught.value.__cause__, httpx2.ConnectError)
    assert caught.value.status is None


def _out_of_reach(request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ConnectError("connection refused")


def test_an_outage_does_not_stand(world: str) -> None:
    """The call after a failed login tries again: the network may be well by now."""
    errors = [httpx2.ReadTimeout("")]

    def fail_once(request: httpx2.Request) -> httpx2.Response | None:
        if errors:
            raise errors.pop()
        return None

    api, auth = TokenApi(before_login=fail_once), token_auth()
    with pytest.raises(CredentialUnavailable, match=r"gave no answer \(ReadTimeout\)"):
        call(world, auth, api)

    assert call(world, auth, api).status_code == 200


def test_a_login_answer_that_breaks_off_is_told_to_the_caller(world: str) -> None:
    """A body that cannot be read to its end holds no token."""

    def break_off(request: httpx2.Request) -> httpx2.Response:
        stream = _Broken() if world == "sync" else _BrokenAsync()
        return httpx2.Response(200, stream=stream)

    with pytest.raises(CredentialUnavailable, match="ReadError: cut") as caught:
        call(world, token_auth(), TokenApi(before_login=break_off))

    assert isinstance(caught.value.__cause__, httpx2.ReadError)


class _Broken(httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b'{"token": '
        raise httpx2.ReadError("cut")


class _BrokenAsync(httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"token": '
        raise httpx2.ReadError("cut")


def test_the_failure_of_a_call_passes_unchanged(world: str) -> None:
    """An error of the call itself is httpx2's own, without a trace of the auth flow."""

    def fail(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/auth":
            return httpx2.Response(200, json={"token": "t1"})
        raise httpx2.ConnectError("connection refused")

    with pytest.raises(httpx2.ConnectError, match="connection refused") as caught:
        call(world, token_auth(), fail)

    assert caught.value.__cause__ is None
    assert "effect_auth" not in "".join(traceback.format_tb(caught.tb))


def test_a_call_within_the_handling_of_an_error_is_like_any_other(world: str) -> None:
    """An error that the test is handling is not mistaken for one of the login."""
    api, auth = TokenApi(), token_auth()

    try:
        _out_of_reach(httpx2.Request("GET", BASE))
    except httpx2.ConnectError as earlier:
        frames = len(traceback.extract_tb(earlier.__traceback__))
        response = call(world, auth, api)
        after = len(traceback.extract_tb(earlier.__traceback__))

    assert response.status_code == 200
    assert after == frames


def test_an_answer_that_is_streamed_stays_unread(world: str) -> None:
    """The auth looks at the status only: a stream is the caller's to read."""
    if world == "sync":
        with (
            httpx2.Client(transport=httpx2.MockTransport(_stream), base_url=BASE) as client,
            client.stream("GET", "/events", auth=token_auth()) as response,
        ):
            assert not response.is_stream_consumed
    else:
        anyio.run(_stays_unread, backend=world)


async def _stays_unread() -> None:
    async with (
        httpx2.AsyncClient(transport=httpx2.MockTransport(_stream), base_url=BASE) as client,
        client.stream("GET", "/events", auth=token_auth()) as response,
    ):
        assert not response.is_stream_consumed


def _stream(request: httpx2.Request) -> httpx2.Response:
    if request.url.path == "/auth":
        return httpx2.Response(200, json={"token": "t1"})
    return httpx2.Response(200, stream=_Events())


class _Events(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"data: 1\n\n"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"


def test_an_interrupted_login_is_repeated_by_the_next_call(world: str) -> None:
    """Ctrl-C during a login leaves nothing behind that others would wait for."""

    def interrupt(request: httpx2.Request) -> httpx2.Response:
        raise KeyboardInterrupt

    api, auth = TokenApi(before_login=interrupt), token_auth()
    with pytest.raises(KeyboardInterrupt):
        call(world, auth, api)

    api.before_login = lambda _: None
    assert call(world, auth, api).status_code == 200


def test_a_redaction_that_fails_lets_go_of_the_login(world: str) -> None:
    """An error in the callback is the caller's, and the next call starts anew."""
    complaints = [RuntimeError("the redactor is broken")]

    def complain(value: str, name: str) -> None:
        if complaints:
            raise complaints.pop()

    api, auth = TokenApi(), token_auth(on_secret=complain)
    with pytest.raises(RuntimeError, match="the redactor is broken"):
        call(world, auth, api)

    assert call(world, auth, api).status_code == 200
    assert api.logins == 2


def test_a_token_that_cannot_be_sent_is_refused(world: str) -> None:
    """A token with a line break ends the call in a sentence, not in a broken request."""
    api = TokenApi(before_login=lambda _: httpx2.Response(200, json={"token": "a\r\nX: b"}))

    with pytest.raises(CredentialUnavailable, match="a character that cannot be sent"):
        call(world, token_auth(), api)

    assert api.tokens == []


def test_a_stream_of_the_other_world_is_left_to_the_client(world: str) -> None:
    """A body of the wrong kind gets httpx2's own sentence, not an assertion of its inside."""
    content = _pieces("asyncio" if world == "sync" else "sync")

    with pytest.raises(RuntimeError, match=r"^Attempted to send an? a?sync request"):
        call(world, _Plain(), TokenApi(), "POST", content=content)


def test_an_error_can_be_thrown_into_a_flow(world: str) -> None:
    """A flow is a whole generator: who drives it otherwise than httpx2 may throw."""
    request = httpx2.Request("GET", BASE)
    refused = httpx2.ConnectError("refused")

    if world == "sync":
        flow = _Plain().sync_auth_flow(request)
        assert next(flow) is request
        with pytest.raises(httpx2.ConnectError, match="refused"):
            flow.throw(refused)
    else:
        anyio.run(_throw, request, refused, backend=world)


async def _throw(request: httpx2.Request, error: httpx2.ConnectError) -> None:
    flow = _Plain().async_auth_flow(request)
    assert await anext(flow) is request
    with pytest.raises(httpx2.ConnectError, match="refused"):
        await flow.athrow(error)


class _Plain(EffectAuth):
    def flow(self, request: httpx2.Request) -> AuthFlow:
        yield Send(request)
